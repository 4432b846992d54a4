import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from psycopg2 import DataError, errorcodes

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...clock import is_ahead
from ...zoho.errors import (
    ZohoError,
    ZohoRefused,
    ZohoRetryLater,
    ZohoSignInAgain,
    ZohoThrottled,
    ZohoUnreadable,
)
from .causes import cause_of, note, note_of, say_note
from .health import Health
from .hours_check import WAIT_FOR_SYNC, HoursCheck
from .portal_session import Calls, PortalSession
from .status import STALLED_MINUTES, WATCHED_STATUSES, Progress, Watch
from .zoho_integration import SET_UP_STATUSES

_logger = logging.getLogger(__name__)

# With less than this left of the runner's time, no page is fetched ahead.
SECONDS_FOR_A_PAGE = 3
ATTEMPTS = 3
# So long after somebody else was found at work, it is seen whether he still is.
LOOK_AGAIN = timedelta(minutes=1)
# A value that the database refuses where no record is known to hold it.
MISFITS = (ValueError, DataError)
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
    def _cron_sync(self, helping: bool = False) -> None:
        """Synchronise what is due; the only place of a sync that commits.

        Runs again at once while something is left, and later when Zoho says so.

        :param helping: whether it runs beside the scheduled action that queues runs.
        """
        runs, cron = self.env["zoho.sync.run"], self.env["ir.cron"]
        due = runs._in_hand() if helping else runs._due()
        if not helping and len(due) > 1:
            runs._call_helpers(len(due) - 1)
            # Who helps has to see what was queued.
            cron._commit_progress(remaining=len(due))
        mine = due.filtered(lambda integration: integration._sync_in_slices())
        left = runs._in_hand()
        cron._commit_progress(remaining=len(left & mine))
        if left & mine:
            runs._cron()._trigger()
        elif left:
            # Somebody else is at it, who sees to the rest himself unless he is killed.
            runs._cron()._trigger(at=fields.Datetime.now() + LOOK_AGAIN)

    @api.model
    def _cron_watch(self) -> None:
        """Show stalled runs, and tell of what has been failing for a day."""
        for integration in self.search([("status", "in", WATCHED_STATUSES)]):
            # Whoever holds the integration is syncing it just now.
            if integration.try_lock_for_update(allow_referencing=True):
                Watch(integration).look()

    @api.model
    def _cron_reconcile(self) -> None:
        """Compare the hours of every portal that is synced; tell what is unexplained.

        What is compared is committed, report by report; when the runner's time is over,
        Odoo calls it again. What Zoho does not answer today is asked for tomorrow.
        """
        cron, now = self.env["ir.cron"], fields.Datetime.now()
        for integration in self.search(
            [
                ("status", "=", "active"),
                ("sync_timesheets", "=", True),
                ("last_sync", "!=", False),
            ]
        ):
            check = HoursCheck(integration)
            if check.is_syncing():
                check.go_on_at(now + WAIT_FOR_SYNC)
                continue
            try:
                for _pair in check.steps():
                    if not cron._commit_progress(1, remaining=1):
                        return
            except ZohoThrottled as error:
                check.go_on_at(error.retry_at.replace(tzinfo=None))
            except ZohoError as error:
                _logger.warning("No hours of %s: %s", integration.id, error.message)
            check.tell_unexplained()
        # Whatever is left comes by a trigger of its own, or tomorrow.
        cron._commit_progress(remaining=0)

    def _sync_in_slices(self) -> bool:
        """Run the flow of one integration until it ends or the time is over.

        A serialization failure is a clash with somebody's edit: the slice is repeated.
        No other error leaves the cron either, or Odoo would switch it off.

        :return: whether it was ours to run; False when somebody else is at it.
        """
        attempt, asked = 0, Calls()
        while True:
            try:
                return self._sync_slices(asked)
            except Exception as error:  # shown, logged and tried again
                # First of all: in a transaction that has failed, PostgreSQL refuses
                # every other statement.
                self.env.cr.rollback()
                self.env["zoho.quota"]._count_again(self, asked)
                attempt += 1
                if getattr(error, "pgcode", None) in CONCURRENCY_CODES:
                    if attempt >= ATTEMPTS:
                        _logger.warning(
                            "Synchronisation of integration %s clashed %s times with"
                            " other changes; it goes on with the next run",
                            *(self.id, attempt),
                        )
                        return True
                    continue
                _logger.exception("Synchronisation of integration %s failed", self.id)
                if isinstance(error, MISFITS) and self._leave_module_out(error):
                    self.env["ir.cron"]._commit_progress()
                    continue
                self._note_stalled(type(error).__name__)
                self.env["ir.cron"]._commit_progress()
                return True

    def _sync_slices(self, asked: Calls) -> bool:
        # The schedule's user works for all companies: defaults, sequences and values
        # that depend on the company are to be this one's.
        integration = self.with_company(self.company_id).with_context(
            allowed_company_ids=self.company_id.ids
        )
        progress, is_ours = Progress(integration), False
        with PortalSession(integration) as session:
            session.asked = asked
            for done in integration._sync_steps(session):
                is_ours = True
                progress.note(session.run, done)
                left = integration._commit_page(done or 0)
                asked.clear()
                session.pages += 1
                self.env.invalidate_all()
                session.may_fetch_ahead = left > SECONDS_FOR_A_PAGE
                if left <= 0 and done is not None and not session.has_ahead():
                    break
        return is_ours

    def _commit_page(self, done: int) -> float:
        """Commit what was written; return how many seconds the runner has left."""
        return self.env["ir.cron"]._commit_progress(done, remaining=1)

    # The flow

    def _sync_steps(self, session: PortalSession) -> Iterator[int | None]:
        """Walk the streams of the run in hand.

        :param PortalSession session: the line to Zoho.
        :return: yields the number of records done whenever all may be committed.
        """
        # A lock ends with its transaction: after each commit it is taken anew, and
        # whoever was asked to stop, or lost it, ends here. Rows that only refer to the
        # integration, such as links and errors, may be written meanwhile.
        while self.try_lock_for_update(allow_referencing=True):
            session.run = run = self.env["zoho.sync.run"]._find_open(self)
            if self.stop_requested:
                run._close_stopped(self)
                yield 0
            if not run or run.status == "stopped":
                return
            try:
                for done in self._run_steps(session, run):
                    yield done
                    is_mine = self.try_lock_for_update(allow_referencing=True)
                    if self.stop_requested or not is_mine:
                        break
            except ZohoRetryLater as error:
                if session.ahead.goes_on(error):
                    yield 0
                    continue
                run._wake_at(run._wait(session.ahead.sooner(error)))
                yield 0
                return
            except ZohoSignInAgain as error:
                kept = note_of(error)
                run._close("failed", kept)
                self._set_status("sign_in_again", kept)
                yield 0
                return
            except (ZohoRefused, ZohoUnreadable) as error:
                # Without a client, it is the sign-in that failed, and no module.
                stream = session.is_connected and run._current_stream()
                self._fail_stream(session, run, stream, error)
                yield 0

    def _run_steps(
        self, session: PortalSession, run: models.BaseModel
    ) -> Iterator[int | None]:
        """Work on the module in hand up to a commit, or finish the run after the last.

        :return: yields as the steps of a stream do.
        :raise ZohoError: when Zoho does not answer as it should; nothing was written.
        """
        run._start()
        session.connect()
        if not (stream := run._current_stream()):
            self._finish_run(run)
            yield 0
            return
        work, is_idle = stream._stream(session), True
        while is_idle:
            session.ahead.work()
            for done in work.steps():
                # From phase to phase nothing is written that is worth a commit. The
                # end of a module is: should the next one fail, that is left out.
                is_idle = done == 0 and stream.state == "running" and not session.asked
                if not is_idle:
                    yield done

    def _fail_stream(
        self,
        session: PortalSession,
        run: models.BaseModel,
        stream: models.BaseModel | bool,
        error: ZohoError,
    ) -> None:
        """Leave out a module that Zoho refuses; without projects there is nothing."""
        cause = cause_of(error)
        is_gone = error.code == "not_found" and session.is_portal_gone()
        if error.code == "not_found" and not is_gone:
            cause["code"] = "list_not_found"
        if stream:
            stream._fail(error.code, cause)
        if is_gone:
            run._close("failed", cause)
            self._set_status("sign_in_again", cause)
        elif not stream or stream.entity == "project":
            run._close("failed", cause)
            self._set_status("waiting", cause, self._retry_time())
            run._cron()._trigger(at=self.retry_at)

    def _leave_module_out(self, error: Exception) -> bool:
        """Let the other modules go on when a value of one fits nowhere.

        :return: whether there is a module that can be left out.
        """
        if not self.try_lock_for_update(allow_referencing=True):
            return False
        stream = self.env["zoho.sync.run"]._find_open(self)._current_stream()
        # Without projects there is nothing.
        if not stream or stream.entity == "project":
            return False
        stream._fail("other", note("fits_nowhere", error=type(error).__name__))
        return True

    def _finish_run(self, run: models.BaseModel) -> None:
        failed = self.stream_ids.filtered(lambda stream: stream.state == "error")
        kept = bool(failed) and note("modules_failed", modules=failed.mapped("entity"))
        run._close("done", kept)
        values = {"last_sync": run.ended_at}
        if run.is_full or not self.last_full_sync:
            values["last_full_sync"] = run.started_at
        self.write(values)
        self._set_status("active", kept)

    def _set_status(
        self,
        status: str,
        kept: dict | bool = False,
        retry_at: datetime | bool = False,
    ) -> None:
        """Set the status, and what it says: as :func:`note` returns it."""
        values = {
            "status": status,
            "status_note": kept,
            "retry_at": retry_at,
            "waiting_since": retry_at and fields.Datetime.now(),
        }
        changes = {name: value for name, value in values.items() if self[name] != value}
        if changes:
            self.write(changes)

    def _retry_time(self) -> datetime:
        return fields.Datetime.now() + timedelta(minutes=STALLED_MINUTES)

    def _note_stalled(self, error: str) -> None:
        """Say that a run came to a halt by a mistake of ours; it is tried again.

        :param error: its name.
        """
        self._set_status("stalled", note("halted", error=error), self._retry_time())
        self.env["zoho.sync.run"]._cron()._trigger(at=self.retry_at)

    def _failing_sentence(self) -> str:
        """Return since when the sync fails, and why; the e-mail says it, too."""
        return Health(self).failing_sentence()

    # What may go on, and what is to be read again

    def _must_wait(self) -> bool:
        """Return whether it is too early to ask Zoho again."""
        is_early = bool(self.retry_at) and self.retry_at > fields.Datetime.now()
        return is_early and not is_ahead(self.waiting_since)

    def _able_to_go_on(self) -> models.BaseModel:
        """Return those of the integrations that may ask Zoho now."""
        ended = ("disabled", "sign_in_again")
        return self.filtered(
            lambda one: one.status not in ended and not one._must_wait()
        )

    def _enabled_streams(self) -> models.BaseModel:
        """Return the modules that are switched on, in their order."""
        return self.stream_ids.filtered(lambda stream: stream._is_enabled())

    def _prepare_streams(self) -> None:
        """Make what a synchronisation needs, and find the links of earlier times."""
        # Checked before; only code writes streams and links.
        for integration in self.sudo():
            self.env["zoho.stream"].sudo()._prepare(integration)
            self.env["zoho.link"].sudo()._adopt(integration)

    def _request_full_sync(self) -> None:
        """Let the next run read every module again, because a preference changed."""
        # What follows from a preference: only code may write it.
        self.sudo().full_sync_requested = True

    # What failed, in words for people

    @contextmanager
    def _user_errors(self, signing_in: bool = False) -> Iterator[None]:
        """Turn the library's errors into a dialog; the status says the same afterwards.

        :param signing_in: whether a code is being exchanged for tokens.
        :raise UserError: with one sentence instead of a traceback.
        """
        try:
            yield
        except ZohoError as error:
            kept = note_of(error, signing_in)
            dead = isinstance(error, ZohoSignInAgain) and not signing_in
            self._keep_failure(kept, dead)
            raise UserError(say_note(self.env, kept)) from error

    def _keep_failure(self, kept: dict, dead: bool) -> None:
        """Write what failed in a cursor of its own: the dialog rolls this one back.

        When this transaction itself holds the row, or has just made it, a second cursor
        could not write: then the values go the way of the transaction.

        :param kept: what is shown on the form.
        :param dead: whether the stored sign-in is no longer worth anything.
        """
        values = {"status_note": kept}
        if dead and self.status not in SET_UP_STATUSES:
            values["status"] = "sign_in_again"
        # A savepoint would not do: the error that follows rolls the whole request back.
        with self.env.registry.cursor() as cr:
            # What Zoho said, whoever asked: only code may write it.
            own = self.with_env(self.env(cr=cr)).sudo().try_lock_for_update()
            own.write(values)
        if not own:
            self.sudo().write(values)
