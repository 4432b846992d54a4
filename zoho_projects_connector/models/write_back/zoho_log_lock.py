from typing import Any

from odoo import api, fields, models
from odoo.tools import SQL

from ...hours import SAME_HOURS
from ..sync.causes import explain_cause
from ..sync.zoho_skipped_record import LOG_KINDS
from .zoho_refusal_mixin import TRIED_AGAIN

# What is noted in one transaction.
NOTED_AT_ONCE = 500
# What is told of a log that Zoho does not show where it should be.
NOT_THERE = {"code": "refused", "kind": "refused", "said": "404"}


class ZohoLogLock(models.Model):
    """A time log on a posted invoice, and what it was in Zoho before it was locked.

    Whether a log shall be locked says the ledger alone: this row says what was done.
    It outlives its integration, as links do, and is gone once the log is set back.
    """

    _name = "zoho.log.lock"
    _inherit = ["code.only.mixin", "zoho.refusal.mixin"]
    _description = "Locked Time Log"
    _order = "project_zoho_id, kind, day, id"

    integration_id = fields.Many2one(
        "zoho.integration", ondelete="set null", index=True, readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="cascade", readonly=True
    )
    portal_zoho_id = fields.Char("Portal ID", required=True, readonly=True)
    zoho_id = fields.Char("Zoho ID", required=True, readonly=True)
    project_zoho_id = fields.Char("Project ID in Zoho", readonly=True)
    kind = fields.Selection(LOG_KINDS, "Zoho Log", required=True, readonly=True)
    day = fields.Date(required=True, readonly=True)
    name = fields.Char(readonly=True)
    timesheet_id = fields.Many2one(
        "account.analytic.line",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    state = fields.Selection(
        [
            ("to_lock", "To Be Locked"),
            ("locked", "Locked"),
            ("to_release", "To Be Set Back"),
            ("gone", "Not in Zoho"),
        ],
        required=True,
        default="to_lock",
        readonly=True,
        index=True,
    )
    # Read and committed before anything is written: a server that is killed between the
    # call and the commit would else take its own approval for somebody's.
    approval_before = fields.Selection(
        [("approved", "Approved"), ("pending", "Pending"), ("rejected", "Rejected")],
        "In Zoho Before",
        readonly=True,
    )
    why = fields.Char("Why Not", compute="_compute_why")

    _log_uniq = models.UniqueIndex(
        "(portal_zoho_id, company_id, zoho_id)", "This log is noted already."
    )

    @api.depends("refusal")
    @api.depends_context("lang")
    def _compute_why(self) -> None:
        for lock in self:
            lock.why = lock.refusal and explain_cause(self.env, lock.refusal)

    @api.model
    def _adopt(self, integration: Any) -> None:
        """Bind what an earlier integration with this portal has left."""
        self.search(
            [
                ("portal_zoho_id", "=", integration.portal_zoho_id),
                ("company_id", "=", integration.company_id.id),
                ("integration_id", "!=", integration.id),
            ]
        ).integration_id = integration

    # What shall be locked, and what no longer

    @api.model
    def _invoiced(self, integration: Any) -> SQL:
        """Return the query of the timesheets that posted invoices bill now.

        Net of what was credited: an entry of which some hours are left on an invoice
        stays locked.
        """
        return SQL(
            """SELECT billed.timesheet_id FROM project_billed_time billed
                 JOIN account_move move ON move.id = billed.move_id
                WHERE billed.company_id = %s AND billed.active
                  AND billed.timesheet_id IS NOT NULL
                  AND billed.kind = 'time' AND move.state = 'posted'
             GROUP BY billed.timesheet_id
               HAVING abs(sum(billed.sign * billed.hours)) > %s""",
            integration.company_id.id,
            SAME_HOURS,
        )

    @api.model
    def _wanted(self, integration: Any) -> SQL:
        """Return the query of the logs that shall be locked, with what names them."""
        return SQL(
            """SELECT link.zoho_id, link.project_zoho_id, line.id AS timesheet_id,
                      line.zoho_log_kind AS kind, line.date AS day, line.name
                 FROM zoho_link link
                 JOIN account_analytic_line line ON line.id = link.res_id
                WHERE link.integration_id = %s AND link.entity = 'timelog'
                  AND link.res_model = 'account.analytic.line'
                  AND line.zoho_log_kind IS NOT NULL
                  AND %s AND line.id IN (%s)""",
            integration.id,
            integration.lock_invoiced,
            self._invoiced(integration),
        )

    @api.model
    def _note_wanted(self, integration: Any) -> int:
        """Note logs that were invoiced since, and return how many."""
        # The ledger and the rows are compared by SQL.
        self.env.flush_all()
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT wanted.* FROM (%s) wanted
                LEFT JOIN zoho_log_lock held
                       ON held.zoho_id = wanted.zoho_id
                      AND held.portal_zoho_id = %s AND held.company_id = %s
                    WHERE held.id IS NULL LIMIT %s""",
                self._wanted(integration),
                *(integration.portal_zoho_id, integration.company_id.id, NOTED_AT_ONCE),
            )
        )
        self.create(
            [
                {
                    **row,
                    "integration_id": integration.id,
                    "company_id": integration.company_id.id,
                    "portal_zoho_id": integration.portal_zoho_id,
                }
                for row in rows
            ]
        )
        return len(rows)

    @api.model
    def _note_changed(self, integration: Any) -> int:
        """Note what is no longer to be locked, or again; return how many."""
        self.env.flush_all()
        is_wanted = SQL(
            "held.zoho_id IN (SELECT wanted.zoho_id FROM (%s) wanted)",
            self._wanted(integration),
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT held.id, %(wanted)s FROM zoho_log_lock held
                    WHERE held.integration_id = %(integration)s
                      AND (held.state = 'to_release') = (%(wanted)s) LIMIT %(limit)s""",
                wanted=is_wanted,
                integration=integration.id,
                limit=NOTED_AT_ONCE,
            )
        )
        again = self.browse(lock_id for lock_id, wanted in rows if wanted)
        again.write({"state": "to_lock", "refusal": False, "retry_at": False})
        freed = self.browse(lock_id for lock_id, wanted in rows if not wanted)
        # What was approved before, was not there, or was not touched yet, stays so.
        done = freed.filtered(
            lambda lock: (
                lock.state == "gone" or lock.approval_before in (False, "approved")
            )
        )
        done.unlink()
        (freed - done).write(
            {"state": "to_release", "refusal": False, "retry_at": False}
        )
        return len(rows)

    @api.model
    def _note_moved(self, integration: Any) -> int:
        """Follow logs to where a sync has seen them since; return how many."""
        self.env.flush_all()
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT held.id, link.project_zoho_id, line.zoho_log_kind AS kind,
                          line.date AS day
                     FROM zoho_log_lock held
                     JOIN zoho_link link ON link.integration_id = held.integration_id
                      AND link.entity = 'timelog' AND link.zoho_id = held.zoho_id
                      AND link.res_model = 'account.analytic.line'
                     JOIN account_analytic_line line ON line.id = link.res_id
                    WHERE held.integration_id = %s AND line.zoho_log_kind IS NOT NULL
                      AND (held.project_zoho_id, held.kind, held.day)
                          IS DISTINCT FROM
                          (link.project_zoho_id, line.zoho_log_kind, line.date)
                    LIMIT %s""",
                *(integration.id, NOTED_AT_ONCE),
            )
        )
        for row in rows:
            # What was not found where it was before is tried again at once.
            again = {"refusal": False, "retry_at": False}
            self.browse(row.pop("id")).write({**row, **again})
        return len(rows)

    # What is due, and what became of it

    @api.model
    def _due(self, integration: Any, domain: list, limit: int) -> Any:
        """Return those of an integration that may be tried now."""
        return self.search(
            [
                ("integration_id", "=", integration.id),
                *domain,
                "|",
                ("retry_at", "=", False),
                ("retry_at", "<=", fields.Datetime.now()),
            ],
            limit=limit,
        )

    def _of_other_companies(self) -> dict[str, Any]:
        """Return ``{zoho_id: lock}`` of who else has locked these logs, or is about to.

        Two companies may have the same portal: a log is set back as it was before the
        first of them, by the last. All are asked, whatever the user may read.
        """
        others = self.sudo().search(
            [
                ("portal_zoho_id", "in", self.mapped("portal_zoho_id")),
                ("zoho_id", "in", self.mapped("zoho_id")),
                ("approval_before", "!=", False),
                ("state", "in", ("to_lock", "locked", "to_release")),
                ("id", "not in", self.ids),
            ]
        )
        return {lock.zoho_id: lock for lock in others}

    def _remember(self, approval: str) -> None:
        """Keep what this is in Zoho; what is approved is locked already."""
        # Of what was lost on its way, it is known from before.
        before = self.approval_before or approval
        state = "locked" if before == "approved" else "to_lock"
        found = {"state": state, "refusal": False, "retry_at": False}
        self.write({**found, "approval_before": before})

    def _settle(self) -> None:
        """Keep that Zoho has taken what was asked for: locked, or set back."""
        released = self.filtered(lambda lock: lock.state == "to_release")
        released.unlink()
        done = {"state": "locked", "refusal": False, "retry_at": False}
        (self - released).write(done)

    def _lose(self) -> None:
        """Keep that these are not in Zoho: that is a difference, and no mistake.

        They are looked for again, for they may have moved. What is to be set back and
        is not known to be deleted is told: its approval would stay.
        """
        released = self.filtered(lambda lock: lock.state == "to_release")
        doubtful = released.filtered(lambda lock: lock._is_synced())
        doubtful._refuse(NOT_THERE)
        (released - doubtful).unlink()
        retry_at = fields.Datetime.now() + TRIED_AGAIN
        lost = {"state": "gone", "refusal": False, "retry_at": retry_at}
        (self - released).write(lost)

    def _is_synced(self) -> bool:
        """Return whether the last sync knows of no deletion of this log."""
        link = [
            ("integration_id", "=", self.integration_id.id),
            ("entity", "=", "timelog"),
            ("zoho_id", "=", self.zoho_id),
            ("state", "=", "linked"),
        ]
        return bool(self.env["zoho.link"].search(link, limit=1))
