from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import date_utils, format_date

from ...zoho.records import TimeTotals
from .hours_check import Entry, HoursCheck, Pair

# Minutes are whole; hours are shown with two decimals.
SAME_HOURS = 0.005


class ZohoReconciliation(models.Model):
    """One project and month: Zoho's own report beside what Odoo knows of it.

    What Zoho counts is in Odoo as timesheets, or left out with a reason, or in the
    errors, or it differs from an invoice. Anything else is unexplained.
    """

    _name = "zoho.reconciliation"
    _inherit = ["code.only.mixin"]
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
        readonly=True, help="Hours that stay in Zoho by choice, for a reason."
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
    is_explained = fields.Boolean(compute="_compute_is_explained", store=True)
    checked_at = fields.Datetime(readonly=True)
    line_ids = fields.One2many(
        "zoho.reconciliation.line", "reconciliation_id", readonly=True
    )

    _pair_uniq = models.UniqueIndex("(integration_id, month, project_zoho_id)")

    @api.depends("unexplained_billable", "unexplained_non_billable")
    def _compute_is_explained(self) -> None:
        for row in self:
            figures = (row.unexplained_billable, row.unexplained_non_billable)
            row.is_explained = all(abs(hours) < SAME_HOURS for hours in figures)

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
        return {"type": "ir.actions.client", "tag": "soft_reload"}

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
        for integration in integrations.filtered(lambda one: one.status != "disabled"):
            integration.action_reconcile()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

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
        :param entries: what Odoo knows of it, see :meth:`_books`.
        """
        row = self._row_of(integration, pair)
        row.write(
            {
                "zoho_billable": totals.billable / 60,
                "zoho_non_billable": totals.non_billable / 60,
                "checked_at": fields.Datetime.now(),
                **self._sums(totals, entries),
                **self._named(integration, row.project_zoho_id),
            }
        )
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
