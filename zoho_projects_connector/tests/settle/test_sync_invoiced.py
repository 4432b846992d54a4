"""Time on an invoice is never touched; what Zoho says of it now is a difference.

:source: product.md, section 5.
"""

from odoo import Command
from odoo.tests import tagged

from ..sync.sync_common import SyncedCase

FIELDS = (
    "date",
    "name",
    "unit_amount",
    "employee_id",
    "project_id",
    "task_id",
    "active",
    "billing_state",
)
# How each log changes, and the difference that it makes.
CHANGES = {
    "hours": "changed",
    "day": "changed",
    "notes": "changed",
    "owner": "changed",
    "task": "changed",
    "project": "moved",
    "left_out_project": "moved",
    "unapproved": "unapproved",
    "unbillable": "unbillable",
    "deleted": "deleted",
    "trashed_task": "deleted",
}


class InvoicedCase(SyncedCase):
    """A project of which each log changes in another way."""

    def make_portal(self):
        portal = super().make_portal()
        self.golden = portal.golden_project
        self.logs = {}
        for name in CHANGES:
            task = portal.add_task(self.golden, f"Task of {name}")
            log = portal.add_log(self.golden, task.id, 60, "2026-10-12", notes=name)
            self.logs[name] = log.id
        return portal

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        cls.project = cls.env["project.project"].search(
            [("company_id", "=", cls.company.id), ("name", "=", "Golden staff example")]
        )
        cls.project.write({"billing_method": "project_hours", "billing_rate": 100})

    def invoice(self, **values):
        values = {"show_sections": False, **values}
        action = (
            self.env["project.invoice.create"]
            .create({"project_ids": [Command.set(self.project.ids)], **values})
            .action_create_invoice()
        )
        return self.env["account.move"].browse(action["res_id"])

    def line(self, name):
        return self.record("timelog", self.logs[name])

    def values(self):
        """Return what stands in Odoo for each of the logs."""
        self.env.flush_all()
        self.env.invalidate_all()
        return {
            name: {field: self.line(name)[field] for field in FIELDS}
            for name in CHANGES
        }

    def change_all(self):
        """Change each log in Zoho in its own way."""
        portal, logs = self.portal, self.logs
        other = self.zoho("task", name="Level 0")
        portal.edit_log(logs["hours"], minutes=90)
        portal.edit_log(logs["day"], day="2026-10-13")
        portal.edit_log(logs["notes"], notes="Other notes")
        portal.edit_log(logs["owner"], owner=self.zoho("user", first_name="Ben").id)
        portal.move_log(logs["task"], self.zoho("task", name="Part 1").id)
        portal.move_log(logs["project"], other.id)
        left_out = self.zoho("task", name="Do No customer at all")
        portal.move_log(logs["left_out_project"], left_out.id)
        portal.withdraw_log(logs["unapproved"])
        portal.set_billable(logs["unbillable"], False)
        portal.delete_log(logs["deleted"])
        portal.trash("task", self.zoho("task", name="Task of trashed_task").id)

    def differences(self, state="open"):
        return self.env["zoho.difference"].search(
            [("company_id", "=", self.company.id), ("state", "=", state)]
        )

    def kinds(self):
        """Return ``{log: kind}`` of the open differences."""
        names = {self.line(name): name for name in CHANGES}
        return {names[one.timesheet_id]: one.kind for one in self.differences()}

    def assert_untouched(self, before):
        """Everything is as it was invoiced, and each difference is raised once."""
        self.assertEqual(self.values(), before)
        self.assertEqual(self.kinds(), CHANGES)
        self.assertEqual(len(self.differences()), len(CHANGES))
        rows = self.business_rows()
        with self.business_writes() as statements:
            self.advance(hours=1)
            self.sync(full=True)
        self.assertEqual(statements, [])
        self.assertEqual(self.business_rows(), rows)


@tagged("post_install", "-at_install")
class TestInvoicedTime(InvoicedCase):
    def test_on_a_draft(self):
        move = self.invoice()
        before = self.values()
        self.assertEqual({one["billing_state"] for one in before.values()}, {"draft"})
        self.change_all()
        self.sync(full=True)
        self.assert_untouched(before)
        move.unlink()
        self.advance(hours=1)
        self.sync(full=True)
        self.assert_applied()

    def test_on_a_posted_invoice(self):
        move = self.invoice()
        move.action_post()
        before = self.values()
        self.assertEqual(
            {one["billing_state"] for one in before.values()}, {"invoiced"}
        )
        self.change_all()
        self.sync(full=True)
        self.assert_untouched(before)
        total = move.amount_untaxed
        # 45 hours of the golden example and 11 logs of one hour, 100.00 each.
        self.assertEqual(total, 5600)
        self.credit(move)
        self.advance(hours=1)
        self.sync(full=True)
        self.assert_applied()
        self.assertEqual(move.amount_untaxed, total)

    def credit(self, move):
        wizard = self.env["account.move.reversal"].create(
            {"move_ids": [Command.set(move.ids)], "journal_id": move.journal_id.id}
        )
        action = wizard.reverse_moves()
        self.env["account.move"].browse(action["res_id"]).action_post()

    def assert_applied(self):
        """What Zoho says now holds, and no difference is left open."""
        self.assert_content()
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        self.assertFalse(self.kinds())
        self.assertEqual(len(self.differences("settled")), len(CHANGES))

    def test_quick_syncs_see_changes(self):
        """All that a quick sync can see is a difference at once, in hours and money."""
        self.invoice()
        self.change_all()
        self.sync()
        seen = {name: kind for name, kind in CHANGES.items() if kind != "deleted"}
        self.assertEqual(self.kinds(), seen)
        [hours] = self.differences().filtered(
            lambda one: one.timesheet_id == self.line("hours")
        )
        self.assertEqual((hours.hours_before, hours.hours_after), (1, 1.5))
        self.assertEqual((hours.amount_before, hours.amount_after), (100, 150))
        [gone] = self.differences().filtered(lambda one: one.kind == "unapproved")
        self.assertEqual((gone.hours_before, gone.hours_after), (1, 0))

    def test_zoho_returns_to_what_was_invoiced(self):
        self.invoice()
        self.portal.edit_log(self.logs["hours"], minutes=90)
        self.portal.withdraw_log(self.logs["unapproved"])
        self.sync()
        self.assertEqual(len(self.differences()), 2)
        self.portal.edit_log(self.logs["hours"], minutes=60)
        self.portal.approve_log(self.logs["unapproved"])
        self.advance(hours=1)
        self.sync()
        self.assertFalse(self.differences())

    def test_part_of_an_invoice(self):
        """Only what is on the invoice is fast; the rest of the project moves on."""
        self.invoice(timesheet_ids=[Command.set(self.line("hours").ids)])
        self.portal.edit_log(self.logs["hours"], minutes=90)
        self.portal.edit_log(self.logs["day"], minutes=90)
        self.sync()
        self.assertEqual(self.line("hours").unit_amount, 1)
        self.assertEqual(self.line("day").unit_amount, 1.5)
        self.assertEqual(self.kinds(), {"hours": "changed"})

    def test_freed_long_after_the_change(self):
        """The next sync applies what has changed while time was on an invoice."""
        for log in self.portal.logs.values():
            # Nothing waits for approval: no day is read again for that.
            log.approval = "approved"
        self.sync(full=True)
        move = self.invoice()
        self.portal.edit_log(self.logs["hours"], minutes=90)
        self.sync()
        self.advance(days=9)
        self.portal.edit_log(self.logs["notes"], notes="Much later")
        self.sync()
        self.assertEqual(self.line("hours").unit_amount, 1)
        move.unlink()
        self.advance(hours=1)
        self.sync()
        self.assertEqual(self.line("hours").unit_amount, 1.5)
        self.assertEqual(self.line("notes").name, "Much later")
        self.assertFalse(self.differences())

    def test_customer_changed(self):
        """An invoiced project keeps its customer; somebody else is a difference."""
        self.invoice()
        customer = self.project.partner_id
        other = self.zoho("customer", name="Harbour Authority")
        self.portal.set_primary(self.golden, other.id)
        self.sync()
        self.sync(full=True)
        self.assertEqual(self.project.partner_id, customer)
        [difference] = self.differences()
        self.assertEqual(difference.kind, "customer_changed")
        self.assertEqual(difference.project_id, self.project)

    def test_customer_changed_after_a_fixed_cost(self):
        """No hour is on an invoice, but the project is."""
        self.project.write({"billing_method": "fixed_cost", "fixed_cost": 1000})
        self.invoice(mode="fixed")
        customer = self.project.partner_id
        other = self.zoho("customer", name="Harbour Authority")
        self.portal.set_primary(self.golden, other.id)
        self.sync()
        self.assertEqual(self.project.partner_id, customer)
        self.assertEqual(self.differences().mapped("kind"), ["customer_changed"])

    def test_project_trashed(self):
        """Invoiced time stays with its project, whatever becomes of it in Zoho."""
        self.invoice()
        before = self.values()
        self.portal.trash("project", self.golden)
        self.sync(full=True)
        self.assertEqual(self.values(), before)
        self.assertEqual({one.kind for one in self.differences()}, {"deleted"})
