from odoo import fields, models

from ..sync.res_config_settings import MANAGER


class ResConfigSettings(models.TransientModel):
    """What the integration of the company writes to Zoho, in the settings."""

    _inherit = "res.config.settings"

    zoho_lock_invoiced = fields.Boolean(
        related="zoho_integration_id.lock_invoiced", readonly=False, groups=MANAGER
    )
    zoho_write_message = fields.Char(
        related="zoho_integration_id.write_message", groups=MANAGER
    )
