from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_amount


class AccountMove(models.Model):
    """Items at a price and fixed costs: no document bills them twice."""

    _inherit = "account.move"

    def _billed_amounts(self):
        """Return the ledger rows of these documents that are amounts.

        :rtype: project.billed.time
        """
        domain = [("move_id", "in", self.ids), ("kind", "!=", "time")]
        return self.env["project.billed.time"]._find(domain, asleep=True)

    def _credited_moves(self):
        """Return the invoices whose amounts these documents credit.

        :rtype: account.move
        """
        credits = self._billed_amounts().filtered("origin_id")
        return credits.origin_id.move_id | self.reversed_entry_id

    def _standing_amounts(self) -> dict[int, float]:
        """Return the net amounts that these documents bill now, by ledger row."""
        return self.env["project.billed.time"]._standing_amounts(
            [
                "|",
                ("move_id", "in", self.ids),
                ("origin_id.move_id", "in", self.ids),
            ]
        )

    def _grown_amounts(self, before: dict[int, float]):
        """Return the rows that bill more than before a change.

        Only these are looked at: a document can always be taken back.

        :param before: ``{id of a ledger row: its net amount}``.
        :rtype: project.billed.time
        """
        # What is billed counts in full, whatever rows the user may read.
        return (
            self.env["project.billed.time"]
            .sudo()
            .browse(
                row_id
                for row_id, amount in self._standing_amounts().items()
                if amount > before.get(row_id, 0.0)
            )
        )

    def _check_amounts(self, grown) -> None:
        """Refuse what would sell an item twice or more than a fixed cost.

        :param project.billed.time grown: the rows that bill more than before.
        :raise UserError: it names the other invoices, or what is left.
        """
        for row in grown.filtered(lambda row: row.kind == "item"):
            for item in row._sold_items():
                others = item._selling_rows().move_id - row.move_id
                if others:
                    self._raise_billed_again(others)
        for project in grown.filtered(lambda row: row.kind == "fixed").project_id:
            self._check_fixed_cost(project)

    def _check_hours_beside_prices(self, amounts, timesheets) -> None:
        """Refuse to bill time by the hour and at a price that covers it.

        :param project.billed.time amounts: the rows that bill more than before.
        :param account.analytic.line timesheets: the time of which more is billed.
        :raise UserError: it names the other invoices.
        """
        prices = self.env["project.billed.time"]._covering(timesheets)
        if prices:
            raise UserError(
                self.env._(
                    "%(documents)s would bill time that %(invoices)s bills at a price. "
                    "Cancel or credit that one first.",
                    documents=", ".join(self.mapped("display_name")),
                    invoices=", ".join(prices.move_id.mapped("display_name")),
                )
            )
        covered = amounts._covered_timesheets()
        if covered:
            invoices = covered._billing_invoices()
            raise UserError(
                self.env._(
                    "%(documents)s would bill at a price what %(invoices)s bills by "
                    "the hour. Cancel or credit that one first.",
                    documents=", ".join(amounts.move_id.mapped("display_name")),
                    invoices=", ".join(invoices.mapped("display_name")),
                )
            )

    def _check_fixed_cost(self, project) -> None:
        """Refuse to invoice more than the fixed cost of a project.

        :param project.project project: read with more rights than the user's.
        :raise UserError: it tells how much too much it would be.
        """
        currency = project._billing_currency()
        excess = project._fixed_cost_invoiced()[project.id] - project.fixed_cost
        if currency.compare_amounts(excess, 0.0) > 0:
            raise UserError(
                self.env._(
                    "The fixed cost of %(project)s is %(fixed_cost)s: this would "
                    "invoice %(excess)s more. Lower the amount, or raise the fixed "
                    "cost in the billing terms of the project.",
                    project=project.display_name,
                    fixed_cost=format_amount(self.env, project.fixed_cost, currency),
                    excess=format_amount(self.env, excess, currency),
                )
            )

    def _raise_still_sold(self, items) -> None:
        """Refuse to delete items that these documents bill.

        :param items: tasks, task lists or milestones.
        :raise UserError: always; it names the documents.
        """
        raise UserError(
            self.env._(
                "%(items)s cannot be deleted: %(invoices)s bills it at a price. "
                "Archive it instead, or credit the invoice first.",
                items=", ".join(items.mapped("display_name")),
                invoices=", ".join(self.mapped("display_name")),
            )
        )
