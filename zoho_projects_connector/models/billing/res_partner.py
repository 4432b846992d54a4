from odoo import fields, models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["code.only.mixin", "res.partner", "billing.rounding.mixin"]

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

    def _newest_invoice_currency(self, company: models.BaseModel) -> models.BaseModel:
        """Return the currency of a customer's newest posted invoice, maybe none.

        :rtype: res.currency
        """
        if not self:
            return self.env["res.currency"]
        domain = self.commercial_partner_id._posted_invoices_domain(company)
        order = "invoice_date desc, id desc"
        return self.env["account.move"].search(domain, order=order, limit=1).currency_id

    def _count_posted_invoices(self, company: models.BaseModel) -> dict:
        """Return ``{partner: how many posted invoices and credit notes he has}``."""
        return dict(
            self.env["account.move"]._read_group(
                self._posted_invoices_domain(company),
                ["commercial_partner_id"],
                ["__count"],
            )
        )

    def _posted_invoices_domain(self, company: models.BaseModel) -> list:
        return [
            ("commercial_partner_id", "in", self.ids),
            ("company_id", "=", company.id),
            ("move_type", "in", ("out_invoice", "out_refund")),
            ("state", "=", "posted"),
        ]

    def _set_billing_layout(self, layout: dict) -> None:
        """Remember how an invoice of this customer shows time.

        Who may invoice a customer may not always change him.
        """
        customer = self.commercial_partner_id.sudo()
        # A contact that is not written has no new version for others to wait for.
        if customer.billing_layout != layout:
            customer.billing_layout = layout
