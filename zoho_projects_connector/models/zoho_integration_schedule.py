from contextlib import suppress
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .zoho_sync_run import OPEN_STATUSES

# The schedule may start a run for an integration in one of these.
RUNNABLE_STATUSES = ("syncing", "active", "waiting", "stalled")


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
            own = self.with_env(self.env(cr=cr)).sudo()
            own = own.try_lock_for_update(allow_referencing=True)
            own._queue_run(trigger, full, self.env.user)
            if own:
                # It outlives a server that is killed before the run is done.
                own._cron()._trigger()
        if own:
            # When it is running already, it will see the run.
            with suppress(UserError):
                cron.method_direct_trigger()
        else:
            self.sudo()._queue_run(trigger, full, self.env.user)
        # Whoever was woken before found the scheduled action taken by us, and would
        # look again in a minute only.
        cron._trigger()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _stop_sync(self):
        """Stop the run in hand after its page; what is written stays.

        Only the integration's own row is written while somebody else runs it.
        """
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
        self.sudo().full_sync_requested = True

    def _prepare_streams(self):
        """Make what a synchronisation needs, and find the links of earlier times."""
        for integration in self.sudo():
            self.env["zoho.stream"].sudo()._prepare(integration)
            self.env["zoho.link"].sudo()._adopt(integration)

    # What is due

    def _cron(self):
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
            elif run.failures_in_row:
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
        now = fields.Datetime.now()
        due = self.browse()
        for integration in self.search([("status", "in", RUNNABLE_STATUSES)]):
            if integration.retry_at and integration.retry_at > now:
                continue
            if not integration._open_run():
                integration._queue_scheduled(now)
            if integration._open_run():
                due |= integration
        queued = self.env["zoho.sync.run"].search([("status", "=", "queued")])
        return due | queued.integration_id.filtered(
            lambda one: (
                one.status not in ("disabled", "sign_in_again")
                and not (one.retry_at and one.retry_at > now)
            )
        )

    def _queue_scheduled(self, now):
        # What somebody tried again has asked Zoho for nothing new.
        runs = self.env["zoho.sync.run"].search(
            [("integration_id", "=", self.id), ("trigger", "!=", "retry")], limit=1
        )
        last = runs.started_at
        if last and now < last + timedelta(minutes=self.quick_interval):
            return
        full_after = timedelta(hours=self.full_interval)
        is_full = not self.last_full_sync or now >= self.last_full_sync + full_after
        if self.stream_ids:
            self._queue_run("schedule", is_full, self.env.user)

    def _open_run(self):
        return self.env["zoho.sync.run"].search(
            [("integration_id", "=", self.id), ("status", "in", OPEN_STATUSES)], limit=1
        )

    @api.model
    def _count_left(self):
        """Return how many integrations could go on at once."""
        now = fields.Datetime.now()
        runs = self.env["zoho.sync.run"].search([("status", "in", OPEN_STATUSES)])
        return len(
            runs.integration_id.filtered(
                lambda one: (
                    one.status not in ("disabled", "sign_in_again")
                    and not (one.retry_at and one.retry_at > now)
                )
            )
        )
