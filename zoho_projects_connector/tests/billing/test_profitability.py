"""Odoo's profitability panel has what the project's own figures have."""

import json

from odoo import Command
from odoo.tests import tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestProfitability(BillingCommon):
    """An hour costs 100.00; an order sells the time of Design at 120.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._flat_rate(100)
        cls.env["product.product"].search([("type", "=", "service")]).taxes_id = False
        cls.env.company.account_sale_tax_id = False

    def _panel(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.project._get_profitability_items(with_action=False)["revenues"]

    def _section(self):
        return [
            (one["invoiced"], one["to_invoice"])
            for one in self._panel()["data"]
            if one["id"] == "unbilled_time"
        ]

    def assertAgrees(self, to_invoice, invoiced):
        """The panel has these totals, and the figures have them too."""
        total = self._panel()["total"]
        self.assertAlmostEqual(total["to_invoice"], to_invoice, 2)
        self.assertAlmostEqual(total["invoiced"], invoiced, 2)
        project = self.project
        unbilled = project.amount_unbilled + project.amount_draft
        self.assertAlmostEqual(unbilled, to_invoice, 2)
        self.assertAlmostEqual(project.amount_invoiced, invoiced, 2)

    def _sell_design(self):
        wizard = self.env["project.quotation.create"].create(
            {"project_id": self.project.id, "task_ids": [Command.set(self.design.ids)]}
        )
        wizard.line_ids.write({"hours": 8.0, "rate": 120.0})
        order = self.env["sale.order"].browse(
            wizard.action_create_quotation()["res_id"]
        )
        order.action_confirm()
        return order

    def test_nothing_is_added_where_nothing_is_unbilled(self):
        self.assertEqual(self._section(), [])
        self.assertAgrees(0.0, 0.0)

    def test_from_time_to_a_partial_credit(self):
        """3 h ordered at 120.00 and 10 h at 100.00; then 5 h, then 4 h of them
        invoiced; of the 5 h 2 h credited.
        """
        self._sell_design()
        self._log(3)
        first = self._log(5, task=self.build)
        second = self._log(4, task=self.build)
        self._log(1, task=self.build)
        # 3 × 120 + 10 × 100
        self.assertAgrees(1360.0, 0.0)
        self.assertEqual(self._section(), [(0.0, 1000.0)])
        posted = self._invoice(timesheet_ids=[Command.set(first.ids)])
        self.assertAgrees(1360.0, 0.0)
        self.assertEqual(self._section(), [(0.0, 500.0)])
        posted.action_post()
        self.assertAgrees(860.0, 500.0)
        self._invoice(timesheet_ids=[Command.set(second.ids)])
        self.assertAgrees(860.0, 500.0)
        self.assertEqual(self._section(), [(0.0, 100.0)])
        credit = self._credit_note(posted)
        self._set_line(credit.invoice_line_ids, quantity=2)
        credit.action_post()
        # 2 h freed again: 860 + 200 and 500 - 200
        self.assertAgrees(1060.0, 300.0)

    def test_freed_time_counts_at_the_rate_of_today(self):
        """5 h at 100.00 credited as a whole; the rate is 130.00 since."""
        self._log(5, task=self.build)
        invoice = self._invoice()
        invoice.action_post()
        self._credit_note(invoice).action_post()
        self.assertAgrees(500.0, 0.0)
        self._flat_rate(130)
        self.assertAgrees(650.0, 0.0)

    def test_minutes_invoiced_one_by_one_leave_no_cents(self):
        """25.00 + 83.33 + 375.00 + 125.00 + 58.33; 400 minutes at once are 666.67.

        10 h more, of which 50 minutes are on a draft, are 1,000.00 to invoice.
        """
        for minutes in (15, 50, 225, 75, 35):
            self._log(minutes / 60, task=self.build)
            self._invoice(group_by="project").action_post()
        self.assertAgrees(0.0, 666.66)
        line = self.project.billed_time_ids.move_line_id.sale_line_ids
        self.assertEqual(line.untaxed_amount_to_invoice, 0)
        part = self._log(50 / 60, task=self.build)
        self._log(550 / 60, task=self.build)
        self._invoice(group_by="project", timesheet_ids=part.ids)
        self.assertEqual(line.untaxed_amount_to_invoice, 83.33)
        self.assertAgrees(1000.0, 666.66)

    def test_hours_without_a_rate_add_nothing(self):
        self._flat_rate(0)
        self._log(5, task=self.build)
        self.assertAgrees(0.0, 0.0)

    def test_amounts_are_in_the_currency_of_the_panel(self):
        """5 h at 100.00 euros, 2 of which are one of the company's currency."""
        euro = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        self.project.billing_currency_id = euro
        self._log(5, task=self.build)
        self.assertEqual(self._panel()["total"]["to_invoice"], 250.0)
        self.assertEqual(self.project.amount_unbilled, 500.0)

    def test_the_section_is_named_and_opens_its_time(self):
        self._sell_design()
        self._log(3)
        free = self._log(2, task=self.build)
        values = self.project._get_profitability_values()[0]
        self.assertEqual(values["labels"]["unbilled_time"], "Unbilled Time")
        items = self.project._get_profitability_items()["revenues"]["data"]
        [section] = [one for one in items if one["id"] == "unbilled_time"]
        opened = self.project.action_profitability_items(
            *json.loads(section["action"]["args"])
        )
        found = self.env[opened["res_model"]].search(opened["domain"])
        self.assertEqual(found, free)
        self.assertEqual(sum(found.mapped("unbilled_amount")), section["to_invoice"])

    def test_other_sections_open_as_before(self):
        log = self._log(2, task=self.build)
        action = self.project.action_profitability_items(
            "billable_time", [("id", "in", log.ids)]
        )
        self.assertIn(("id", "in", log.ids), action["domain"])
