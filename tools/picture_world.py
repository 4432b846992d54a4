"""What the pictures show: a portal with a project of a year, billed up to now."""

from __future__ import annotations

import re
import time
from datetime import date, timedelta
from typing import Any

from tools.portal_browser import CSRF_TOKEN, TIMEOUT, Browser
from tools.portal_connection import connect_simulator, wait_for_run
from tools.portal_invoice import ensure_accountant, ensure_staff_rates
from tools.portal_simulator import SimulatedPortal
from tools.shell import ToolError

PEOPLE = {"Nora": 90.0, "Liam": 75.0, "Ines": 80.0}
TASKS = {
    "Design": ("Front end", "Draw the pages"),
    "Shop": ("Front end", "Build the checkout"),
    "Interface to the warehouse": ("Back end", "Connect the stock"),
    "Import of orders": ("Back end", "Move the old orders"),
}
MINUTES = (455, 310, 385, 240, 505, 350)
# Which months ago were paid, are invoiced, on a draft: as from and to.
PAID, INVOICED, DRAFT = (10, 6), (5, 4), (3, 3)

# Who pairs from within Zoho, and where the pages of the extension lie.
INSIDE = {
    "user": "60118842399",
    "user_name": "Nora Example",
    "email": "",
    "origin": "https://projects.northwind.example",
}
SECRET = re.compile(r'data-secret="([^"]+)"')


def month(ago: int) -> date:
    """Return the first day of a month, so many months ago."""
    today = date.today()
    months = today.year * 12 + today.month - 1 - ago
    return date(months // 12, months % 12 + 1, 1)


class World:
    """The demo, as the pictures find it; each step is one of the story's.

    :param portal: the simulated portal, before anything was synced.
    """

    def __init__(self, administrator: Browser, portal: SimulatedPortal) -> None:
        self.administrator = administrator
        self.accountant = ensure_accountant(administrator)
        self.portal = portal
        self.connection = connect_simulator(administrator, portal)
        self.integration = self.connection.id
        self.logs: list[str] = []
        self._add_project()
        self._add_acquaintances()

    def _add_acquaintances(self) -> None:
        """Let Odoo know some customers already: one once, one twice."""
        for name, phone in (
            ("Harbour Authority", "+31 10 555 0100"),
            ("Onyx Ltd 3", "+31 20 555 0111"),
            ("Onyx Ltd 3", "+31 20 555 0112"),
        ):
            values = {"name": name, "phone": phone, "is_company": True}
            self.administrator.create("res.partner", values)
        accountant = self.administrator.last(
            "res.users", [("login", "=", "accountant")]
        )
        employee = {"name": "Alex Accountant", "user_id": accountant["id"]}
        self.administrator.create("hr.employee", employee)

    def _add_project(self) -> None:
        """Let a year of work be in the portal: most of it approved."""
        add = self.portal.change
        customer = add("add_customer", name="Northwind Traders")["id"]
        address = "billing@northwind.example"
        add("edit", kind="customer", id=customer, email=address)
        project = add("add_project", name="Website relaunch", customer=customer)["id"]
        people = [
            add("add_user", first_name=name, last_name="Example",
                email=f"{name.lower()}@northwind.example")["id"]
            for name in PEOPLE
        ]  # fmt: skip
        lists: dict[str, str] = {}
        phase = add("add_phase", project=project, name="Go-live")["id"]
        items = []
        for number, (task, (group, notes)) in enumerate(TASKS.items()):
            if group not in lists:
                lists[group] = add("add_task_list", project=project, name=group)["id"]
            item = add(
                "add_task", project=project, name=task, task_list=lists[group],
                phase=phase if number == 1 else "", planned_minutes=60 * 60,
            )["id"]  # fmt: skip
            items.append(item)
            days = [
                month(ago) + timedelta(days=4 * number + more)
                for ago in range(12)
                for more in (2, 5)
            ]
            for day in filter(lambda day: day < date.today(), days):
                owner = people[(number + day.month) % len(people)]
                self._add_log(project, item, day, owner, notes)
        self.project_zoho_id = project
        self.tabs = {
            "project": {},
            "task": {"entity": "task", "item": items[0]},
            "phase": {"entity": "phase", "item": phase},
        }

    def _add_log(
        self, project: str, item: str, day: date, owner: str, notes: str
    ) -> None:
        pending = day >= month(1) and day.day > 15
        log = self.portal.change(
            "add_log",
            project=project,
            item=item,
            day=day.isoformat(),
            owner=owner,
            minutes=MINUTES[(day.month + day.day) % len(MINUTES)],
            notes=notes,
            approval="pending" if pending else "approved",
            billable=not (day.month % 5 == 0 and day.day == 3),
        )
        if month(INVOICED[0]) <= day < month(INVOICED[1] - 1):
            self.logs.append(log["id"])

    def begin_sync(self) -> None:
        """Start the first sync, and wait until it moves."""
        run = self.connection.start_sync()
        runs = "zoho.sync.run"
        while self.administrator.row(runs, run, ["status"])["status"] == "queued":
            time.sleep(0.2)

    def sync(self) -> None:
        """Fetch everything, and agree on rates and budgets."""
        wait_for_run(self.connection, self.connection.start_sync())
        found = self.administrator.last
        project = [("zoho_id", "=", self.project_zoho_id)]
        self.project = int(found("project.project", project)["id"])
        golden = [("zoho_id", "=", self.portal.read("state")["golden_project"])]
        self.golden = int(found("project.project", golden)["id"])
        ensure_staff_rates(self.administrator, self.golden)
        for name, rate in PEOPLE.items():
            employee = found("hr.employee", [("name", "=", f"{name} Example")])["id"]
            values = {"project_id": self.project, "employee_id": employee, "rate": rate}
            self.administrator.create("project.billing.rate", values)
        self.change_terms(
            billing_rate=80.0, allocated_hours=640.0, budget_amount=52000.0
        )

    def change_terms(self, **values: Any) -> None:
        """Change the billing terms of the project in their dialog."""
        terms = "project.billing.terms"
        wizard = self.accountant.create(terms, {"project_id": self.project})
        self.accountant.call(terms, "write", [wizard], values)
        self.accountant.call(terms, "action_apply", [wizard])

    def invoice(self, project: int, months: tuple[int, int] | None = None) -> int:
        """Make a draft of the time of some months, or of all."""
        values: dict[str, Any] = {"project_ids": [(6, 0, [project])]}
        if months:
            first, last = month(months[0]), month(months[1] - 1) - timedelta(days=1)
            values |= {"date_from": str(first), "date_to": str(last)}
            values["invoice_date"] = str(min(last, date.today()))
        wizard = "project.invoice.create"
        made = self.accountant.create(wizard, values)
        action = self.accountant.call(wizard, "action_create_invoice", [made])
        return int(action["res_id"])

    def post(self, invoice: int) -> None:
        """Post a draft."""
        self.accountant.call("account.move", "action_post", [invoice])

    def bill(self) -> None:
        """Let a part of the project be paid, another invoiced, a third on a draft."""
        paid, invoiced = (
            self.invoice(self.project, months) for months in (PAID, INVOICED)
        )
        self.post(paid)
        self.post(invoiced)
        self.paid = paid
        register = "account.payment.register"
        context = {"active_model": "account.move", "active_ids": [paid]}
        payment = self.accountant.call(register, "create", [{}], context=context)
        self.accountant.call(register, "action_create_payments", payment)
        self.invoice(self.project, DRAFT)

    def credit(self) -> None:
        """Take five hours of the golden project back from its customer."""
        invoice = self.invoice(self.golden)
        self.post(invoice)
        reversal = "account.move.reversal"
        journal = self.accountant.row("account.move", invoice, ["journal_id"])
        values = {
            "move_ids": [(6, 0, [invoice])],
            "journal_id": journal["journal_id"][0],
        }
        wizard = [self.accountant.create(reversal, values)]
        note = self.accountant.call(reversal, "refund_moves", wizard)["res_id"]
        lines = self.accountant.rows(
            "account.move.line",
            [("move_id", "=", note), ("display_type", "=", "product")],
            ["quantity"],
            order="quantity",
        )
        changes: list[tuple[Any, ...]] = [(1, lines[0]["id"], {"quantity": 5.0})]
        changes += [(2, line["id"], 0) for line in lines[1:]]
        self.accountant.call(
            "account.move", "write", [note], {"invoice_line_ids": changes}
        )
        self.post(note)

    def differ(self) -> None:
        """Let Zoho change time that is on an invoice."""
        shorter, longer, gone = self.logs[:3]
        self.portal.change("edit_log", log_id=shorter, minutes=120)
        self.portal.change("edit_log", log_id=longer, minutes=540)
        self.portal.change("delete_log", log_id=gone)
        for _comparison in range(2):
            wait_for_run(self.connection, self._compare())

    def _compare(self) -> int:
        self.connection.press("action_full_sync")
        return int(self.administrator.last("zoho.sync.run", [])["id"])

    def subscribe(self) -> None:
        """Let the customer pay a plan each month, and what was worked."""
        start = str(month(0))
        plan = {"name": "Care plan", "quantity": 1, "price_unit": 300.0}
        plan |= {"specific_price": 300.0, "date_start": start}
        partner = self.administrator.row(
            "project.project", self.project, ["partner_id"]
        )
        contracts = "contract.contract"
        values = {
            "name": "Care of the website",
            "partner_id": partner["partner_id"][0],
            "project_ids": [(6, 0, [self.project])],
            "date_start": start,
            "contract_line_ids": [(0, 0, plan | {"recurring_next_date": start})],
        }
        contract = self.administrator.create(contracts, values)
        self.administrator.call(contracts, "action_renew", [contract])
        made = [("subscription_id", "=", contract)]
        self.renewal = int(self.administrator.last("account.move", made)["id"])

    def reconcile(self) -> None:
        """Compare the hours of this month with Zoho's own reports."""
        self.administrator.call("zoho.reconciliation", "action_check", [])

    def open_inside(self) -> None:
        """Let people work from within Zoho, and pair the accountant's browser."""
        values = {"inside_enabled": True, "inside_hosts": INSIDE["origin"]}
        self.connection.write({**values, "hints_enabled": True})
        portal = self.portal.read("state")["portal"]
        self.claims = {"portal": portal, **INSIDE}
        page = f"{self.accountant.url}/zoho_projects/inside/pair"
        session = self.accountant.session
        asked = session.get(page, params=self.claims, timeout=TIMEOUT).text
        token = CSRF_TOKEN.search(asked)
        form = {"csrf_token": token[1] if token else "", **self.claims}
        form["integration"] = str(self.integration)
        done = session.post(page, data=form, timeout=TIMEOUT).text
        if not (secret := SECRET.search(done)):
            raise ToolError("Odoo does not pair.")
        self.secret = secret[1]

    def visit(self, tab: str) -> dict[str, str]:
        """Return what the extension sends from the tab of a project, task or phase."""
        where = {"project": self.project_zoho_id, "entity": "project"}
        return {"secret": self.secret, **self.claims, **where, **self.tabs[tab]}
