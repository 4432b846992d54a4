"""The documents of a project, or of one task, bug or phase of it."""

from __future__ import annotations

from collections import defaultdict

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.models import BaseModel

INVOICE_TYPES = ("out_invoice", "out_refund")
# A page shows so many of each kind, the newest; the rest is a click away, in Odoo.
MOST_ROWS = 50
OPEN_PAYMENTS = ("not_paid", "partial")


class Documents:
    """Searches in the name of the user: what he may not read is not there."""

    def __init__(self, project: BaseModel, item: BaseModel) -> None:
        self.project = project
        self.item = item
        self.env = project.env

    def invoices(self) -> BaseModel:
        """Return the customer invoices and credit notes, the newest first."""
        moves = self.env["account.move"]
        if not moves.has_access("read"):
            return moves
        return moves.search(self._invoice_domain(), limit=MOST_ROWS)

    def overdue(self) -> list[tuple[BaseModel, float]]:
        """Return what customers should have paid by now, in each currency.

        Of all invoices, also of those that the page does not list; of an item, its
        share of each.
        """
        moves = self.env["account.move"]
        if not moves.has_access("read"):
            return []
        if self.item:
            return self._overdue_of_item()
        return moves._read_group(
            self._overdue_domain(), ["currency_id"], ["amount_residual:sum"]
        )

    def _overdue_of_item(self) -> list[tuple[BaseModel, float]]:
        """Return what is to be paid of invoices in the parts that bill the item."""
        late = self.env["account.move"].search(self._overdue_domain())
        own = self.shares(late, with_credits=True)
        amounts = defaultdict(float)
        for move in late:
            credits_ = move.reversal_move_ids.filtered(
                lambda one: one.state == "posted"
            )
            whole = move.amount_untaxed - sum(credits_.mapped("amount_untaxed"))
            part = min(max(own[move.id] / whole, 0.0), 1.0) if whole > 0 else 0.0
            amounts[move.currency_id] += move.currency_id.round(
                move.amount_residual * part
            )
        return [(currency, amount) for currency, amount in amounts.items() if amount]

    def shares(
        self, moves: BaseModel, *, with_credits: bool = False
    ) -> dict[int, float]:
        """Return what documents bill of the item, without taxes, by their ids.

        :param with_credits: take off what posted documents have credited of them.
        """
        # Of documents that he may read: what of them bills the item.
        ledger = self.env["project.billed.time"].sudo()
        domain = Domain("move_id", "in", moves.ids)
        own = self.item._billing_ledger_domain()
        if with_credits:
            own = self.item._billing_ledger_domain("invoiced")
            domain |= Domain("origin_id.move_id", "in", moves.ids)
        amounts = defaultdict(float)
        groups = ["move_id", "origin_id.move_id", "sign"]
        for move, origin, sign, amount in ledger._read_group(
            own & domain, groups, ["amount:sum"]
        ):
            billed = origin if with_credits and origin in moves else move
            amounts[billed.id] += sign * amount
        return amounts

    def _overdue_domain(self) -> Domain:
        late = Domain(
            [
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("payment_state", "in", OPEN_PAYMENTS),
                ("invoice_date_due", "<", fields.Date.context_today(self.project)),
            ]
        )
        return self._invoice_domain() & late

    def _invoice_domain(self) -> Domain:
        # Ids alone: which of these documents he may read is asked in his own name.
        ledger = self.env["project.billed.time"].sudo()
        about = self.item or self.project
        billed = ledger.search(about._billing_ledger_domain()).move_id
        domain = Domain("id", "in", billed.ids)
        if not self.item:
            # Sold otherwise: down payments, and what Odoo itself invoices of orders.
            orders = self.env["sale.order"].sudo().search(self._order_domain())
            domain |= Domain("line_ids.sale_line_ids.order_id", "in", orders.ids)
        return Domain("move_type", "in", INVOICE_TYPES) & domain

    def _order_domain(self) -> Domain:
        return Domain("project_id", "=", self.project.id) | Domain(
            "order_line.project_id", "=", self.project.id
        )

    def quotations(self) -> BaseModel:
        """Return the quotations and orders that people made, the newest first."""
        orders = self.env["sale.order"]
        if not orders.has_access("read"):
            return orders
        return orders.search(self._quotation_domain(), limit=MOST_ROWS)

    def _quotation_domain(self) -> Domain:
        # The order behind the invoices of a project is nobody's quotation.
        domain = self._order_domain() & Domain("billing_project_id", "=", False)
        if not self.item:
            return domain
        sold = Domain("order_line.quoted_task_ids", "in", self._tasks().ids)
        if self.item._name == "project.milestone":
            sold |= Domain("order_line.quoted_milestone_id", "=", self.item.id)
        return domain & sold

    def _tasks(self) -> BaseModel:
        return self.item if self.item._name == "project.task" else self.item.task_ids

    def expenses(self) -> BaseModel:
        """Return the expenses of the project, the newest first; an item has none."""
        expenses = self.env["hr.expense"]
        if self.item or not expenses.has_access("read"):
            return expenses
        domain = [("billing_project_id", "=", self.project.id)]
        return expenses.search(domain, limit=MOST_ROWS, order="date desc, id desc")

    def invoice(self, record_id: int) -> BaseModel:
        """Return an invoice of this project.

        :raise UserError: when it is none, or not his to see.
        """
        return self._one("account.move", self._invoice_domain(), record_id)

    def quotation(self, record_id: int) -> BaseModel:
        """Return a quotation of this project.

        :raise UserError: when it is none, or not his to see.
        """
        return self._one("sale.order", self._quotation_domain(), record_id)

    def expense(self, record_id: int) -> BaseModel:
        """Return an expense of this project.

        :raise UserError: when it is none, or not his to see.
        """
        domain = Domain("billing_project_id", "=", self.project.id)
        return self._one("hr.expense", domain, record_id)

    def _one(self, model: str, domain: Domain, record_id: int) -> BaseModel:
        records = self.env[model]
        if records.has_access("read"):
            records = records.search(Domain("id", "=", record_id) & domain)
        if not records:
            raise UserError(
                self.env._(
                    "This document does not belong to the project, or is not yours to "
                    "see."
                )
            )
        return records


def is_overdue(invoice: BaseModel) -> bool:
    """Return whether a customer should have paid an invoice by now."""
    return (
        invoice.move_type == "out_invoice"
        and invoice.state == "posted"
        and invoice.payment_state in OPEN_PAYMENTS
        and bool(invoice.invoice_date_due)
        and invoice.invoice_date_due < fields.Date.context_today(invoice)
    )


def state_of(record: BaseModel) -> str:
    """Return where a document stands, in the words of Odoo's own lists."""
    env = record.env
    if record._name == "sale.order" and record.state == "sale":
        return env._("Accepted")
    if record._name == "sale.order" and record.state == "cancel":
        return env._("Declined")
    if record._name == "account.move" and record.state == "posted":
        if is_overdue(record):
            return env._("Overdue")
        return _label(record, "payment_state")
    return _label(record, "state")


def _label(record: BaseModel, name: str) -> str:
    selection = record._fields[name]._description_selection(record.env)
    return dict(selection).get(record[name], "")
