"""Deletions: a record is gone when two signals say so.

The first is that a complete listing does not hold it. The second is the trash, a
parent that is gone, or that the record itself can no longer be read.

:source: Zoho Projects API reference, section 9.4.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from odoo import fields
from odoo.tools import SQL

from ...const import BELIEVABLE_LOSS, CONFIRMATIONS_PER_RUN
from ...zoho import endpoints
from ...zoho.endpoints import Endpoint, PageRequest
from ...zoho.errors import ZohoRefused, ZohoUnreadable
from ...zoho.paging import row_id
from ...zoho.records import parse_trash_item
from .causes import note
from .entities import NO_RECORD, path_ids_of

if TYPE_CHECKING:
    from .stream_base import Stream

LINKS_PER_STEP = 20
# Odoo ends a scheduled action that takes long, and what it did since its last commit
# would be done again, and again: a step asks no more after these seconds.
SECONDS_PER_STEP = 15
# The trash is a hint, and one endpoint gives 90 pages in two minutes: a long one is
# not read to its end, or no run would come past it.
PAGES_OF_TRASH = 25
# One of them may have been deleted since its list was read.
KNOWN_RECORDS = 3


class Deletions:
    """The last phase of a full reading: what is missing is asked for, and withdrawn.

    :param stream: the module that was read to its end.
    """

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.record = stream.record
        self.session = stream.session
        self.env = stream.env
        self.integration = stream.integration

    def step(self) -> Iterator[int | None]:
        """Look at some of the missing records; end the module after the last."""
        missing, cursor = self._missing(), self.stream.cursor
        if cursor.trashed is None:
            self._start(missing)
        elif todo := missing.filtered(lambda link: link.id > cursor.at):
            self._look_at(todo[:LINKS_PER_STEP])
        else:
            self._finish()
        yield 0

    def _missing(self) -> Any:
        """Return the ``zoho.link`` of what no listing has shown.

        Of a module whose records cannot be read singly nothing is missing.
        """
        # No second signal can be had of them, and one alone is not believed.
        if self.stream.name not in endpoints.FORMS:
            return self.env["zoho.link"]
        own = SQL("state = %s", "linked")
        return self.env["zoho.link"].browse(self._unlisted("zoho_link", own))

    def _unlisted(self, table: str, condition: SQL) -> list[int]:
        """Return the ids of the module's rows of a table that no listing has shown.

        In one pass, and not by NOT EXISTS: what is listed grows from nothing within
        minutes, and PostgreSQL would go through all of it for each row.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT unnest(array_agg(id)) FROM (
                       SELECT id, zoho_id FROM %s
                        WHERE integration_id = %s AND entity = %s AND %s
                    UNION ALL
                       SELECT NULL, zoho_id FROM zoho_listed_record
                        WHERE stream_id = %s) known
                 GROUP BY zoho_id HAVING count(*) = count(id) ORDER BY 1""",
                *(SQL.identifier(table), self.integration.id, self.stream.name),
                *(condition, self.record.id),
            )
        )
        return [row[0] for row in rows]

    def _start(self, missing: Any) -> None:
        """Look into the trash, unless the loss is too large to be believed."""
        known, lost = self.record.record_count, self._count_unexplained(missing)
        is_all = bool(lost) and len(missing) == known
        is_much = is_all or (lost > 1 and lost > known * BELIEVABLE_LOSS)
        if is_much and lost > self.record.accepted_loss:
            self._refuse_loss(lost, known)
            return
        self._forget_unlisted()
        trashed = self._trashed() & set(missing.mapped("zoho_id")) if missing else set()
        self.stream.move(trashed=tuple(sorted(trashed)), at=0, asked=0)

    def _refuse_loss(self, lost: int, known: int) -> None:
        """End the module without believing its list; the reason is shown."""
        kept = note("list_shrunk", missing=lost, known=known)
        self.record.write({"state": "error", "cursor": False, "note": kept})
        self._note_module("listing_shrunk", missing=lost, known=known)

    def _finish(self) -> None:
        cursor = self.stream.cursor
        if cursor.asked < CONFIRMATIONS_PER_RUN:
            self.record.write({"asked_until": 0, "accepted_loss": 0})
        self.record._finish(self.session.run)
        if cursor.is_deaf:
            self._note_deaf()

    def _note_module(self, code: str, **details: Any) -> None:
        self.env["zoho.sync.error"]._note_module(
            self.integration, self.stream.name, code, **details
        )

    def _count_unexplained(self, links: Any) -> int:
        """Return how many records are missing though their project is still there.

        What belongs to a deleted project vanishes with it, however much that is.
        """
        gone = self.env["zoho.link"].search_fetch(
            [
                ("integration_id", "=", self.integration.id),
                ("entity", "=", "project"),
                ("state", "=", "withdrawn"),
            ],
            ["zoho_id"],
        )
        projects = set(gone.mapped("zoho_id"))
        return sum(link.project_zoho_id not in projects for link in links)

    def _forget_unlisted(self) -> None:
        """Drop left-out records and errors of what Zoho no longer lists.

        They hold nothing of value: should the record be listed again, so are they.
        """
        record = SQL("zoho_id <> '' AND zoho_id NOT LIKE ALL(%s)", NO_RECORD)
        # Found by SQL, deleted by the ORM: fields that depend on them follow.
        left_out = self._unlisted("zoho_skipped_record", record)
        self.env["zoho.skipped.record"].browse(left_out).unlink()
        open_error = SQL(
            """%s AND resolved_at IS NULL
               AND NOT EXISTS (SELECT FROM zoho_sync_error child
                                WHERE child.parent_id = zoho_sync_error.id
                                  AND child.resolved_at IS NULL)""",
            record,
        )
        errors = self._unlisted("zoho_sync_error", open_error)
        self.env["zoho.sync.error"].browse(errors).write(
            {"resolved_at": fields.Datetime.now(), "payload": False}
        )

    def _trashed(self) -> set[str]:
        """Return the Zoho ids in the portal's trash; none when it cannot be read."""
        found: set[str] = set()
        end = time.monotonic() + SECONDS_PER_STEP
        for number in range(1, PAGES_OF_TRASH + 1):
            request = PageRequest(
                endpoints.BIN, number, path_ids={"portal": self.stream.portal}
            )
            try:
                page = self.session.page(request)
            except (ZohoRefused, ZohoUnreadable):
                # The trash is a hint only: without it each record is read itself.
                return found
            before = len(found)
            for row in page.rows:
                try:
                    found.add(parse_trash_item(row).zoho_id)
                except ZohoUnreadable:
                    continue
            is_over = not page.more or len(found) == before
            if is_over or time.monotonic() > end:
                break
        return found

    def _look_at(self, links: Any) -> None:
        """Withdraw those of the missing records that a second signal confirms."""
        cursor, last_asked = self.stream.cursor, self.record.asked_until
        left = 0 if cursor.is_deaf else CONFIRMATIONS_PER_RUN - cursor.asked
        gone, asked = self.env["zoho.link"], self.env["zoho.link"]
        for link in links:
            if link.zoho_id in (cursor.trashed or ()) or link._parent_is_withdrawn():
                gone |= link
            elif len(asked) < left and link.id > last_asked:
                asked |= link
        last = links[-1]
        if asked:
            confirmed, told = self._confirm_gone(asked)
            if told < asked:
                # The time was over: the others are for the next step.
                asked, last = told, told[-1]
            gone |= confirmed
        withdrawn = gone._withdraw("deleted")
        self.session.run._line(self.stream.name)._add({"withdrawn": len(withdrawn)})
        all_asked = cursor.asked + len(asked)
        self.stream.move(at=last.id, asked=all_asked)
        if asked and all_asked >= CONFIRMATIONS_PER_RUN:
            self.record.asked_until = asked[-1].id

    # The second signal of a deletion: Zoho does not find the record itself. A path that
    # finds nothing at all says so of every record. So "not found" is believed only of a
    # path that has found a record that is there, before and after. :source: Zoho
    # Projects API reference, sections 7.1, 9.4 and 14.

    def _confirm_gone(self, links: Any) -> tuple[Any, Any]:
        """Ask Zoho for missing records, one by one, while there is time.

        :return: those that it does not find, and all that it was asked for. None is
            gone when no path of this module can be relied on just now: then the cursor
            says so (``is_deaf``).
        """
        known = self._known_records(links)
        for form in endpoints.FORMS[self.stream.name]:
            if not self._finds_known(form, known):
                continue
            gone, asked = self._ask_for_each(form, links)
            # A path that was closed meanwhile has told nothing.
            if gone and self._finds_known(form, known):
                return gone, asked
            if known and not gone:
                return gone, asked
        self.stream.move(is_deaf=True)
        return links.browse(), links

    def _ask_for_each(self, form: Endpoint, links: Any) -> tuple[Any, Any]:
        """Return which of the records Zoho does not find, and which it was asked for.

        :param form: the path by which they are read.
        """
        end = time.monotonic() + SECONDS_PER_STEP
        gone, asked = links.browse(), links.browse()
        for link in links:
            asked |= link
            is_there = self._finds(form, link)
            if is_there is False:
                gone |= link
            elif is_there:
                self.stream.move(is_moved=True)
            if time.monotonic() > end:
                break
        return gone, asked

    def _known_records(self, links: Any) -> Any:
        """Return some records that this run has listed, best of the same projects."""
        rows = self.env.execute_query(
            SQL(
                """SELECT link.id FROM zoho_link link
                    WHERE link.integration_id = %s AND link.entity = %s
                      AND link.state = 'linked'
                      AND EXISTS (SELECT FROM zoho_listed_record listed
                                   WHERE listed.stream_id = %s
                                     AND listed.zoho_id = link.zoho_id)
                 ORDER BY link.project_zoho_id = ANY(%s::varchar[]) DESC NULLS LAST,
                          link.id DESC
                    LIMIT %s""",
                self.integration.id,
                self.stream.name,
                self.record.id,
                [link.project_zoho_id for link in links if link.project_zoho_id],
                KNOWN_RECORDS,
            )
        )
        return links.browse(row[0] for row in rows)

    def _finds_known(self, form: Endpoint, known: Any) -> bool:
        """Return whether a path finds a record that is there.

        Where the list is empty there is none; somebody has said then that all are
        really gone, or the loss would not have been believed.
        """
        if not known:
            return True
        return any(self._finds(form, link) for link in known)

    def _finds(self, form: Endpoint, link: Any) -> bool | None:
        """Return whether Zoho finds a single record, None when it says neither.

        :param form: the path by which it is read.
        """
        is_log = self.stream.name == "timelog"
        kind = link._record().zoho_log_kind if is_log else ""
        ids = path_ids_of(link.entity, link.zoho_id, link.project_zoho_id, kind)
        try:
            row = self.session.record(form, {"portal": link.portal_zoho_id, **ids})
        except ZohoRefused as error:
            return False if error.code == "not_found" else None
        except ZohoUnreadable:
            return None
        return True if row and row_id(row) == link.zoho_id else None

    def _note_deaf(self) -> None:
        """Say that nobody can tell which of the missing records are gone."""
        missing = len(self._missing())
        self.record.note = note("list_deaf", missing=missing)
        self._note_module("deletion_unconfirmed", missing=missing)
