from odoo import api, fields, models
from odoo.tools import format_date

from ...hours import clock
from .invoice_time import GROUPED, TimeGroup

# What the text of a line can tell, and the field that asks for it.
DETAILS = ("project", "task", "staff", "period", "hours", "notes")


# What the text of a line tells unless the customer's invoices told something else.
USUAL_DETAILS = {"entry": ("task", "staff", "notes")}


def detail_field(detail: str, label: str) -> fields.Boolean:
    """Return the field that asks for a detail.

    Each has a method of its own: of fields that share one, a value given for one
    keeps the others from being computed.
    """

    @api.depends("project_ids", "group_by")
    def compute(wizards: models.BaseModel) -> None:
        wizards._compute_detail(detail)

    return fields.Boolean(string=label, compute=compute, store=True, readonly=False)


class ProjectInvoiceCreate(models.TransientModel):
    """What the text of the invoice lines says, in the customer's language."""

    _inherit = "project.invoice.create"

    show_project = detail_field("project", "Project")
    show_task = detail_field("task", "Tasks")
    show_staff = detail_field("staff", "Staff")
    show_period = detail_field("period", "Period")
    show_hours = detail_field("hours", "Hours")
    show_notes = detail_field("notes", "Notes")

    def _compute_detail(self, detail: str) -> None:
        """Tick a detail if the customer's last invoice told it with these lines."""
        for wizard in self:
            layout = wizard.project_ids.partner_id[:1]._billing_layout()
            details = layout["details"]
            if layout["group_by"] != wizard.group_by:
                details = USUAL_DETAILS.get(wizard.group_by, ())
            wizard[f"show_{detail}"] = detail in details

    def _remember_layout(self) -> None:
        """Let the next invoice of the customer start with these lines and texts."""
        if self.mode != "time":
            return
        layout = {
            "group_by": self.group_by,
            "details": [detail for detail in DETAILS if self[f"show_{detail}"]],
        }
        self.partner_id._set_billing_layout(layout)

    def _line_text(self, group: TimeGroup, timesheets: models.BaseModel) -> str:
        """Return the text of an invoice line, in the language of ``timesheets``.

        :param TimeGroup group: the time of the line.
        :param account.analytic.line timesheets: its entries.
        """
        lines = [self._line_title(timesheets[:1])]
        if self.group_by != "entry":
            lines += self._line_details(timesheets)
        env = timesheets.env
        if self.show_hours:
            lines.append(env._("%(hours)s h", hours=clock(group.invoiced_hours)))
        if group.hours_per_day:
            hours = clock(group.hours_per_day)
            lines.append(env._("1 day = %(hours)s h", hours=hours))
        return "\n".join(lines)

    def _line_title(self, timesheet: models.BaseModel) -> str:
        """Return the first line of the text: what the invoice line is about."""
        if self.group_by == "entry":
            names = self._entry_names(timesheet)
        else:
            records = GROUPED[self.group_by](timesheet)
            # The names of what the chosen time is about, for the customer to read.
            # Of entries that are his to bill, whatever he may read of tasks and people.
            names = [record.sudo().display_name for record in records if record]
        if not names or self.show_project or len(self.project_ids) > 1:
            names.insert(0, timesheet.project_id.name)
        return " - ".join(names)

    def _entry_names(self, timesheet: models.BaseModel) -> list[str]:
        """Return the parts of the text of a single entry."""
        parts = [format_date(timesheet.env, timesheet.date)]
        if self.show_staff:
            parts.append(timesheet.employee_id.name)
        if self.show_task:
            parts.append(timesheet.task_id.name)
        if self.show_notes:
            parts += self._notes(timesheet)
        return [part for part in parts if part]

    def _line_details(self, timesheets: models.BaseModel) -> list[str]:
        """Return what was asked for of the entries of a line and is not its title."""
        told = GROUPED[self.group_by](timesheets[:1])
        details = []
        for asked, records in (
            (self.show_task, timesheets.task_id),
            (self.show_staff, timesheets.employee_id),
        ):
            if asked and records and records._name not in [one._name for one in told]:
                # Of entries that are his to bill, whatever else he may read.
                details.append(", ".join(records.sudo().mapped("name")))
        if self.show_period:
            details.append(self._period(timesheets))
        if self.show_notes:
            details += [f"- {note}" for note in self._notes(timesheets)]
        return details

    @staticmethod
    def _period(timesheets: models.BaseModel) -> str:
        """Return the first and the last day of entries, once if it is the same."""
        days = timesheets.mapped("date")
        ends = dict.fromkeys((min(days), max(days)))
        return " – ".join(format_date(timesheets.env, day) for day in ends)

    @staticmethod
    def _notes(timesheets: models.BaseModel) -> list[str]:
        """Return what was written about entries, each note once."""
        return [
            note for note in dict.fromkeys(timesheets.mapped("name")) if note != "/"
        ]
