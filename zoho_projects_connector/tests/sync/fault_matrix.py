"""What may go wrong between Zoho and Odoo, and what must be so after each of it.

:source: issue "Nothing breaks it"; API reference, sections 1.6, 9.1 and 10.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from .sync_common import SyncedCase
from .sync_content import MODEL_FIELDS, content_of
from .test_sync_faults import LISTINGS, FaultCase

# The lists that a lasting trouble strikes; the others must be as if nothing was.
STRUCK = ("task_lists", "issues", "timelogs")
# Page 2 of these lists, where pages are small.
PAGED = ("projects", "tasks", "timelogs")
MEGABYTES_OF_NOTES = 10


@dataclass(frozen=True)
class Trouble:
    """One thing that goes wrong.

    :param order: orders the faults; what it returns happens in Zoho on the way.
    :param pages: rows on each page; the dialect's own when it is 0.
    :param change: what happens in Zoho on the way, or before: the end is the same.
    :param kills: whether somebody has to sign in again.
    :param is_silent: a list passes over records without a word: those that were known
        are asked for, and the next run, be it a quick one, brings what is left.
    """

    order: Callable[["FaultMatrix"], object] = lambda case: None
    pages: int = 0
    change: Callable[["FaultMatrix"], object] | None = None
    kills: bool = False
    is_silent: bool = False


def passing(kind, times=2, endpoints=LISTINGS, **options):
    """Strike some calls of each list, and then no more."""

    def order(case):
        for endpoint in endpoints:
            case.sim.fault(kind, endpoint, times=times, **options)

    return Trouble(order)


def lasting(kind):
    """Strike three modules until somebody does something about it."""
    return passing(kind, times=0, endpoints=STRUCK)


def paged(kind, times=1, endpoints=PAGED, **options):
    """Strike the second of small pages."""
    trouble = passing(kind, times, endpoints, where={"page": "2"}, **options)
    return replace(trouble, pages=10, is_silent=kind != "scope_missing")


def meanwhile(happens, endpoint="tasks", **where):
    """Let something happen just before an answer."""
    return lambda case: case.sim.fault(
        "meanwhile", endpoint, where=where, happens=lambda: happens(case)
    )


def on_the_way(change):
    """Let something happen in Zoho between the first page of tasks and the second."""
    order = meanwhile(change, page="2")
    return Trouble(order, pages=10, change=change, is_silent=True)


def delete_some(case):
    """Delete the last task without subtasks, with its time, and the oldest log."""
    portal = case.portal
    parents = {task.parent for task in portal.tasks.values()}
    late = case.zoho("task", name="Late").id
    portal.purge("task", max(portal.tasks.keys() - parents - {late}))
    portal.delete_log(min(portal.logs, key=lambda log: portal.logs[log].day))


def write_much(case):
    """Write ten megabytes into a log, and as much into a task."""
    text = "Every word of it counts. " * (MEGABYTES_OF_NOTES * 2**20 // 25)
    log = case.zoho("log", minutes=67)
    case.portal.edit_log(log.id, notes=text)
    case.portal.edit("task", log.item, description=f"<p>{text}</p>")


def revoke(case):
    case.sim.fault("token_revoked", "tasks")
    case.sim.fault("token_expired", "tasks")


def step(**span):
    return Trouble(meanwhile(lambda case: case.frozen.tick(timedelta(**span))))


def skew(seconds):
    return Trouble(lambda case: case.clock.advance(seconds))


TROUBLES = {
    "throttle": passing("throttle", times=1),
    "throttle_without_a_time": passing("throttle_untold", times=1),
    "too_many_calls_of_a_gateway": passing("html_429", times=1),
    "error_500": passing("error_500"),
    "burst_of_errors": passing("error_500", times=11, endpoints=("projects", "tasks")),
    "maintenance": passing("html_503"),
    "reset": passing("reset"),
    "timeout": passing("timeout", times=1),
    "one_byte_a_second": passing("drip", times=1),
    "slow": passing("slow", times=0, seconds=25),
    "cut_body": passing("cut_body"),
    "cut_json": passing("cut_json"),
    "malformed": lasting("malformed"),
    "web_page": lasting("html_200"),
    "nan": lasting("nan"),
    "broken_record": lasting("broken_row"),
    "bomb": lasting("bomb"),
    "dense_bomb": lasting("dense"),
    "nothing": lasting("empty"),
    "page_again": paged("duplicate"),
    "rows_move_away": paged("shift", rows=3),
    "half_a_page": paged("short"),
    "rows_deleted": on_the_way(delete_some),
    "much_is_written": Trouble(change=write_much, order=write_much),
    "clock_forward": step(days=1),
    "clock_back": step(days=-1),
    "zoho_ahead": skew(3 * 3600),
    "zoho_behind": skew(-3 * 3600),
    "token_expired": passing("token_expired", times=1),
    "token_revoked": Trouble(revoke, kills=True),
    "portal_gone": replace(
        passing("portal_gone", times=0, endpoints=("*",)), kills=True
    ),
    "scope_lost": paged("scope_missing", times=0, endpoints=("tasks", "timelogs")),
    "scope_missing": lasting("scope_missing"),
    "module_disabled": lasting("module_disabled"),
    "licence": lasting("licence"),
    "no_such_path": lasting("bad_rule"),
    "list_gone": lasting("gone"),
}


class FaultMatrix(FaultCase, SyncedCase):
    """A full comparison meets a trouble while much has changed in Zoho.

    :cvar speaks: the dialect.
    :cvar controls: what a sync without trouble leaves, by what happens in Zoho.
    """

    speaks = None
    controls = None

    def serve(self, portal):
        served = super().serve(portal)
        self.sim.dialect = self.speaks
        self.sim.faults.sleep = lambda seconds: self.advance(seconds=seconds)
        return served

    def sync(self, full=False, until_idle=20):
        """Sync to the end, however often it has to wait."""
        super().sync(full, until_idle)
        self.run_past_waits()
        return self.integration.run_ids[:1]

    def check(self, name):
        trouble = TROUBLES[name]
        clean = self.clean(trouble.change)
        self.change_much()
        if trouble.pages:
            self.sim.dialect = replace(
                self.speaks,
                per_page_max=trouble.pages,
                per_page_excess="cut",
                per_page_told="effective",
                has_next_page="honest",
                page_info="object",
                projects_shape="envelope",
            )
        trouble.order(self)
        orders = list(self.sim.faults.orders)
        with self.no_traceback():
            self.sync(full=True)
        self.assertTrue(not orders or any(fault.struck for fault in orders))
        if trouble.is_silent:
            self.assertLessEqual(self.told()["withdrawn"], clean["withdrawn"])
            self.advance(minutes=20)
            self.sync()
        # What is deleted after its page was read, ahead of its module's turn maybe,
        # stays until the next full comparison, as what is deleted after the last one.
        late = clean["withdrawn"] if trouble.change is delete_some else set()
        self.assert_honest(clean, late)
        self.assertEqual(self.integration.status == "sign_in_again", trouble.kills)
        self.sim.faults.clear()
        self.sim.dialect = self.speaks
        if trouble.kills:
            self.integration.grant_code = self.sim.self_client_code()
            self.integration.action_sign_in_with_code()
        self.advance(days=2)
        with self.no_traceback():
            self.sync(full=True)
        self.assertEqual(self.integration.status, "active")
        self.assertFalse(self.integration.status_message)
        self.assert_same(self.told(), clean)

    def clean(self, change):
        """Return what a sync without trouble leaves behind."""
        if change not in self.controls:
            with self.env.cr.savepoint() as undone:
                self.change_much()
                if change:
                    change(self)
                self.sync(full=True)
                self.advance(days=2)
                self.sync(full=True)
                self.controls[change] = self.told()
                undone.rollback()
            self.env.invalidate_all()
            self.open_first_portal()
        return self.controls[change]

    def change_much(self):
        """Change a record of each module, and add some."""
        portal = self.portal
        portal.edit("phase", self.zoho("phase", name="Phase 2").id, name="Phase two")
        portal.edit("task_list", self.zoho("task_list", name="Launch").id, name="Lift")
        task = self.zoho("task", name="Level 0")
        portal.edit("task", task.id, name="Level zero")
        [issue] = portal.issues
        portal.edit("issue", issue, name="Menu is hidden")
        portal.edit_log(self.zoho("log", minutes=132 * 60 + 30).id, minutes=67)
        portal.edit("project", portal.golden_project, name="Golden again")
        project = portal.add_project("Latecomer", customer=next(iter(portal.customers)))
        late = portal.add_task(project.id, "Late")
        for parent, item in ((project.id, late.id), (task.project, task.id)):
            portal.add_log(parent, item, 61, "2026-10-28", approval="approved")

    def told(self):
        """Return records, what is missing and why, and what was withdrawn."""
        links = self.env["zoho.link"].search(
            [
                ("integration_id", "=", self.integration.id),
                ("state", "=", "withdrawn"),
            ]
        )
        content = content_of(self.integration)
        return {
            **content,
            "errors": {
                (one.entity, one.zoho_id): (one.code, one.hours)
                for one in self.errors()
            },
            "minutes": self.accounted_minutes(),
            "withdrawn": {(one.entity, one.zoho_id) for one in links},
        }

    def assert_same(self, told, clean):
        for name, values in clean.items():
            if told[name] != values:
                self.fail(f"{name}: {shown(told[name])} instead of {shown(values)}")

    def assert_honest(self, clean, late):
        """What is not as it should be is told, and nothing was withdrawn for it.

        :param late: ``(entity, Zoho id)`` of what may be there still.
        """
        told = self.told()
        self.assertLessEqual(told["withdrawn"], clean["withdrawn"])
        for entity, zoho_id in late:
            told[entity].pop(zoho_id, None)
        sentence = self.integration.status_message
        if self.integration.status != "active":
            self.assertRegex(sentence, "^[A-Z].*[.]$")
            return
        different = {name for name in MODEL_FIELDS if told[name] != clean[name]}
        modules = self.integration.stream_ids
        named = set(modules.filtered("message").mapped("entity"))
        named |= {key[0] for key in told["errors"].keys() - clean["errors"].keys()}
        self.assertLessEqual(different, named)
        failed = modules.filtered(lambda one: one.state == "error")
        self.assertEqual(bool(sentence), bool(failed))
        for module in failed:
            self.assertIn(module.display_name, sentence)
            self.assertRegex(module.message, re.compile("^[A-Z].*[.]$", re.DOTALL))


def shown(values):
    """Return a text of some size: a record may hold megabytes."""
    return "\n".join(f"{one!r:.400}" for one in getattr(values, "items", values.copy)())


def speaking(name, dialect, troubles):
    """Return a test class for a dialect, with a test for each trouble."""
    tests = {
        f"test_{trouble}": lambda self, trouble=trouble: self.check(trouble)
        for trouble in troubles
    }
    words = "".join(word.capitalize() for word in re.split(r"\W|_", name))
    return type(
        f"TestFaults{words}",
        (FaultMatrix,),
        {"speaks": dialect, "controls": {}, **tests},
    )
