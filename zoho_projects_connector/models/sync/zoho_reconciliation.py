from collections.abc import Iterable
from datetime import date
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import date_utils, format_date

from ...zoho.records import TimeTotals
from .hours_check import Entry, HoursCheck, Pair
from .zoho_skipped_record import REASONS as LEFT_OUT
from .zoho_sync_error import REASONS as FAILED

# Minutes are whole; hours are shown with two decimals.
SAME_HOURS = 0.005
UNEXPLAINED = ("unexplained_billable", "unexplained_non_billable")
# The lists behind the parts of a month.
ACTIONS = {
    "left_out": "zoho_projects_connector.zoho_skipped_record_action",
    "failed": "zoho_projects_connector.zoho_sync_error_action_time",
}


class ZohoReconciliation(models.Model):
    """One project and month: Zoho's own report beside what Odoo knows of it.

    What Zoho counts is in Odoo as timesheets, or left out with a reason, or in the
    errors, or it differs from an invoice. Anything else is unexplained.
    """

    _name = "zoho.reconciliation"
    _inherit = ["code.only.mixin", "synced.list.mixin"]
    _description = "Reconciliation of Hours with Zoho Projects"
    _order = "month desc, is_portal desc, name, id"

    integration_id = fields.Many2one(
        "zoho.integration", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="integration_id.company_id", store=True)
    project_zoho_id = fields.Char("Project ID in Zoho", readonly=True)
    project_id = fields.Many2one(
        "project.project", readonly=True, ondelete="set null", index="btree_not_null"
    )
    name = fields.Char(readonly=True)
    month = fields.Date(required=True, readonly=True, help="The first day of it.")
    is_portal = fields.Boolean("All Projects", readonly=True)
    zoho_billable = fields.Float("Billable in Zoho", readonly=True)
    zoho_non_billable = fields.Float("Non-Billable in Zoho", readonly=True)
    synced = fields.Float(
        "Timesheets", readonly=True, help="Hours that are in Odoo from Zoho."
    )
    left_out = fields.Float(
        "Not Imported",
        readonly=True,
        help="Hours that stay in Zoho by choice, for a reason.",
    )
    failed = fields.Float(
        "Errors", readonly=True, help="Hours that could not be fetched."
    )
    differing = fields.Float(
        "On Invoices",
        readonly=True,
        help="What Zoho says otherwise of time that an invoice bills already.",
    )
    native = fields.Float(
        "Only in Odoo",
        readonly=True,
        help="Timesheets that people entered in Odoo. Zoho knows nothing of them.",
    )
    unexplained_billable = fields.Float(readonly=True)
    unexplained_non_billable = fields.Float(readonly=True)
    unexplained = fields.Float(
        readonly=True, help="Zoho's total less all that is explained."
    )
    accepted_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        help="Who has left the unexplained hours as they are. Other figures ask again.",
    )
    is_explained = fields.Boolean(compute="_compute_is_explained", store=True)
    checked_at = fields.Datetime(readonly=True)
    line_ids = fields.One2many(
        "zoho.reconciliation.line", "reconciliation_id", readonly=True
    )

    _pair_uniq = models.UniqueIndex("(integration_id, month, project_zoho_id)")

    @api.depends(*UNEXPLAINED, "accepted_by_id")
    def _compute_is_explained(self) -> None:
        for row in self:
            is_even = all(abs(row[name]) < SAME_HOURS for name in UNEXPLAINED)
            row.is_explained = is_even or bool(row.accepted_by_id)

    @api.depends("name", "month", "is_portal")
    @api.depends_context("lang")
    def _compute_display_name(self) -> None:
        for row in self:
            name = self.env._("All projects") if row.is_portal else row.name
            month = row.month and format_date(self.env, row.month, date_format="MMMM y")
            row.display_name = f"{name or row.project_zoho_id}, {month}"

    def action_check(self) -> dict:
        """Ask Zoho again for the totals of these rows; without any, of all portals.

        :raise UserError: with one sentence when Zoho refuses.
        """
        if not self:
            return self._check_all()
        self.integration_id.check_access("write")
        for integration in self.integration_id:
            rows = self.filtered(lambda row, one=integration: row.integration_id == one)
            pairs = [(row.project_zoho_id or "", row.month) for row in rows]
            with integration._user_errors():
                # Checked above; only code writes the reconciliation.
                check = HoursCheck(integration.sudo())
                check.compare(pairs)
            check.tell_unexplained()
        return self.integration_id[:1]._notify(*self._say_checked())

    def _say_checked(self) -> tuple[str, str]:
        """Return how many of these rows agree now, and how that is meant."""
        left = self.filtered(lambda row: not row.is_explained)
        if not left:
            return self.env._("Both sides agree now."), "success"
        count = len(left)
        return self.env._("Still unexplained: %(count)s", count=count), "warning"

    def action_accept(self) -> dict:
        """Leave unexplained hours as they are; other figures ask again."""
        self.integration_id.check_access("write")
        # Checked above; only code writes the reconciliation.
        self.sudo().accepted_by_id = self.env.user
        for integration in self.integration_id:
            HoursCheck(integration.sudo()).tell_unexplained()
        message = self.env._("Left as they are; only other figures ask again.")
        return self.integration_id[:1]._notify(message)

    def _check_all(self) -> dict:
        integrations = self.env["zoho.integration"].search(
            [("last_sync", "!=", False), ("sync_timesheets", "=", True)]
        )
        if not integrations:
            raise UserError(
                self.env._(
                    "Nothing has been synced yet: connect a portal with its "
                    "timesheets, and let its first sync end."
                )
            )
        reload = {"type": "ir.actions.client", "tag": "soft_reload"}
        able = integrations.filtered(lambda one: one.status != "disabled")
        told = [one.action_reconcile() for one in able]
        if not told:
            return reload
        # What has to wait is said of all; the list of all portals is open already.
        said = next((one for one in told if one["params"]["type"] == "info"), told[0])
        return {**said, "params": {**said["params"], "next": reload}}

    @api.model
    def _write_comparison(
        self,
        integration: models.BaseModel,
        pair: Pair,
        totals: TimeTotals,
        entries: list[Entry],
    ) -> None:
        """Write what a check has found of one project and month.

        :param pair: without a project it is all of the portal.
        :param totals: what Zoho's report says.
        :param entries: what Odoo knows of it, see :meth:`HoursCheck.books`.
        """
        row = self._row_of(integration, pair)
        sums = self._sums(totals, entries)
        is_same = all(abs(row[name] - sums[name]) < SAME_HOURS for name in UNEXPLAINED)
        row.write(
            {
                "zoho_billable": totals.billable / 60,
                "zoho_non_billable": totals.non_billable / 60,
                "checked_at": fields.Datetime.now(),
                "accepted_by_id": is_same and row.accepted_by_id.id,
                **sums,
                **self._named(integration, row.project_zoho_id),
            }
        )
        # Made anew: the parts of a month are few, and nothing refers to them.
        row.line_ids.unlink()
        row.line_ids._explain(row, entries)

    @api.model
    def _row_of(self, integration: models.BaseModel, pair: Pair) -> models.BaseModel:
        """Return the row of one project and month, made when missing."""
        project_zoho_id, month = pair
        row = self.search(
            [
                ("integration_id", "=", integration.id),
                ("project_zoho_id", "=", project_zoho_id),
                ("month", "=", month),
            ]
        )
        return row or self.create(
            {
                "integration_id": integration.id,
                "project_zoho_id": project_zoho_id,
                "month": month,
                "is_portal": not project_zoho_id,
            }
        )

    @api.model
    def _sums(self, totals: TimeTotals, entries: list[Entry]) -> dict:
        """Return the figures of the entries in hours, and what they leave open."""
        kinds = dict.fromkeys(
            ("synced", "left_out", "failed", "differing", "native"), 0
        )
        known = {True: 0, False: 0}
        for entry in entries:
            kinds[entry.kind] += entry.minutes
            if entry.kind != "native":
                known[entry.billable] += entry.minutes
        billable = totals.billable - known[True]
        other = totals.non_billable - known[False]
        return {
            **{kind: minutes / 60 for kind, minutes in kinds.items()},
            "unexplained_billable": billable / 60,
            "unexplained_non_billable": other / 60,
            "unexplained": (billable + other) / 60,
        }

    @api.model
    def _named(self, integration: models.BaseModel, project_zoho_id: str) -> dict:
        """Return which project this is, as far as anything tells its name."""
        if not project_zoho_id:
            return {}
        known = [
            ("integration_id", "=", integration.id),
            ("entity", "=", "project"),
            ("zoho_id", "=", project_zoho_id),
        ]
        link = self.env["zoho.link"].search(known, limit=1)
        project = link._record() if link else self.env["project.project"]
        error = self.env["zoho.sync.error"].search(known, limit=1)
        skipped = self.env["zoho.skipped.record"].search(known, limit=1)
        name = project.name or error.name or skipped.name or project_zoho_id
        return {"project_id": project.id, "name": name}

    def _last_day(self) -> date:
        return date_utils.end_of(self.month, "month")


class ZohoReconciliationLine(models.Model):
    """A part of a month's hours, with the reason why it is where it is."""

    _name = "zoho.reconciliation.line"
    _inherit = ["code.only.mixin"]
    _description = "Reconciliation of Hours with Zoho Projects: Part"
    _order = "reconciliation_id, sequence, id"

    reconciliation_id = fields.Many2one(
        "zoho.reconciliation",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one(related="reconciliation_id.company_id", store=True)
    sequence = fields.Integer(export_string_translation=False, readonly=True)
    kind = fields.Selection(
        [
            ("synced", "Timesheets in Odoo"),
            ("left_out", "Not imported"),
            ("failed", "Errors"),
            ("differing", "Other than on the invoice"),
            ("native", "Entered in Odoo, unknown to Zoho"),
            ("unexplained", "Unexplained"),
        ],
        "Where It Is",
        required=True,
        readonly=True,
    )
    left_out_reason = fields.Selection(LEFT_OUT, "Reason Not Imported", readonly=True)
    failed_reason = fields.Selection(FAILED, readonly=True)
    reason = fields.Char(compute="_compute_reason")
    is_billable = fields.Boolean("Billable in Zoho", readonly=True)
    count = fields.Integer("Time Logs", readonly=True)
    hours = fields.Float(readonly=True)

    @api.depends("left_out_reason", "failed_reason")
    @api.depends_context("lang")
    def _compute_reason(self) -> None:
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("left_out_reason", "failed_reason")
        }
        for line in self:
            line.reason = next(
                (labels[name][line[name]] for name in labels if line[name]), False
            )

    @api.model
    def _explain(self, row: Any, entries: Iterable[Any]) -> None:
        """Make the lines of a row: one for each place and reason, and the rest."""
        kinds = [kind for kind, _label in self._fields["kind"].selection]
        values = [
            {
                "kind": entry.kind,
                "left_out_reason": entry.kind == "left_out" and entry.reason,
                "failed_reason": entry.kind == "failed" and entry.reason,
                "is_billable": entry.billable,
                "count": entry.count,
                "hours": entry.minutes / 60,
            }
            for entry in entries
        ]
        values += [
            {"kind": "unexplained", "is_billable": billable, "hours": hours}
            for billable, hours in (
                (True, row.unexplained_billable),
                (False, row.unexplained_non_billable),
            )
            if hours
        ]
        self.create(
            [
                {
                    **vals,
                    "reconciliation_id": row.id,
                    "sequence": kinds.index(vals["kind"]),
                }
                for vals in values
            ]
        )

    def action_open(self) -> dict[str, Any]:
        """Return the list of what this part consists of."""
        self.ensure_one().check_access("read")
        row = self.reconciliation_id
        if self.kind in ("synced", "native"):
            action = self._timesheet_action(row)
        elif self.kind in ACTIONS:
            action = self.env["ir.actions.act_window"]._for_xml_id(ACTIONS[self.kind])
            action |= {"domain": self._domain(row), "context": {}}
        else:
            action = row.get_formview_action()
        return {**action, "display_name": row.display_name}

    def _timesheet_action(self, row: Any) -> dict[str, Any]:
        linked = "any" if self.kind == "synced" else "not any"
        states = [
            ("entity", "=", "timelog"),
            ("state", "=", "linked"),
            ("integration_id", "=", row.integration_id.id),
        ]
        projects = self._projects(row)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "hr_timesheet.timesheet_action_all"
        )
        return {
            **action,
            "path": False,
            "domain": [
                ("project_id", "in", projects.ids),
                ("date", ">=", row.month),
                ("date", "<=", row._last_day()),
                ("zoho_link_ids", linked, states),
            ],
            "context": {"is_timesheet": 1, "create": False},
        }

    def _projects(self, row: Any) -> Any:
        """Return the projects of a row; of the whole portal, all that are linked."""
        if not row.is_portal:
            return row.project_id
        links = self.env["zoho.link"].search(
            [
                ("integration_id", "=", row.integration_id.id),
                ("entity", "=", "project"),
            ]
        )
        return self.env["project.project"].browse(links.mapped("res_id"))

    def _domain(self, row: Any) -> list[Any]:
        domain = [("integration_id", "=", row.integration_id.id)]
        domain += [
            ("entity", "=", "timelog"),
            ("day", ">=", row.month),
            ("day", "<=", row._last_day()),
            ("reason", "=", self.left_out_reason or self.failed_reason),
        ]
        if self.kind == "failed":
            domain.append(("resolved_at", "=", False))
        if not row.is_portal:
            domain.append(("project_zoho_id", "=", row.project_zoho_id))
        return domain
