"""One project of which each log changes, on a draft or on a posted invoice."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user

from ..sync.sync_common import SyncedCase


class SettleCase(SyncedCase):
    """A log of 8 h at 100.00 beside the 45 h of the golden example: 5,300.00."""

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
        cls.accountant = new_test_user(
            cls.env,
            "settling",
            groups="zoho_projects_connector.group_zoho_billing",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def make_portal(self):
        portal = super().make_portal()
        self.golden = portal.golden_project
        task = portal.add_task(self.golden, "Task in question")
        log = portal.add_log(self.golden, task.id, 480, "2026-10-12", notes="Plans")
        self.log = log.id
        return portal

    def line(self):
        return self.record("timelog", self.log)

    def invoice(self, is_posted=False, **values):
        """Return an invoice made by the accountant, one line for all."""
        action = (
            self.env["project.invoice.create"]
            .with_user(self.accountant)
            .create(
                {
                    "project_ids": [Command.set(self.project.ids)],
                    "group_by": "project",
                    "show_sections": False,
                    **values,
                }
            )
            .action_create_invoice()
        )
        move = self.env["account.move"].browse(action["res_id"])
        if is_posted:
            move.action_post()
        return move

    def sync_again(self, full=True):
        self.advance(hours=1)
        self.sync(full=full)

    def difference(self, state="open"):
        [found] = self.env["zoho.difference"].search(
            [
                ("company_id", "=", self.company.id),
                ("timesheet_id", "=", self.line().id),
                ("state", "=", state),
            ]
        )
        return found

    def open_differences(self):
        return self.env["zoho.difference"].search(
            [("company_id", "=", self.company.id), ("state", "=", "open")]
        )

    def settle(self, way, difference=None, reason="Agreed by phone"):
        """Answer the dialog as the accountant does.

        :return: the action that follows, and the credit notes it opens.
        """
        difference = difference or self.difference()
        action = getattr(difference.with_user(self.accountant), f"action_{way}")()
        dialog = (
            self.env[action["res_model"]]
            .with_user(self.accountant)
            .with_context(**action["context"])
            .create({"reason": reason})
        )
        result = dialog.action_settle()
        self.env.flush_all()
        return self.env["account.move"].browse(result.get("res_id", ()))

    def refuse(self, way, pattern):
        with self.assertRaisesRegex(UserError, pattern):
            self.settle(way)

    def assert_line(self, hours, billed, unbilled, state):
        line = self.line()
        self.assertAlmostEqual(line.unit_amount, hours, 6)
        self.assertAlmostEqual(line.billed_hours, billed, 6)
        self.assertAlmostEqual(line.unbilled_hours, unbilled, 6)
        self.assertEqual(line.billing_state, state)

    def assert_settled(self):
        """Nothing is open, and another full sync writes nothing at all."""
        self.sync_again()
        self.assertFalse(self.open_differences())
        rows = self.business_rows()
        with self.business_writes() as statements:
            self.sync_again()
        self.assertEqual(statements, [])
        self.assertEqual(self.business_rows(), rows)

    def last_message(self, document):
        return document.message_ids.sorted("id")[-1]
