from odoo import fields, models


class ZohoIntegrationConfirm(models.TransientModel):
    """What stays locked in Zoho when the integration pauses or goes."""

    _inherit = "zoho.integration.confirm"

    locked_count = fields.Integer(related="integration_id.locked_count")
    lock_invoiced = fields.Boolean(related="integration_id.lock_invoiced")
