"""Where a module stands in a run, and what it asks for next.

The row keeps it as JSON between two steps. What an older version has written is read as
well: unknown names are passed over, and missing ones have their defaults.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from odoo.tools import SQL

from ...zoho import endpoints
from ...zoho.endpoints import PageRequest
from ...zoho.errors import ZohoRefused
from .entities import ENTITIES, NO_RECORD

# Where phases are listed by project, one project may have them switched off.
LEFT_OUT = ("not_found", "module_disabled", "access_denied")
# So many different ones tell a list that is sorted by them.
MOMENTS = 10
# Zoho does not know the listing; what is forbidden is so under any other address.
UNKNOWN_LISTING = ("bad_request", "module_disabled", "not_found")
FORBIDDEN = 403


def _known(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the stored values that a dataclass has fields for."""
    names = {one.name for one in fields(kind)}
    return {
        # JSON knows no tuples, and a list would make two equal passes differ.
        name: tuple(value) if isinstance(value, list) else value
        for name, value in values.items()
        if name in names and value is not None
    }


@dataclass(frozen=True)
class Pass:
    """One walk over a listing, or over one listing for each of many records.

    :param listing: a name of ``endpoints.LISTINGS``.
    :param sink: what becomes of its rows.
    :param params: the query.
    :param optional: what of the query may be dropped when Zoho refuses it.
    :param each: for which records there is a listing: a name of ``Sources``.
    :param path: the placeholder of the path that such a record stands for; without
        one, the query names it.
    :param at: the Zoho id of the record that the pass stands at.
    :param kind: the kind of time logs that is asked for.
    :param rows: what the rows are, where they are no records of the module.
    :param since: what has not changed since then is known (naive UTC, as text).
    :param by_modified: the first day of change that is asked for (ISO).
    :param probe: id of the ``zoho.link`` whose log the pass must list.
    :param is_extra: the module can be read without it.
    :param is_answered: Zoho has given a list of this pass.
    :param is_other: it stands instead of a pass that Zoho has refused.
    :param is_turn: of a list that is not sorted by change, one page is enough.
    :param skipped: so many pages had their turn before.
    """

    listing: str
    sink: str = "upsert"
    params: Mapping[str, str] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    each: str = ""
    path: str = ""
    at: str = ""
    kind: str = ""
    rows: str = ""
    since: str = ""
    by_modified: str = ""
    probe: int = 0
    is_extra: bool = False
    is_answered: bool = False
    is_other: bool = False
    is_turn: bool = False
    skipped: int = 0

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Pass:
        """Return a pass from what :meth:`to_json` has returned."""
        return cls(**_known(cls, values))

    def to_json(self) -> dict[str, Any]:
        """Return what differs from the defaults, fit for JSON."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in values.items() if value}

    def alternative(self, error: ZohoRefused) -> Pass | None:
        """Return a pass to the same end as this one, which Zoho has refused.

        It asks without what is blamed, or at another address.
        """
        if error.code == "bad_request" and self.optional:
            blamed = {error.field} & {*self.optional} or {*self.optional}
            return replace(
                self,
                params={k: v for k, v in self.params.items() if k not in blamed},
                optional=tuple(one for one in self.optional if one not in blamed),
            )
        if error.code not in UNKNOWN_LISTING or error.status == FORBIDDEN:
            return None
        other = endpoints.INSTEAD.get(self.listing)
        if not other:
            return None
        if "{project}" in other.path and not self.path:
            apart = replace(self, each="known_project", path="project")
            # A list for each has turns of its own: it is read whole.
            apart = replace(apart, is_turn=False, skipped=0, since="")
            return replace(apart, listing=other.name)
        return replace(self, listing=other.name)

    def is_behind(self, records: Sequence[Any]) -> bool:
        """Return whether a list sorted by change has come to what is known already.

        A list that turns out not to be sorted is walked to its end.
        """
        if not self.since or not records or not _is_sorted(records):
            return False
        return bool(records[-1].modified < datetime.fromisoformat(self.since))

    def is_by_change(self, records: Sequence[Any]) -> bool:
        """Return whether a list is sorted by change, and shows it.

        One that is sorted by its ids, the newest first, may look so as long as nothing
        was changed that is on its first page; and so may any, of records that were all
        made at once.
        """
        moments = {record.modified for record in records}
        is_asked = "sort_by" in self.params and len(moments) >= MOMENTS
        return (
            is_asked
            and _is_sorted(records)
            and any(
                (len(one.zoho_id), one.zoho_id) < (len(other.zoho_id), other.zoho_id)
                and one.modified > other.modified
                for one, other in pairwise(records)
            )
        )


def _is_sorted(records: Sequence[Any]) -> bool:
    """Return whether records come by their last change, the newest first."""
    moments = [record.modified for record in records]
    return all(moments) and moments == sorted(moments, reverse=True)


@dataclass(frozen=True)
class Cursor:
    """The phase, the pass and the page that a module stands at.

    :param phase: ``fetch``, ``apply`` (projects only), ``heal`` or ``reconcile``.
    :param index: number of the pass in hand; behind the last, all are walked.
    :param size: the size in which the pages of this pass are counted.
    :param at: the last record that this phase has looked at.
    :param healed: records that this round of healing has brought.
    :param round: number of the round of healing.
    :param trashed: Zoho ids in the trash; None before it was looked into.
    :param asked: records that Zoho was asked for to confirm that they are gone.
    :param is_deaf: Zoho finds no single record of the module, not even those there.
    :param is_moved: a record is there that the list has not shown.
    :param is_cut: a pass that is not needed was left out.
    :param has_subtasks: the plain list of tasks holds subtasks.
    :param lookups: how often passes for the customers of projects were added.
    :param by_customer: each customer is asked for his projects.
    :param unfiltered: passes by day of work were added.
    :param waiting: so many logs waited when their days were to be read again.
    """

    phase: str = "fetch"
    passes: tuple[Pass, ...] = ()
    index: int = 0
    page: int = 1
    size: int | None = None
    is_full: bool = False
    at: int = 0
    healed: int = 0
    round: int = 0
    trashed: tuple[str, ...] | None = None
    asked: int = 0
    is_deaf: bool = False
    is_moved: bool = False
    is_cut: bool = False
    has_subtasks: bool = False
    lookups: int = 0
    by_customer: bool = False
    unfiltered: bool = False
    waiting: int | None = None

    @classmethod
    def from_json(cls, values: Mapping[str, Any] | bool | None) -> Cursor:
        """Return a cursor from what :meth:`to_json` has returned, or from nothing."""
        known = _known(cls, values) if isinstance(values, Mapping) else {}
        passes = tuple(Pass.from_json(one) for one in known.pop("passes", ()))
        return cls(**known, passes=passes)

    def to_json(self) -> dict[str, Any]:
        """Return the values, fit for JSON; what says nothing is left out."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        values["passes"] = [one.to_json() for one in self.passes]
        said = {name: value for name, value in values.items() if value}
        # An empty trash has been looked into all the same.
        return said if self.trashed is None else {**said, "trashed": self.trashed}

    @property
    def is_walked(self) -> bool:
        """Return whether the last pass lies behind."""
        return self.index >= len(self.passes)

    @property
    def current(self) -> Pass:
        """Return the pass in hand; there is one unless all are walked."""
        return self.passes[self.index]

    def with_current(self, current: Pass) -> Cursor:
        """Return the cursor with another pass in the place of the one in hand."""
        before, after = self.passes[: self.index], self.passes[self.index + 1 :]
        return replace(self, passes=(*before, current, *after))

    def with_more(self, passes: Sequence[Pass], **values: Any) -> Cursor:
        """Return the cursor with further passes behind those that it has."""
        return replace(self, passes=(*self.passes, *passes), **values)

    def request(self, portal: str) -> PageRequest | None:
        """Return the request of the page in hand, None when all passes are walked.

        :param portal: Zoho id of the portal.
        """
        if self.is_walked:
            return None
        current = self.current
        # A copy: the pass is kept as it is, for the page after this one.
        params = dict(current.params)
        if self.size:
            params["per_page"] = str(self.size)
        path_ids = {"portal": portal}
        if current.path:
            path_ids[current.path] = current.at
        elif current.each:
            params["module"] = json.dumps({"type": current.kind, "id": current.at})
        page = self.page + current.skipped
        return PageRequest(endpoints.LISTINGS[current.listing], page, params, path_ids)


class Sources:
    """The queries behind the passes that have a listing for each record.

    ``customer``, ``known_project``, ``task`` and ``bug`` are all that were listed;
    ``project``: staged ones whose customer is to be asked for; ``several``: those with
    more customers than one and no primary one; ``unlisted``: those that no list holds.

    :param record: the ``zoho.stream`` whose run is in hand.
    """

    def __init__(self, record: Any) -> None:
        self.record = record
        self.env = record.env
        self.integration = record.integration_id

    def following(self, each: str, after: str) -> str | None:
        """Return the Zoho id that follows another one, None after the last."""
        # A fixed collation: that of a database follows its language, and may change
        # with the system that it is moved to, in the middle of a pass.
        rows = self.env.execute_query(
            SQL(
                """SELECT zoho_id FROM (%s) AS source
                    WHERE zoho_id COLLATE "C" > %s
                 ORDER BY zoho_id COLLATE "C" LIMIT 1""",
                self._query(each),
                after,
            )
        )
        return rows[0][0] if rows else None

    def settled(self, cursor: Cursor) -> Cursor:
        """Return the cursor moved past passes that have nothing to ask for.

        A pass over each customer, project … stands at one of them (``at``).
        """
        while not cursor.is_walked:
            current = cursor.current
            if not current.each or current.at:
                break
            if first := self.following(current.each, ""):
                return cursor.with_current(replace(current, at=first))
            cursor = replace(cursor, index=cursor.index + 1)
        return cursor

    def behind(self, cursor: Cursor, current: Pass) -> Cursor:
        """Return the cursor at the next record of a pass, or at the next pass."""
        cursor = replace(cursor, page=1, size=None)
        following = current.each and self.following(current.each, current.at)
        if following:
            return cursor.with_current(replace(current, at=following))
        return self.settled(replace(cursor, index=cursor.index + 1))

    def count(self, each: str) -> int:
        """Return how many records there are."""
        query = SQL("SELECT count(*) FROM (%s) AS source", self._query(each))
        [[count]] = self.env.execute_query(query)
        return int(count)

    def ids(self, each: str) -> list[str]:
        """Return the Zoho ids of all of them."""
        return [zoho_id for (zoho_id,) in self.env.execute_query(self._query(each))]

    def _query(self, each: str) -> SQL:
        if each == "project":
            return self._staged()
        if each == "several":
            return self._several()
        if each == "unlisted":
            return self._unlisted()
        return self._known({"known_project": "project"}.get(each, each))

    def _staged(self) -> SQL:
        return SQL(
            """SELECT DISTINCT zoho_id FROM zoho_listed_record
                WHERE stream_id = %s AND needs_customer""",
            self.record.id,
        )

    def _several(self) -> SQL:
        undecided: SQL = self.env["zoho.project.customer"]._undecided(self.integration)
        return undecided

    def _unlisted(self) -> SQL:
        return SQL(
            """SELECT zoho_id FROM zoho_link
                WHERE integration_id = %(id)s AND entity = 'project' AND is_unlisted
                  AND state = 'linked'
                UNION SELECT zoho_id FROM zoho_skipped_record
                WHERE integration_id = %(id)s AND entity = 'project' AND is_unlisted""",
            id=self.integration.id,
        )

    def _known(self, entity: str) -> SQL:
        """Return the query of all listed records: fetched, failed and left out.

        Time may outlive its task, but no list of Zoho is asked for a project gone.
        """
        own = SQL(
            "integration_id = %s AND entity = %s AND zoho_id <> ''",
            self.integration.id,
            entity,
        )
        return SQL(
            """SELECT zoho_id FROM zoho_link WHERE %s AND res_model = %s
                      AND (entity <> 'project' OR state = 'linked')
                UNION SELECT zoho_id FROM zoho_skipped_record WHERE %s
                UNION SELECT zoho_id FROM zoho_sync_error
                       WHERE %s AND resolved_at IS NULL
                         AND zoho_id NOT LIKE ALL(%s)""",
            *(own, ENTITIES[entity].model, own, own),
            NO_RECORD,
        )
