"""The texts of the lines of an invoice to come, in the customer's language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from odoo.models import BaseModel
from odoo.tools import format_amount, format_date

from ...hours import clock
from ...models.billing.line_template import fill_template

if TYPE_CHECKING:
    from .invoice_time import TimeGroup

# The records that a line is about, by how the lines are grouped.
GROUPED = {
    "project": lambda entry: [],
    "task": lambda entry: [entry.task_id],
    "task_list": lambda entry: [entry.task_id.zoho_task_list_id],
    "milestone": lambda entry: [entry.task_id.milestone_id],
    "employee": lambda entry: [entry.employee_id],
    "task_employee": lambda entry: [entry.task_id, entry.employee_id],
    "entry": lambda entry: [entry],
}


class LineTexts:
    """Names the lines of time that a wizard is about to invoice.

    :param project.invoice.create wizard: what its lines are to tell.
    :param account.analytic.line timesheets: the time of all lines, in the customer's
        language, read with the rights to what may be billed.
    """

    def __init__(self, wizard: BaseModel, timesheets: BaseModel) -> None:
        self.wizard = wizard
        self.timesheets = timesheets
        self.env = timesheets.env

    def name(self, groups: Iterable[TimeGroup]) -> None:
        """Give lines their texts, no two of them the same under one heading."""
        lines = [(group, self._entries(group)) for group in groups]
        texts = [self._text(group, entries) for group, entries in lines]
        titles = self._told_apart(lines, [text[0] for text in texts])
        for (group, _entries), title, text in zip(lines, titles, texts, strict=True):
            group.name = "\n".join([title, *text[1:]])

    def _entries(self, group: TimeGroup) -> BaseModel:
        ids = dict.fromkeys(time.timesheet_id for time in group.times)
        # What one line tells is read of the entries, tasks and people of all.
        return self.timesheets.browse(ids).with_prefetch(self.timesheets._prefetch_ids)

    def _text(self, group: TimeGroup, entries: BaseModel) -> list[str]:
        """Return the lines of a text: its title, and what follows."""
        template = self.wizard._line_template()
        filled = template and fill_template(template, self._facts(group, entries))
        lines = filled.splitlines() if filled else self._details(group, entries)
        if group.hours_per_day:
            hours = clock(group.hours_per_day)
            lines.append(self.env._("1 day = %(hours)s h", hours=hours))
        return lines

    # By what is ticked

    def _details(self, group: TimeGroup, entries: BaseModel) -> list[str]:
        lines = [self._title(next(iter(entries)))]
        if self.wizard.group_by != "entry":
            lines += self._asked(entries)
        if self.wizard.show_hours:
            hours = clock(group.invoiced_hours)
            lines.append(self.env._("%(hours)s h", hours=hours))
        return lines

    def _title(self, entry: BaseModel) -> str:
        """Return the first line of the text: what the invoice line is about."""
        if self.wizard.group_by == "entry":
            names = self._entry_names(entry)
        else:
            names = [
                entry._portal_staff_name()
                if record._name == "hr.employee"
                else record.display_name
                for record in GROUPED[self.wizard.group_by](entry)
                if record
            ]
        several = len(self.wizard.project_ids) > 1
        if self.wizard.show_project or (
            not self.wizard.show_sections and (several or not names)
        ):
            names.insert(0, entry.project_id.name)
        return " - ".join(names) or self.env._("Work")

    def _entry_names(self, entry: BaseModel) -> list[str]:
        """Return the parts of the text of a single entry."""
        parts = [format_date(self.env, entry.date)]
        if self.wizard.show_staff:
            parts.append(entry._portal_staff_name())
        if self.wizard.show_task:
            parts.append(entry.task_id.name)
        if self.wizard.show_notes:
            parts += self._notes(entry)
        return [part for part in parts if part]

    def _asked(self, entries: BaseModel) -> list[str]:
        """Return what was asked for of the entries of a line and is not its title."""
        told = [record._name for record in GROUPED[self.wizard.group_by](entries[:1])]
        details = []
        if self.wizard.show_task and "project.task" not in told:
            details.append(self._tasks(entries))
        if self.wizard.show_staff and "hr.employee" not in told:
            details.append(self._people(entries))
        if self.wizard.show_period:
            details.append(self._period(entries))
        if self.wizard.show_notes:
            details += [f"- {note}" for note in self._notes(entries)]
        return [detail for detail in details if detail]

    # By a template

    def _facts(self, group: TimeGroup, entries: BaseModel) -> dict[str, str]:
        """Return what each placeholder of a template stands for."""
        days = {*entries.mapped("date")}
        return {
            "project": entries[:1].project_id.name,
            "task": self._tasks(entries),
            "task_list": self._task_lists(entries),
            "phase": self._phases(entries),
            "person": self._people(entries),
            "period": self._period(entries),
            "day": format_date(self.env, days.pop()) if len(days) == 1 else "",
            "hours": clock(group.invoiced_hours),
            "rate": self._rate(group),
            "notes": ", ".join(self._notes(entries)),
        }

    # What entries have in common

    def _tasks(self, entries: BaseModel) -> str:
        return ", ".join(entries.task_id.mapped("name"))

    def _task_lists(self, entries: BaseModel) -> str:
        return ", ".join(entries.task_id.zoho_task_list_id.mapped("name"))

    def _phases(self, entries: BaseModel) -> str:
        return ", ".join(entries.task_id.milestone_id.mapped("name"))

    def _people(self, entries: BaseModel) -> str:
        names = (entry._portal_staff_name() for entry in entries)
        return ", ".join(dict.fromkeys(name for name in names if name))

    def _period(self, entries: BaseModel) -> str:
        """Return the first and the last day of entries, once if it is the same."""
        days = entries.mapped("date")
        ends = dict.fromkeys((min(days), max(days)))
        return " – ".join(format_date(self.env, day) for day in ends)

    def _notes(self, entries: BaseModel) -> list[str]:
        """Return what was written about entries, each note once."""
        notes = (entry._portal_notes() for entry in entries)
        return [note for note in dict.fromkeys(notes) if note]

    def _rate(self, group: TimeGroup) -> str:
        rate = format_amount(self.env, group.rate, self.wizard.currency_id)
        if group.hours_per_day:
            return self.env._("%(rate)s per day", rate=rate)
        return self.env._("%(rate)s per hour", rate=rate)

    # Lines that would read the same

    def _told_apart(
        self, lines: Sequence[tuple[TimeGroup, BaseModel]], titles: Sequence[str]
    ) -> list[str]:
        """Return the titles with what differs between lines that have the same one.

        The first that differs between all of them, of: task list, phase, project, rate,
        person, days; or several, where none does. What still reads the same is
        numbered.
        """
        titles = list(titles)
        differences: tuple[Callable[[TimeGroup, BaseModel], str], ...] = (
            lambda _group, entries: self._task_lists(entries),
            lambda _group, entries: self._phases(entries),
            lambda _group, entries: entries[:1].project_id.name,
            lambda group, _entries: self._rate(group),
            lambda _group, entries: self._people(entries),
            lambda _group, entries: self._period(entries),
        )
        for is_enough in (lambda told, all_: told == all_, lambda told, _all: told > 1):
            for difference in differences:
                for numbers in self._alike(lines, titles):
                    told = [difference(*lines[number]) for number in numbers]
                    if is_enough(len({*told}), len(numbers)):
                        for number, text in zip(numbers, told, strict=True):
                            titles[number] += f" ({text})" if text else ""
        for numbers in self._alike(lines, titles):
            for count, number in enumerate(numbers[1:], start=2):
                titles[number] += f" ({count})"
        return titles

    def _alike(
        self, lines: Sequence[tuple[TimeGroup, BaseModel]], titles: Sequence[str]
    ) -> list[list[int]]:
        """Return the numbers of lines that stand under one heading and read alike."""
        alike = defaultdict(list)
        for number, ((group, _entries), title) in enumerate(
            zip(lines, titles, strict=True)
        ):
            heading = self.wizard.show_sections and group.project_id
            alike[heading, title].append(number)
        return [numbers for numbers in alike.values() if len(numbers) > 1]
