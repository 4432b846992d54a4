import hashlib
import json
import logging
from dataclasses import dataclass

import psycopg2

from odoo import fields, models
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError

from ...const import SAVEPOINTS_PER_TRANSACTION
from ...zoho import records as zoho_records
from ...zoho.errors import ZohoUnreadable
from ...zoho.reader import Row
from ...zoho.values import storable, zoho_id
from .page import NotFetched, SyncPage

_logger = logging.getLogger(__name__)

# What an Odoo rule or a constraint of the database may refuse a record with.
REFUSALS = (
    UserError,
    ValidationError,
    AccessError,
    MissingError,
    ValueError,
    ArithmeticError,
    TypeError,
    psycopg2.IntegrityError,
    psycopg2.DataError,
    # A text too long for an index.
    psycopg2.errors.ProgramLimitExceeded,
)
# The names that the library has for what belongs to a project.
ALIASES_OF_PARTS = {
    "task_list": "task_list",
    "phase": "phase",
    "task": "task",
    "bug": "issue",
    "timelog": "time_log",
}
# What a value of a kind that nobody expected there may bring about.
MISFITS = (ValueError, ArithmeticError, TypeError, LookupError, AttributeError)
PARSERS = {
    "customer": zoho_records.parse_customer,
    "user": zoho_records.parse_user,
    "project": zoho_records.parse_project,
    "task_list": zoho_records.parse_task_list,
    "phase": zoho_records.parse_phase,
    "task": zoho_records.parse_task,
    "bug": zoho_records.parse_issue,
    "timelog": zoho_records.parse_time_log,
    "crm": zoho_records.parse_crm_account,
}


@dataclass(frozen=True)
class Unreadable:
    """Stands for a record that could not be understood."""

    zoho_id: str
    raw: dict
    name: str = ""
    project_id: str = ""


def row_key(row):
    """Return the id of a raw row; one without an id is known by its content."""
    if found := zoho_id(row.get("id_string") or row.get("id")):
        return found
    text = json.dumps(row, sort_keys=True, default=str)
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def generations(records):
    """Return the records in groups, so that no parent comes after its child.

    :rtype: list[list]
    """
    left = {record.zoho_id: record for record in records}
    groups = []
    while left:
        group = [
            record
            for record in left.values()
            if getattr(record, "parent_id", "") not in left
        ]
        # A circle of parents has no first generation: Odoo will say so.
        group = group or list(left.values())
        groups.append(group)
        for record in group:
            del left[record.zoho_id]
    return groups


class ZohoStream(models.Model):
    """What becomes of the rows of a page."""

    _inherit = "zoho.stream"

    def _parse(self, rows, step=None):
        """Return the records of raw rows, and what could not be read.

        :param list rows: rows of a listing, as Zoho wrote them.
        :param dict step: the pass that brought them.
        :return: records, and pairs of :class:`Unreadable` and its failure.
        :rtype: tuple[list, list]
        """
        step = step or {}
        if step.get("sink") == "contacts":
            return self._parse_contacts(rows)
        parse = PARSERS[step.get("rows") or self.entity]
        # What was asked for is kept with the row, for when it is tried again.
        asked = {"type": step["kind"]} if step.get("kind") else {}
        if step.get("each") == "known_project":
            asked["project_id"] = step["at"]
        records, broken = [], []
        for row in rows:
            whole = row | {key: asked[key] for key in asked if not row.get(key)}
            try:
                records.append(parse(whole))
            except (ZohoUnreadable, *MISFITS) as error:
                broken.append(self._broken(row, whole, error))
        return records, broken

    def _parse_contacts(self, rows):
        """Return the people of the customers, and the rows that cannot be read."""
        records, broken = [], []
        for row in rows:
            try:
                records += zoho_records.parse_client_users([row])
            except (ZohoUnreadable, *MISFITS) as error:
                broken.append(self._broken(row, row, error))
        return records, broken

    def _broken(self, row, whole, error):
        """Return what stands for a row that cannot be read, and why it cannot.

        :param dict whole: the row with what was asked for.
        """
        raw, project = storable(whole), ""
        if self.entity in ALIASES_OF_PARTS:
            found = Row(raw, ALIASES_OF_PARTS[self.entity])
            project = found.identifier("project_id")
        reason = getattr(error, "message", "") or type(error).__name__
        unreadable = Unreadable(row_key(row), raw, project_id=project)
        return unreadable, NotFetched("unreadable", reason=reason)

    def _note_listed(self, step, rows, records):
        """Note what a page has shown.

        :return: ids new to this pass, and ids new to the whole listing.
        :rtype: tuple[set, set]
        """
        ids = [record.zoho_id for record in records]
        if len(ids) < len(rows):
            ids += [row_key(row) for row in rows]
        # Each record that is asked for has a listing of its own.
        key = f"{self.cursor['index']}:{step.get('at', '')}"
        return self.env["zoho.listed.record"]._note(self, key, self.cursor["page"], ids)

    def _note_broken(self, run, step, broken):
        """Put rows that could not be understood into the error summary."""
        if not broken:
            return
        entity = "customer" if step.get("rows") else self.entity
        page = SyncPage(run, entity, [record for record, _failure in broken])
        for record, failure in broken:
            page.leave(record, failure)
        self.env["zoho.sync.error"]._note_page(page)
        run._line(entity)._add({"fetched": len(broken), **page.counts})

    def _sink(self, run, step, records, unseen):
        """Hand the records of a page to what the pass is for.

        :param set unseen: ids that no pass of this run has shown before.
        """
        self._note_modified(step, records)
        sinks = {
            "upsert": self._sink_upsert,
            "contacts": self._sink_contacts,
            "stage": self._sink_stage,
            "project_customers": self._sink_project_customers,
            "customer_projects": self._sink_customer_projects,
            "crm_accounts": self._sink_crm_accounts,
        }
        yield from sinks[step["sink"]](run, step, records, unseen) or ()

    def _note_modified(self, step, records):
        """Keep the newest change seen, and whether filters are obeyed."""
        moments = [record.modified for record in records if record.modified]
        if moments and max(moments) > (self.modified_seen or min(moments)):
            self.modified_seen = max(moments)
        elif moments and not self.modified_seen:
            self.modified_seen = max(moments)
        if step.get("by_modified"):
            self._note_filter(fields.Date.to_date(step["by_modified"]), records)

    def _sink_upsert(self, run, step, records, unseen):
        if self.entity == "task" and not self.cursor.get("has_subtasks"):
            subtasks = any(record.parent_id or record.depth for record in records)
            if subtasks and step.get("params", {}).get("has_parents"):
                self.subtasks_apart = True
            elif subtasks:
                self._move(has_subtasks=True)
        fresh = [record for record in records if record.zoho_id in unseen]
        for generation in generations(fresh):
            for _page in self._upsert_batches(run, generation):
                yield
        run._line(self.entity)._add({"fetched": len(fresh)})

    def _sink_contacts(self, run, step, records, unseen):
        for _page in self._upsert_batches(run, records, entity="contact"):
            yield
        run._line("contact")._add({"fetched": len(records)})

    # Writing, in batches that shrink to the record that fails

    def _upsert_batches(self, run, records, entity=None):
        """Write records as one batch; only when it fails, in halves.

        :param str entity: when it is not the stream's own.
        :return: yields pages that are done; whoever iterates may commit after each.
        """
        entity = entity or self.entity
        unique = list({record.zoho_id: record for record in records}.values())
        queue = [SyncPage(run, entity, unique)] if unique else []
        savepoints = 0
        while queue:
            if savepoints >= SAVEPOINTS_PER_TRANSACTION:
                savepoints = 0
                yield SyncPage(run, entity, [])
            page = queue.pop(0)
            savepoints += 1
            failure = self._upsert(page)
            if failure is None:
                yield self._note_page(page)
            elif len(page.records) == 1:
                done = page.sub_page(page.records)
                done.leave(page.records[0], failure)
                yield self._note_page(done)
            else:
                half = len(page.records) // 2
                queue[:0] = [
                    page.sub_page(page.records[:half]),
                    page.sub_page(page.records[half:]),
                ]

    def _upsert(self, page):
        """Write one batch under one savepoint.

        :return: None, or why nothing of it was written.
        :rtype: NotFetched | None
        """
        try:
            with self.env.cr.savepoint():
                self.env[page.model]._zoho_upsert(page)
                self.env.flush_all()
        except psycopg2.IntegrityError as error:
            reason = self.env[page.model]._sql_error_to_message(error)
        except REFUSALS as error:
            reason = str(error.args[0] if error.args else error)
            if isinstance(error, psycopg2.Error):
                # Of the database's words only the first line is about the value.
                reason = reason.partition("\n")[0]
        else:
            return None
        self.env.invalidate_all(flush=False)
        return NotFetched("odoo_refused", reason=reason)

    def _note_page(self, page):
        """Count a page that is written, and keep the error summary in step."""
        self.env["zoho.skipped.record"]._note_page(page)
        self.env["zoho.sync.error"]._note_page(page)
        page.run._line(page.entity)._add(page.counts)
        return page
