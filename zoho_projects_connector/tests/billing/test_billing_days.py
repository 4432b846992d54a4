"""Projects billed by the day: hours become days of the company's working time."""

from odoo.tests import Form, tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestBillingDays(BillingCommon):
    """A day has 7.6 h here and costs 760.01; three entries of 2:32 h make one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env.company.resource_calendar_id
        cls.calendar.hours_per_day = 7.6
        cls.project.write({"billing_method": "project_days", "billing_rate": 760.01})
        cls.first = cls._log(152 / 60, day="2026-01-05")
        cls.second = cls._log(152 / 60, day="2026-01-06")
        cls.third = cls._log(152 / 60, day="2026-01-07")
        cls.logs = cls.first + cls.second + cls.third

    def _posted(self, **values):
        invoice = self._invoice(**values)
        invoice.action_post()
        return invoice

    def test_three_thirds_of_a_day_are_a_day_to_the_cent(self):
        wizard = self._wizard()
        line = wizard.preview_line_ids
        self.assertEqual((line.hours, line.days, line.rate), (7.6, 1, 760.01))
        self.assertEqual((wizard.total_days, wizard.total_amount), (1, 760.01))
        self.assertEqual(self.project.amount_unbilled, 760.01)
        invoice = self._posted()
        line = invoice.invoice_line_ids
        self.assertEqual((line.quantity, line.price_unit), (1, 760.01))
        self.assertEqual(line.product_uom_id, self.env.ref("uom.product_uom_day"))
        self.assertEqual(line.name, "Design\n1 day = 07:36 h")
        self.assertEqual(invoice.amount_untaxed, 760.01)
        rows = self._ledger(move_id=invoice)
        self.assertAlmostEqual(sum(rows.mapped("amount")), 760.01)
        self.assertAlmostEqual(rows[0].rate, 760.01 / 7.6)
        self.assertEqual(set(rows.mapped("rate_origin")), {"project"})
        self.assertLedgerTrue(self.logs)
        self.assertNothingOnOrders(invoice)
        self.assertAlmostEqual(self.first.billing_rate, 760.01 / 7.6)

    def test_half_a_day_credited_after_the_working_time_changed(self):
        """0.5 day of 7.6 h frees the last entry and 1:16 h of the second; at eight
        hours a day these 3.8 h are 0.475 day: 361.00475, so 361.00."""
        invoice = self._posted()
        self.calendar.hours_per_day = 8
        credit_note = self._credit_note(invoice)
        self._set_line(credit_note.invoice_line_ids, quantity=0.5)
        self.assertEqual(credit_note.invoice_line_ids.billing_hours_per_day, 7.6)
        credit_note.action_post()
        self.assertHours(self.first, 152 / 60, 0)
        self.assertHours(self.second, 76 / 60, 76 / 60)
        self.assertHours(self.third, 0, 152 / 60)
        self.assertLedgerTrue(self.logs)
        again = self._posted()
        self.assertAlmostEqual(again.invoice_line_ids.quantity, 0.475)
        self.assertEqual(again.amount_untaxed, 361)
        self.assertIn("1 day = 08:00 h", again.invoice_line_ids.name)
        self.assertLedgerTrue(self.logs)
        self.assertNothingOnOrders(invoice, again)

    def test_replacement_bills_the_same_days(self):
        invoice = self._posted()
        action = self._reversal(invoice).modify_moves()
        replacement = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(replacement.invoice_line_ids.quantity, 1)
        self.assertStates(self.logs, "draft", "draft", "draft")
        self.assertLedgerTrue(self.logs)
        replacement.action_post()
        self.assertEqual(replacement.amount_untaxed, 760.01)
        self.assertNothingOnOrders(replacement)

    def test_quantity_in_days_by_hand(self):
        """A third of a day stays: one entry. In hours it would be 2.5333 of them."""
        invoice = self._invoice()
        line = invoice.invoice_line_ids
        self._set_line(line, quantity=1 / 3)
        self.assertStates(self.logs, "draft", "unbilled", "unbilled")
        self._set_line(
            line, product_uom_id=self.env.ref("uom.product_uom_hour").id, quantity=7.6
        )
        self.assertStates(self.logs, "draft", "draft", "draft")
        self.assertLedgerTrue(self.logs)

    def test_rounding_comes_before_days(self):
        """3 × 2:32 h up to quarters are 8:15 h: 8.25 / 7.6 × 760.01 = 825.01."""
        self.project.billing_rounding = "up"
        invoice = self._posted()
        self.assertAlmostEqual(invoice.invoice_line_ids.quantity, 8.25 / 7.6)
        self.assertEqual(invoice.amount_untaxed, 825.01)
        self.assertLedgerTrue(self.logs)
        self.assertNothingOnOrders(invoice)

    def test_days_of_tasks_and_staff_never_mix_and_need_a_rate(self):
        """Ann 7.6 h at 800 a day, Ben 3.8 h at 600: 800 + 300; Dan has no rate."""
        self.project.write({"billing_method": "staff_days", "billing_rate": 0})
        self.project.billing_rate_ids.unlink()
        self.env["project.billing.rate"].create(
            [
                {"project_id": self.project.id, "employee_id": who.id, "rate": rate}
                for who, rate in ((self.ann, 800), (self.ben, 600))
            ]
        )
        dan = self.env["hr.employee"].create({"name": "Dan"})
        self._log(3.8, self.ben)
        self._log(1, dan)
        wizard = self._wizard(group_by="project")
        self.assertEqual(wizard.preview_line_ids.mapped("amount"), [800, 300])
        self.assertEqual(wizard.left_out_ids.mapped("reason"), ["missing_rate"])
        self.project.billing_method = "task_days"
        self.design.billing_rate = 1000
        # 7.6 + 3.8 + 1 = 12.4 h are 1.6316 days: 1,631.58
        self.assertEqual(self._wizard().total_amount, 1631.58)

    def test_company_without_working_time_has_days_of_eight_hours(self):
        self.env.company.resource_calendar_id = False
        self.assertEqual(self._wizard().total_days, 7.6 / 8)

    def test_projects_by_the_hour_and_by_the_day_on_one_invoice(self):
        other = self._project("Other")
        self._flat_rate(50, other)
        self._log(2, task=self._task("Call", other))
        invoice = self._invoice(self.project + other)
        self.assertEqual(invoice.amount_untaxed, 860.01)
        self.assertEqual(
            invoice.invoice_line_ids.product_uom_id,
            self.env.ref("uom.product_uom_day") + self.env.ref("uom.product_uom_hour"),
        )

    def test_forms_say_per_day(self):
        self.assertEqual(self.project.billing_unit, "day")
        self.assertEqual(self.design.billing_unit, "day")
        self.assertEqual(set(self.project.billing_rate_ids.mapped("unit")), {"day"})
        with Form(self.project) as form:
            form.billing_method = "project_hours"
            self.assertEqual(form.billing_unit, "hour")
