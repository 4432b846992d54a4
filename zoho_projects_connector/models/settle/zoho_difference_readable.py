from odoo import api, fields, models
from odoo.tools import format_amount, format_date, format_duration

from ..sync.field_values import readable


class ZohoDifference(models.Model):
    """Both sides of a difference in the words of people."""

    _inherit = "zoho.difference"

    summary = fields.Char("What Changed", compute="_compute_changes", compute_sudo=True)
    changes = fields.Html(compute="_compute_changes", compute_sudo=True, sanitize=False)
    hours_difference = fields.Float(
        compute="_compute_difference",
        store=True,
        help="Hours to bill on top; below zero: hours that are billed too much.",
    )
    amount_difference = fields.Monetary(compute="_compute_difference", store=True)

    @api.depends("timesheet_id", "project_id")
    @api.depends_context("lang")
    def _compute_display_name(self) -> None:
        # Names the entry and its person to who may read the difference.
        for difference in self.sudo():
            timesheet = difference.timesheet_id
            work = (timesheet.task_id or difference.project_id).name
            parts = [work, timesheet.employee_id.name]
            if timesheet:
                parts.append(format_date(self.env, timesheet.date))
            difference.display_name = ", ".join(part for part in parts if part)

    @api.depends("kind", "hours_before", "hours_after", "amount_before", "amount_after")
    def _compute_difference(self) -> None:
        for difference in self:
            is_kept = difference.kind == "changed"
            hours = difference.hours_after if is_kept else 0.0
            amount = difference.amount_after if is_kept else 0.0
            difference.hours_difference = hours - difference.hours_before
            difference.amount_difference = amount - difference.amount_before

    @api.depends("values_before", "values_after")
    @api.depends_context("lang")
    def _compute_changes(self) -> None:
        for difference in self:
            changes = difference._readable_changes()
            difference.summary = ", ".join(
                f"{label} {before or '–'} → {after or '–'}"
                for label, before, after in changes
            )
            difference.changes = self.env["ir.qweb"]._render(
                "zoho_projects_connector.zoho_difference_changes",
                {"difference": difference, "changes": changes},
            )

    def _readable_changes(self) -> list[tuple[str, str, str]]:
        """Return ``(label, in Odoo, in Zoho)`` of all that differs, hours first.

        Note: `self.ensure_one()`
        """
        record = self.timesheet_id or self.project_id
        before, after = self.values_before or {}, self.values_after or {}
        labels = record.fields_get(list(after), ["string"])
        changes = [
            (
                labels[name]["string"],
                readable(self.env, record._fields[name], before.get(name)),
                readable(self.env, record._fields[name], after[name]),
            )
            for name in after
            if name in labels and name != "unit_amount"
        ]
        if self.timesheet_id and ("unit_amount" in after or not after):
            hours = (self.hours_before, self.hours_after)
            changes.insert(0, (self.env._("Hours"), *map(format_duration, hours)))
        return changes

    def _summary_line(self) -> str:
        """Return in one line how many differences these are, and how large.

        Hours too much and hours too few do not cancel out.
        """
        hours = sum(abs(one.hours_difference) for one in self)
        parts = [format_duration(hours)] if hours else []
        for currency, differences in self.grouped("currency_id").items():
            amount = sum(abs(one.amount_difference) for one in differences)
            if amount:
                parts.append(format_amount(self.env, amount, currency))
        return self.env._("Differences with Zoho: %(count)s", count=len(self)) + (
            f" ({', '.join(parts)})" if parts else ""
        )
