"""However the portal speaks, the same records arrive, and are written once.

:source: Zoho Projects API reference, section 14.
"""

import os

from odoo.tests import tagged

from ..simulator import DIALECTS, Dialect, switches
from .sync_common import SyncCase, SyncedCase
from .sync_content import Expected

DETAILS = ("email", "phone", "website", "street", "city", "zip", "country", "currency")
# In these dialects Zoho leaves something unsaid (the fields that cannot arrive), or
# says more.
UNTOLD = {
    "approval_absent": set(),
    "approval_flat": {("timelog", "approved_at")},
    "approval_string": {("timelog", "approver"), ("timelog", "approved_at")},
    "archived_listed_never": set(),
    "customer_details_no": {("customer", name) for name in DETAILS},
    "issue_description_no": {("bug", "text")},
    "kitchen_sink": {("bug", "text")},
    "kitchen_sink_last": {
        ("bug", "text"),
        ("timelog", "approver"),
        ("timelog", "approved_at"),
    },
    "module_id_required_portal": set(),
    "module_id_required_yes": set(),
    "primary_flag_none": set(),
    "rates_shown_yes": set(),
    "silent": set(),
    "trashed_hides_logs_no": set(),
}
# Switches that take something away, or the other way to it, stay out of the packs.
ALONE = {name.rpartition("_")[0] for name in UNTOLD} | {
    "clients_available",
    "customers_available",
    "pending",
    "refused_params",
}


def packs():
    """Return dialects that together hold every value of every other switch."""
    variants = {
        name: values[1:]
        for name, values in switches().items()
        if name not in ALONE and len(values) > 1
    }
    return [
        Dialect(
            **{
                name: values[number]
                for name, values in variants.items()
                if number < len(values)
            }
        )
        for number in range(max(map(len, variants.values())))
    ]


def spoken():
    """Return the dialects that a synced portal changes to, by name.

    The packs hold the others, which only ``EACH_DIALECT`` tries one by one: it finds
    out which switch of a pack is the one that fails.
    """
    alone = tuple(f"{switch}_" for switch in ALONE if switch)
    apart = {name for name in DIALECTS if name.startswith(alone)}
    names = set(DIALECTS) if "EACH_DIALECT" in os.environ else apart
    together = {f"pack_{number}": pack for number, pack in enumerate(packs())}
    return {name: DIALECTS[name] for name in sorted(names - set(UNTOLD))} | together


def each(names):
    """Give a test class one method for each name, calling its ``check``."""

    def decorate(cls):
        for name in names:

            def test(self, name=name):
                self.check(name)

            setattr(cls, f"test_{name}", test)
        return cls

    return decorate


@tagged("post_install", "-at_install")
@each(spoken())
class TestSyncedInOtherDialect(SyncedCase):
    """A portal that speaks otherwise tells the same: nothing is written.

    Every value that were read otherwise would have another fingerprint, every record
    that were not recognised would be made again, and every one that were missed would
    be withdrawn.
    """

    def check(self, name):
        self.sim.dialect = spoken()[name]
        before, errors = self.business_rows(), self.told_errors()
        with self.business_writes() as statements:
            for full in (True, False):
                run = self.sync(full=full)
                self.assertEqual(run.status, "done", run.message)
                self.assertFalse(run.message)
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        self.assertEqual(statements, [])
        self.assertEqual(self.business_rows(), before)
        self.assertEqual(self.told_errors(), errors)
        self.assertEqual(self.integration.status, "active")

    def told_errors(self):
        return {
            (error.entity, error.zoho_id): (error.code, error.hours)
            for error in self.errors()
        }


class FromNothing(SyncCase):
    """First syncs: what is in Odoo is what the portal's own data say."""

    def check_first_sync(self, dialect, untold=(), **preferences):
        self.sim.dialect = dialect
        run = self.sync()
        self.assertEqual(run.status, "done", run.message)
        self.assertEqual(self.integration.status, "active")
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        self.assert_content(Expected(self.sim, **preferences), untold)
        self.assert_settled()

    def assert_settled(self):
        """Sync again in full and in quick: nothing is written."""
        before = self.all_rows()
        with self.business_writes() as statements:
            for full in (True, False):
                self.advance(minutes=20)
                run = self.sync(full=full)
                self.assertEqual(run.status, "done", run.message)
        self.assertEqual(statements, [])
        self.assert_nothing_written(before)


@tagged("post_install", "-at_install")
@each(["default", *(f"pack_{number}" for number in range(len(packs())))])
class TestFirstSyncInDialect(FromNothing):
    """First syncs in dialects that flip as many switches as go together."""

    def check(self, name):
        number = name.removeprefix("pack_")
        dialect = packs()[int(number)] if number.isdigit() else DIALECTS[name]
        untold = {("bug", "text")} if not dialect.issue_description else set()
        self.check_first_sync(dialect, untold)


@tagged("post_install", "-at_install")
@each(
    [
        "approval_flat",
        "approval_string",
        "issue_description_no",
        "kitchen_sink",
        "kitchen_sink_last",
        "rates_shown_yes",
    ]
)
class TestUntold(FromNothing):
    """What Zoho does not say is missing, said, and nothing else is lost."""

    def check(self, name):
        self.check_first_sync(DIALECTS[name], UNTOLD[name])

    def test_item_of_each_log_list(self):
        """One list a task costs many calls: the budget makes the sync wait."""
        self.sim.dialect = DIALECTS["module_id_required_yes"]
        self.sync_patiently()
        self.assert_content(Expected(self.sim))
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())

    def test_approval(self):
        """Without approval data nothing counts as approved, until somebody says so."""
        self.sim.dialect = DIALECTS["approval_absent"]
        run = self.sync()
        self.assertEqual(run.status, "done", run.message)
        self.assertFalse(self.lines())
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        self.integration.require_approval = False
        self.sync()
        untold = UNTOLD["approval_string"]
        self.assert_content(Expected(self.sim, unapproved=True), untold)
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())

    def test_customer_details(self):
        """A customer without a currency takes that of his first project."""
        self.sim.dialect = DIALECTS["customer_details_no"]
        self.sync()
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        self.assertFalse(self.errors(code="customer_currency_mismatch"))
        self.assert_content(Expected(self.sim), UNTOLD["customer_details_no"])

    def test_primary_flag(self):
        """Several customers and no flag: nobody guesses who pays."""
        for name in ("primary_flag_none", "silent"):
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                self.sim.dialect = DIALECTS[name]
                self.sync()
                self.check_undecided()
                savepoint.rollback()
                self.env.invalidate_all()

    def check_undecided(self):
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        several = [
            one for one in self.portal.projects.values() if len(one.customers) > 1
        ]
        errors = self.errors(code="project_without_primary_customer")
        self.assertTrue({one.id for one in several} < set(errors.mapped("zoho_id")))
        expected = Expected(self.sim)
        for project in several:
            expected.projects.pop(project.id, None)
        self.assert_content(expected)

    def test_archived_projects(self):
        """A project that logs name and no list shows is read by its id, once a run."""
        self.sim.dialect = DIALECTS["archived_listed_never"]
        [archived] = [p for p in self.portal.projects.values() if p.type == "archived"]
        self.sync()
        self.assertEqual(self.sim.ledger.calls["project"], 1)
        self.assertFalse(self.errors(zoho_id=archived.id))
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        self.assert_content(Expected(self.sim))
        left_out = (
            self.env["zoho.skipped.record"]
            .search([("integration_id", "=", self.integration.id)])
            .filtered(lambda one: one.zoho_id == archived.id)
        )
        self.assertEqual(left_out.reason, "project_closed")
        self.integration.include_closed_projects = True
        self.sync()
        self.assertEqual(self.sim.ledger.calls["project"], 2)
        self.assert_content(Expected(self.sim, closed=True))
        self.assert_settled()
        self.assertFalse(self.errors(code="listing_shrunk"))
        self.assertEqual(self.record("project", archived.id).name, archived.name)

    def test_projects_that_nobody_may_read(self):
        """What cannot be read by its id either is said, and asked for once."""
        self.sim.dialect = DIALECTS["archived_listed_never"]
        self.sim.fault("gone", "project", times=0)
        self.integration.include_closed_projects = True
        self.sync()
        [archived] = [p for p in self.portal.projects.values() if p.type == "archived"]
        [error] = self.errors(zoho_id=archived.id)
        self.assertEqual(error.code, "parent_not_fetched")
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        self.assertEqual(self.sim.ledger.calls["project"], 1)
        self.advance(minutes=20)
        self.sync()
        self.assertEqual(self.sim.ledger.calls["project"], 1)
        self.sim.faults.clear()
        error.action_retry()
        self.assertTrue(error.resolved_at)
        self.assert_content(Expected(self.sim, closed=True))

    def test_logs_of_trashed_task(self):
        """Where logs outlive their task, they wait below it."""
        self.check_trashed(DIALECTS["trashed_hides_logs_no"])

    def test_logs_of_trashed_task_in_the_list_of_its_project(self):
        """No list of tasks names it: to ask for each task would miss the log."""
        dialect = Dialect(trashed_hides_logs=False, module_id_required="portal")
        self.check_trashed(dialect)
        self.sim.ledger.reset()
        self.advance(minutes=20)
        self.sync_patiently()
        self.assertFalse(self.sim.ledger.refusals)

    def check_trashed(self, dialect):
        self.sim.dialect = dialect
        self.sync_patiently()
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        [trashed] = self.portal.bin
        [error] = self.errors(zoho_id=trashed)
        self.assertEqual(error.entity, "task")
        self.assertEqual(error.child_hours, 1.5)
        self.assert_content(Expected(self.sim))
