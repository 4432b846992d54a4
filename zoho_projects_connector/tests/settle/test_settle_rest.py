"""The unbilled rest of an entry while Zoho and an invoice differ on it."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .settle_common import SettleCase


@tagged("post_install", "-at_install")
class TestRestOfDifference(SettleCase):
    def test_rest_waits_while_the_difference_is_open(self):
        """8 h billed, 3 h credited, then Zoho has 6 h: 1 h is due, not 3 h."""
        move = self.invoice(True, timesheet_ids=[Command.set(self.line().ids)])
        action = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id})
            .refund_moves()
        )
        note = self.env["account.move"].browse(action["res_id"])
        note.write(
            {
                "invoice_line_ids": [
                    Command.update(note.invoice_line_ids.id, {"quantity": 3})
                ]
            }
        )
        note.action_post()
        self.assert_line(8, 5, 3, "invoiced")
        self.portal.edit_log(self.log, minutes=360)
        self.sync()
        with self.assertRaisesRegex(UserError, r"settle the difference.*\(03:00 h\)"):
            self.invoice(timesheet_ids=[Command.set(self.line().ids)])
        self.settle("bill_rest")
        self.assert_line(6, 5, 1, "invoiced")
        rest = self.invoice(timesheet_ids=[Command.set(self.line().ids)])
        self.assertEqual(rest.amount_untaxed, 100)
