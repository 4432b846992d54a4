"""All customers with unbilled time in one go; one that fails stops no other."""

from ast import literal_eval
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import LockError
from odoo.tests import Form, tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestBillingBatch(BillingCommon):
    """The golden customer (3,125.00), Beta (2 h × 80 in euro), Gamma (1 h × 50)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.analytic.line"].sudo().search([]).billed_elsewhere = True
        cls.golden = cls._golden(cls)
        cls.beta = cls._customer_with_time("Beta", 2, 80)
        cls.beta.billing_currency_id = cls.other_currency
        cls.gamma = cls._customer_with_time("Gamma", 1, 50)

    @classmethod
    def _customer_with_time(cls, name, hours, rate, **values):
        customer = cls.env["res.partner"].create({"name": name, "is_company": True})
        project = cls._project(f"{name} Project", partner_id=customer.id, **values)
        cls._flat_rate(rate, project)
        cls._log(hours, task=cls._task("Work", project))
        return project

    def _batch(self, **values):
        batches = self.env["project.invoice.batch"].with_user(self.accountant)
        return batches.create({"date_to": "2026-01-31", **values})

    def _line(self, batch, project):
        return batch.line_ids.filtered(lambda line: project in line.project_ids)

    def test_table_of_customers(self):
        batch = self._batch()
        self.assertEqual(
            [
                (line.partner_id.name, line.currency_id.name, line.hours, line.amount)
                for line in batch.line_ids
            ],
            [
                ("Beta", "EUR", 2, 160),
                ("Gamma", "USD", 1, 50),
                ("Golden Customer", "USD", 45, 3125),
            ],
        )
        self.assertTrue(all(batch.line_ids.mapped("selected")))
        self.assertFalse(any(batch.line_ids.mapped("exceptions")))
        self.assertEqual(
            self._line(self._batch(date_to="2026-01-05"), self.project).hours, 30
        )
        self.assertFalse(self._batch(date_to="2026-01-04").line_ids)

    def test_one_draft_per_customer_and_currency(self):
        second = self._project("Second")
        self._flat_rate(10, second)
        self._log(1, task=self._task("Call", second))
        third = self._project("Third", billing_currency_id=self.other_currency.id)
        self._flat_rate(10, third)
        self._log(1, task=self._task("Call", third))
        batch = self._batch()
        self.assertEqual(len(batch.line_ids), 4)
        batch.action_create_drafts()
        self.assertEqual((batch.made, batch.failed, batch.to_make), (4, 0, 0))
        self.assertEqual(
            sorted(
                (move.partner_id.name, move.currency_id.name, move.amount_untaxed)
                for move in batch.line_ids.move_ids
            ),
            [
                ("Beta", "EUR", 160),
                ("Gamma", "USD", 50),
                ("Golden Customer", "EUR", 10),
                ("Golden Customer", "USD", 3135),
            ],
        )
        self.assertEqual(set(batch.line_ids.move_ids.mapped("state")), {"draft"})
        action = batch.action_open_drafts()
        self.assertEqual(set(action["domain"][0][2]), set(batch.line_ids.move_ids.ids))
        self.assertFalse(self._batch().line_ids)

    def test_who_is_not_ticked_is_not_invoiced(self):
        batches = self.env["project.invoice.batch"].with_user(self.accountant)
        with Form(batches) as form:
            form.date_to = "2026-01-31"
            for index, _line in enumerate(form.line_ids._records):
                with form.line_ids.edit(index) as line:
                    line.selected = line.partner_id.name == "Gamma"
            self.assertEqual(form.to_make, 1)
        form.record.action_create_drafts()
        self.assertEqual(form.record.line_ids.move_ids.amount_untaxed, 50)
        self.assertStates(self.golden, "unbilled", "unbilled", "unbilled")
        with self.assertRefused("Tick at least one customer"):
            form.record.action_create_drafts()

    def test_a_customer_that_fails_stops_no_other(self):
        """Somebody invoices Gamma's time after the table was made."""
        batch = self._batch()
        self.assertEqual(len(batch.line_ids), 3)
        self._invoice(self.gamma)
        batch.action_create_drafts()
        self.assertEqual((batch.made, batch.failed), (2, 1))
        failed = self._line(batch, self.gamma)
        self.assertEqual(failed.state, "failed")
        self.assertIn("nothing to invoice", failed.message)
        self.assertFalse(failed.move_ids)
        self.assertStates(self.golden, "draft", "draft", "draft")

    def test_two_accountants_at_once(self):
        """The rows of Gamma are locked by somebody else: its line says so."""
        batch = self._batch()
        model = type(self.env["account.analytic.line"])
        lock = model.lock_for_update

        def locked(records, **options):
            if self.gamma in records.project_id:
                raise LockError("taken")
            return lock(records, **options)

        with patch.object(model, "lock_for_update", locked):
            batch.action_create_drafts()
        self.assertIn("Somebody else", self._line(batch, self.gamma).message)
        self.assertEqual((batch.made, batch.failed), (2, 1))

    def test_exceptions_beside_the_customers(self):
        dan = self.env["hr.employee"].create({"name": "Dan"})
        self._log(3, dan, day="2026-01-09")
        for task in map(self._task, "ABC"):
            self._log(0.5, dan, task)
        no_rate = (
            "No rate is set: Golden Project - A - Dan, Golden Project - B - Dan, "
            "Golden Project - C - Dan and 1 more (04:30 h)"
        )
        homeless = self._project("Homeless", partner_id=False)
        self._flat_rate(10, homeless)
        self._log(1, task=self._task("Call", homeless))
        self.env["zoho.difference"].sudo().create(
            {
                "company_id": self.env.company.id,
                "project_id": self.gamma.id,
                "kind": "customer_changed",
            }
        )
        self.other_currency.active = False
        batch = self._batch()
        self.assertEqual(
            {line.project_ids.name: line.exceptions for line in batch.line_ids},
            {
                "Golden Project": no_rate,
                "Homeless": "Homeless has no customer to invoice.",
                "Gamma Project": "Open differences with Zoho: 1",
                "Beta Project": "The currency EUR is not active.",
            },
        )
        self.assertEqual(
            {line.project_ids.name for line in batch.line_ids if line.can_invoice},
            {"Golden Project", "Gamma Project"},
        )
        batch.line_ids.selected = True
        batch.action_create_drafts()
        self.assertEqual((batch.made, batch.failed), (2, 0))

    def test_time_that_an_order_sells_is_said(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.project._billing_time_product().id}
                    )
                ],
            }
        )
        order.action_confirm()
        self.golden[0].so_line = order.order_line
        line = self._line(self._batch(), self.project)
        self.assertIn(f"Billed by the sales order {order.name}", line.exceptions)
        self.assertEqual(line.amount, 2125)

    def test_an_archived_project_is_invoiced_and_said_to_be_archived(self):
        """Gamma has ended, 1 h at 50.00 of it is unbilled: all places agree."""
        self.gamma.active = False
        batch = self._batch()
        line = self._line(batch, self.gamma)
        self.assertEqual((line.hours, line.amount, line.selected), (1, 50, True))
        self.assertIn("Archived: Gamma Project", line.exceptions)
        wizard = self.env["project.invoice.create"].with_user(self.accountant)
        action = self.gamma.with_user(self.accountant).action_new_invoice()
        with Form(wizard.with_context(**action["context"])) as form:
            self.assertFalse(form.warning)
            self.assertEqual(form.total_amount, 50)
            self.assertIn("Archived: Gamma Project", form.notice)
        listed = self.env.ref("zoho_projects_connector.project_project_action_billing")
        domain = [
            *literal_eval(listed.domain),
            ("timesheet_ids.unbilled_hours", "!=", 0),
        ]
        projects = self.env["project.project"].with_user(self.accountant)
        self.assertIn(self.gamma, projects.search(domain))
        self.assertEqual(self.gamma.amount_unbilled, 50)
        self.env.flush_all()
        row = self.env["project.unbilled.time"].search(
            [("project_id", "=", self.gamma.id)]
        )
        self.assertEqual((row.hours, row.amount, row.is_archived), (1, 50, True))
        batch.action_create_drafts()
        self.assertEqual(line.move_ids.amount_untaxed, 50)
        self.assertEqual(self.gamma.hours_unbilled, 0)

    def test_time_of_who_has_left_and_of_archived_tasks_is_chosen(self):
        """Cid's 15 h at 75.00 and Ann's 10 h at 100.00 on the archived task."""
        self.cid.active = self.design.active = False
        self.assertEqual(self._wizard(employee_ids=self.cid.ids).total_amount, 1125)
        self.assertEqual(self._wizard(task_ids=self.design.ids).total_amount, 1000)

    def test_each_customer_is_invoiced_as_usual(self):
        """Golden: per person, with the period; rounding of Gamma: 1:00 up to 2:00."""
        self.customer.sudo().billing_layout = {
            "group_by": "employee",
            "details": ["period"],
        }
        self.gamma.partner_id.billing_rounding = "up"
        self.gamma.partner_id.billing_rounding_minutes = 120
        batch = self._batch(invoice_date="2026-02-01")
        self.assertEqual(self._line(batch, self.gamma).amount, 100)
        batch.action_create_drafts()
        golden = self._line(batch, self.project).move_ids
        self.assertEqual(
            golden.invoice_line_ids.mapped("name"),
            ["Ann\n01/05/2026", "Ben\n01/05/2026", "Cid\n01/06/2026"],
        )
        self.assertEqual(self._line(batch, self.gamma).move_ids.amount_untaxed, 100)
        self.assertEqual(str(golden.invoice_date), "2026-02-01")

    def test_closed_period(self):
        self.env.company.fiscalyear_lock_date = "2026-01-31"
        batch = self._batch(invoice_date="2026-01-31")
        with self.assertRefused("closed.*02/01/2026"):
            batch.action_create_drafts()

    def test_other_company(self):
        other = self.setup_other_company()["company"]
        self.accountant.company_ids |= other
        self._customer_with_time("Delta", 4, 25, company_id=other.id)
        batch = self._batch()
        self.assertNotIn("Delta", batch.line_ids.partner_id.mapped("name"))
        batches = self.env["project.invoice.batch"].with_user(self.accountant)
        batch = batches.with_context(allowed_company_ids=other.ids).create(
            {"date_to": "2026-01-31"}
        )
        self.assertEqual(batch.line_ids.mapped("partner_id.name"), ["Delta"])
        batch.action_create_drafts()
        move = batch.line_ids.move_ids
        self.assertEqual((move.company_id, move.amount_untaxed), (other, 100))

    def test_fifty_customers_a_click(self):
        for number in range(2):
            self._customer_with_time(f"Customer {number}", 1, 10)
        batch = self._batch()
        size = (
            "odoo.addons.zoho_projects_connector.wizards.billing.project_invoice_batch"
        )
        with patch(f"{size}.BATCH_SIZE", 3):
            batch.action_create_drafts()
            self.assertEqual((batch.made, batch.to_make), (3, 2))
            batch.action_create_drafts()
        self.assertEqual((batch.made, batch.to_make), (5, 0))

    def _queries_of_table(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["project.invoice.batch"].new({"date_to": "2026-01-31"})._preview_rows()
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_grow_with_the_entries(self):
        self._queries_of_table()
        few = self._queries_of_table()
        for _number in range(40):
            self._log(0.25)
        self.assertLessEqual(self._queries_of_table(), few)
        for number in range(10):
            self._customer_with_time(f"Customer {number}", 1, 10)
        # What the registry keeps is dropped by new customers, and read once.
        self._queries_of_table()
        self.assertLessEqual(self._queries_of_table(), few + 10)
