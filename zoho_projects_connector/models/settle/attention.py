"""What needs somebody: counted in one place for every screen, shown as cards."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from odoo.fields import Domain
from odoo.tools import SQL, format_amount

from ...hours import clock, clock_signed
from ...naming import name_some
from ..sync.entities import NO_RECORD
from ..sync.health import Health
from ..sync.sentences import count_records, describe_attention
from ..sync.zoho_integration import SET_UP_STATUSES
from ..sync.zoho_settlement import AttentionCount

if TYPE_CHECKING:
    from collections.abc import Iterator

    from odoo.models import BaseModel

# More are counted; they come up as those before them are resolved.
MOST_CARDS = 50
NAMED = 3
# Of the server, not of one portal: however many portals there are, it is one card.
SHARED_LINES = ("schedule", "billing")
# What waits is a record that is not in Odoo: no module, no mapped field, and not what
# was fetched but for a name.
IS_WAITING = SQL(
    """coalesce(error.zoho_id, '') <> '' AND error.zoho_id NOT LIKE ALL(%s)
       AND error.code <> 'login_protected'""",
    NO_RECORD,
)
OPEN_ERRORS = SQL(
    """zoho_sync_error error
       LEFT JOIN zoho_sync_error parent
              ON parent.id = error.parent_id AND parent.resolved_at IS NULL"""
)
DIFFERENCE_KEY = ("integration_id", "project_id", "kind", "currency_id")


class Family(NamedTuple):
    """The open errors of one cause, and what is folded under them.

    :ivar error_id: the first of them, which stands for all.
    :ivar count: how many they are.
    :ivar waiting: records that are not fetched, with what is folded under them.
    """

    integration_id: int
    cause: str
    error_id: int
    count: int
    waiting: int
    hours: float
    names: list[str]

    @property
    def key(self) -> str:
        return f"error:{self.integration_id}:{self.cause}"


class Attention:
    """What of some integrations waits for somebody, for whoever asks.

    The number of queries does not depend on how much that is.

    :param integrations: ``zoho.integration`` that the user may read.
    """

    def __init__(self, integrations: BaseModel) -> None:
        self.integrations = integrations
        self.env = integrations.env

    # How much it is

    def counts(self) -> dict[BaseModel, AttentionCount]:
        """Return how much waits in each; of no integration, in all, each card once."""
        keys = defaultdict(set)
        for integration, line in self._health_lines:
            keys[integration].add(self._health_key(integration, line))
        for integration in self._unexplained:
            keys[integration].add(f"hours:{integration.id}")
        for group in self._difference_groups(["__count"]):
            keys[group[0]].add(group[:-1])
        errors = self._error_counts()
        none = self.integrations.browse()
        total = [len(set().union(*keys.values())), 0, 0.0]
        counts = {}
        for integration in self.integrations:
            causes, waiting, hours = errors.get(integration.id, (0, 0, 0.0))
            total = [total[0] + causes, total[1] + waiting, total[2] + hours]
            causes += len(keys[integration])
            counts[integration] = self._count(causes, waiting, hours)
        return {**counts, none: self._count(*total)}

    def _count(self, to_resolve: int, waiting: int, hours: float) -> AttentionCount:
        text = describe_attention(self.env, to_resolve, waiting)
        return AttentionCount(to_resolve, waiting, hours, text)

    def _error_counts(self) -> dict[int, tuple[int, int, float]]:
        """Return ``{integration id: (causes, records, hours)}`` of what is open."""
        return {
            integration_id: figures
            for integration_id, *figures in self._select(
                SQL(
                    """SELECT error.integration_id,
                          COUNT(DISTINCT error.cause) FILTER (WHERE parent.id IS NULL),
                          COUNT(*) FILTER (WHERE %s), COALESCE(SUM(error.hours), 0)
                     FROM %s
                    WHERE error.integration_id IN %s AND error.resolved_at IS NULL
                 GROUP BY error.integration_id""",
                    *(IS_WAITING, OPEN_ERRORS, self._ids()),
                )
            )
        }

    def _ids(self) -> tuple[int, ...]:
        # PostgreSQL has no empty list.
        return tuple(self.integrations.ids) or (0,)

    def _select(self, query: SQL) -> list[tuple]:
        """Return the rows of a query on errors, which the user may read."""
        errors = self.env["zoho.sync.error"]
        errors.check_access("read")
        errors.flush_model()
        return self.env.execute_query(query)

    def _difference_groups(self, aggregates: list[str]) -> list[tuple]:
        """Return the open differences by what one answer settles.

        Those of a portal that is connected no more belong to none, and wait all the
        same.
        """
        domain = Domain("state", "=", "open") & (
            Domain("integration_id", "in", self.integrations.ids)
            | Domain("integration_id", "=", False)
        )
        differences = self.env["zoho.difference"]
        return differences._read_group(domain, DIFFERENCE_KEY, aggregates)

    # A page counts and shows: what both ask is read once.

    @cached_property
    def _unexplained(self) -> dict[BaseModel, tuple[int, int]]:
        """Return ``{integration: (months and projects, the first of them)}``."""
        domain = [
            ("integration_id", "in", self.integrations.ids),
            ("is_explained", "=", False),
        ]
        rows = self.env["zoho.reconciliation"]._read_group(
            domain, ["integration_id"], ["__count", "id:min"]
        )
        return {integration: tuple(figures) for integration, *figures in rows}

    @cached_property
    def _health_lines(self) -> list[tuple[BaseModel, dict]]:
        return [
            (integration, line)
            for integration in self.integrations
            if integration.status not in SET_UP_STATUSES
            for line in Health(integration).lines_to_resolve()
        ]

    def _health_key(self, integration: BaseModel, line: dict) -> str:
        if line["key"] in SHARED_LINES:
            return f"health:{line['key']}"
        return f"health:{line['key']}:{integration.id}"

    # What it is

    def cards(self, opened: str = "") -> list[dict[str, Any]]:
        """Return what waits, the most urgent first: as many as a page takes.

        :param opened: key of the card that somebody looks at, which is among them.
        """
        cards = {card["key"]: card for card in self._all_cards(opened)}
        shown = [*cards.values()][:MOST_CARDS]
        if opened in cards and cards[opened] not in shown:
            shown.append(cards[opened])
        return shown

    def _all_cards(self, opened: str) -> Iterator[dict[str, Any]]:
        for integration, line in self._health_lines:
            yield {
                **self._card(self._health_key(integration, line), integration),
                **({"integration": ""} if line["key"] in SHARED_LINES else {}),
                "title": line["label"],
                "why": line["advice"],
                "how": self._how(line),
                "cause": line["cause"],
            }
        yield from self._error_cards(opened)
        yield from self._difference_cards()
        for integration, (count, first) in self._unexplained.items():
            row = self.env["zoho.reconciliation"].browse(first)
            yield {
                **self._card(f"hours:{integration.id}", integration),
                "title": self.env._("Hours That Nothing Explains"),
                "why": self.env._(
                    "Zoho's own reports say other hours than Odoo knows of, and nothing"
                    " explains it: %(names)s.",
                    names=name_some(self.env, [row.display_name], 1, count),
                ),
            }

    def _how(self, line: dict) -> str:
        """Return what stands below a line of the health, in grey."""
        if line["cause"] == "billing_found":
            return self.env["project.billed.time"]._wrong_advice()
        return line["text"]

    def _card(self, key: str, integration: BaseModel) -> dict[str, Any]:
        """Return what every card has.

        :param integration: maybe none: then it was deleted.
        """
        return {
            "key": key,
            "kind": key.partition(":")[0],
            "integration_id": integration.id,
            "integration": integration.name or "",
            "module": "",
            "how": "",
            "waiting": "",
        }

    def _error_cards(self, opened: str) -> Iterator[dict[str, Any]]:
        families = self.families()
        shown = families[:MOST_CARDS]
        shown += [one for one in families[MOST_CARDS:] if one.key == opened]
        errors = self.env["zoho.sync.error"].browse([one.error_id for one in shown])
        modules = dict(errors._fields["entity"]._description_selection(self.env))
        for family, error in zip(shown, errors, strict=True):
            names = [name for name in family.names if name]
            module = modules[error.entity]
            title = name_some(self.env, names, NAMED, family.count)
            if not names:
                is_module = not error.zoho_id
                counted = count_records(self.env, {error.entity: family.count})
                title = module if is_module else counted
            yield {
                **self._card(family.key, error.integration_id),
                "title": title,
                # Of what is wrong with a module as such, it is the title.
                "module": "" if title == module else module,
                "why": error.why,
                "how": error.resolution,
                "waiting": self._waiting(family.waiting, family.hours),
                "error_id": error.id,
                "count": family.count,
            }

    def _waiting(self, count: int, hours: float) -> str:
        """Return how many records and hours wait, "" when none do."""
        if not count:
            return ""
        values = {"count": count, "hours": clock(hours)}
        if not hours:
            one, several = (
                self.env._("1 record waits"),
                self.env._("%(count)s records wait", **values),
            )
        else:
            one, several = (
                self.env._("1 record waits, %(hours)s h", **values),
                self.env._("%(count)s records wait, %(hours)s h", **values),
            )
        return one if count == 1 else several

    def families(self) -> list[Family]:
        """Return the open errors by cause; first what most records wait for."""
        rows = self._select(
            SQL(
                """WITH RECURSIVE tree AS (
                     SELECT error.id, error.id AS root
                       FROM %(open)s
                      WHERE error.integration_id IN %(ids)s
                        AND error.resolved_at IS NULL AND parent.id IS NULL
                      UNION ALL
                     SELECT child.id, tree.root
                       FROM zoho_sync_error child
                       JOIN tree ON child.parent_id = tree.id
                      WHERE child.resolved_at IS NULL)
                   SELECT root.integration_id, root.cause, MIN(root.id),
                          COUNT(DISTINCT root.id),
                          COUNT(*) FILTER (WHERE %(waiting)s) AS waiting,
                          COALESCE(SUM(error.hours), 0) AS hours,
                          (ARRAY_AGG(root.name ORDER BY root.id)
                              FILTER (WHERE error.id = root.id))[1:%(named)s]
                     FROM tree
                     JOIN zoho_sync_error error ON error.id = tree.id
                     JOIN zoho_sync_error root ON root.id = tree.root
                 GROUP BY root.integration_id, root.cause
                 ORDER BY waiting DESC, hours DESC, MIN(root.id)""",
                open=OPEN_ERRORS,
                ids=self._ids(),
                waiting=IS_WAITING,
                named=NAMED,
            )
        )
        return [Family(*row) for row in rows]

    def _difference_cards(self) -> Iterator[dict[str, Any]]:
        groups = self._difference_groups(
            ["__count", "hours_difference:sum", "amount_difference:sum", "id:recordset"]
        )
        kinds = self.env["zoho.difference"]._fields["kind"]
        labels = dict(kinds._description_selection(self.env))
        for integration, project, kind, currency, count, hours, amount, found in groups:
            key = ":".join(map(str, (integration.id, project.id, kind, currency.id)))
            worth = []
            if hours:
                worth.append(self.env._("%(hours)s h", hours=clock_signed(hours)))
            if amount:
                worth.append(format_amount(self.env, amount, currency))
            yield {
                **self._card(f"difference:{key}", integration),
                # The difference names its project to whoever may read it.
                "title": project.sudo().name or self.env._("No project"),
                "module": labels[kind],
                "why": self._say_differences(count),
                "waiting": ", ".join(worth),
                "difference_ids": found.ids,
            }

    def _say_differences(self, count: int) -> str:
        if count == 1:
            return self.env._("Time that is on an invoice is no longer so in Zoho.")
        return self.env._(
            "Time that is on invoices is no longer so in Zoho: %(count)s entries.",
            count=count,
        )
