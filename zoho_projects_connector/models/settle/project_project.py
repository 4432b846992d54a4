from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain

from ...groups import MONEY_GROUPS, STAFF_GROUP
from ...hours import say_hours
from ..billing.billing_figures_rows import SHOWN_HOURS
from ..sync.sentences import ENTITY_NAMES
from .zoho_differing_mixin import READERS

WAITING_REASON = "timesheet_not_approved"


class ProjectProject(models.Model):
    """Time of a project that stays in Zoho, and why: a part of the billing figures.

    A left-out log has the key ``left_out:REASON``, one that could not be fetched
    ``failed:REASON:WHAT IS MISSING``; with the key its list is found again.
    """

    _name = "project.project"
    _inherit = ["project.project", "zoho.differing.mixin"]

    hours_waiting = fields.Float(
        "Waiting in Zoho",
        compute="_compute_hours_waiting",
        compute_sudo=True,
        groups=STAFF_GROUP,
        help="Hours that are billable in Zoho Projects and not approved there yet.",
    )

    zoho_budget_note = fields.Char(
        compute="_compute_zoho_budget_note",
        groups=MONEY_GROUPS,
        export_string_translation=False,
    )

    def _compute_hours_waiting(self) -> None:
        totals = dict(
            self.env["zoho.skipped.record"]._read_group(
                self._left_out_domain(WAITING_REASON), ["project_id"], ["minutes:sum"]
            )
        )
        for project in self:
            project.hours_waiting = totals.get(project._origin, 0) / 60

    def _left_out_domain(self, reason: str = "") -> Domain:
        """Return which time logs of these projects are left out, for a reason."""
        domain = Domain("project_id", "in", self.ids) & Domain("entity", "=", "timelog")
        return domain & Domain("reason", "=", reason) if reason else domain

    def _failed_domain(self, reason: str = "", missing: str = "") -> Domain:
        """Return which time logs of these projects could not be fetched, for a reason.

        :param str missing: kind of record that the logs wait for.
        """
        # Zoho ids alone; errors are counted by who may read them.
        links = (
            self.env["zoho.link"]
            .sudo()
            .search([("entity", "=", "project"), ("res_id", "in", self.ids)])
        )
        domain = Domain.OR(
            Domain("integration_id", "=", link.integration_id.id)
            & Domain("project_zoho_id", "=", link.zoho_id)
            for link in links
        )
        domain &= Domain("entity", "=", "timelog") & Domain("resolved_at", "=", False)
        if not reason:
            return domain
        return (
            domain
            & Domain("reason", "=", reason)
            & Domain("missing_entity", "=", missing or False)
        )

    def _billing_figure_rows(self) -> list[dict]:
        rows = super()._billing_figure_rows()
        waiting = [*self._left_out_rows(), *self._failed_rows()]
        if not waiting:
            return rows
        title = {
            "key": "waiting",
            "label": self.env._("Not in Odoo yet"),
            "help": self.env._(
                "Time that could not be fetched and is in none of the lines above. It "
                "arrives by itself once the reason is gone."
            ),
            "is_title": True,
        }
        return [*rows, title, *waiting]

    def _left_out_rows(self) -> list[dict]:
        """Return a row for each reason why logs of the project are left out."""
        logs = self.env["zoho.skipped.record"]
        # The words of the lists that the rows open, in the language of the user.
        labels = dict(logs._fields["reason"]._description_selection(self.env))
        groups = logs._read_group(self._left_out_domain(), ["reason"], ["minutes:sum"])
        return [
            self._waiting_row(f"left_out:{reason}", labels[reason], minutes / 60)
            for reason, minutes in groups
        ]

    def _failed_rows(self) -> list[dict]:
        """Return a row for each reason why logs of the project failed."""
        errors = self.env["zoho.sync.error"]
        labels = dict(errors._fields["reason"]._description_selection(self.env))
        groups = errors._read_group(
            self._failed_domain(), ["reason", "missing_entity"], ["hours:sum"]
        )
        rows = []
        for reason, missing, hours in groups:
            label = labels[reason]
            if missing in ENTITY_NAMES:
                label = self.env._(
                    "Of a %(record)s that could not be fetched",
                    record=self.env._(ENTITY_NAMES[missing]),
                )
            key = f"failed:{reason}:{missing or ''}"
            rows.append({**self._waiting_row(key, label, hours), "is_warning": True})
        return rows

    def _waiting_row(self, key: str, label: str, hours: float) -> dict:
        return {
            "key": key,
            "label": label,
            "hours": hours,
            "action": "action_view_left_out",
            "is_part": True,
            "is_outside": True,
        }

    def _hours_of_months(self, first: date) -> dict[date, dict[str, float]]:
        """Add the hours that are left out in Zoho."""
        found = super()._hours_of_months(first)
        # Sums of a project that he may read; no log is shown.
        rows = (
            self.env["zoho.skipped.record"]
            .sudo()
            ._read_group(
                self._left_out_domain() & Domain("day", ">=", first),
                ["day:month"],
                ["minutes:sum"],
            )
        )
        for month, minutes in rows:
            found[month]["outside"] += minutes / 60
        return found

    def _billing_budget(self) -> tuple[float, float]:
        """Take the budgets of Zoho where none is set in Odoo."""
        hours, amount = super()._billing_budget()
        return hours or self.zoho_budget_hours, amount or self.zoho_budget_amount

    @api.depends(
        "allocated_hours", "budget_amount", "zoho_budget_hours", "zoho_budget_amount"
    )
    @api.depends_context("lang")
    def _compute_zoho_budget_note(self) -> None:
        """Tell a budget of Zoho that counts from none, which looks like zero."""
        for project in self:
            hours, amount = project._billing_budget()
            told = []
            if hours and not project.allocated_hours:
                told.append(say_hours(self.env, hours))
            if amount and not project.budget_amount:
                told.append(project._in_money(amount))
            project.zoho_budget_note = bool(told) and self.env._(
                "From Zoho, as none is set here: %(budgets)s", budgets=", ".join(told)
            )

    def _billing_warnings(self, invoice: dict | bool) -> list[dict]:
        """Add what differs from Zoho, could not be fetched, or waits there."""
        found = [
            self._warning_of_differences(),
            self._warning_of_failed_time(),
            self._warning_of_waiting_time(),
        ]
        return [
            *super()._billing_warnings(invoice),
            *(warning for warning in found if warning),
        ]

    def _warning_of_differences(self) -> dict | None:
        if not self.env.user.has_groups(READERS) or not self.difference_note:
            return None
        return {
            "key": "differences",
            "rank": 30,
            "is_urgent": True,
            "text": self.difference_note,
            "action": "action_view_differences",
            "label": self.env._("Settle the differences"),
        }

    def _warning_of_failed_time(self) -> dict | None:
        hours = self._hours_outside("failed:")
        if hours < SHOWN_HOURS:
            return None
        return {
            "key": "failed:",
            "rank": 40,
            "is_urgent": True,
            "text": self.env._(
                "%(hours)s of Zoho could not be fetched.",
                hours=say_hours(self.env, hours),
            ),
            "action": "action_view_left_out",
            "label": self.env._("See why"),
        }

    def _warning_of_waiting_time(self) -> dict | None:
        key = f"left_out:{WAITING_REASON}"
        hours = self._hours_outside(key)
        if hours < SHOWN_HOURS:
            return None
        return {
            "key": key,
            "rank": 60,
            "text": self.env._(
                "%(hours)s wait in Zoho for approval, or were rejected there.",
                hours=say_hours(self.env, hours),
            ),
            "action": "action_view_left_out",
            "label": self.env._("Show them"),
        }

    def _hours_outside(self, key: str) -> float:
        """Return the hours that stay in Zoho for the reasons that a key begins."""
        rows = self.billing_figures
        outside = [row for row in rows if row.get("is_outside")]
        return sum(row["hours"] for row in outside if row["key"].startswith(key))

    def action_view_left_out(self) -> dict:
        """Open the logs that stay in Zoho for the reason named in the context."""
        self.ensure_one().check_access("read")
        figure = self.env.context.get("billing_figure", "left_out:")
        kind, _colon, reason = figure.partition(":")
        if kind == "failed":
            domain = self._failed_domain(*reason.split(":"))
            name = "zoho_projects_connector.zoho_sync_error_action_time"
        else:
            domain = self._left_out_domain(reason)
            name = "zoho_projects_connector.zoho_skipped_record_action"
        action = self.env["ir.actions.act_window"]._for_xml_id(name)
        if kind != "failed" and reason:
            # One reason is no group to unfold before the people and their notes.
            view = "zoho_projects_connector.zoho_skipped_record_view_list_of_project"
            views = [(self.env.ref(view).id, "list"), (False, "kanban")]
            action |= {"view_id": False, "views": views}
        return {
            **action,
            "display_name": self.env._(
                "Not in Odoo yet: %(project)s", project=self.name
            ),
            "domain": list(domain),
            "context": {},
        }
