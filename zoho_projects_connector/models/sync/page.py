"""What travels with a page of records between the flow and the mapping."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from odoo.tools import SQL

from ...zoho.records import Person
from .entities import ENTITIES

Key = tuple[str, str]


class NotFetched(Exception):
    """A record that cannot be brought into Odoo; it becomes an error row.

    :param code: a code of the error summary, such as ``parent_not_fetched``.
    :param missing: ``(entity, zoho_id)`` of the record that it waits for.
    :param missing_name: the name of that record as far as Zoho told it.
    :param details: values for the sentence shown to people.
    """

    def __init__(
        self,
        code: str,
        missing: Key | None = None,
        missing_name: str = "",
        **details: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.missing = missing
        self.missing_name = missing_name
        self.details = details


class Counted(Exception):
    """A record that is left out by choice, and counted with its reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def fingerprint(values: Mapping[str, Any]) -> str:
    """Return a short digest of mapped values; equal digests mean nothing to write.

    :param values: values as the ORM takes them.
    """
    text = json.dumps(values, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def any_of_keys(keys: Iterable[Key]) -> SQL:
    """Return the condition that a row has one of the keys: its entity and its id.

    By entity, because PostgreSQL compares a list of pairs with every row of the portal
    and does not look them up in the index.
    """
    ids = defaultdict(list)
    for entity, zoho_id in keys:
        ids[entity].append(zoho_id)
    return SQL(" OR ").join(
        SQL("entity = %s AND zoho_id = ANY(%s)", entity, of_entity)
        for entity, of_entity in ids.items()
    )


def person_key(person: Person) -> str:
    """Return what names a person of Zoho: the id, else the e-mail address.

    :param person: somebody who owns, works or approves.
    """
    return person.zoho_id or person.email.casefold()


@dataclass(frozen=True)
class Accepted:
    """What of the changes that come from Zoho may be written to a record.

    :param changes: may be written.
    :param withheld: belongs to a login or to an own company: the error summary says
        so until it may be written.
    :param is_in_step: the record says then what Zoho says, as far as it may; its link
        need not look at it again before Zoho says something else.
    """

    changes: dict[str, Any]
    withheld: dict[str, Any] = field(default_factory=dict)
    is_in_step: bool = True

    @classmethod
    def without(cls, changes: dict[str, Any], names: Collection[str]) -> Accepted:
        """Return what is left where some fields are withheld."""
        return cls(
            {name: value for name, value in changes.items() if name not in names},
            {name: value for name, value in changes.items() if name in names},
        )


class SyncPage:
    """Records of one entity with everything that mapping may look up.

    :ivar links: ``{zoho_id: zoho.link}`` of the records of this page.
    :ivar refs: ``{(entity, zoho_id): Odoo id}`` of all they refer to.
    :ivar left_out: ``{(entity, zoho_id)}`` referred to but left out by choice.
    :ivar matches: ``{zoho_id: Odoo record}`` found by likeness, not by link.
    :ivar lookups: what `_zoho_prepare_page` of the model has returned.
    :ivar cloned: Zoho ids made new, though something like them was there.
    :ivar overwritten: ``{zoho_id: values}`` that a link keeps of what was overwritten.
    :ivar failures: ``{zoho_id: (record, why)}`` of what could not be fetched.
    :ivar counted: ``{zoho_id: (record, why)}`` of what is left out by choice.
    :ivar fetched: Zoho ids of what is in Odoo now.
    :ivar counts: how many were created, updated, unchanged, withdrawn, skipped.
    """

    def __init__(self, run: Any, entity: str, records: Sequence[Any]) -> None:
        self.run = run
        self.integration = run.integration_id
        self.entity = entity
        self.records = records
        self.links: dict[str, Any] = {}
        self.refs: dict[Key, int] = {}
        self.left_out: set[Key] = set()
        self.matches: dict[str, Any] = {}
        self.lookups: Any = None
        self.cloned: set[str] = set()
        self.overwritten: dict[str, dict[str, Any]] = {}
        self.failures: dict[str, tuple[Any, NotFetched]] = {}
        self.counted: dict[str, tuple[Any, Counted]] = {}
        self.fetched: list[str] = []
        self.counts: Counter[str] = Counter()

    @property
    def model(self) -> str:
        """Return the name of the Odoo model that receives the records."""
        return ENTITIES[self.entity].model

    @cached_property
    def mapping(self) -> Any:
        """Return the ``zoho.field.mapping`` of the fields that bring values."""
        return self.integration.mapping_ids._applied(self.entity)

    @cached_property
    def switched_off(self) -> frozenset[str]:
        """Return the Odoo fields of this module that the sync leaves alone."""
        fields: frozenset[str] = self.integration.mapping_ids._switched_off(self.entity)
        return fields

    def without_switched_off(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values that may be written, as the ORM takes them."""
        if not self.switched_off:
            return values
        return {
            name: value
            for name, value in values.items()
            if name not in self.switched_off
        }

    def origin(self, zoho_id: str) -> str:
        """Return how the record of a new link was found, or that it was made."""
        if zoho_id in self.matches:
            return "email" if self.entity == "user" else "name"
        return "cloned" if zoho_id in self.cloned else "created"

    def sub_page(self, records: Sequence[Any]) -> SyncPage:
        """Return an empty page for a part of the records."""
        return SyncPage(self.run, self.entity, records)

    def require(self, entity: str, zoho_id: str, name: str = "") -> int:
        """Return the Odoo id of a referred record.

        :raise Counted: when the referred record is left out by choice.
        :raise NotFetched: when it is not in Odoo (yet).
        """
        found = self.refs.get((entity, zoho_id))
        if found:
            return found
        if (entity, zoho_id) in self.left_out:
            raise Counted("parent_left_out")
        raise NotFetched("parent_not_fetched", (entity, zoho_id), name)

    @cached_property
    def in_turn(self) -> set[str]:
        """Return the modules of whose list a quick sync reads a page in its turn."""
        streams = self.integration.stream_ids
        return set(streams.filtered("ignores_order").mapped("entity"))

    def find(self, entity: str, zoho_id: str) -> int | bool:
        """Return the Odoo id of a referred record, False when there is none.

        :raise NotFetched: when it may be new, and its page has had no turn yet: the
            next run reads the whole list.
        """
        found = self.refs.get((entity, zoho_id), False)
        is_known = found or not zoho_id or (entity, zoho_id) in self.left_out
        if not is_known and entity in self.in_turn:
            raise NotFetched("parent_not_fetched", (entity, zoho_id))
        return found

    def leave(self, record: Any, outcome: NotFetched | Counted) -> None:
        """Note that a record, or a value of it, stays outside Odoo."""
        # Its traceback holds the page, which holds it: all of that would stay until
        # Python looks for such circles.
        outcome.__traceback__ = outcome.__context__ = None
        if isinstance(outcome, Counted):
            self.counted[record.zoho_id] = (record, outcome)
            self.counts["skipped"] += 1
        else:
            self.counts["failed"] += record.zoho_id not in self.failures
            self.failures[record.zoho_id] = (record, outcome)
