from odoo import fields, models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = [
        "code.only.mixin",
        "res.partner",
        "billing.rounding.mixin",
        "billing.text.mixin",
    ]

    billing_layout = fields.Json(
        copy=False,
        export_string_translation=False,
        help="Lines and texts of the customer's last invoice of time.",
        readonly=True,
        # Odoo's merge of contacts writes, as the user, all that he may read.
        groups=fields.NO_ACCESS,
    )

    billed_time_annex = fields.Selection(
        [("attach", "Attach"), ("leave_out", "Do not attach")],
        string="Timesheet Annex",
        help="Whether invoices are sent with the list of the time behind them. Empty: "
        "as the company.",
    )

    def _billing_layout(self) -> dict:
        """Return how the last invoice of a customer, or of nobody, showed time.

        :return: ``group_by``, None when there is no such invoice, ``details``, whether
            there is a ``template`` and whether ``sections`` head the projects.
        """
        layout = self.commercial_partner_id.sudo().billing_layout or {}
        usual = {"group_by": None, "details": None, "template": True, "sections": True}
        return {**usual, **layout}

    def action_billing_rates(self) -> dict:
        """Open what holds for the projects of the company that pays."""
        self.ensure_one().check_access("read")
        payer = self.commercial_partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "zoho_projects_connector.project_billing_rate_action"
        )
        return {
            **action,
            "domain": [("partner_id", "=", payer.id)],
            "context": {"default_partner_id": payer.id},
        }

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
