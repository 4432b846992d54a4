"""Time on posted invoices is approved in Zoho, where it can then no longer be edited.

What shall be locked and what was done are compared, and the difference is written: so
an invoice is posted without a call, no event can be missed, and whatever was cut off
goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from ...zoho.endpoints import FORMS, LOG_UPDATE, PROJECT_TIME_LOGS
from ...zoho.errors import ZohoError, ZohoRefused, ZohoUnreadable
from ...zoho.paging import iter_rows, row_id
from ...zoho.queries import time_log_params
from ...zoho.records import TimeLog, parse_time_log
from ...zoho.writes import APPROVAL_WORDS, approval_body, refused_rows
from ..sync.causes import cause_of
from ..sync.entities import path_ids_of
from .writing import MOST_REFUSED, WHOLE_CODE, Writing

# Of one call. Nobody knows how many Zoho takes.
BATCH = 100
# The days of one listing; half a year is refused (reference, section 7.2).
SPAN = timedelta(days=150)
ASKED_ALONE = 40
# Refusals that do not say whether a record is there.
UNTOLD_CODES = ("access_denied", "licence", WHOLE_CODE)
TO_LOOK_AT = [
    "|",
    ("state", "=", "gone"),
    "&",
    ("state", "=", "to_lock"),
    ("approval_before", "=", False),
]
TO_APPROVE = [("state", "=", "to_lock"), ("approval_before", "!=", False)]


class LogLocks(Writing):
    """The locks of one integration."""

    key = "lock"

    def __init__(self, integration: Any) -> None:
        super().__init__(integration)
        self.locks = self.env["zoho.log.lock"]
        self.words = dict(APPROVAL_WORDS)

    def _steps(self) -> Iterator[None]:
        self.locks._adopt(self.integration)
        domain = [("integration_id", "=", self.integration.id)]
        if not (self.integration.lock_invoiced or self.locks.search(domain, limit=1)):
            return
        while self.locks._note_wanted(self.integration):
            yield
        while self.locks._note_changed(self.integration):
            yield
        while self.locks._note_moved(self.integration):
            yield
        # After each commit somebody may have switched it off.
        while self.integration.lock_invoiced and (batch := self._alike(TO_LOOK_AT)):
            self._look(batch)
            yield
        while self.integration.lock_invoiced and (
            batch := self.locks._due(self.integration, TO_APPROVE, BATCH)
        ):
            self._send(batch, "approved")
            yield
        # What is set back is no worse for what could not be locked.
        self.refused = 0
        while batch := self._alike([("state", "=", "to_release")]):
            self._set_back(batch)
            yield
        self._tell()
        yield

    def _alike(self, domain: list) -> Any:
        """Return what is due of one project, kind and span of days."""
        first = self.locks._due(self.integration, domain, 1)
        domain = [
            *domain,
            ("project_zoho_id", "=", first.project_zoho_id),
            ("kind", "=", first.kind),
            ("day", "<=", first.day and first.day + SPAN),
        ]
        return first and self.locks._due(self.integration, domain, BATCH)

    # What is in Zoho now

    def _look(self, batch: Any) -> None:
        """Remember what logs are before they are locked."""
        others = batch._of_other_companies()
        known = batch.filtered(lambda lock: lock.zoho_id in others)
        for lock in known:
            lock._remember(others[lock.zoho_id].approval_before)
        for lock, log in self._read(batch - known):
            if log is None:
                lock._lose()
            else:
                # Without approval data, nobody has approved it.
                lock._remember(log.approval or "pending")

    def _set_back(self, batch: Any) -> None:
        """Set logs back as they were before, unless somebody else has a say in them.

        That is another company that has invoiced the same log, or whoever has judged it
        in Zoho since.
        """
        others = batch._of_other_companies()
        kept = batch.filtered(
            lambda lock: (
                lock.zoho_id in others and others[lock.zoho_id].state != "to_release"
            )
        )
        kept._settle()
        ours = batch.browse()
        for lock, log in self._read(batch - kept):
            if log is None:
                lock._lose()
            elif log.approval == "approved":
                ours += lock
            else:
                lock._settle()
        for approval, locks in ours.grouped("approval_before").items():
            self._send(locks, approval)

    def _read(self, batch: Any) -> Iterator[tuple[Any, TimeLog | None]]:
        """Yield what Zoho says of each log, None of one that is not there.

        Of logs that no list shows, a few are read alone; the others come next time.
        """
        if not batch:
            return
        found: dict[str, TimeLog] = {}
        refusal: ZohoError | None = None
        try:
            found = dict(self._listed(batch))
        except (ZohoRefused, ZohoUnreadable) as error:
            if error.code == WHOLE_CODE:
                raise
            refusal = error
        alone = 0
        for lock in batch:
            log = found.get(lock.zoho_id)
            if log is None and alone >= ASKED_ALONE:
                continue
            if log is None:
                # Its day or project may be another one by now.
                alone += 1
                try:
                    log = self._read_alone(lock)
                except (ZohoRefused, ZohoUnreadable) as error:
                    if error.code == WHOLE_CODE:
                        raise
                    lock._refuse(cause_of(refusal or error))
                    continue
            if log is None and refusal:
                # Where no list can be read, a path that finds nothing proves nothing.
                lock._refuse(cause_of(refusal))
            else:
                yield lock, log

    def _listed(self, batch: Any) -> Iterator[tuple[str, TimeLog]]:
        days, kind = batch.mapped("day"), batch[0].kind
        project = batch[0].project_zoho_id or ""
        params = time_log_params(kind, min(days), max(days))
        ids = {"project": project}
        for row in iter_rows(self, PROJECT_TIME_LOGS, params, ids):
            log = _parsed(row, kind, project)
            if log:
                yield log.zoho_id, log

    def _read_alone(self, lock: Any) -> TimeLog | None:
        """Return what Zoho says of one log, None when it says that it is not there.

        :raise ZohoError: when it says neither.
        """
        project = lock.project_zoho_id or ""
        ids = path_ids_of("timelog", lock.zoho_id, project, lock.kind)
        refusal: ZohoError = ZohoUnreadable("Zoho answers with another log, or none.")
        for form in FORMS["timelog"]:
            try:
                row = self.get(form, ids)
                if row and row_id(row) == lock.zoho_id:
                    return parse_time_log(row, lock.kind, project)
            except (ZohoRefused, ZohoUnreadable) as error:
                if error.code in UNTOLD_CODES:
                    raise
                # A path that a portal does not have says nothing of the log.
                refusal = refusal if refusal.code == "not_found" else error
        if refusal.code == "not_found":
            return None
        raise refusal

    # What is written

    def _send(self, locks: Any, approval: str) -> None:
        """Give logs an approval; what spoils a call is looked for by halves."""
        causes: dict[str, ZohoError] = {}
        left, is_whole = locks, False
        for word in self.words[approval]:
            try:
                causes, is_whole = self._call(left, word), False
            except ZohoRefused as error:
                if error.code == WHOLE_CODE:
                    raise
                causes, is_whole = dict.fromkeys(left.mapped("zoho_id"), error), True
            taken = left.filtered(
                lambda lock, causes=causes: lock.zoho_id not in causes
            )
            left -= taken
            if taken:
                taken._settle()
                others = (one for one in self.words[approval] if one != word)
                self.words[approval] = (word, *others)
            if not left:
                return
        if is_whole and len(left) > 1 and self.refused < MOST_REFUSED:
            middle = len(left) // 2
            self._send(left[:middle], approval)
            self._send(left[middle:], approval)
            return
        for lock in left:
            self._keep_refusal(lock, causes[lock.zoho_id])

    def _call(self, locks: Any, word: str) -> dict[str, ZohoError]:
        body = approval_body([(lock.zoho_id, lock.kind) for lock in locks], word)
        return refused_rows(self.update(LOG_UPDATE, body), LOG_UPDATE)

    def _keep_refusal(self, lock: Any, error: ZohoError) -> None:
        if error.code == "not_found":
            lock._lose()
            return
        self.refused += 1
        lock._refuse(cause_of(error))

    def _tell(self) -> None:
        """Say what Zoho has refused, and no longer what it has not."""
        domain = [("integration_id", "=", self.integration.id)]
        refused = self.locks.search([*domain, ("retry_at", "!=", False)])
        by_state = refused.filtered("refusal").grouped("state")
        nothing = self.locks.browse()
        done = [("state", "=", "locked"), ("approval_before", "!=", "approved")]
        is_any_locked = bool(self.locks.search([*domain, *done], limit=1))
        for state, key, is_any_taken in (
            ("to_lock", "lock", is_any_locked),
            # What is set back was taken before.
            ("to_release", "unlock", True),
        ):
            rows = by_state.get(state, nothing)
            self._note_refused(key, "lock_refused", rows, is_any_taken)


def _parsed(row: Any, kind: str, project: str) -> TimeLog | None:
    try:
        return parse_time_log(row, kind, project)
    except ZohoUnreadable:
        return None
