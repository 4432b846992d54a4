"""What travels with a page of records between the flow and the mapping."""

import hashlib
import json
from collections import Counter
from functools import cached_property

from odoo import Command

from .entities import ENTITIES


class NotFetched(Exception):
    """A record that cannot be brought into Odoo; it becomes an error row.

    :param str code: a code of the error summary, such as ``parent_not_fetched``.
    :param tuple missing: ``(entity, zoho_id)`` of the record that it waits for.
    :param str missing_name: the name of that record as far as Zoho told it.
    :param dict details: values for the sentence shown to people.
    """

    def __init__(self, code, missing=None, missing_name="", **details):
        super().__init__(code)
        self.code = code
        self.missing = missing
        self.missing_name = missing_name
        self.details = details


class Counted(Exception):
    """A record that is left out by choice, and counted with its reason."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


def fingerprint(values):
    """Return a short digest of mapped values; equal digests mean nothing to write.

    :param dict values: values as the ORM takes them.
    :rtype: str
    """
    text = json.dumps(values, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def person_key(person):
    """Return what names a person of Zoho: the id, else the e-mail address.

    :param Person person: somebody who owns, works or approves.
    :rtype: str
    """
    return person.zoho_id or person.email.casefold()


def changed_values(record, values):
    """Return the part of the values that differs from what the record holds.

    :param record: one Odoo record.
    :param dict values: values as `write` takes them; many2many as commands.
    :rtype: dict
    """
    return {
        name: value
        for name, value in values.items()
        if _differs(record, record._fields[name], value)
    }


def _differs(record, field, value):
    stored = record[field.name]
    if field.type == "json":
        return (stored or False) != (value or False)
    if field.type != "many2many":
        return field.convert_to_cache(value, record) != field.convert_to_cache(
            stored, record
        )
    ids = set(stored.ids)
    return any(
        ids != set(command[2]) if command[0] == Command.SET else command[1] not in ids
        for command in value
    )


class SyncPage:
    """Records of one entity with everything that mapping may look up.

    :ivar links: ``{zoho_id: zoho.link}`` of the records of this page.
    :ivar refs: ``{(entity, zoho_id): Odoo id}`` of all they refer to.
    :ivar left_out: ``{(entity, zoho_id)}`` referred to but left out by choice.
    :ivar matches: ``{zoho_id: Odoo record}`` found by likeness, not by link.
    :ivar counts: how many were created, updated, unchanged, withdrawn, skipped.
    """

    def __init__(self, run, entity, records):
        self.run = run
        self.integration = run.integration_id
        self.entity = entity
        self.records = records
        self.links = {}
        self.refs = {}
        self.left_out = set()
        self.matches = {}
        self.lookups = {}
        self.failures = {}
        self.counted = {}
        self.fetched = []
        self.counts = Counter()

    @property
    def model(self):
        """Return the name of the Odoo model that receives the records."""
        return ENTITIES[self.entity].model

    @cached_property
    def mapping(self):
        """Return the custom fields of this module that bring values.

        :rtype: zoho.field.mapping
        """
        return self.integration.mapping_ids._applied(self.entity)

    @cached_property
    def switched_off(self):
        """Return the Odoo fields of this module that the sync leaves alone.

        :rtype: frozenset[str]
        """
        return self.integration.mapping_ids._switched_off(self.entity)

    def without_switched_off(self, values):
        """Return the values that may be written.

        :param dict values: values as the ORM takes them.
        :rtype: dict
        """
        if not self.switched_off:
            return values
        return {
            name: value
            for name, value in values.items()
            if name not in self.switched_off
        }

    def origin(self, zoho_id):
        """Return how the record of a new link was found, or that it was made.

        :rtype: str
        """
        if zoho_id in self.matches:
            return "email" if self.entity == "user" else "name"
        return "cloned" if zoho_id in self.lookups.get("alike", ()) else "created"

    def sub_page(self, records):
        """Return an empty page for a part of the records."""
        return SyncPage(self.run, self.entity, records)

    def absorb(self, other):
        """Take over what became of a part of the records."""
        self.failures.update(other.failures)
        self.counted.update(other.counted)
        self.fetched += other.fetched
        self.counts += other.counts

    def require(self, entity, zoho_id, name=""):
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

    def leave(self, record, outcome):
        """Note that a record, or a value of it, stays outside Odoo."""
        if isinstance(outcome, Counted):
            self.counted[record.zoho_id] = (record, outcome)
            self.counts["skipped"] += 1
        else:
            self.counts["failed"] += record.zoho_id not in self.failures
            self.failures[record.zoho_id] = (record, outcome)
