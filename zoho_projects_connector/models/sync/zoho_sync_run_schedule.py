from contextlib import suppress
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_cron import CONSECUTIVE_TIMEOUT_FOR_FAILURE

from .clock import is_ahead, is_over, is_put_off
from .zoho_sync_run import OPEN_STATUSES

CRONS = (
    "zoho_projects_connector.ir_cron_zoho_sync",
    "zoho_projects_connector.ir_cron_zoho_watch",
    "zoho_projects_connector.ir_cron_zoho_reconcile",
    "zoho_projects_connector.ir_cron_billed_time",
)


# The schedule may start a run for an integration in one of these.
RUNNABLE_STATUSES = ("syncing", "active", "waiting", "stalled")


# Pages of each module in a portal of which nothing is known yet.
USUAL_PAGES = {
    "customer": 2,
    "user": 1,
    "project": 5,
    "phase": 2,
    "task_list": 3,
    "task": 15,
    "bug": 5,
    "timelog": 30,
}


PER_PAGE = 200


# No end is foretold from less than this.
SOONEST_ESTIMATE = timedelta(seconds=5)


LEAST_SHARE = 0.05


class ZohoIntegration(models.Model):
    """When a synchronisation starts and stops, and who asks for it."""

    _inherit = "zoho.integration"

    stop_requested = fields.Boolean(readonly=True, copy=False)
    full_sync_requested = fields.Boolean(readonly=True, copy=False)

    def _start_sync(self, trigger, full=False):
        """Queue a run and start it as the schedule would.

        The run is queued in a cursor of its own so that the scheduled action can see
        it at once; when this transaction itself holds the integration, the scheduled
        action starts after it instead.

        :param str trigger: ``schedule``, ``button``, ``setup`` or ``webhook``.
        :param bool full: compare everything, deletions included.
        :return: the action that shows the new state.
        """
        cron = self._cron()
        self.env.flush_all()
        with self.env.registry.cursor() as cr:
            # Checked before; only code writes runs and wakes the schedule.
            own = self.with_env(self.env(cr=cr)).sudo()
            own = own.try_lock_for_update(allow_referencing=True)
            own._queue_run(trigger, full, self.env.user)
            if own:
                was_set_aside = own._free_schedule()
                # It outlives a server that is killed before the run is done.
                own._cron()._trigger()
        if own:
            # When it is running already, it will see the run.
            with suppress(UserError):
                cron.method_direct_trigger()
        else:
            self.sudo()._queue_run(trigger, full, self.env.user)
            was_set_aside = self.sudo()._free_schedule()
        # Whoever was woken before found the scheduled action taken by us, and would
        # look again in a minute only.
        cron._trigger()
        if was_set_aside:
            return self._notify(
                self.env._(
                    "The server was stopped three times in a row while it synced, so"
                    " Odoo had set the sync aside. It goes on now; should it stop"
                    " again, the server's log says why."
                ),
                "warning",
            )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _free_schedule(self):
        """Take away what would keep the scheduled actions from running now.

        That is a next run that a clock set back has put off, and Odoo's count of
        kills in a row. Whoever runs one of them just now is left alone.

        :return: whether Odoo would have left the next run of the sync out.
        """
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

    def _stop_sync(self):
        """Stop the run in hand after its page; what is written stays.

        Only the integration's own row is written while somebody else runs it.
        """
        # Checked before; only code writes runs and the status.
        for integration in self.sudo():
            if integration.try_lock_for_update(allow_referencing=True):
                integration._close_stopped()
            else:
                integration.stop_requested = True
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _close_stopped(self):
        """End the run in hand because somebody wants it."""
        run = self._open_run()
        if run:
            run._close("stopped")
        self.stop_requested = False
        if self.status in ("syncing", "waiting"):
            self._set_status("active")

    def _request_full_sync(self):
        """Let the next run read every module again, because a preference changed."""
        # What follows from a preference: only code may write it.
        self.sudo().full_sync_requested = True

    def _prepare_streams(self):
        """Make what a synchronisation needs, and find the links of earlier times."""
        # Checked before; only code writes streams and links.
        for integration in self.sudo():
            self.env["zoho.stream"].sudo()._prepare(integration)
            self.env["zoho.link"].sudo()._adopt(integration)

    # What is due
    def _cron(self):
        # The schedule's record needs system rights; callers have checked theirs.
        return self.env.ref("zoho_projects_connector.ir_cron_zoho_sync").sudo()

    def _queue_run(self, trigger, full, user):
        """Queue a run, or let the waiting one go on now."""
        for integration in self:
            run = integration.run_ids.filtered(lambda r: r.status in OPEN_STATUSES)
            if not run:
                run.create(
                    {
                        "integration_id": integration.id,
                        "trigger": trigger,
                        "is_full": full or not integration.last_full_sync,
                        "user_id": user.id,
                    }
                )
                integration._stop_waiting()
            elif run.failures_in_row or integration.status != "waiting":
                integration._stop_waiting()
            if run and full:
                integration._request_full_sync()

    def _stop_waiting(self):
        """Try again now; only Zoho's own limits make somebody wait who asks."""
        if self.retry_at:
            self.retry_at = False

    @api.model
    def _due(self):
        """Return the integrations that have work now, and queue scheduled runs."""
        due = self.browse()
        for integration in self.search([("status", "in", RUNNABLE_STATUSES)]):
            if integration._must_wait():
                continue
            if not integration._open_run():
                integration._queue_scheduled()
            if integration._open_run():
                due |= integration
        queued = self.env["zoho.sync.run"].search([("status", "=", "queued")])
        return due | queued.integration_id._able_to_go_on()

    def _must_wait(self):
        """Return whether it is too early to ask Zoho again."""
        now = fields.Datetime.now()
        is_early = bool(self.retry_at) and self.retry_at > now
        return is_early and not is_ahead(self.waiting_since)

    def _able_to_go_on(self):
        """Return those of the integrations that may ask Zoho now."""
        return self.filtered(
            lambda one: (
                one.status not in ("disabled", "sign_in_again") and not one._must_wait()
            )
        )

    def _queue_scheduled(self):
        # What somebody tried again has asked Zoho for nothing new.
        runs = self.env["zoho.sync.run"].search(
            [("integration_id", "=", self.id), ("trigger", "!=", "retry")], limit=1
        )
        if not is_over(runs.started_at, timedelta(minutes=self.quick_interval)):
            return
        is_full = is_over(self.last_full_sync, timedelta(hours=self.full_interval))
        if self.stream_ids:
            self._queue_run("schedule", is_full, self.env.user)

    def _open_run(self):
        return self.env["zoho.sync.run"].search(
            [("integration_id", "=", self.id), ("status", "in", OPEN_STATUSES)], limit=1
        )

    @api.model
    def _count_left(self):
        """Return how many integrations could go on at once."""
        runs = self.env["zoho.sync.run"].search([("status", "in", OPEN_STATUSES)])
        return len(runs.integration_id._able_to_go_on())


class ZohoSyncRun(models.Model):
    """How far a run has come: a few numbers, written with the page itself."""

    _inherit = "zoho.sync.run"

    progress = fields.Json(
        readonly=True,
        copy=False,
        help="Module, phase, page, records and percentage while the run is in hand.",
    )

    def _note_progress(self) -> None:
        """Keep how far the run has come; nothing is asked of Zoho for it."""
        stream = self._current_stream()
        if not stream:
            return
        before = self.progress or {"expected": self._expected()}
        if before.get("entity") != stream.entity:
            before |= {
                "entity": stream.entity,
                "since": self._moment(),
                "calls": self.api_calls - 1,
            }
        line = self.line_ids.filtered(lambda line: line.entity == stream.entity)
        share = stream._share(line, before["expected"].get(stream.entity))
        percent = round(100 * self._whole_share(stream, share, before["expected"]))
        phase = (stream.cursor or {}).get("phase", "waiting")
        values = {
            **before,
            "phase": phase,
            "page": max(1, self.api_calls - before["calls"]),
            "records": line.fetched,
            "percent": min(99, max(percent, before.get("percent", 0))),
            "at": self._moment(),
        }
        values["ends_at"] = self._estimate_end(stream, share, values)
        self.progress = values

    def _progress_values(self) -> dict:
        """Return what the screens show of the progress, empty when there is none."""
        progress = self.progress
        if not progress:
            return {}
        names = ("entity", "phase", "page", "records", "percent", "ends_at")
        total = progress["expected"].get(progress["entity"], 0)
        return {
            **{name: progress[name] for name in names},
            "total": total if total >= progress["records"] else 0,
        }

    def _last_moment(self):
        """Return when this run was last worked on (naive UTC), or False."""
        at = (self.progress or {}).get("at")
        return fields.Datetime.to_datetime(at) or self.started_at

    def _expected(self) -> dict:
        """Return how many records each module had in the last run of this kind."""
        last = self.search(
            [
                ("integration_id", "=", self.integration_id.id),
                ("status", "=", "done"),
                ("is_full", "=", self.is_full),
            ],
            limit=1,
        )
        return {line.entity: line.fetched for line in last.line_ids}

    def _whole_share(self, current, share: float, expected: dict) -> float:
        """Return how much of the whole run is done, by the pages of its modules."""
        done = whole = 0.0
        for stream in self._enabled_streams():
            pages = USUAL_PAGES.get(stream.entity, 1)
            if expected:
                pages = 1 + expected.get(stream.entity, 0) / PER_PAGE
            whole += pages
            if stream == current:
                done += pages * share
            elif stream.sequence < current.sequence:
                done += pages
        return done / whole if whole else 0.0

    def _estimate_end(self, stream, share: float, values: dict):
        """Return when the run should end, or False while nobody can know.

        The first run knows only in its last module how much there is.

        :return: naive UTC, as text.
        """
        start, done = self.started_at, values["percent"] / 100
        if not values["expected"]:
            if stream != self._enabled_streams()[-1:]:
                return False
            start, done = fields.Datetime.to_datetime(values["since"]), share
        now = fields.Datetime.now()
        if done < LEAST_SHARE or now - start < SOONEST_ESTIMATE:
            return False
        left = (now - start).total_seconds() * (1 - done) / done
        return fields.Datetime.to_string(now + timedelta(seconds=round(left)))

    def _enabled_streams(self):
        return self.integration_id.stream_ids.filtered(
            lambda stream: stream._is_enabled()
        )

    @staticmethod
    def _moment() -> str:
        return fields.Datetime.to_string(fields.Datetime.now())
