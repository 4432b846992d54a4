from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.models import BaseModel

from ...groups import BILLING_GROUP
from ...hours import SAME_HOURS, exact_hours
from ...models.billing.plan import PlannedTime
from ...models.billing.rate_table import STAFF_METHODS
from .invoice_source import InvoiceGroup, InvoiceSource, TimeGroup, unit_price
from .invoice_text import GROUPED, LineTexts

# What the lines of an invoice are made of. Thousands of entries are read at once, and
# only this of each.
FIGURED = [
    "billed_hours",
    "company_id",
    "date",
    "employee_id",
    "name",
    "product_uom_id",
    "project_id",
    "so_line",
    "task_id",
    "unbilled_hours",
    "unit_amount",
]


class TimeSource(InvoiceSource):
    """Mode `time`: hours that were logged, each at its rate."""

    def impossible(self) -> dict | bool:
        """Say where no time is unbilled, of whatever day and whomever."""
        # Whether there is any, of projects that he may read.
        timesheets = self.env["account.analytic.line"].sudo()
        unbilled = self._project_domain() & Domain("unbilled_hours", "!=", 0)
        if timesheets.search_count(unbilled, limit=1):
            return False
        return {"why": self.env._("No time is unbilled.")}

    def _project_domain(self) -> Domain:
        """Return the domain of all time of the projects.

        Of a project that companies share, each bills the time of its own people.
        """
        wizard = self.wizard
        domain = Domain("project_id", "in", wizard.project_ids.ids)
        shared = wizard.project_ids.filtered(lambda project: not project.company_id)
        if shared:
            domain &= Domain("project_id", "not in", shared.ids) | Domain(
                "company_id", "=", wizard.company_id.id
            )
        return domain

    def _domain(self) -> Domain:
        """Return the domain of the timesheets that the user asked for, billed or not.

        Tasks, task lists and milestones add up; everything else narrows down.
        """
        wizard = self.wizard
        domain = self._project_domain() & wizard._chosen_period().domain("date")
        if wizard.employee_ids:
            domain &= Domain("employee_id", "in", wizard.employee_ids.ids)
        if wizard.timesheet_ids:
            domain &= Domain("id", "in", wizard.timesheet_ids.ids)
        work = [
            Domain(name, "in", records.ids)
            for name, records in (
                ("task_id", wizard.task_ids),
                ("task_id.zoho_task_list_id", wizard.task_list_ids),
                ("task_id.milestone_id", wizard.milestone_ids),
            )
            if records
        ]
        return domain & Domain.OR(work) if work else domain

    def _unbilled(self) -> BaseModel:
        """Return the timesheets that have hours to bill, in the order of billing.

        :rtype: account.analytic.line
        """
        # Time has more to be billed by than he may read: orders, rates, differences.
        timesheets = self.env["account.analytic.line"].sudo()
        domain = self._domain() & Domain("unbilled_hours", "!=", 0)
        return timesheets.search_fetch(domain, FIGURED, order="date, id")

    def _is_ordered(self, sale_line: BaseModel) -> bool:
        """Whether an ordinary sales order bills time, by Odoo's own invoicing."""
        order = sale_line.order_id
        return order.state == "sale" and not order.billing_project_id

    def groups(self) -> list[TimeGroup]:
        """Return the invoice lines to come, in the order of their oldest entry.

        Those that only their rate tells apart stand together.
        """
        timesheets = self._unbilled()
        if sold := timesheets.so_line.filtered(self._is_ordered):
            timesheets = timesheets.filtered(lambda line: line.so_line not in sold)
        timesheets -= timesheets._filter_held_back()
        rates = timesheets._get_billing_rates()
        factors = timesheets._invoice_factors()
        hours = timesheets._hours_to_bill()
        groups: dict[tuple, TimeGroup] = {}
        days = {
            project.id: project._billing_hours_per_day()
            for project in timesheets.project_id
        }
        negative = []
        for timesheet in timesheets:
            line_id, project_id = timesheet.id, timesheet.project_id.id
            (rate, origin), planned = rates[line_id], hours[line_id]
            if rate is None or abs(planned) < SAME_HOURS:
                continue
            unit = unit_price(rate, days[project_id])
            # Never one line for two rates: its price could not tell both.
            key = (project_id, self._group_key(timesheet))
            time = PlannedTime(line_id, planned, rate, origin, factors[line_id])
            if planned < 0:
                negative.append((TimeGroup(*key, *unit), time))
                continue
            group = groups.setdefault((*key, *unit), TimeGroup(*key, *unit))
            group.times.append(time)
        # Last, when all is known from which it can be taken off.
        for own, time in negative:
            own.take_off(time, groups.values())
        self._name_lines(groups.values(), timesheets)
        alike: dict[tuple[int, str], list[TimeGroup]] = defaultdict(list)
        for group in groups.values():
            alike[group.project_id, group.key].append(group)
        return [group for together in alike.values() for group in together]

    def _name_lines(self, groups: Iterable[TimeGroup], timesheets: BaseModel) -> None:
        """Give lines their text.

        Texts only: names are translated for the customer, sentences to the user are
        not.
        """
        # Of entries that are his to bill, whatever he may read of tasks and people.
        timesheets = timesheets.sudo().with_context(lang=self.language())
        for records in GROUPED[self.wizard.group_by](timesheets):
            # For all lines at once.
            records.mapped("display_name")
        LineTexts(self.wizard, timesheets).name(groups)

    def days(self, groups: Iterable[InvoiceGroup]) -> list[date]:
        """Return the days of the time behind lines, whatever source they are of."""
        # Of entries that are his to bill, whatever he may read of them.
        timesheets = self.env["account.analytic.line"].sudo()
        times = (group.times for group in groups if isinstance(group, TimeGroup))
        ids = {time.timesheet_id for some in times for time in some}
        return timesheets.browse(ids).mapped("date")

    def locked_groups(self) -> list[TimeGroup]:
        """Return the lines whose entries no other invoice bills meanwhile.

        :raise UserError: an entry changed or was billed since it was chosen.
        """
        groups = self.groups()
        self.lock(groups)
        return groups

    def lock(self, groups: list[TimeGroup]) -> None:
        """Keep other invoices off these entries, then look at them again.

        :param groups: the lines about to bill it.
        :raise UserError: an entry changed or was billed since it was chosen.
        """
        planned = defaultdict(float)
        for group in groups:
            for time in group.times:
                planned[time.timesheet_id] += time.hours
        # Of projects that he may invoice; he need not see timesheets.
        timesheets = self.env["account.analytic.line"].sudo().browse(planned)
        with self.lock_or_tell():
            timesheets.lock_for_update()
        # The preview may have read it; PostgreSQL refuses the lock of a row that
        # somebody else has changed since this transaction began.
        timesheets.invalidate_recordset(["unbilled_hours"])
        timesheets.fetch(["unbilled_hours"])
        hours = timesheets._hours_to_bill()
        changed = timesheets.filtered(
            lambda line: (
                # Of negative time, no more may be taken off than there is.
                hours[line.id] > planned[line.id] + SAME_HOURS
                if planned[line.id] < 0
                # Both come from the same stored figures: not even noise is between
                # them.
                else hours[line.id] != planned[line.id]
            )
        )
        if changed:
            invoices = changed._billing_invoices()
            raise UserError(
                self.env._(
                    "Part of this time was billed or changed in the meantime "
                    "(%(invoices)s). Look at the preview again.",
                    invoices=", ".join(invoices.mapped("display_name")) or "-",
                )
            )

    def _group_key(self, timesheet: BaseModel) -> str:
        """Return the key of a timesheet's line within its project."""
        group_by = self.wizard.group_by
        ids = (str(record.id or 0) for record in GROUPED[group_by](timesheet))
        return ":".join((group_by, *ids))

    def left_out(self) -> list[dict]:
        """Return what of the time asked for is not invoiced, with the reasons."""
        return [
            *self._left_out_of_unbilled(),
            *self._left_out_outside(),
            *self._left_out_by_state(),
        ]

    def _left_out_outside(self) -> list[dict]:
        """Return time of the period that is not in Odoo, as others know of it.

        Which task or person it is of is not known: who asks for some is told nothing.
        """
        wizard = self.wizard
        chosen = (wizard.employee_ids, wizard.timesheet_ids, wizard.task_ids)
        if any((*chosen, wizard.task_list_ids, wizard.milestone_ids)):
            return []
        period = wizard._chosen_period()
        return [
            {
                "reason": reason,
                "name": project.name,
                "hours": exact_hours(hours),
                "entry_count": count,
            }
            for listener in self.env["billing.listener"]._listeners()
            for reason, project, count, hours in listener._time_outside(
                wizard.project_ids._origin, period
            )
        ]

    def _left_out_of_unbilled(self) -> list[dict]:
        """Return unbilled time that an order sells, that waits, or has no rate.

        And negative time that is more than the time chosen.
        """
        found: dict[tuple, list] = {}
        may_set = self.wizard.env.user.has_group(BILLING_GROUP)
        for reason, what, timesheet, hours in self.unbillable():
            lacks_rate = may_set and reason == "missing_rate"
            project_id = lacks_rate and timesheet.project_id.id
            found.setdefault((reason, what, project_id), []).append(hours)
        return [
            {
                "reason": reason,
                "name": name,
                "rate_project_id": project_id,
                "hours": exact_hours(sum(hours)),
                "entry_count": len(hours),
            }
            for (reason, name, project_id), hours in found.items()
        ]

    def unbillable(self) -> list[tuple]:
        """Return (reason, what to look at, timesheet, hours) of time left out."""
        timesheets = self._unbilled()
        rates = timesheets._get_billing_rates()
        waiting = timesheets._held_back(Domain("id", "in", timesheets.ids))
        reasons = {
            timesheet: listener._held_back_reason()
            for listener, held in waiting.items()
            for timesheet in held
        }
        entries = []
        for timesheet in timesheets:
            if self._is_ordered(timesheet.so_line):
                entries.append(("order", timesheet.order_id.name, timesheet))
            elif timesheet in reasons:
                # Not its notes: they would make a row of nearly every entry.
                what = timesheet.task_id or timesheet.project_id
                entries.append((reasons[timesheet], what.name, timesheet))
            elif rates[timesheet.id].rate is None:
                what = self._lacking_rate(timesheet)
                entries.append(("missing_rate", what, timesheet))
        negative = timesheets.filtered(lambda line: line.unbilled_hours < 0)
        for _reason, _what, timesheet in entries:
            negative -= timesheet
        return [
            *((*entry, entry[-1].unbilled_hours) for entry in entries),
            *(self._excess_negative(negative) if negative else ()),
        ]

    def _excess_negative(self, timesheets: BaseModel) -> list[tuple]:
        """Return what of negative time no chosen time of its rate is there for."""
        taken = defaultdict(float)
        for group in self.groups():
            for time in group.times:
                taken[time.timesheet_id] += time.hours
        left = {
            timesheet: exact_hours(timesheet.unbilled_hours - taken[timesheet.id])
            for timesheet in timesheets
        }
        return [
            ("negative", timesheet.project_id.name, timesheet, hours)
            for timesheet, hours in left.items()
            if hours < -SAME_HOURS
        ]

    def _lacking_rate(self, timesheet: BaseModel) -> str:
        """Return whose rate would let a timesheet be billed, not for each task."""
        project = timesheet.project_id
        by_staff = project.billing_method in STAFF_METHODS or (
            not project.billing_method and project.billing_rate_ids.employee_id
        )
        person = by_staff and timesheet.employee_id.name
        return f"{project.name} - {person}" if person else project.name

    def _left_out_by_state(self) -> list[dict]:
        """Return the time that is billed already or is not to be billed.

        Of partly billed entries, the part that is billed.
        """
        # Of projects that he may read; he need not see timesheets.
        timesheets = self.env["account.analytic.line"].sudo()
        billed = Domain("unbilled_hours", "=", 0) | Domain("billed_hours", "!=", 0)
        groups = timesheets._read_group(
            self._domain() & billed,
            ["project_id", "billing_state"],
            ["logged_hours:sum", "unbilled_hours:sum", "__count"],
        )
        return [
            {
                "reason": "negative" if state == "unbilled" else state,
                "name": project.name,
                "hours": exact_hours(hours - unbilled),
                "entry_count": count,
            }
            for project, state, hours, unbilled, count in groups
        ]
