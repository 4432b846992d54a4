from collections import defaultdict

from odoo import fields, models
from odoo.fields import Domain

from ...groups import MONEY_GROUPS
from .account_move import PAID


class BillingFiguresMixin(models.AbstractModel):
    """Hours and amounts on documents, from the ledger.

    An entry may be on a posted invoice with one part and on a draft with another: the
    ledger tells them apart, and knows what is billed without any time.
    """

    _inherit = "billing.figures.mixin"

    hours_draft = fields.Float(
        string="Hours on Draft Invoices",
        compute="_compute_billing_documents",
        compute_sudo=True,
    )
    hours_invoiced = fields.Float(
        compute="_compute_billing_documents",
        compute_sudo=True,
        help="Time on posted invoices, paid ones included.",
    )
    hours_paid = fields.Float(
        compute="_compute_billing_documents",
        compute_sudo=True,
        help="Time on paid invoices; it is part of the hours invoiced.",
    )
    amount_draft = fields.Monetary(
        string="Amount on Draft Invoices",
        currency_field="invoicing_currency_id",
        compute="_compute_billing_documents",
        compute_sudo=True,
        groups=MONEY_GROUPS,
    )
    amount_invoiced = fields.Monetary(
        currency_field="invoicing_currency_id",
        compute="_compute_billing_documents",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="On posted invoices less what was credited, without taxes.",
    )
    amount_paid = fields.Monetary(
        currency_field="invoicing_currency_id",
        compute="_compute_billing_documents",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="On paid invoices less what was credited of them, without taxes.",
    )
    amount_billed_time = fields.Monetary(
        currency_field="invoicing_currency_id",
        compute="_compute_billing_documents",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="The time on draft and posted invoices less what was credited, without "
        "taxes.",
    )

    def _compute_billing_documents(self) -> None:
        found = self._billed_on_documents()
        for record in self:
            hours, amounts = found[record.id]
            record.hours_draft = hours["draft"]
            record.hours_invoiced = hours["invoiced"]
            record.hours_paid = hours["paid"]
            record.amount_draft = amounts["draft"]
            record.amount_invoiced = amounts["invoiced"]
            record.amount_paid = amounts["paid"]
            record.amount_billed_time = amounts["time"]

    def _billed_on_documents(self) -> dict[int, tuple[dict, dict]]:
        """Return what documents bill of each record, in a query for each way to it.

        :return: ``{id: (hours, amounts)}``, each by figure; amounts in the billing
            currency of the record.
        """
        today = fields.Date.context_today(self)
        found = defaultdict(lambda: (defaultdict(float), defaultdict(float)))
        for row in self._billed_rows():
            record, kind, state, payment, credited, currency, sign, hours, money = row
            target = record.invoicing_currency_id or currency
            company = record.company_id or self.env.company
            money = sign * currency._convert(money, target, company, today)
            hours *= sign
            figures = ["draft" if state == "draft" else "invoiced"]
            # A credit belongs to the invoice that it lowers.
            if state != "draft" and (credited or payment) in PAID:
                figures.append("paid")
            for figure in figures:
                found[record.id][0][figure] += hours
                found[record.id][1][figure] += money
            if kind == "time":
                found[record.id][1]["time"] += money
        return found

    def _billed_rows(self) -> list[tuple]:
        """Return the sums of the ledger's rows that count alike.

        :return: (record, kind, state of the document, its payment state, that of the
            credited invoice, currency, sign, hours, amount).
        """
        ledger = self.env["project.billed.time"]
        return [
            row
            for path in self._billing_ledger_paths
            for row in ledger._read_group(
                self._billing_ledger_domain() & Domain(path, "in", self.ids),
                [
                    path,
                    "kind",
                    "move_id.state",
                    "move_id.payment_state",
                    "origin_id.move_id.payment_state",
                    "currency_id",
                    "sign",
                ],
                ["hours:sum", "amount:sum"],
            )
        ]

    def _billing_ledger_domain(self, figure: str = "") -> Domain:
        """Return which rows of the ledger a figure of these records counts."""
        own = Domain.OR(
            Domain(path, "in", self.ids) for path in self._billing_ledger_paths
        )
        live = Domain("active", "=", True)
        draft = Domain("move_id.state", "=", "draft")
        paid = Domain("origin_id.move_id.payment_state", "in", PAID) | (
            Domain("origin_id", "=", False)
            & Domain("move_id.payment_state", "in", PAID)
        )
        documents = {
            "": Domain.TRUE,
            "draft": draft,
            "invoiced": ~draft,
            "paid": ~draft & paid,
        }[figure]
        return own & live & documents
