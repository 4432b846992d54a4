import logging
from collections.abc import Iterator
from datetime import timedelta

from odoo import api, fields, models

from ...zoho.auth import Token
from ...zoho.data_centers import LOG_SCOPE, PROJECT_SCOPE
from ...zoho.errors import ZohoRetryLater, ZohoSignInAgain
from ..sync.causes import note_of
from .log_locks import LogLocks
from .project_figures import ProjectFigures

_logger = logging.getLogger(__name__)

# What writes does so while the portal is read as well.
WRITING_STATUSES = ("active", "syncing")
PAUSE_WHILE_SYNCING = timedelta(seconds=20)
PAUSE = timedelta(minutes=5)


class ZohoIntegration(models.Model):
    """What is written to the portal, where somebody has switched it on."""

    _name = "zoho.integration"
    _inherit = ["code.only.mixin", "zoho.integration"]

    lock_invoiced = fields.Boolean(
        "Lock What Is Invoiced",
        copy=False,
        help="Time logs on posted invoices, also on earlier ones, become Approved in "
        "Zoho, where approved logs cannot be edited. When their invoice is credited, "
        "cancelled or a draft again, or when this is switched off, they are set back "
        "as they were. They can still be deleted in Zoho: that is a difference.",
    )
    locked_count = fields.Integer("Time Logs Locked", compute="_compute_locked_count")
    write_message = fields.Char(compute="_compute_write_message")

    def _compute_locked_count(self) -> None:
        counts = self._count(
            "zoho.log.lock", [("state", "in", ("locked", "to_release"))]
        )
        for integration in self:
            integration.locked_count = counts.get(integration, 0)

    @api.depends("scopes_granted", "lock_invoiced", "mapping_ids.figure")
    @api.depends_context("lang")
    def _compute_write_message(self) -> None:
        for integration in self:
            granted = (integration.scopes_granted or "").split()
            token = Token(access_token="", scopes=frozenset(granted))
            missing = token.missing_scopes(integration._write_scopes())
            integration.write_message = bool(missing) and self.env._(
                "Nothing is written to Zoho yet, for the sign-in is for reading only."
                " Press Sign in Again, and accept that Odoo changes what you have"
                " chosen (%(scopes)s).",
                scopes=", ".join(missing),
            )

    def _write_scopes(self) -> tuple[str, ...]:
        """Return the scopes of what is switched on, or is still to be set back."""
        scopes = []
        if self.lock_invoiced or self.locked_count:
            scopes.append(LOG_SCOPE)
        if any(self.mapping_ids.mapped("figure")):
            scopes.append(PROJECT_SCOPE)
        return tuple(scopes)

    def _scopes(self) -> tuple[str, ...]:
        return (*super()._scopes(), *self._write_scopes())

    def write(self, vals: dict) -> bool:
        """Let the schedule do what a preference asks for, or a sign-in allows."""
        result = super().write(vals)
        if "scopes_granted" in vals:
            self._try_writing_again()
        elif {"lock_invoiced", "status"} & vals.keys():
            self._wake_writing()
        return result

    def _diagnostic_facts(self) -> dict:
        return {
            **super()._diagnostic_facts(),
            "lock_invoiced": self.lock_invoiced,
            "locked_count": self.locked_count,
            "figures_written": sorted(filter(None, self.mapping_ids.mapped("figure"))),
            "may_write": not self.write_message,
        }

    def action_open_locks(self) -> dict:
        """Show which time logs are locked in Zoho, and which Zoho refuses."""
        return self._open_list("zoho_log_lock_action")

    def action_open_project_mapping(self) -> dict:
        """Show the custom fields of projects, among which some are written."""
        action = self.action_open_mapping()
        return {**action, "domain": [*action["domain"], ("entity", "=", "project")]}

    # When it is due

    def _wake_writing(self) -> None:
        """Let the schedule look at these soon, where anything is switched on."""
        if any(integration._write_scopes() for integration in self):
            self._writing_cron()._trigger()

    def _try_writing_again(self) -> None:
        """Let what Zoho has refused be tried at once."""
        for integration in self:
            if integration._write_scopes():
                # Checked by the callers; only code writes these.
                self.env["zoho.log.lock"].sudo()._forget_refusals(integration)
                self.env["zoho.project.writing"].sudo()._forget_refusals(integration)
        self._wake_writing()

    @api.model
    def _writing_cron(self) -> models.BaseModel:
        """Return the scheduled action, in sudo."""
        # The schedule's record needs system rights; callers have checked theirs.
        return self.env.ref("zoho_projects_connector.ir_cron_zoho_write_back").sudo()

    @api.model
    def _cron_write_back(self) -> None:
        """Write to Zoho what differs from what was written; commits after each call.

        Runs again at once while something is left, and later when Zoho says so.
        """
        for integration in self.search([("status", "in", WRITING_STATUSES)]):
            # Defaults and values that depend on the company are to be this one's.
            own = integration.with_company(integration.company_id).with_context(
                allowed_company_ids=integration.company_id.ids
            )
            if not own._write_in_slices():
                return
        self.env["ir.cron"]._commit_progress(remaining=0)

    def _write_in_slices(self) -> bool:
        """Write step by step, and return whether the runner has time left.

        No error leaves it, or Odoo would switch the schedule off.
        """
        cron = self.env["ir.cron"]
        try:
            for _done in self._write_steps():
                if not cron._commit_progress(1, remaining=1):
                    return False
                self.env.invalidate_all()
        except ZohoRetryLater as error:
            now = fields.Datetime.now()
            at = error.retry_at and error.retry_at.replace(tzinfo=None)
            self._writing_cron()._trigger(at=at or now + PAUSE)
        except ZohoSignInAgain as error:
            self._set_status("sign_in_again", note_of(error))
        except Exception:  # shown in the log, and tried again by the schedule
            self.env.cr.rollback()
            _logger.exception("Nothing was written to Zoho for %s", self.id)
        return True

    def _write_steps(self) -> Iterator[None]:
        """Yield whenever all may be committed; whoever syncs meanwhile comes first."""
        for work in (LogLocks(self), ProjectFigures(self)):
            steps = work.steps()
            # A lock ends with its transaction: after each commit it is taken anew.
            while self._may_write():
                # Somebody may have disabled it since.
                if self.status not in WRITING_STATUSES:
                    return
                if next(steps, self) is self:
                    break
                yield
            else:
                at = fields.Datetime.now() + PAUSE_WHILE_SYNCING
                self._writing_cron()._trigger(at=at)
                return

    def _may_write(self) -> bool:
        """Take the integration for one step, unless a sync is to go on."""
        if not self.try_lock_for_update(allow_referencing=True):
            return False
        runs = self.env["zoho.sync.run"]
        if not (runs._find_open(self) and self._able_to_go_on()):
            return True
        # It may have found the integration taken by us, and would look in a minute.
        runs._cron()._trigger()
        return False
