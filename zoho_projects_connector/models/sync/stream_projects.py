"""Projects need their customers first, which no listing of projects shows.

So the listing is staged, the customers are asked for in the cheaper way, by customer
or by project, and then the staged projects are written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from odoo.tools import SQL

from ...const import BATCH_SIZE
from ...zoho import queries
from ...zoho.errors import ZohoRefused, ZohoUnreadable
from ...zoho.records import Customer, Project
from .entities import JsonRow
from .page import SyncPage
from .stream_base import Sink, Steps
from .stream_cursor import Pass
from .stream_filter import ChangedStream, calls_left

# So many have lists that are worth reading ahead in, before their customers are known.
MANY_PROJECTS = 50
RANKS = {True: "primary", False: "other", None: "unknown"}
BY_CUSTOMER = Pass(
    "customer_projects", sink="customer_projects", each="customer", path="customer"
)
BY_PROJECT = Pass(
    "project_customers",
    sink="project_customers",
    rows="customer",
    each="project",
    path="project",
)
# Those with several customers, of whom none is said to be the primary one.
UNDECIDED = replace(BY_PROJECT, each="several", is_extra=True)
# One that waits for its customer since an earlier run; what Zoho does not give of it is
# left to the full comparison.
IN_TURN = replace(BY_PROJECT, is_other=True, is_extra=True)
CRM_ACCOUNTS = Pass(
    "project_crm_accounts",
    sink="crm_accounts",
    rows="crm",
    each="project",
    path="project",
    is_extra=True,
)


class ProjectStream(ChangedStream):
    """Projects: staged, given their customers, and written."""

    after_fetch = "apply"
    sort_field = "modified_time"

    def plan(self, is_full: bool) -> list[Pass]:
        """Return the passes over projects: active ones; in full, closed ones too."""
        listed = [replace(one, sink="stage") for one in super().plan(is_full)]
        if not is_full:
            return listed
        closed = replace(
            listed[0],
            params=queries.project_filter("all_closed"),
            optional=("filter",),
            is_extra=True,
        )
        alone = Pass(
            "project_alone",
            sink="stage",
            each="unlisted",
            path="project",
            is_extra=True,
        )
        return [*listed, closed, alone]

    def plan_more(self) -> bool:
        """Ask for the customers of the staged projects in the cheaper way."""
        cursor = self.cursor
        if cursor.lookups == 0:
            self._plan_customers()
            return True
        if cursor.lookups == 1 and cursor.by_customer:
            self._add_passes([UNDECIDED], lookups=2)
            return True
        return False

    def _plan_customers(self) -> None:
        in_turn = not self.cursor.is_full and self._stage_waiting()
        projects = self.sources.count("project")
        customers = self.sources.count("customer")
        by_customer = 0 < customers < projects
        passes = [BY_CUSTOMER] if by_customer else []
        if projects and not by_customer:
            passes = [IN_TURN if in_turn else BY_PROJECT]
        if self.integration.crm_first and projects:
            passes.append(CRM_ACCOUNTS)
        self._add_passes(passes, lookups=1, by_customer=by_customer)

    def _stage_waiting(self) -> bool:
        """Ask for the customers of projects that no list has shown as changed.

        Those that somebody wants to be tried again; where nothing else is asked for,
        the next of those that wait.

        :return: whether it is the next one.
        """
        errors = self.env["zoho.sync.error"]
        wanted, next_one = errors._waiting_projects(self.run)
        is_busy = wanted or self.sources.count("project")
        in_turn = bool(next_one) and not is_busy and self._has_turn()
        if chosen := next_one if in_turn else wanted:
            chosen._stage_again(self.record)
        return in_turn

    def _has_turn(self) -> bool:
        """Return whether a quick sync may ask for the next project that waits."""
        # A portal of Zoho CRM is asked for the project's account besides.
        calls = 2 if self.integration.crm_first else 1
        return calls_left(self.run, self.record) >= calls

    def _add_passes(self, passes: list[Pass], **values: Any) -> None:
        self.cursor = self.sources.settled(self.cursor.with_more(passes, **values))

    def phases(self) -> dict[str, Callable[[], Steps]]:
        """Return what is done in each phase; projects are written in one of them."""
        return {**super().phases(), "apply": self._apply}

    def sinks(self) -> dict[str, Sink]:
        """Return what becomes of the rows of a pass."""
        return {
            "stage": self._sink_staged,
            "project_customers": self._sink_project_customers,
            "customer_projects": self._sink_customer_projects,
            "crm_accounts": self._sink_crm_accounts,
        }

    def alternative(self, current: Pass, error: ZohoRefused) -> Pass | None:
        """Return another pass; once, the other way to learn of the customers."""
        if _is_in_turn(current) and not self._has_turn():
            return None
        if other := super().alternative(current, error):
            return other
        if current.is_other:
            return None
        if current.sink == "customer_projects":
            return replace(BY_PROJECT, is_other=True)
        if current.sink == "project_customers" and current.each == "project":
            return replace(BY_CUSTOMER, is_other=True)
        return None

    def _read_fields(self) -> None:
        if self.record._is_full(self.run):
            self._read_currency()
        super()._read_fields()

    def _read_currency(self) -> None:
        """Keep the portal's own currency; what Zoho does not tell stays as it was."""
        # Where Zoho tells it was never seen: reference, section 3.
        try:
            code = self.session.portal_currency()
        except (ZohoRefused, ZohoUnreadable):
            return
        portal = self.integration.portal_id
        known = portal._known_currency(code)
        if known and known != portal.currency:
            portal.currency = known

    # Staged, until their customers are known

    def _sink_staged(
        self, current: Pass, records: list[Project], unseen: set[str]
    ) -> Iterable[None]:
        """Keep the rows of projects until their customers are known."""
        fresh = [record for record in records if record.zoho_id in unseen]
        self.run._line("project")._add({"fetched": len(fresh)})
        if len(fresh) >= MANY_PROJECTS and not self.run.reads_ahead:
            self.run.reads_ahead = True
        if not current.each:
            self.mark_unlisted([record.zoho_id for record in fresh], False)
        self._note_earliest(fresh)
        inline = {
            record.zoho_id: record.customer.zoho_id
            for record in fresh
            if record.customer
        }
        self._note_pairs([(*pair, "primary") for pair in inline.items()])
        asked = {record.zoho_id for record in fresh}
        if not self.cursor.is_full:
            pairs = self.env["zoho.project.customer"]
            asked = pairs._to_ask(self.integration, fresh)
        if fresh:
            self._stage(fresh, asked - inline.keys())
        return ()

    def _stage(self, records: Sequence[Project], asked: set[str]) -> None:
        """Keep the rows of projects beside their ids.

        :param asked: ids of those whose customer is to be asked for.
        """
        self.env.execute_query(
            SQL(
                """UPDATE zoho_listed_record listed
                      SET payload = staged.payload::jsonb,
                          needs_customer = staged.zoho_id = ANY(%s)
                     FROM unnest(%s, %s) AS staged (zoho_id, payload)
                    WHERE listed.stream_id = %s AND listed.zoho_id = staged.zoho_id
                RETURNING 1""",
                [*asked],
                [record.zoho_id for record in records],
                # As text: the driver adapts no list of dictionaries.
                [json.dumps(record.raw, default=str) for record in records],
                self.record.id,
            )
        )

    def _note_pairs(self, pairs: list[tuple[str, str, str]]) -> None:
        """Keep ``(project, customer, rank)``, the first two as Zoho ids."""
        self.env["zoho.project.customer"]._keep_pairs(self.run, pairs)

    def mark_unlisted(self, zoho_ids: list[str], is_unlisted: bool) -> None:
        """Keep whether projects, fetched or left out, are read by their ids."""
        for model in ("zoho.link", "zoho.skipped.record"):
            self.env[model].search(
                [
                    ("integration_id", "=", self.integration.id),
                    ("entity", "=", "project"),
                    ("zoho_id", "in", zoho_ids),
                    ("is_unlisted", "!=", is_unlisted),
                ]
            ).is_unlisted = is_unlisted

    def _note_earliest(self, records: Sequence[Project]) -> None:
        """Keep the first day of all projects: logs are asked for from then on."""
        days: list[date] = [record.start for record in records if record.start]
        days += [record.created.date() for record in records if record.created]
        if self.record.earliest_day:
            days.append(self.record.earliest_day)
        if days and min(days) != self.record.earliest_day:
            self.record.earliest_day = min(days)

    # Their customers

    def _sink_customer_projects(
        self, current: Pass, records: list[Project], unseen: set[str]
    ) -> Iterable[None]:
        """Keep the projects of one customer."""
        self._note_pairs(
            [(one.zoho_id, current.at, RANKS[one.is_primary]) for one in records]
        )
        return ()

    def _sink_project_customers(
        self, current: Pass, records: list[Customer], unseen: set[str]
    ) -> Iterator[None]:
        """Keep the customers of one project, and fetch those that are new."""
        self._note_pairs(
            [(current.at, one.zoho_id, RANKS[one.is_primary]) for one in records]
        )
        links = self.env["zoho.link"]._of_entity(
            self.integration, "customer", [record.zoho_id for record in records]
        )
        known = set(links.mapped("zoho_id"))
        new = [record for record in records if record.zoho_id not in known]
        for _page in self.upsert(new, "customer"):
            yield None

    def _sink_crm_accounts(
        self, current: Pass, records: list[Any], unseen: set[str]
    ) -> Iterator[None]:
        """Keep and fetch the account of the CRM that a project is linked to."""
        self._note_pairs([(current.at, one.zoho_id, "crm") for one in records[:1]])
        for _page in self.upsert(records[:1], "customer"):
            yield None

    def note_customers(
        self, project: str, lists: list[tuple[str, list[JsonRow]]]
    ) -> None:
        """Keep which customers a project has, as the listings of them would.

        :param lists: pairs of the sink for the rows, and the rows as Zoho wrote them.
        """
        for sink, rows in lists:
            listed = CRM_ACCOUNTS if sink == "crm_accounts" else BY_PROJECT
            current = replace(listed, at=project)
            parsed = self.parse(rows, current)
            for _done in self.sinks()[sink](current, parsed.records, set()):
                pass
            self.note_broken(current, parsed)
            if sink == "project_customers":
                pairs = self.env["zoho.project.customer"]
                pairs._forget_others(self.run, [project], True)

    # Written

    def _apply(self) -> Steps:
        """Write the staged projects, a batch at a time."""
        cursor = self.cursor
        if not cursor.at:
            self._forget_old_customers()
        # Behind an id, and not by offset: where a run was killed, it goes on there.
        rows = self.env.execute_query(
            SQL(
                """SELECT id, payload FROM zoho_listed_record
                    WHERE stream_id = %s AND id > %s AND payload IS NOT NULL
                 ORDER BY id LIMIT %s""",
                self.record.id,
                cursor.at,
                BATCH_SIZE,
            )
        )
        if not rows:
            # Every project is staged in every run: none is left to be healed.
            self.end()
            yield 0
            return
        parsed = self.parse([payload for _id, payload in rows])
        for page in self.upsert(self.ready(parsed.records)):
            self._read_whole_projects(page)
            yield None
        self.move(at=rows[-1][0])
        yield len(rows)

    def _read_whole_projects(self, page: SyncPage) -> None:
        """Let this run read every module again when an older project is fetched now.

        What belongs to it has not changed lately, so nothing else would list it. Only
        what waited in the error summary is there already.
        """
        last_sync = self.record.last_sync
        if self.cursor.is_full or not last_sync:
            return
        new = set(page.fetched) - set(page.links)
        waited = self.env["zoho.sync.error"].search(
            [
                ("integration_id", "=", self.integration.id),
                ("entity", "=", "project"),
                ("zoho_id", "in", list(new)),
                "|",
                ("resolved_at", "=", False),
                ("resolved_at", ">=", self.run.started_at),
            ]
        )
        new -= set(waited.mapped("zoho_id"))
        if any(
            record.zoho_id in new and (not record.created or record.created < last_sync)
            for record in page.records
        ):
            self.read_later_modules_in_full()

    def read_later_modules_in_full(self) -> None:
        """Let this run read all of what belongs to projects again."""
        self.integration.stream_ids.filtered(
            lambda stream: stream.sequence > self.record.sequence
        ).needs_full_sync = True

    def _forget_old_customers(self) -> None:
        """Delete pairs of project and customer that Zoho no longer shows."""
        if self.cursor.is_cut and any(map(_is_in_turn, self.cursor.passes)):
            # Zoho may not have told the customers that were asked for.
            return
        self.env["zoho.project.customer"]._forget_others(
            self.run, self.sources.ids("project"), self.cursor.is_cut
        )

    def ready(self, records: Sequence[Project]) -> list[Project]:
        """Return the projects with the customer that each is billed to."""
        customers = self.env["zoho.project.customer"]._customers_of(
            self.integration, [record.zoho_id for record in records]
        )
        found = []
        for record in records:
            zoho_id, count = customers.get(record.zoho_id, ("", 0))
            # An empty id says: there are several, and nobody knows the primary one.
            customer = Customer(zoho_id=zoho_id or "") if count else None
            found.append(replace(record, customer=customer))
        return found


def _is_in_turn(one: Pass) -> bool:
    """Return whether a pass asks for the customers of a project that waits."""
    return one.is_other and one.is_extra
