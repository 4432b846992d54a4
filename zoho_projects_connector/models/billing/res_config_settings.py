from odoo import fields, models


class ResConfigSettings(models.TransientModel):  # pylint: disable=no-wizard-in-models
    _inherit = "res.config.settings"

    billing_rounding = fields.Selection(
        related="company_id.billing_rounding", readonly=False
    )
    billing_rounding_minutes = fields.Integer(
        related="company_id.billing_rounding_minutes", readonly=False
    )
    attach_billed_time_annex = fields.Boolean(
        related="company_id.attach_billed_time_annex", readonly=False
    )
    billing_line_template = fields.Text(
        related="company_id.billing_line_template", readonly=False
    )
    portal_time = fields.Selection(related="company_id.portal_time", readonly=False)
    portal_staff = fields.Selection(related="company_id.portal_staff", readonly=False)
    portal_budget = fields.Selection(related="company_id.portal_budget", readonly=False)
    portal_notes = fields.Boolean(related="company_id.portal_notes", readonly=False)
