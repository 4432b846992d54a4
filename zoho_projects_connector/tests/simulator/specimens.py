"""The awkward records that every generated portal holds.

:source: section 13, the pitfalls, and section 14.
"""

from datetime import date, timedelta
from typing import Any

from .entities import Address, CrmAccount, CustomField, Project, User
from .portal import Portal

CUT_OFF = date(2026, 1, 1)
FIELDS: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("projects", "cf_po_number", "PO number", "singleline", ()),
    ("projects", "cost_center", "Cost centre", "picklist", ("CC-12", "CC-14")),
    ("projects", "cf_go_live", "Go-live", "Date", ()),
    ("projects", "cf_margin", "Margin", "percentage", ()),
    ("projects", "cf_budget_note", "Budget note", "multiline", ()),
    ("tasks", "cf_work_package", "Work package", "singleline", ()),
    ("tasks", "gate_code_cf_0001", "Gate code", "Numeric", ()),
    ("tasks", "cf_reviewer", "Reviewer", "userpicklist", ()),
    ("tasks", "cf_vip", "VIP", "checkbox", ()),
    ("tasks", "cf_link", "Link", "url", ()),
    ("issues", "cf_browser", "Browser", "multipicklist", ("Firefox", "Safari")),
    ("issues", "cf_reporter_mail", "Reporter's e-mail", "email", ()),
    ("issues", "cf_seen_at", "Seen at", "dateandtime", ()),
    ("timelogs", "cf_activity", "Activity", "picklist", ("Writing", "Travel")),
    ("timelogs", "cf_travel_km", "Travel (km)", "Double", ()),
    ("timelogs", "cf_toll", "Toll", "currency", ()),
)


class Specimens:
    """Adds the awkward records to a portal.

    :param other_currency: a currency that is not the portal's.
    """

    def __init__(self, portal: Portal, other_currency: str) -> None:
        self.portal = portal
        self.other_currency = other_currency
        self.staff: list[User] = []

    def add(self) -> None:
        """Add them all."""
        self._fields()
        self._people()
        self._customers()
        self._customer_cases()
        self._name_cases()
        self._lifecycle()
        self._depth()
        self._judgements()
        self._strangers()
        self._around_cut_off()
        self._bin()

    def _fields(self) -> None:
        for module, api_name, label, kind, options in FIELDS:
            self.portal.custom_fields.append(
                CustomField(
                    self.portal.new_id(), module, api_name, label, kind, list(options)
                )
            )

    def _people(self) -> None:
        add = self.portal.add_user
        self.staff = [
            add("Joost", "Vink", "joost@example.eu", cost_rate="42.50"),
            add("Zoë", "Bakker-Øster", "Zoe.Bakker@Example.EU", billing_rate="80"),
            add("Joost", "Vink", "joost.vink.2@example.eu"),
        ]
        self.manager = add("Siobhán", "Ní Bhriain", "sio@example.eu", profile="Manager")
        self.left = add("Leo", "Gone", "leo@example.eu", active=False)
        self.invited = add("", "", "invited@example.eu")
        self.stranger = add("Xaver", "Unknown", "xaver@elsewhere.example")
        self.portal.user_removed(self.stranger.id)

    def _customers(self) -> None:
        add = self.portal.add_customer
        harbour = Address("Kade 1", "Rotterdam", "ZH", "Netherlands", "3011 AA")
        self.harbour = add(
            "Harbour Authority",
            email="info@harbour.example",
            phone="+31 20 555 0101",
            website="https://harbour.example",
            address=harbour,
        )
        self.meadow = add("Meadow & Sons <Ltd>", email="Meadow@Example.com")
        self.foreign = add("Foreign Trading AG", currency=self.other_currency)
        self.twins = [add("Café Zürich AG"), add("CAFE ZURICH AG")]
        self.idle = add("Idle Customer 株式会社", currency="")
        people = self.portal.add_contact
        people(self.harbour.id, "Clara", "Client", "clara@harbour.example")
        self.client_user = people(
            self.harbour.id,
            "Cees",
            "Client",
            "cees@harbour.example",
            kind="client_user",
            profile="Client",
        )
        people(self.meadow.id, "Ma", "Dow", "")

    def _work(self, project: Project, minutes: int = 90, **log: Any) -> str:
        """Add a list, a task and a log on it; return the task's id."""
        task_list = self.portal.add_task_list(project.id, "General", general=True)
        task = self.portal.add_task(project.id, f"Do {project.name}", task_list.id)
        self._log(project, task.id, minutes, **log)
        return task.id

    def _log(self, project: Project, item: str, minutes: int, **log: Any) -> None:
        log.setdefault("owner", self.staff[0].id)
        log.setdefault("day", date(2026, 9, 14))
        self.portal.add_log(project.id, item, minutes, **log)

    def _customer_cases(self) -> None:
        add = self.portal.add_project
        self._work(add("No customer at all"))
        several = add("Several customers", self.meadow.id)
        several.customers.append(self.harbour.id)
        several.primary = self.harbour.id
        self._work(several)
        undecided = add("Customers without a primary", self.meadow.id)
        undecided.customers.append(self.harbour.id)
        undecided.primary = ""
        self._work(undecided)
        self._work(add("Other currency", self.foreign.id, currency=self.other_currency))
        crm = add("From the CRM", self.meadow.id)
        account = CrmAccount(
            self.portal.new_id(),
            "Meadow Group plc",
            email="group@meadow.example",
            phone="+44 20 5550 0102",
            website="https://meadow.example",
            currency=self.portal.currency,
            address=Address("2 High Street", "Leeds", "", "United Kingdom", "LS1"),
        )
        crm.crm_accounts.append(account)
        self._work(crm)
        self._work(
            add("Client user logs time", self.harbour.id), owner=self.client_user.id
        )

    def _name_cases(self) -> None:
        add = self.portal.add_project
        for twin, name in zip(self.twins, ("Rénovation", "RENOVATION"), strict=True):
            self._work(add(name, twin.id))
        odd = add(
            'Проект Ω — 港口 🚢 <b>bold</b> & "quoted"',
            self.harbour.id,
            description="<div>Relaunch</div><script>alert('description')</script>",
            tags=["web", "été"],
            custom={
                "cf_po_number": "PO-3319",
                "cost_center": "CC-12",
                "cf_go_live": "2026-12-01",
                "cf_margin": "12.5",
                "cf_budget_note": "<div>two<br>lines</div>",
            },
        )
        self._work(
            odd,
            minutes=132 * 60 + 30,
            notes="<div>Ünïcode ✓</div><script>alert(1)</script>"
            "<img src=x onerror=alert(2)><a href='javascript:alert(3)'>link</a>",
            custom={"cf_activity": "Writing", "cf_travel_km": 12.5, "cf_toll": "3.20"},
        )

    def _lifecycle(self) -> None:
        add = self.portal.add_project
        closed = add("Closed with late hours", self.harbour.id)
        self._work(closed, day=date(2026, 10, 20))
        self.portal.close_project(closed.id)
        archived = add("Archived", self.harbour.id)
        self._work(archived)
        self.portal.archive_project(archived.id)
        add("A template", self.harbour.id, type="template")
        no_issues = add("Without issues", self.meadow.id, issues_enabled=False)
        self._work(no_issues)
        add("Empty project", self.meadow.id, start=date(2026, 10, 1))

    def _depth(self) -> None:
        portal, owner = self.portal, self.staff[1]
        project = portal.add_project(
            "Deep tasks", self.harbour.id, owner=self.manager.id
        )
        phase = portal.add_phase(project.id, "Phase 2", end=date(2026, 11, 30))
        portal.add_phase(project.id, "None")
        task_list = portal.add_task_list(project.id, "Launch", phase=phase.id)
        parent, priority = "", ("high", "medium", "low", "none")
        for depth in range(4):
            task = portal.add_task(
                project.id,
                f"Level {depth}",
                task_list.id,
                parent=parent,
                phase=phase.id,
                owners=[owner.id, self.staff[0].id],
                priority=priority[depth],
                planned_minutes=360,
                start=date(2026, 9, 1),
                end=date(2026, 9, 10 + depth),
                custom=self._task_custom(depth),
            )
            parent = task.id
            self._log(project, task.id, 30 + depth)
        lonely = portal.add_task(project.id, "Unassigned, no phase", "")
        self._log(project, lonely.id, 45)

    def _task_custom(self, depth: int) -> dict[str, object]:
        reviewer = {"zpuid": self.manager.id, "name": self.manager.short_name}
        return {
            "cf_work_package": f"WP-{depth}",
            "gate_code_cf_0001": 1000 + depth,
            "cf_reviewer": reviewer,
            "cf_vip": "true" if depth else "false",
            "cf_link": "https://harbour.example/?a=1&b=2",
        }

    def _judgements(self) -> None:
        project = self.portal.add_project("Judged logs", self.harbour.id)
        task = self._work(project, 60)
        issue = self.portal.add_issue(
            project.id,
            "Menu overlaps on tablet",
            owner=self.staff[0].id,
            description="<p>See <b>screen</b></p><script>alert(4)</script>",
            due=date(2026, 11, 2),
            custom={"cf_browser": ["Firefox", "Safari"]},
        )
        for item in (task, issue.id, ""):
            title = "" if item else "Travel"
            self._log(project, item, 61, title=title)
            self._log(project, item, 62, title=title, approval="pending")
            self._log(
                project, item, 63, title=title, approval="rejected", reason="Too long"
            )
            self._log(project, item, 64, title=title, billable=False)
            self._log(project, item, 65, title=title, approval="")

    def _strangers(self) -> None:
        project = self.portal.add_project("Logs of strangers", self.meadow.id)
        task = self._work(project)
        for user in (self.stranger, self.left, self.invited, self.staff[2]):
            self._log(project, task, 120, owner=user.id)

    def _around_cut_off(self) -> None:
        project = self.portal.add_project("Around the cut-off", self.harbour.id)
        task = self._work(project)
        for days in (-31, -1, 0, 1):
            self._log(project, task, 100, day=CUT_OFF + timedelta(days=days))

    def _bin(self) -> None:
        project = self.portal.add_project("With a trashed task", self.meadow.id)
        task = self._work(project)
        self._work(project, 75)
        self.portal.trash("task", task)
