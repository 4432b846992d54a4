"""Modules that one listing shows: people; phases, task lists, issues and tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from ...const import CONFIRMATIONS_PER_RUN
from ...zoho.records import Task
from .entities import JsonRow
from .stream_base import CONTACTS, Sink, Steps, Stream
from .stream_batches import Parsed, parse_rows
from .stream_cursor import Pass
from .stream_filter import ChangedStream, calls_left, newest_first
from .stream_retry import project_stream, read_again


class CustomerStream(ChangedStream):
    """Customers; the schedule learns of new ones with their projects."""

    sort_field = "last_modified_time"

    def plan(self, is_full: bool) -> list[Pass]:
        """Return the passes over customers, and over their people where needed."""
        is_scheduled = not is_full and self.run.trigger == "schedule"
        passes = [] if is_scheduled else super().plan(is_full)
        # People who were left without their company, which is there by now.
        errors = self.env["zoho.sync.error"]
        if is_full or errors._healable(self.integration, "contact", 0, None, 1):
            passes.append(CONTACTS)
        return passes

    def sinks(self) -> dict[str, Sink]:
        """Return what becomes of the rows of a pass."""
        return {**super().sinks(), "contacts": self._sink_contacts}

    def parse(self, rows: Iterable[JsonRow], current: Pass | None = None) -> Parsed:
        """Return the records of raw rows: customers, or people of customers."""
        if current and current.sink == "contacts":
            return parse_rows(rows, "contact")
        return super().parse(rows, current)

    def _sink_contacts(
        self, current: Pass, records: list[Any], unseen: set[str]
    ) -> Iterator[None]:
        for _page in self.upsert(records, "contact"):
            yield None
        self.run._line("contact")._add({"fetched": len(records)})


class UserStream(ChangedStream):
    """Users, those who were deactivated as well; of a long list, a page in its turn."""

    def plan(self, is_full: bool) -> list[Pass]:
        """Return a pass for each view of the list, none on the schedule."""
        views = [
            Pass("users", params={"view_type": view}, optional=("view_type",))
            for view in ("active", "inactive")
        ]
        if is_full:
            self._turn_to(0, ignores_order=False)
            return views
        # The schedule learns of users with their time, and so does the button where
        # others need the call more.
        if self.run.trigger == "schedule" or calls_left(self.run, self.record) < 1:
            return []
        # Nothing of Odoo says who was deactivated: it can wait for a full comparison.
        return [replace(views[0], is_turn=True, skipped=self.record.pages_read)]


class ListingStream(Stream):
    """A listing whose records belong to projects."""

    def plan_ahead(self) -> list[Pass]:
        """Return the passes of a full reading that are known before it begins."""
        return self.plan(is_full=True)

    def _heal(self) -> Steps:
        if lost := self._next_lost_project():
            self._read_lost_project(lost)
            yield 0
            return
        yield from super()._heal()

    # Projects that no listing holds

    def _next_lost_project(self) -> Any:
        """Return the next project that is to be read by its id, if any.

        What could not be read is asked for again by a full comparison only.

        :return: ``zoho.sync.error``
        """
        errors = self.env["zoho.sync.error"]
        lost = [
            ("integration_id", "=", self.integration.id),
            ("entity", "=", "project"),
            ("code", "=", "parent_not_fetched"),
            ("missing_entity", "=", False),
            ("resolved_at", "=", False),
        ]
        asked = [("asked_at", ">=", self.run.started_at)]
        if errors.search_count([*lost, *asked]) >= CONFIRMATIONS_PER_RUN:
            return errors
        due: list[Any] = [("asked_at", "=", False)]
        if self.cursor.is_full:
            due = ["|", *due, ("asked_at", "<", self.run.started_at)]
        return errors.search([*lost, *due], order="asked_at nulls first, id", limit=1)

    def _read_lost_project(self, error: Any) -> None:
        """Read a project by its id, and fetch it as if it had been listed."""
        is_new = error.first_seen >= self.run.started_at
        if not read_again(self.session, error):
            return
        self.run._line("project")._add({"fetched": 1})
        projects = project_stream(self.session)
        is_fetched = projects.retry(error)
        projects.mark_unlisted([error.zoho_id], True)
        if is_fetched and is_new and not self.cursor.is_full:
            # What belongs to it has not changed lately: nothing else would list it.
            projects.read_later_modules_in_full()


class ListedStream(ChangedStream, ListingStream):
    """Phases, task lists, issues."""


class TaskStream(ListingStream):
    """Tasks, sorted by change; subtasks apart where the plain list holds none."""

    def plan(self, is_full: bool) -> list[Pass]:
        """Return the passes over tasks: all, or from the newest change on."""
        until = self.record.modified_until
        if is_full or not until:
            return [Pass("tasks")]
        # No filter on the change of tasks is documented, a sort order is (reference,
        # section 9.3): the pass ends with the first page of what is known.
        changed = newest_first(Pass("tasks"), "last_modified_time", until)
        if not self.record.subtasks_apart:
            return [changed]
        apart = replace(
            changed,
            params={**changed.params, "has_parents": "true"},
            optional=("sort_by", "has_parents"),
        )
        return [changed, apart]

    def plan_more(self) -> bool:
        """Ask for subtasks apart when the plain list held none of them."""
        cursor = self.cursor
        if not cursor.is_full or cursor.has_subtasks or len(cursor.passes) > 1:
            return False
        apart = Pass(
            "tasks",
            params={"has_parents": "true"},
            optional=("has_parents",),
            is_extra=True,
        )
        self.cursor = cursor.with_more([apart])
        return True

    def note_seen(self, current: Pass, records: Sequence[Task]) -> None:
        """Keep the newest change seen, and where subtasks are listed."""
        super().note_seen(current, records)
        if self.cursor.has_subtasks:
            return
        if any(record.parent_id or record.depth for record in records):
            if "has_parents" in current.params:
                self.record.subtasks_apart = True
            else:
                self.move(has_subtasks=True)
