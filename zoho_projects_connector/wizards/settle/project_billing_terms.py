from odoo import fields, models


class ProjectBillingTerms(models.TransientModel):
    """Says which budgets count as long as none is typed here."""

    _inherit = "project.billing.terms"

    zoho_budget_note = fields.Char(
        related="project_id.zoho_budget_note", export_string_translation=False
    )
