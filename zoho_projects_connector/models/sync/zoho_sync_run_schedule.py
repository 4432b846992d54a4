import threading
from contextlib import suppress
from datetime import datetime, timedelta

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.orm.registry import Registry

from odoo.addons.base.models.ir_cron import CONSECUTIVE_TIMEOUT_FOR_FAILURE

from ...clock import is_over, is_put_off
from ...const import BACK_OFF_MINUTES
from ...zoho.errors import ZohoRetryLater
from .causes import pause_of
from .zoho_sync_run import OPEN_STATUSES

CRONS = (
    "zoho_projects_connector.ir_cron_zoho_sync",
    "zoho_projects_connector.ir_cron_zoho_watch",
    "zoho_projects_connector.ir_cron_zoho_reconcile",
    "zoho_projects_connector.ir_cron_billed_time",
)
# Odoo runs a scheduled action on one worker at a time: these do the same, so that
# several portals run side by side.
HELPERS = (
    "zoho_projects_connector.ir_cron_zoho_sync_second",
    "zoho_projects_connector.ir_cron_zoho_sync_third",
    "zoho_projects_connector.ir_cron_zoho_sync_fourth",
)

KEEP_DAYS = 180
# A longer wait is over within the minute: nobody stands beside it.
LONGEST_ALARM = 300
# The schedule may start a run for an integration in one of these.
RUNNABLE_STATUSES = ("syncing", "active", "waiting", "stalled")


class ZohoSyncRun(models.Model):
    """When a synchronisation starts, waits, stops and is forgotten, and who asks."""

    _inherit = "zoho.sync.run"

    @api.autovacuum
    def _gc_old_runs(self) -> None:
        """Delete the history of more than half a year ago."""
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.search(
            [("ended_at", "<", limit), ("status", "not in", OPEN_STATUSES)], limit=10000
        ).unlink()

    @api.model
    def _start_sync(
        self, integration: models.BaseModel, trigger: str, full: bool = False
    ) -> dict:
        """Queue a run and start it as the schedule would.

        The run is queued in a cursor of its own so that the scheduled action can see
        it at once; when this transaction itself holds the integration, the scheduled
        action starts after it instead.

        :param trigger: ``schedule``, ``button``, ``setup`` or ``webhook``.
        :param full: compare everything, deletions included.
        :return: the action that shows the new state.
        """
        cron, user = self._cron(), self.env.user
        # What this request has changed is locked once it is written: then the lock
        # below fails at once, and does not clash with it at the end.
        self.env.flush_all()
        with self.env.registry.cursor() as cr:
            # Checked before; only code writes runs and wakes the schedule.
            own = integration.with_env(self.env(cr=cr)).sudo()
            if own := own.try_lock_for_update(allow_referencing=True):
                was_set_aside = self._queue_now(own, trigger, full, user)
                # It outlives a server that is killed before the run is done.
                self.with_env(own.env)._cron()._trigger()
        if own:
            try:
                cron.method_direct_trigger()
            except UserError:
                # It is running already and will see the run; when it is at another
                # portal, a helper need not wait for that.
                self._call_helpers(1)
        else:
            was_set_aside = self._queue_now(integration.sudo(), trigger, full, user)
        # Whoever was woken before found the scheduled action taken by us, and would
        # look again in a minute only.
        cron._trigger()
        if was_set_aside:
            return integration._notify(self._tell_set_aside(), "warning")
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _tell_set_aside(self) -> str:
        return self.env._(
            "The server was stopped three times in a row while it synced, so Odoo had"
            " set the sync aside. It goes on now; should it stop again, the server's"
            " log says why."
        )

    @api.model
    def _queue_now(
        self,
        integration: models.BaseModel,
        trigger: str,
        full: bool,
        user: models.BaseModel,
    ) -> bool:
        """Queue a run, and free the schedule that is to start it.

        :param integration: in the cursor in which it is queued.
        :return: whether Odoo had set the synchronisation aside.
        :raise ConcurrencyError: another request queues one; Odoo tries again.
        """
        runs = self.with_env(integration.env)
        try:
            runs._queue_run(integration, trigger, full, user)
        except psycopg2.errors.UniqueViolation as error:
            # Somebody else has asked at this moment: the next try sees his run.
            raise ConcurrencyError("two people ask for a sync at once") from error
        return runs._free_schedule()

    @api.model
    def _free_schedule(self) -> bool:
        """Take away what would keep the scheduled actions from running now.

        That is a next run that a clock set back has put off, and Odoo's count of
        kills in a row. Whoever runs one of them just now is left alone.

        :return: whether Odoo would have left the next run of the sync out.
        """
        # The schedule's records need system rights; callers have checked theirs.
        crons = self.env["ir.cron"].sudo()
        for xmlid in CRONS:
            crons |= self.env.ref(xmlid, raise_if_not_found=False) or crons
        late = crons.filtered(is_put_off).try_lock_for_update(allow_referencing=True)
        late.nextcall = fields.Datetime.now()
        cron = self._cron().try_lock_for_update(allow_referencing=True)
        last = self.env["ir.cron.progress"].sudo()
        last = last.search([("cron_id", "in", cron.ids)], order="id desc", limit=1)
        if last.done or last.timed_out_counter < CONSECUTIVE_TIMEOUT_FOR_FAILURE:
            return False
        last.timed_out_counter = 0
        return True

    @api.model
    def _stop_sync(self, integrations: models.BaseModel) -> dict:
        """Stop the runs in hand after their page; what is written stays.

        Only the integration's own row is written while somebody else runs it.
        """
        # Checked before; only code writes runs and the status.
        for integration in integrations.sudo():
            if integration.try_lock_for_update(allow_referencing=True):
                self._close_stopped(integration)
            elif self._find_open(integration):
                integration.stop_requested = True
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _close_stopped(self, integration: models.BaseModel) -> None:
        """End the run in hand because somebody wants it."""
        run = self._find_open(integration)
        if run:
            run._close("stopped")
        integration.stop_requested = False
        if integration.status in ("syncing", "waiting"):
            integration._set_status("active")

    # What becomes of a run, for the synchronisation

    def _start(self) -> None:
        """Start a queued run, or go on with one that was interrupted."""
        self.ensure_one()
        if self.status == "running":
            self.integration_id._set_status("syncing")
            return
        values = {"status": "running", "note": False}
        if not self.started_at:
            now = fields.Datetime.now()
            values |= {
                "started_at": now,
                "until": now,
                "mapping_snapshot": self.integration_id.mapping_ids._snapshot(),
            }
            # What was deleted behind the ORM's back is to be fetched again, not
            # updated.
            self.env["zoho.link"]._forget_dangling(self.integration_id)
            if self.integration_id.full_sync_requested:
                self.integration_id.full_sync_requested = False
                self.integration_id.stream_ids.needs_full_sync = True
            self.integration_id.stream_ids._queue()
        self.write(values)
        self.integration_id._set_status("syncing")

    def _wait(self, error: ZohoRetryLater) -> datetime:
        """Pause until Zoho may answer again; nothing is lost.

        :param error: what Zoho, or our own budget, has said.
        :return: when to go on (naive UTC).
        """
        if error.retry_at:
            failures = 0
            retry_at = error.retry_at.replace(tzinfo=None, microsecond=0)
            retry_at += timedelta(seconds=1)
        else:
            failures = self.failures_in_row + 1
            minutes = BACK_OFF_MINUTES[min(failures, len(BACK_OFF_MINUTES)) - 1]
            retry_at = fields.Datetime.now() + timedelta(minutes=minutes)
        kept = pause_of(error)
        self.write({"status": "waiting", "note": kept, "failures_in_row": failures})
        self.integration_id._set_status("waiting", kept, retry_at)
        return retry_at

    def _close(self, status: str, kept: dict | bool = False) -> None:
        """End the run; its listings are forgotten.

        :param status: ``done``, ``failed`` or ``stopped``.
        """
        self.write(
            {
                "status": status,
                "note": kept,
                "ended_at": fields.Datetime.now(),
                "progress": False,
            }
        )
        streams = self.integration_id.stream_ids
        # A row for each record that was listed: kept no longer than needed.
        self.env["zoho.listed.record"]._forget(streams)
        self.env["zoho.page"]._forget(streams)
        streams.filtered(lambda stream: stream.state in ("waiting", "running")).write(
            {"state": "idle", "cursor": False}
        )

    @api.model
    def _wake_at(self, moment: datetime) -> None:
        """Let the scheduled action go on at a moment.

        Odoo's workers look once a minute for what is due. Zoho counts two: so they are
        told when it is, and look at once.
        """
        self._cron()._trigger(at=moment)
        seconds = (moment - fields.Datetime.now()).total_seconds()
        if 0 < seconds <= LONGEST_ALARM:
            alarm = threading.Timer(seconds, _tell_workers, [self.env.registry])
            alarm.daemon = True
            self.env.cr.postcommit.add(alarm.start)

    # What is due

    @api.model
    def _cron(self) -> models.BaseModel:
        """Return the scheduled action of the synchronisation, in sudo."""
        # The schedule's record needs system rights; callers have checked theirs.
        return self.env.ref("zoho_projects_connector.ir_cron_zoho_sync").sudo()

    @api.model
    def _find_open(self, integration: models.BaseModel) -> models.BaseModel:
        """Return the run of an integration that has not ended, maybe none.

        It has the rights of the integration's environment.
        """
        # Searched, not taken from `run_ids`: another cursor may have queued it since
        # that field was read.
        return self.with_env(integration.env).search(
            [
                ("integration_id", "=", integration.id),
                ("status", "in", OPEN_STATUSES),
            ],
            limit=1,
        )

    @api.model
    def _queue_run(
        self,
        integration: models.BaseModel,
        trigger: str,
        full: bool,
        user: models.BaseModel,
    ) -> None:
        """Queue a run, or let the waiting one go on now.

        Only Zoho's own limits make somebody wait who asks.
        """
        run = integration.run_ids.filtered(lambda one: one.status in OPEN_STATUSES)
        if not run:
            # It was meant for an earlier one.
            if integration.stop_requested:
                integration.stop_requested = False
            run.create(
                {
                    "integration_id": integration.id,
                    "trigger": trigger,
                    "is_full": full or not integration.last_full_sync,
                    "user_id": user.id,
                }
            )
        elif full:
            integration._request_full_sync()
        is_waiting = bool(run) and integration.status == "waiting"
        is_limited = is_waiting and not run.failures_in_row
        if integration.retry_at and not is_limited:
            integration.retry_at = False

    @api.model
    def _due(self) -> models.BaseModel:
        """Return the integrations that have work now, and queue scheduled runs."""
        due = self.env["zoho.integration"]
        for integration in due.search([("status", "in", RUNNABLE_STATUSES)]):
            if integration._must_wait():
                continue
            if not self._find_open(integration):
                self._queue_scheduled(integration)
            if self._find_open(integration):
                due |= integration
        queued = self.search([("status", "=", "queued")])
        return due | queued.integration_id._able_to_go_on()

    @api.model
    def _call_helpers(self, count: int) -> None:
        """Let further workers, if there are any, take part in what is in hand."""
        for xmlid in HELPERS[:count]:
            # The schedule's records need system rights; callers have checked theirs.
            helper = self.env.ref(xmlid, raise_if_not_found=False)
            if helper:
                helper.sudo()._trigger()

    @api.model
    def _queue_scheduled(self, integration: models.BaseModel) -> None:
        # What somebody tried again, or Zoho hinted at, has asked for nothing else.
        last = self.search(
            [
                ("integration_id", "=", integration.id),
                ("trigger", "not in", ("retry", "webhook")),
            ],
            limit=1,
        )
        if not is_over(last.started_at, timedelta(minutes=integration.quick_interval)):
            return
        span = timedelta(hours=integration.full_interval)
        is_full = is_over(integration.last_full_sync, span)
        if integration.stream_ids:
            self._queue_run(integration, "schedule", is_full, self.env.user)

    @api.model
    def _in_hand(self) -> models.BaseModel:
        """Return the integrations whose runs could go on at once."""
        runs = self.search([("status", "in", OPEN_STATUSES)])
        return runs.integration_id._able_to_go_on()


def _tell_workers(registry: Registry) -> None:
    """Let the workers of the schedule look at once for what is due."""
    with suppress(psycopg2.Error), registry.cursor() as cr:
        api.Environment(cr, SUPERUSER_ID, {})["ir.cron"]._notifydb()
