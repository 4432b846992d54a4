"""The golden staff example: 10 h, 20 h and 15 h by three users."""

from datetime import date

from .clock import Clock
from .entities import Address, TaskList
from .portal import Portal

GOLDEN_DOMAIN = "@golden.example"
STAFF = (
    ("Ada", "Hundred", 10, "100"),
    ("Ben", "Fifty", 20, "50"),
    ("Cleo", "Seventyfive", 15, "75"),
)


def add_golden(portal: Portal, currency: str = "") -> str:
    """Add the project to a portal and return its id.

    Three users log 10, 20 and 15 hours, all billable and approved; at 100, 50 and
    75 an hour that makes 3,125.
    """
    currency = currency or portal.currency
    customer = portal.add_customer(
        "Golden Customer Ltd",
        email="billing@golden.example",
        phone="+31 20 555 0199",
        website="https://golden.example",
        currency=currency,
        address=Address("1 Gold Street", "Rotterdam", "", "Netherlands", "3011 AA"),
    )
    project = portal.add_project(
        "Golden staff example",
        customer.id,
        currency=currency,
        billing_method="staff_hours",
        start=date(2026, 9, 1),
    )
    phase = portal.add_phase(project.id, "Delivery", end=date(2026, 10, 30))
    task_list = portal.add_task_list(project.id, "Work", phase=phase.id)
    for number in range(len(STAFF)):
        _add_staff(portal, number, task_list)
    portal.golden_project = project.id
    return project.id


def _add_staff(portal: Portal, number: int, task_list: TaskList) -> None:
    """Add one user with a task and the log of all his hours."""
    first, last, hours, rate = STAFF[number]
    user = portal.add_user(
        first,
        last,
        first.lower() + GOLDEN_DOMAIN,
        billing_rate=rate,
        cost_rate="40.00",
    )
    task = portal.add_task(
        task_list.project,
        f"Part {number + 1}",
        task_list.id,
        phase=task_list.phase,
        owners=[user.id],
        planned_minutes=hours * 60,
    )
    portal.add_log(
        task_list.project,
        task.id,
        minutes=hours * 60,
        day=date(2026, 10, 5 + number),
        owner=user.id,
        notes=f"<div>Work of {first}</div>",
    )


def golden(clock: Clock | None = None, currency: str = "USD") -> Portal:
    """Return a portal that holds the golden project and nothing else."""
    portal = Portal(clock=clock, currency=currency)
    portal.add_user("Mila", "Koster", "mila@example.eu", profile="Portal Owner")
    add_golden(portal)
    return portal
