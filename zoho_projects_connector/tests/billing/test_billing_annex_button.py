"""One button *Timesheets* on an invoice, for everybody who may see its time."""

from lxml import etree

from odoo.tests import new_test_user, tagged

from .billing_common import ThreeEntriesCommon


@tagged("post_install", "-at_install")
class TestBillingAnnexButton(ThreeEntriesCommon):
    def _user(self, *groups):
        return new_test_user(
            self.env, "reader", groups=",".join(groups), company_id=self.env.company.id
        )

    def _opened(self, invoice, user):
        """Return what the button opens, and the hours it shows."""
        invoice = invoice.with_user(user)
        action = invoice.action_billed_time()
        self.assertEqual(action["display_name"], "Timesheets")
        records = self.env[action["res_model"]].with_user(user).search(action["domain"])
        return records, invoice.billed_time_hours

    def _buttons(self, user):
        """Return the buttons of the invoice form that show hours, by their name."""
        moves = self.env["account.move"].with_user(user)
        arch = etree.fromstring(moves.get_view(view_type="form")["arch"])
        shown = "ancestor::button[@class='oe_stat_button'][1]"
        names = ("billed_time_hours", "timesheet_total_duration")
        buttons = {
            name: arch.xpath(
                f"//div[@name='button_box']//field[@name='{name}']/{shown}"
            )
            for name in names
        }
        return {name: found[0] for name, found in buttons.items() if found}

    def test_accountant(self):
        """He sees 8 h in three entries, and no second button."""
        records, hours = self._opened(self._posted(), self.accountant)
        self.assertEqual(records._name, "project.billed.time")
        self.assertEqual(sum(records.mapped("hours")), 8)
        self.assertEqual(hours, 8)
        self.assertEqual(list(self._buttons(self.accountant)), ["billed_time_hours"])

    def test_auditor(self):
        """Who reads all documents reads the time behind them."""
        reader = self._user("account.group_account_readonly")
        records, hours = self._opened(self._posted(), reader)
        self.assertEqual(records._name, "project.billed.time")
        self.assertEqual((len(records), hours), (3, 8))

    def test_salesperson_with_timesheets(self):
        """Rates are not for him: the same button opens the entries themselves."""
        reader = self._user(
            "sales_team.group_sale_salesman_all_leads",
            "hr_timesheet.group_hr_timesheet_approver",
        )
        records, hours = self._opened(self._posted(), reader)
        self.assertEqual(records, self.logs.with_user(reader))
        self.assertEqual(hours, 8)

    def test_one_button_at_a_time(self):
        """Odoo's button is for time that the ledger does not know."""
        reader = self._user(
            "account.group_account_invoice", "hr_timesheet.group_hr_timesheet_approver"
        )
        buttons = self._buttons(reader)
        self.assertEqual(
            buttons["billed_time_hours"].get("invisible"), "not billed_time_hours"
        )
        self.assertEqual(
            buttons["timesheet_total_duration"].get("invisible"),
            "(timesheet_count == 0) or (billed_time_hours)",
        )

    def test_part_of_an_entry(self):
        """After 2 h of 8 are credited: 8 h on the invoice, 2 h on the credit note."""
        invoice = self._posted()
        credit_note = self._credit_note(invoice)
        self._set_line(credit_note.invoice_line_ids, quantity=2)
        credit_note.action_post()
        self.assertEqual(self._opened(invoice, self.accountant)[1], 8)
        records, hours = self._opened(credit_note, self.accountant)
        self.assertEqual((sum(records.mapped("hours")), hours), (2, 2))
