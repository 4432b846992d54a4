"""Invoicing many timesheets: the project's wizard beside Odoo's own sales order."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tools.bench import verdict, work
from tools.odoo_server import write_configuration
from tools.portal_summary import table
from tools.settings import Settings
from tools.shell import say
from tools.templates import ADDONS, BASE, Workshop, open_workshop

TIMESHEETS = {"small": 500, "medium": 5000, "large": 10000, "huge": 10000}
RUNS = 3
RATIO_LIMIT = 1.5
WIZARD, ORDER, PLAIN = "wizard", "order", "order without the addon"


@dataclass(frozen=True)
class Invoicing:
    """One invoice of all timesheets: seconds, statements, and what came of it.

    Of the processor are the seconds of Odoo and its database, which other work on the
    machine disturbs less; so are those of posting and crediting.
    """

    seconds: float
    processor: float
    queries: int
    hours: float
    amount: float
    posting: float
    crediting: float


Found = dict[str, list[Invoicing]]


def bench_billing(settings: Settings, size: str) -> bool:
    """Invoice the same timesheets in each way, in turn, each in a copy of its own.

    :return: whether the wizard takes hardly longer than Odoo's own invoicing.
    """
    workshop, count = open_workshop(settings), TIMESHEETS[size]
    found: Found = {WIZARD: [], ORDER: [], PLAIN: []}
    with ExitStack() as lent:
        prepared = {}
        for way in (WIZARD, PLAIN):
            say(f"logging {count:,} timesheets for the {way}")
            kind = ADDONS if way == WIZARD else BASE
            prepared[way] = lent.enter_context(workshop.lend(kind))
            work(settings, prepared[way], "prepare", str(count))
        prepared[ORDER] = prepared[WIZARD]
        for turn in range(RUNS):
            for way, measures in found.items():
                say(f"turn {turn + 1} of {RUNS}: {way}")
                measures.append(_measure(workshop, prepared[way], way))
    print(f"\nOne invoice of {count:,} timesheets, medians of {RUNS} runs\n")
    print(f"{figures(found)}\n")
    return verdict(limits(found))


def _measure(workshop: Workshop, prepared: Path, way: str) -> Invoicing:
    """Invoice in a copy of a prepared database."""
    settings, name = workshop.settings, f"{prepared.stem}-run"
    workshop.databases.copy(prepared.stem, name)
    configuration = write_configuration(settings, workshop.server, name)
    try:
        return Invoicing(**work(settings, configuration, way.partition(" ")[0]))
    finally:
        workshop.databases.drop(name)
        configuration.unlink()


def figures(found: Found) -> str:
    """Return the medians side by side."""
    columns = found.values()
    rows: list[list[object]] = [
        ["seconds", *(_seconds(runs) for runs in columns)],
        ["of the processor", *(_processor(runs) for runs in columns)],
        ["fastest run", *(min(run.seconds for run in runs) for runs in columns)],
        ["statements", *(runs[0].queries for runs in columns)],
        ["hours invoiced", *(runs[0].hours for runs in columns)],
        ["amount invoiced", *(runs[0].amount for runs in columns)],
        ["posting: processor", *(median(r.posting for r in runs) for runs in columns)],
        [
            "crediting: processor",
            *(median(r.crediting for r in runs) for runs in columns),
        ],
    ]
    return table(["", *found], rows)


def _seconds(runs: list[Invoicing]) -> float:
    return median(run.seconds for run in runs)


def _processor(runs: list[Invoicing]) -> float:
    return median(run.processor for run in runs)


def limits(found: Found) -> list[tuple[bool, str]]:
    """Return what must be so, and whether it is."""
    wizard, order, plain = (_processor(found[way]) for way in (WIZARD, ORDER, PLAIN))
    sums = {(run.hours, run.amount) for runs in found.values() for run in runs}
    return [
        (wizard <= order, f"the wizard takes {wizard:.1f} s, an order {order:.1f} s"),
        (
            wizard <= plain * RATIO_LIMIT,
            f"Odoo without the addon takes {plain:.1f} s, the wizard"
            f" {wizard / plain:.1f} times that",
        ),
        (len(sums) == 1, "all ways invoice the same hours and the same amount"),
    ]
