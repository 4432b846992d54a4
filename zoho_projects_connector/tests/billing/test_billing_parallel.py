"""Two accountants at once, each on a connection of his own."""

from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..sync.test_connect_parallel import OwnEnvironment


@tagged("post_install", "-at_install")
class TestBillingParallel(TransactionCase):
    """Works on 4 h at 100.00 that are committed, and removed afterwards."""

    def setUp(self):
        super().setUp()
        self.made = {}
        self.addCleanup(self._remove)
        with self.transaction() as env:
            partner = self._make(env, "res.partner", name="Committed")
            employee = self._make(env, "hr.employee", name="Ann")
            project = self._make(
                env,
                "project.project",
                name="Committed",
                partner_id=partner.id,
                company_id=env.company.id,
                allow_billable=True,
                billing_method="project_hours",
                billing_rate=100,
            )
            self._make(
                env,
                "account.analytic.line",
                name="Work",
                project_id=project.id,
                employee_id=employee.id,
                date="2026-01-05",
                unit_amount=4,
            )

    def transaction(self):
        """Return a context of an environment on a connection of its own."""
        return OwnEnvironment(self.registry)

    def _make(self, env, model, **values):
        record = env[model].create(values)
        self.made[model] = record.id
        return record

    def _remove(self):
        with self.transaction() as env:
            project = env["project.project"].browse(self.made["project.project"])
            account = project.account_id
            orders = env["sale.order"].search([("billing_project_id", "=", project.id)])
            orders.invoice_ids.unlink()
            orders._action_cancel()
            orders.unlink()
            for model in ("account.analytic.line", "project.project", "hr.employee"):
                env[model].browse(self.made[model]).unlink()
            account.unlink()
            env["res.partner"].browse(self.made["res.partner"]).unlink()

    def _wizard(self, env):
        return env["project.invoice.create"].create(
            {"project_ids": [Command.set([self.made["project.project"]])]}
        )

    def _invoices(self):
        with self.transaction() as env:
            line = env["account.analytic.line"].browse(
                self.made["account.analytic.line"]
            )
            rows = env["project.billed.time"].search([("timesheet_id", "=", line.id)])
            return rows.move_id.mapped("amount_untaxed")

    def test_the_second_is_told(self):
        """The first has not committed: the second does not wait, and bills nothing."""
        with self.transaction() as first:
            self._wizard(first).action_create_invoice()
            with self.assertRaisesRegex(UserError, "Somebody else is invoicing"):
                with self.transaction() as second:
                    self._wizard(second).action_create_invoice()
        self.assertEqual(self._invoices(), [400])
        with self.assertRaisesRegex(UserError, "nothing to invoice"):
            with self.transaction() as third:
                self._wizard(third).action_create_invoice()

    def test_two_drafts_raised_at_once_do_not_exceed_the_fixed_cost(self):
        """300 and 400 of 1,000: two people raise them to 600 and 700 unseen."""
        with self.transaction() as env:
            project = env["project.project"].browse(self.made["project.project"])
            project.write({"billing_method": "fixed_cost", "fixed_cost": 1000})
            drafts = [self._fixed(env, amount).id for amount in (300, 400)]
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            with self.transaction() as second:
                project = second["project.project"].browse(project.id)
                self.assertEqual(project.fixed_cost_left, 300)
                with self.transaction() as first:
                    self._raise(first, drafts[0], 600)
                self._raise(second, drafts[1], 700)
        with self.transaction() as env:
            project = env["project.project"].browse(project.id)
            self.assertEqual(project.fixed_cost_left, 0)

    def _fixed(self, env, amount):
        wizard = self._wizard(env)
        wizard.write({"mode": "fixed", "fixed_part": "amount", "fixed_amount": amount})
        return env["account.move"].browse(wizard.action_create_invoice()["res_id"])

    def _raise(self, env, draft, price):
        line = env["account.move"].browse(draft).invoice_line_ids
        line.move_id.write(
            {"invoice_line_ids": [Command.update(line.id, {"price_unit": price})]}
        )

    def test_who_looked_before_starts_anew(self):
        """He saw 400.00 unbilled; since then they are billed. Odoo repeats his call."""
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            with self.transaction() as second:
                wizard = self._wizard(second)
                self.assertEqual(wizard.total_amount, 400)
                with self.transaction() as first:
                    self._wizard(first).action_create_invoice()
                wizard.action_create_invoice()
        self.assertEqual(self._invoices(), [400])
