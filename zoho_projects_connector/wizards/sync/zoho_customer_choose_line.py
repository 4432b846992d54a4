from odoo import fields, models


class ZohoCustomerChooseLine(models.TransientModel):
    """A contact that a customer of Zoho may be."""

    _name = "zoho.customer.choose.line"
    _inherit = ["caller.choice.mixin"]
    _description = "Contact That a Zoho Customer May Be"

    wizard_id = fields.Many2one(
        "zoho.customer.choose", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    email = fields.Char(related="partner_id.email", related_sudo=False)
    city = fields.Char(related="partner_id.city", related_sudo=False)
    invoice_count = fields.Integer("Invoices", readonly=True)

    def action_choose(self):
        """Take this contact."""
        self.ensure_one()
        return self.wizard_id._choose(self.partner_id)
