import json
from collections import defaultdict
from datetime import date
from math import floor
from typing import NamedTuple

from odoo import Command, api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, formatLang
from odoo.tools.date_utils import subtract
from odoo.tools.translate import LazyTranslate

from ...groups import MONEY_GROUPS
from .billing_figures_mixin import OUTSIDE_FIGURES
from .billing_figures_rows import SHOWN_HOURS
from .billing_warnings import BillingWarnings
from .plan import Period, last_month, this_month

_lt = LazyTranslate(__name__)
# How many months are shown, this one among them.
MONTHS = 12


class Part(NamedTuple):
    """A part of the bars: time or money that stands at one point of its way."""

    key: str
    label: str
    action: str


PARTS = (
    Part("unbilled", _lt("Unbilled"), "action_billing_entries"),
    Part("draft", _lt("On drafts"), "action_billed_time"),
    Part("unpaid", _lt("Invoiced, not paid"), "action_billed_time"),
    Part("paid", _lt("Paid"), "action_billed_time"),
    Part("elsewhere", _lt("Billed elsewhere"), "action_billing_entries"),
    Part("fixed_price", _lt("At a fixed price"), "action_billing_entries"),
    Part("non_billable", _lt("Non-billable"), "action_billing_entries"),
)
# What is in the bars together, of hours that others than billing know of.
OUTSIDE = Part("outside", _lt("Not in Odoo yet"), "")


def _share(used: float, whole: float) -> float:
    """Return a share in whole percents, rounded down."""
    return floor(round(used / whole * 100, 6)) / 100


class ProjectProject(models.Model):
    """What the form of a project shows above its tabs, so that nobody has to look.

    Everything is made of the figures, so that it says what they say: where time and
    money stand, what needs somebody, and the invoice that is usual now.
    """

    _inherit = "project.project"

    has_billing_cockpit = fields.Boolean(
        compute="_compute_has_billing_cockpit", export_string_translation=False
    )
    billing_cockpit = fields.Json(
        compute="_compute_billing_cockpit",
        groups=MONEY_GROUPS,
        export_string_translation=False,
    )

    budget_amount = fields.Monetary(
        string="Budget",
        currency_field="invoicing_currency_id",
        groups=MONEY_GROUPS,
        tracking=True,
        help="What the time of this project may come to, without taxes. Zero: no "
        "budget is set.",
    )

    budget_share = fields.Float(
        string="Budget Used",
        compute="_compute_budget_share",
        groups=MONEY_GROUPS,
        help="The part of the budget of hours or of money that is used, whichever is "
        "more.",
    )

    _budget_amount_not_negative = models.Constraint(
        "CHECK(budget_amount >= 0)", "A budget cannot be negative."
    )

    @api.depends("allow_billable", "is_template")
    @api.depends_context("uid")
    def _compute_has_billing_cockpit(self) -> None:
        sees_money = self.env.user.has_groups(MONEY_GROUPS)
        for project in self:
            is_billed = project.allow_billable and not project.is_template
            project.has_billing_cockpit = sees_money and is_billed

    @api.depends("has_billing_cockpit")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_billing_cockpit(self) -> None:
        for project in self:
            project.billing_cockpit = (
                project.has_billing_cockpit and project._billing_cockpit()
            )

    def _billing_cockpit(self) -> dict:
        """Return what is shown above the tabs. Note: `self.ensure_one()`.

        :return: ``parts`` of the bars, with the ``outside_label`` of those that are
            not in Odoo; ``budgets`` that are set, ``warnings`` with the most urgent
            first, the ``invoice`` that is usual now or False, and the ``currency_id``
            of all amounts.
        """
        invoice = self._usual_invoice()
        warnings = self._billing_warnings(invoice)
        return {
            "currency_id": self.invoicing_currency_id.id,
            "parts": self._billing_parts(),
            "outside_label": self.env._(OUTSIDE.label),
            "budgets": self._billing_budgets(),
            "warnings": sorted(warnings, key=lambda warning: warning["rank"]),
            "invoice": invoice,
        }

    # The bars

    def _billing_parts(self) -> list[dict]:
        """Return the parts of the bars that say something, in the order of their way.

        :return: rows as in :meth:`_billing_figure_rows`; ``is_outside`` are hours that
            are not in Odoo yet.
        """
        labels = {part.key: self.env._(part.label) for part in PARTS}
        help_of = {row["key"]: row.get("help", "") for row in self.billing_figures}
        parts = [
            {
                "key": part.key,
                "label": labels[part.key],
                "help": help_of.get(part.key, ""),
                "hours": hours,
                "amount": amount,
                "action": part.action,
            }
            for part in PARTS
            for hours, amount in [self._billing_part(part.key)]
            if abs(hours) >= SHOWN_HOURS or amount
        ]
        if self.fixed_cost_left:
            parts.append(self._fixed_cost_part())
        return [*parts, *(row for row in self.billing_figures if row.get("is_outside"))]

    def _billing_part(self, key: str) -> tuple[float, float]:
        """Return hours and amount of a part of the bars."""
        if key == "unpaid":
            hours = self.hours_invoiced - self.hours_paid
            return hours, self.amount_invoiced - self.amount_paid
        amount = self[f"amount_{key}"]
        if key == "fixed_price" and self.fixed_cost:
            # What pays for this time is the fixed cost: it is not worth twice.
            amount = 0.0
        return self[f"hours_{key}"], amount

    def _fixed_cost_part(self) -> dict:
        """Return the part of what is left of the fixed cost, which has no time."""
        return {
            "key": "fixed_cost_left",
            "label": self.env._("Fixed cost to invoice"),
            "help": self.env._(
                "What is left of the amount agreed for the whole project."
            ),
            "hours": 0.0,
            "amount": self.fixed_cost_left,
            "action": "action_new_invoice" if self._may_invoice() else False,
        }

    # The budget

    def _billing_budget(self) -> tuple[float, float]:
        """Return the hours and the amount that are planned, zero for none.

        Others know of more than is set here. Note: `self.ensure_one()`
        """
        return self.allocated_hours, self.budget_amount

    def _billing_budgets(self) -> list[dict]:
        """Return the budgets of this project and how much of each is used.

        All time uses hours. Money is used by what time was invoiced at, or else is
        worth today; not by time that is not to be billed.

        :return: for each its ``key``, what of ``budget`` is ``used``, and the
            ``share`` of it in whole percents, rounded down: all is all.
        """
        hours, amount = self._billing_budget()
        found = [
            ("hours", self.hours_logged, hours),
            ("amount", self.amount_logged - self.amount_non_billable, amount),
        ]
        return [
            {"key": key, "used": used, "budget": budget, "share": _share(used, budget)}
            for key, used, budget in found
            if budget > 0
        ]

    @api.depends("allocated_hours", "budget_amount")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_budget_share(self) -> None:
        for project in self:
            shares = [budget["share"] for budget in project._billing_budgets()]
            project.budget_share = max(shares, default=0.0)

    # The last months

    def get_billing_months(self) -> dict:
        """Return the hours of the last twelve months, by where they stand.

        :return: the ``parts`` that there are, each with ``key`` and ``label``; and
            the ``months``, each with its ``name`` and its ``hours`` by key of a part.
        :raise AccessError: to guests, who may read a project that is shared with them.
        """
        self.ensure_one().check_access("read")
        self._check_field_access(self._fields["hours_logged"], "read")
        first = this_month(self).date_from
        months = [subtract(first, months=back) for back in reversed(range(MONTHS))]
        hours = self._hours_of_months(months[0])
        return {
            "parts": [
                {"key": part.key, "label": self.env._(part.label)}
                for part in (*PARTS, OUTSIDE)
                if any(hours[month][part.key] for month in months)
            ],
            "months": [
                {
                    "name": format_date(self.env, month, date_format="MMM yyyy"),
                    "hours": hours[month],
                }
                for month in months
            ],
        }

    def _hours_of_months(self, first: date) -> dict[date, dict[str, float]]:
        """Return the hours since a day, by month and key of a part, in one query.

        Of an entry that several invoices bill, they are all where the least is done.
        """
        found = defaultdict(lambda: defaultdict(float))
        # Sums of a project that he may read; no entry is shown.
        rows = (
            self.env["account.analytic.line"]
            .sudo()
            ._read_group(
                self._billing_time_domain() & Domain("date", ">=", first),
                ["date:month", "billing_state", "closed_state"],
                ["billed_hours:sum", "unbilled_hours:sum", "closed_hours:sum"],
            )
        )
        for month, state, closed_state, billed, unbilled, closed in rows:
            hours = found[month]
            hours["unpaid" if state == "invoiced" else state or "unbilled"] += billed
            hours["unbilled"] += unbilled
            hours[OUTSIDE_FIGURES.get(closed_state, "non_billable")] += closed
        return found

    # In short, on Odoo's own dashboard

    def _get_stat_buttons(self) -> list[dict]:
        """Add what is unbilled and how much of the budget is used."""
        buttons = super()._get_stat_buttons()
        if not self.has_billing_cockpit:
            return buttons
        context = json.dumps({"billing_figure": "unbilled"})
        return [
            *buttons,
            {
                "icon": "hourglass-half",
                "text": self.env._("Unbilled"),
                "number": self._in_money(self.amount_unbilled),
                "action_type": "object",
                "action": "action_billing_entries",
                "additional_context": context,
                "show": True,
                "sequence": 31,
            },
            {
                "icon": "tachometer",
                "text": self.env._("Budget Used"),
                "number": f"{round(self.budget_share * 100)}%",
                "action_type": "object",
                "action": "action_billing_project",
                "show": bool(self.budget_share),
                "sequence": 32,
            },
        ]

    def action_billing_project(self) -> dict:
        """Open this project where it is invoiced."""
        self.ensure_one().check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "project.project",
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _in_money(self, amount: float) -> str:
        return formatLang(self.env, amount, currency_obj=self.invoicing_currency_id)

    # The usual invoice

    def _may_invoice(self) -> bool:
        """Return whether the user may make invoices from this project."""
        transactions = self.new_transactions or []
        return any(one["method"] == "action_new_invoice" for one in transactions)

    def _usual_invoice(self) -> dict | bool:
        """Return the invoice that is usual now, False when there is none to make.

        The time of last month; all until today where last month has none; what is
        left of a fixed cost. The amount is what the wizard says of it.

        :return: its ``amount``, the ``period`` in words, and ``date_from`` and
            ``date_to``, False where the period is open.
        """
        if not self._may_invoice() or not self.partner_id:
            return False
        if self.billing_method == "fixed_cost":
            return self._invoice_of(Period(None, None), self.env._("Fixed cost"))
        month = last_month(self)
        until = Period(None, fields.Date.context_today(self))
        return self._invoice_of(month, month.name(self.env)) or self._invoice_of(
            until, self.env._("All until today")
        )

    def _invoice_of(self, period: Period, name: str) -> dict | bool:
        """Return what an invoice of a period would be, False when it would be empty."""
        wizard = self.env["project.invoice.create"].new(
            {
                "project_ids": [Command.set(self.ids)],
                "mode": "fixed" if self.billing_method == "fixed_cost" else "time",
                "fixed_part": "all",
                "date_from": period.date_from,
                "date_to": period.date_to,
            }
        )
        amount = wizard._untaxed_total()
        return bool(amount) and {
            "amount": amount,
            "period": name,
            "date_from": fields.Date.to_string(period.date_from),
            "date_to": fields.Date.to_string(period.date_to),
        }

    def action_usual_invoice(self) -> dict:
        """Open the invoice wizard with the period of the usual invoice."""
        self.ensure_one().check_access("read")
        action = self.action_new_invoice()
        if usual := self._usual_invoice():
            action["context"] |= {
                "default_date_from": usual["date_from"],
                "default_date_to": usual["date_to"],
            }
        return action

    def action_older_invoice(self) -> dict:
        """Open the invoice wizard with all time until the end of last month."""
        self.ensure_one().check_access("read")
        action = self.action_new_invoice()
        until = last_month(self).date_to
        action["context"]["default_date_to"] = fields.Date.to_string(until)
        return action

    # The warnings

    def _billing_warnings(self, invoice: dict | bool) -> list[dict]:
        """Return what needs somebody, in words, with the way out.

        Others add theirs. Note: `self.ensure_one()`

        :return: for each its ``key`` and ``text``; the ``rank`` of its urgency;
            ``is_urgent`` where it keeps time from being invoiced; and the way out:
            the ``action`` that opens it, called with the key as ``billing_figure`` in
            the context, and the ``label`` of its button.
        """
        return BillingWarnings(self, invoice).found()

    def action_billing_drafts(self) -> dict:
        """Open the draft invoices that bill this project."""
        self.ensure_one().check_access("read")
        # Only ids leave here: the list that they open applies the user's rights.
        ledger = self.env["project.billed.time"].sudo()
        drafts = ledger.search(self._billing_ledger_domain("draft")).move_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        if len(drafts) == 1:
            views = {"views": [(False, "form")], "res_id": drafts.id}
        else:
            views = {"domain": [("id", "in", drafts.ids)]}
        return {**action, "context": {"create": False}, **views}
