from odoo import fields, models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "billing.rounding.mixin"]

    billing_layout = fields.Json(
        copy=False,
        export_string_translation=False,
        help="Lines and texts of the customer's last invoice of time.",
        readonly=True,
        # Odoo's merge of contacts writes, as the user, all that he may read.
        groups=fields.NO_ACCESS,
    )

    def _billing_layout(self) -> dict:
        """Return how the last invoice of a customer, or of nobody, showed time.

        :return: ``group_by``, None when there is no such invoice, and ``details``.
        """
        layout = self.commercial_partner_id.sudo().billing_layout or {}
        return {"group_by": None, "details": None, **layout}

    def _set_billing_layout(self, layout: dict) -> None:
        """Remember how an invoice of this customer shows time.

        Who may invoice a customer may not always change him.
        """
        customer = self.commercial_partner_id.sudo()
        if customer.billing_layout != layout:
            customer.billing_layout = layout
