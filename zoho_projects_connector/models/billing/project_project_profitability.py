import json

from odoo import fields, models
from odoo.fields import Domain

UNBILLED = "unbilled_time"


class ProjectProject(models.Model):
    """Unbilled time in Odoo's own profitability panel.

    Odoo counts the time of order lines as *to invoice*, with what is on drafts. Time
    that is on no order yet is added, so that the panel has what the figures have
    under *unbilled* and *on draft invoices*.
    """

    _inherit = "project.project"

    def _get_profitability_labels(self) -> dict:
        labels = super()._get_profitability_labels()
        return {**labels, UNBILLED: self.env._("Unbilled Time")}

    def _get_profitability_sequence_per_invoice_type(self) -> dict:
        sequences = super()._get_profitability_sequence_per_invoice_type()
        return {**sequences, UNBILLED: sequences["billable_time"]}

    def _get_profitability_items(self, with_action: bool = True) -> dict:
        items = super()._get_profitability_items(with_action)
        amount = self._amount_beside_orders()
        if amount:
            revenues = items["revenues"]
            revenues["data"].append(self._unbilled_section(amount, with_action))
            revenues["total"]["to_invoice"] += amount
        return items

    def _unbilled_section(self, amount: float, with_action: bool) -> dict:
        sequence = self._get_profitability_sequence_per_invoice_type()[UNBILLED]
        section = {
            "id": UNBILLED,
            "sequence": sequence,
            "invoiced": 0.0,
            "to_invoice": amount,
        }
        if with_action:
            section["action"] = {
                "name": "action_profitability_items",
                "type": "object",
                "args": json.dumps([UNBILLED]),
            }
        return section

    def _amount_beside_orders(self) -> float:
        """Return the worth of unbilled time that Odoo does not count as to invoice.

        Time that was freed again waits on the line of its billing order, where Odoo
        counts it at the old price: only what today's rates change of it is added.

        :return: amount in the currency of the panel.
        """
        # As in Odoo, who may see the profitability sees sums of all time.
        time = self.sudo()
        domain = time._billing_time_domain("unbilled")
        worth = sum(
            row.hours * (row.price or 0.0)
            for row in time._hour_prices(domain, "unbilled_hours")
            if not row.ordered
        )
        counted = time._amount_waiting_on_billing_orders(domain)
        currency = time.invoicing_currency_id
        company = time.company_id or self.env.company
        return currency._convert(
            worth - counted,
            self.currency_id,
            company,
            fields.Date.context_today(self),
        )

    def _amount_waiting_on_billing_orders(self, domain: Domain) -> float:
        """Return what Odoo counts of unbilled time on lines of billing orders.

        :return: amount in the billing currency of the project.
        """
        today = fields.Date.context_today(self)
        groups = self.env["account.analytic.line"]._read_group(
            domain
            & Domain("so_line.state", "=", "sale")
            & Domain("so_line.billing_key", "!=", False),
            ["so_line"],
            ["unbilled_hours:sum"],
        )
        return sum(
            line.currency_id._convert(
                line._untaxed_worth(hours),
                self.invoicing_currency_id,
                line.company_id,
                today,
            )
            for line, hours in groups
        )

    def action_profitability_items(self, section_name, domain=None, res_id=False):
        if section_name != UNBILLED:
            return super().action_profitability_items(section_name, domain, res_id)
        action = self.with_context(billing_figure="unbilled").action_billing_entries()
        ordered = self._billing_figure_domain("on_orders")
        action["domain"] = list(Domain(action["domain"]) & ~ordered)
        return action
