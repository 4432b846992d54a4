from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

from ...groups import MONEY_GROUPS

_lt = LazyTranslate(__name__)
# Hours of less than this are shown as 0:00.
SHOWN_HOURS = 0.5 / 60


class Figure(NamedTuple):
    """A line of the table of figures.

    ``hours`` and ``money`` are the fields of a timesheet whose sums are shown; without
    them the figure is a sum of rows of the ledger.
    """

    key: str
    label: str
    help: str
    hours: str = ""
    money: str = ""
    is_part: bool = False
    is_kept: bool = False
    is_total: bool = False


FIGURES = (
    Figure(
        "unbilled",
        _lt("Unbilled"),
        _lt(
            "Time that is on no invoice yet, at the rates of today. What an order "
            "sells counts at the price of the order. An invoice rounds each of its "
            "lines by itself: it may come to a few cents more or less."
        ),
        "unbilled_hours",
        "unbilled_amount",
        is_kept=True,
    ),
    Figure(
        "on_orders",
        _lt("of which on sales orders"),
        _lt(
            "A sales order sells this time: it is invoiced from the order, not from "
            "the project."
        ),
        "unbilled_hours",
        "unbilled_amount",
        is_part=True,
    ),
    Figure(
        "draft",
        _lt("On draft invoices"),
        _lt("On invoices that are not posted yet, without taxes."),
        is_kept=True,
    ),
    Figure(
        "invoiced",
        _lt("Invoiced"),
        _lt("On posted invoices less what was credited, without taxes."),
        is_kept=True,
    ),
    Figure(
        "paid",
        _lt("of which paid"),
        _lt("On paid invoices less what was credited of them, without taxes."),
        is_part=True,
    ),
    Figure(
        "elsewhere",
        _lt("Billed elsewhere"),
        _lt(
            "Invoiced outside Odoo, before this project was invoiced from here. What "
            "was charged is not known: the amount is at the rates of today."
        ),
        "closed_hours",
        "closed_amount",
    ),
    Figure(
        "fixed_price",
        _lt("At a fixed price"),
        _lt(
            "Covered by an agreed amount. For comparison, the amount shown is what the "
            "time would be worth at the rates of today."
        ),
        "closed_hours",
        "closed_amount",
    ),
    Figure(
        "non_billable",
        _lt("Non-billable"),
        _lt(
            "Not to be invoiced. The amount is what the time would be worth at the "
            "rates of today."
        ),
        "closed_hours",
        "closed_amount",
    ),
    Figure(
        "logged",
        _lt("Logged"),
        _lt("All time. The amount is as it was invoiced, else at the rates of today."),
        "logged_hours",
        "worth_amount",
        is_kept=True,
        is_total=True,
    ),
)


class BillingFiguresMixin(models.AbstractModel):
    """The figures as a table, each of them opening the list whose sum it is."""

    _inherit = "billing.figures.mixin"

    billing_figures = fields.Json(
        compute="_compute_billing_figures",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        export_string_translation=False,
    )

    @api.depends_context("lang", "allowed_company_ids")
    def _compute_billing_figures(self) -> None:
        # Labels are translated here, so the language belongs to the key of the cache.
        for record in self:
            record.billing_figures = record._billing_figure_rows()

    def _billing_figure_rows(self) -> list[dict]:
        """Return the rows of the table of figures, those that say nothing left out.

        Others add theirs. Note: `self.ensure_one()`

        :return: for each row its ``key``, ``label`` and ``help``; ``hours`` and
            ``amount`` (left out for none) with the ``currency_id``; ``action``, the
            method that opens the list behind them, called with the key as
            ``billing_figure`` in the context; and how it looks: ``is_part`` of the
            row above, ``is_total``, ``is_title`` of the rows below, ``is_warning``,
            ``is_outside`` for hours that are not in Odoo yet.
        """
        self.ensure_one()
        rows = [self._figure_row(figure) for figure in FIGURES]
        if self.hours_missing_rate:
            rows.insert(1, self._missing_rate_row())
            if not self.amount_unbilled:
                del rows[0]["amount"]  # not known, which is not zero
        return [row for row in rows if row]

    def _figure_row(self, figure: Figure) -> dict | None:
        """Return the row of a figure, None when it says nothing."""
        hours, amount = self[f"hours_{figure.key}"], self[f"amount_{figure.key}"]
        if not figure.is_kept and abs(hours) < SHOWN_HOURS and not amount:
            return None
        action = "action_billing_entries" if figure.hours else "action_billed_time"
        return {
            "key": figure.key,
            "label": self.env._(figure.label),
            "help": self.env._(figure.help),
            "hours": hours,
            "amount": amount,
            "action": action,
            "currency_id": self.invoicing_currency_id.id,
            "is_part": figure.is_part,
            "is_total": figure.is_total,
        }

    def _missing_rate_row(self) -> dict:
        return {
            "key": "missing_rate",
            "label": self.env._("of which without a rate"),
            "help": self.env._("It cannot be invoiced before a rate is set."),
            "hours": self.hours_missing_rate,
            "action": "action_billing_entries",
            "is_part": True,
            "is_warning": True,
        }

    def action_billing_entries(self) -> dict:
        """Open the timesheets behind the figure named in the context."""
        self.check_access("read")
        key = self.env.context.get("billing_figure", "logged")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "zoho_projects_connector.account_analytic_line_action_billing"
        )
        figure = {figure.key: figure for figure in FIGURES}.get(key)
        columns = [figure.hours, figure.money] if figure else []
        if key == "missing_rate":
            columns, domain = ["unbilled_hours"], self._missing_rate_domain()
        else:
            domain = self._billing_time_domain(key)
        return {
            **action,
            "display_name": self._figure_title(key),
            "domain": list(domain),
            "context": {"create": False, "billing_columns": columns},
        }

    def _figure_title(self, key: str) -> str:
        """Return what the list behind a figure is called: that of its hours."""
        if key == "unpaid":
            return self.env._("Invoiced, not paid")
        # A context can name any figure.
        field = self._fields.get(f"hours_{key}", self._fields["hours_logged"])
        title: str = field._description_string(self.env)
        return title

    def _missing_rate_domain(self) -> list:
        """Return which timesheets of these records have unbilled hours and no rate."""
        domain = self._billing_time_domain("unbilled")
        # Only ids leave here: the list that they open applies the user's rights.
        timesheets = self.env["account.analytic.line"].sudo().search(domain)
        # A rate is looked up in Python: no domain can ask for it.
        rates = timesheets._get_billing_rates()
        lacking = [line.id for line in timesheets if rates[line.id].rate is None]
        return [("id", "in", lacking)]

    def action_billed_time(self) -> dict:
        """Open the rows of the ledger behind the amount named in the context."""
        self.check_access("read")
        key = self.env.context.get("billing_figure", "invoiced")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "zoho_projects_connector.project_billed_time_action"
        )
        # A task, a task list and a milestone are of one project, too.
        context = {"hide_project": len(self) == 1}
        return {
            **action,
            "display_name": self._figure_title(key),
            "domain": list(self._billing_ledger_domain(key)),
            "context": {"search_default_groupby_document": False, **context},
        }
