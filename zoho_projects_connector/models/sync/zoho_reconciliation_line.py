from collections.abc import Iterable
from typing import Any

from odoo import api, fields, models

from .zoho_skipped_record import REASONS as LEFT_OUT
from .zoho_sync_error import REASONS as FAILED

ACTIONS = {
    "left_out": "zoho_projects_connector.zoho_skipped_record_action",
    "failed": "zoho_projects_connector.zoho_sync_error_action_time",
}


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
            ("left_out", "Left out"),
            ("failed", "Could not be fetched"),
            ("differing", "Other than on the invoice"),
            ("native", "Entered in Odoo, unknown to Zoho"),
            ("unexplained", "Unexplained"),
        ],
        "Where It Is",
        required=True,
        readonly=True,
    )
    left_out_reason = fields.Selection(LEFT_OUT, readonly=True)
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
        return {**action, "name": row.display_name}

    def _timesheet_action(self, row: Any) -> dict[str, Any]:
        linked = "any" if self.kind == "synced" else "not any"
        states = [
            ("entity", "=", "timelog"),
            ("state", "=", "linked"),
            ("integration_id", "=", row.integration_id.id),
        ]
        projects = self._projects(row)
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.analytic.line",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("project_id", "in", projects.ids),
                ("date", ">=", row.month),
                ("date", "<=", row._last_day()),
                ("zoho_link_ids", linked, states),
            ],
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
