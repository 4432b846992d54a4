import math
import time

from odoo import api, fields, models
from odoo.modules import module
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import ENQUEUED, PENDING, STARTED
from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID

# So long is a job: well below the usual limit of a worker, so that others have a turn.
SLICE_SECONDS = 30
WAITING = (PENDING, ENQUEUED)


class ZohoIntegration(models.Model):
    """The slices of a synchronisation as jobs, one at a time in a portal's channel."""

    _inherit = "zoho.integration"

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> models.BaseModel:
        """Give each new portal a channel of its own."""
        integrations = super().create(vals_list)
        integrations._prepare_job_channels()
        return integrations

    @api.ondelete(at_uninstall=False)
    def _unlink_jobs(self) -> None:
        self._sync_jobs(WAITING).unlink()
        self._job_channels().unlink()

    # Who works: the schedule only plans while a job runner attends to the database

    def _sync_in_slices(self) -> bool:
        """Queue a job when the schedule calls; run the flow when a job does."""
        if self.env.context.get("job_uuid") or not self._has_job_runner():
            return super()._sync_in_slices()
        self._queue_job()
        return False

    def _commit_page(self, done: int) -> float:
        """Let a slice end for a job as it does for the schedule."""
        left = super()._commit_page(done)
        ends = self.env.context.get("zoho_job_ends")
        return min(left, ends - time.monotonic()) if ends else left

    @api.model
    def _has_job_runner(self) -> bool:
        """Return whether somebody runs the jobs of this database.

        A job runner holds its lock as long as it lives: without one, jobs would wait
        for ever, and nobody would be told. What a test writes, no worker sees.
        """
        if module.current_test:
            return False
        rows = self.env.execute_query(
            SQL(
                """SELECT 1 FROM pg_locks
                    WHERE locktype = 'advisory' AND granted AND objsubid = 1
                      AND (classid::bigint << 32) + objid::bigint = %s
                      AND database = (SELECT oid FROM pg_database
                                       WHERE datname = current_database())""",
                PG_ADVISORY_LOCK_ID,
            )
        )
        return bool(rows)

    # The job

    def _queue_job(self) -> None:
        """Queue the next slice, or bring the one that waits forward."""
        # Jobs are for code to make; who may start a sync was asked before.
        known = self._sync_jobs((*WAITING, STARTED))
        # The job that queues its successor has not ended yet.
        known = known.filtered(lambda job: job.uuid != self.env.context.get("job_uuid"))
        # What is due already may be taken by the runner in this very moment.
        now = fields.Datetime.now()
        known.filtered(lambda job: job.eta and job.eta > now).eta = False
        if not known:
            portal = self.sudo().with_company(self.company_id)
            portal.with_delay(
                identity_key=self._job_identity(),
                channel=self._job_channels().complete_name,
                description=self.env._("Sync of %(portal)s", portal=self.display_name),
            )._job_sync()

    def _job_sync(self) -> None:
        """Synchronise for a slice of time, and queue the next if there is more.

        :raise RetryableJobError: when Zoho asks to wait; that is no failed attempt.
        """
        # A job may outlive its integration.
        for integration in self.exists()._able_to_go_on():
            ends = time.monotonic() + SLICE_SECONDS
            sliced = integration.with_context(zoho_job_ends=ends)
            is_ours = sliced._sync_in_slices()
            run = self.env["zoho.sync.run"]._find_open(integration)
            if run and integration._must_wait():
                wait = (integration.retry_at - fields.Datetime.now()).total_seconds()
                raise RetryableJobError(
                    integration.status_message,
                    seconds=max(1, math.ceil(wait)),
                    ignore_retry=True,
                )
            # Who else is at it queues what is left himself.
            if run and is_ours and integration._able_to_go_on():
                integration._queue_job()

    def _job_sync_failed(self, exc_name: str, **_told: str) -> None:
        """Say on the integration what failed outside of the flow; it is tried again."""
        for integration in self.exists()._able_to_go_on():
            integration._note_stalled(exc_name.rpartition(".")[2])

    # What belongs to a portal in the queue

    def _job_identity(self) -> str:
        return f"zoho.integration.sync.{self.id}"

    def _sync_jobs(self, states: tuple[str, ...]) -> models.BaseModel:
        """Return the jobs of these portals, in sudo."""
        # The queue is for its managers; what is asked is only whether there is one.
        return (
            self.env["queue.job"]
            .sudo()
            .search(
                [
                    ("identity_key", "in", [one._job_identity() for one in self]),
                    ("state", "in", states),
                ]
            )
        )

    def _job_channels(self) -> models.BaseModel:
        """Return the channels of these portals, in sudo."""
        # Their names are no secret, and only code asks.
        return (
            self.env["queue.job.channel"]
            .sudo()
            .search(
                [
                    ("parent_id", "=", self._parent_channel().id),
                    ("name", "in", [str(one.id) for one in self]),
                ]
            )
        )

    def _prepare_job_channels(self) -> None:
        """Make the channels: named by id, which stays when a portal is renamed."""
        self._job_channels().create(
            [
                {"name": str(one.id), "parent_id": self._parent_channel().id}
                for one in self
            ]
        )

    @api.model
    def _parent_channel(self) -> models.BaseModel:
        # Channels are for those who manage the queue, and only code asks for this one.
        return self.env.ref("zoho_projects_connector_queue_job.channel_zoho").sudo()
