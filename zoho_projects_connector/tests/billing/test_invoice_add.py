"""Time and expenses on an invoice that is there already, as renewals need it."""

from odoo import Command
from odoo.tests import tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoiceAdd(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._flat_rate(100)
        cls.log = cls._log(20)

    def _draft(self, **values):
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Plan",
                            "quantity": 1,
                            "price_unit": 300,
                            "tax_ids": [],
                        }
                    )
                ],
                **values,
            }
        )

    def test_plan_and_time(self):
        """300.00 for the plan and 20 h at 100.00 are 2,300.00."""
        invoice = self._draft()
        lines = self._wizard()._add_to_invoice(invoice)
        self.assertEqual(lines.mapped("price_subtotal"), [2000])
        self.assertEqual(invoice.amount_untaxed, 2300)
        self.assertStates(self.log, "draft")
        self.assertEqual(self.log.timesheet_invoice_id, invoice)
        self.assertEqual(lines.sale_line_ids.qty_to_invoice, 0)
        self.assertLedgerTrue(self.log)
        invoice.action_post()
        self.assertStates(self.log, "invoiced")
        self._credit_note(invoice).action_post()
        self.assertStates(self.log, "unbilled")

    def test_nothing_to_add(self):
        invoice = self._draft()
        self.log.sudo().billing_exclusion = "Our mistake"
        self.assertFalse(self._wizard()._add_to_invoice(invoice))
        self.assertEqual(invoice.amount_untaxed, 300)

    def test_it_must_fit(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        posted = self._draft()
        posted.action_post()
        for invoice in (
            posted,
            self._draft(partner_id=stranger.id),
            self._draft(currency_id=self.other_currency.id),
        ):
            with self.assertRefused("cannot be added"):
                self._wizard()._add_to_invoice(invoice)
        several = self.project + self._project("Other", partner_id=stranger.id)
        with self.assertRefused("these projects have several"):
            self._wizard(several)._add_to_invoice(self._draft())
