import logging
import time
from datetime import timedelta

from psycopg2 import DataError, errorcodes

from odoo import api, fields, models

from ...zoho import endpoints
from ...zoho.errors import (
    ZohoError,
    ZohoRefused,
    ZohoRetryLater,
    ZohoSignInAgain,
    ZohoUnreadable,
)
from .portal_session import PortalSession

_logger = logging.getLogger(__name__)

# With less than this left of the runner's time, no page is fetched ahead.
SECONDS_FOR_A_PAGE = 3
# Pages without records are worth a note of the progress only so often.
SECONDS_BETWEEN_NOTES = 2
ATTEMPTS = 3
# A value that the database refuses where no record is known to hold it.
MISFITS = (ValueError, DataError)
STALLED_MINUTES = 15
CONCURRENCY_CODES = {
    errorcodes.SERIALIZATION_FAILURE,
    errorcodes.DEADLOCK_DETECTED,
    errorcodes.LOCK_NOT_AVAILABLE,
}


class ZohoIntegration(models.Model):
    """The flow: what is due, in which order, page by page, and who commits."""

    _inherit = "zoho.integration"

    # Entry points

    @api.model
    def _cron_sync(self):
        """Synchronise what is due; the only place that commits.

        Runs again at once while something is left, and later when Zoho says so.
        """
        for integration in self._due():
            integration._sync_in_slices()
        left = self._count_left()
        self.env["ir.cron"]._commit_progress(remaining=left)
        if left:
            self._cron()._trigger()

    def _sync_in_slices(self):
        """Run the flow of one integration until it ends or the time is over.

        A serialization failure is a clash with somebody's edit: the slice is repeated.
        No other error leaves the cron either, or Odoo would switch it off.
        """
        attempt = 0
        while True:
            try:
                self._sync_slices()
                return
            except Exception as error:  # shown, logged and tried again
                self.env.cr.rollback()
                attempt += 1
                if getattr(error, "pgcode", None) in CONCURRENCY_CODES:
                    if attempt >= ATTEMPTS:
                        return
                    continue
                _logger.exception("Synchronisation of integration %s failed", self.id)
                if isinstance(error, MISFITS) and self._leave_module_out(error):
                    self.env["ir.cron"]._commit_progress()
                    continue
                self._note_stalled(error)
                self.env["ir.cron"]._commit_progress()
                return

    def _sync_slices(self):
        cron = self.env["ir.cron"]
        integration = self.with_company(self.company_id).with_context(
            allowed_company_ids=self.company_id.ids
        )
        noted = time.monotonic()
        with PortalSession(integration) as session:
            for done in integration._sync_steps(session):
                is_late = time.monotonic() - noted > SECONDS_BETWEEN_NOTES
                if done or (is_late and done is not None):
                    integration._note_progress()
                    noted = time.monotonic()
                left = cron._commit_progress(done or 0, remaining=1)
                self.env.invalidate_all()
                session.may_fetch_ahead = left > SECONDS_FOR_A_PAGE
                is_page_end = done is not None and not session.has_ahead()
                if left <= 0 and is_page_end:
                    return

    # The flow

    def _sync_steps(self, session):
        """Walk the streams of the run in hand.

        :param PortalSession session: the line to Zoho.
        :return: yields the number of records done whenever all may be committed.
        """
        while self.try_lock_for_update(allow_referencing=True):
            session.run = run = self._open_run()
            if self.stop_requested:
                self._close_stopped()
                yield 0
            if not run or run.status == "stopped":
                return
            try:
                for done in self._run_step(session, run):
                    yield done
                    is_mine = self.try_lock_for_update(allow_referencing=True)
                    if self.stop_requested or not is_mine:
                        break
            except ZohoRetryLater as error:
                self._cron()._trigger(at=run._wait(error))
                yield 0
                return
            except ZohoSignInAgain as error:
                run._close("failed", self._explain(error))
                self._set_status("sign_in_again", self._explain(error))
                yield 0
                return
            except (ZohoRefused, ZohoUnreadable) as error:
                # Without a client, it is the sign-in that failed, and no module.
                stream = session.is_connected and run._current_stream()
                self._fail_stream(session, run, stream, error)
                yield 0

    def _run_step(self, session, run):
        """Do one step of the module in hand, or finish the run after the last.

        :return: yields as the steps of a stream do.
        :raise ZohoError: when Zoho does not answer as it should; nothing was written.
        """
        run._open()
        session.connect()
        stream = run._current_stream()
        if stream:
            yield from stream._stream(session).steps()
        else:
            self._finish_run(run)
            yield 0

    def _fail_stream(self, session, run, stream, error):
        """Leave out a module that Zoho refuses; without projects there is nothing."""
        sentence = self._explain(error)
        is_gone = error.code == "not_found" and self._is_portal_gone(session)
        if error.code == "not_found" and not is_gone:
            sentence = self.env._(
                "Zoho does not find the list of this module, though the portal is"
                " there: another try later may help."
            )
        if stream:
            stream._fail(error.code, sentence)
        if is_gone:
            run._close("failed", sentence)
            self._set_status("sign_in_again", sentence)
        elif not stream or stream.entity == "project":
            run._close("failed", sentence)
            self._set_status("waiting", sentence, self._retry_time())
            self._cron()._trigger(at=self.retry_at)

    def _leave_module_out(self, error):
        """Let the other modules go on when a value of one fits nowhere.

        :return: whether there is a module that can be left out.
        """
        if not self.try_lock_for_update(allow_referencing=True):
            return False
        stream = self._open_run()._current_stream()
        # Without projects there is nothing.
        if not stream or stream.entity == "project":
            return False
        sentence = self.env._(
            "One of its values fits nowhere: %(error)s", error=type(error).__name__
        )
        stream._fail("other", sentence)
        return True

    def _is_portal_gone(self, session: PortalSession) -> bool:
        """Return whether Zoho no longer has the portal, for this user at least.

        Both the portal and the list of all portals are asked: either path may be
        withdrawn one day, as any other.
        """
        portal = self.portal_zoho_id
        try:
            session.record(endpoints.PORTAL, {"portal": portal})
            return False
        except ZohoError as error:
            if error.code != "not_found":
                return False
        try:
            listed = session.portals()
        except ZohoError as error:
            return error.code == "not_found"
        return portal not in {one.zoho_id for one in listed}

    def _finish_run(self, run):
        failed = self.stream_ids.filtered(lambda stream: stream.state == "error")
        sentence = bool(failed) and self.env._(
            "%(modules)s could not be read: see the errors.",
            modules=", ".join(failed.mapped("display_name")),
        )
        run._close("done", sentence)
        values = {"last_sync": run.ended_at}
        if run.is_full or not self.last_full_sync:
            values["last_full_sync"] = run.started_at
        self.write(values)
        self._set_status("active", sentence)

    def _set_status(self, status, message=False, retry_at=False):
        values = {
            "status": status,
            "status_message": message,
            "retry_at": retry_at,
            "waiting_since": retry_at and fields.Datetime.now(),
        }
        changes = {name: value for name, value in values.items() if self[name] != value}
        if changes:
            self.write(changes)

    def _retry_time(self):
        return fields.Datetime.now() + timedelta(minutes=STALLED_MINUTES)

    def _note_stalled(self, error):
        """Say that a run came to a halt by a mistake of ours; it is tried again."""
        sentence = self.env._(
            "The synchronisation came to a halt (%(error)s); it is tried again.",
            error=type(error).__name__,
        )
        self._set_status("stalled", sentence, self._retry_time())
        self._cron()._trigger(at=self.retry_at)
