"""Accept, credit, bill the rest: each kind of difference, on draft and posted invoices.

The log has 8 h at 100.00, beside 45 h of others: the invoice is 5,300.00.

:source: product.md, section 5.
"""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .settle_common import SettleCase


@tagged("post_install", "-at_install")
class TestAccept(SettleCase):
    def test_the_invoice_stays(self):
        """Accepted once, it is not asked again; another change asks anew."""
        move = self.invoice(is_posted=True)
        self.portal.edit_log(self.log, minutes=360)
        self.sync()
        difference = self.difference()
        self.assertEqual(difference.hours_difference, -2)
        self.assertEqual(difference.amount_difference, -200)
        self.assertEqual(difference.invoice_ids, move)
        self.assertFalse(self.settle("accept"))
        self.assertEqual(difference.state, "settled")
        self.assertEqual(difference.settlement, "accepted")
        self.assertEqual(difference.settled_by_id, self.accountant)
        self.assertEqual(difference.reason, "Agreed by phone")
        message = self.last_message(move)
        self.assertEqual(message.author_id, self.accountant.partner_id)
        self.assertIn("Reason: Agreed by phone", message.body)
        self.assertIn(
            f"Difference with Zoho: <b>{difference.display_name}</b>. The invoice is "
            "kept as it is: ",
            message.body,
        )
        self.assertIn("08:00 → 06:00", message.body)
        self.assert_settled()
        self.assert_line(8, 8, 0, "invoiced")
        self.assertEqual(move.amount_untaxed, 5300)
        self.portal.edit_log(self.log, minutes=300)
        self.sync_again()
        self.assertEqual(self.difference().hours_after, 5)
        self.assertEqual(difference.reason, "Agreed by phone")

    def test_agreed_in_between(self):
        """8 → 6 accepted, back to 8, then to 6 again: that is new."""
        self.invoice(is_posted=True)
        for minutes, count in [(360, 1), (480, 0), (360, 1)]:
            self.portal.edit_log(self.log, minutes=minutes)
            self.sync_again(full=False)
            self.assertEqual(len(self.open_differences()), count)
            if count:
                self.settle("accept")

    def test_deleted_in_zoho(self):
        move = self.invoice()
        self.portal.delete_log(self.log)
        self.sync_again()
        self.settle("accept")
        self.assert_settled()
        self.assert_line(8, 8, 0, "draft")
        self.assertEqual(move.amount_untaxed, 5300)

    def test_applied_once_the_invoice_is_gone(self):
        """What was accepted of an invoice is nothing to a deleted one."""
        move = self.invoice()
        self.portal.edit_log(self.log, minutes=360)
        self.sync()
        self.settle("accept")
        move.unlink()
        self.sync_again(full=False)
        self.assert_line(6, 0, 6, "unbilled")
        self.assert_settled()

    def test_several_at_once(self):
        others = self.project.timesheet_ids - self.line()
        other = others[0]
        self.invoice()
        self.portal.edit_log(self.log, minutes=360)
        self.portal.edit_log(other.zoho_id, notes="Other notes")
        self.sync()
        self.assertEqual(len(self.open_differences()), 2)
        self.settle("accept", self.open_differences(), "Small")
        self.assert_settled()

    def test_customer_changed(self):
        """The customer of an invoiced project stays; his project's chatter says why."""
        self.invoice()
        customer = self.project.partner_id
        other = self.zoho("customer", name="Harbour Authority")
        self.portal.set_primary(self.golden, other.id)
        self.sync()
        difference = self.open_differences()
        self.assertIn("Harbour Authority", difference.summary)
        self.assertFalse(difference.can_credit)
        self.settle("accept", difference, "Invoiced to the mother")
        self.assertIn("mother", self.last_message(self.project).body)
        self.assert_settled()
        self.assertEqual(self.project.partner_id, customer)
        first = self.zoho("customer", name=customer.name)
        self.portal.set_primary(self.golden, first.id)
        self.sync_again()
        self.assertFalse(difference.is_standing)


@tagged("post_install", "-at_install")
class TestCredit(SettleCase):
    def change(self, kind):
        """Let something happen to the log in Zoho, and see the difference."""
        portal, log = self.portal, self.log
        changes = {
            "deleted": lambda: portal.delete_log(log),
            "unapproved": lambda: portal.withdraw_log(log),
            "unbillable": lambda: portal.set_billable(log, False),
            "moved": lambda: portal.move_log(log, self.zoho("task", name="Level 0").id),
        }
        changes[kind]()
        self.sync_again()
        self.assertEqual(self.difference().kind, kind)

    def assert_gone(self, kind):
        """Nothing of the 8 h is billed, and they are where Zoho has them."""
        if kind == "moved":
            self.assert_line(8, 0, 8, "unbilled")
            self.assertNotEqual(self.line().project_id, self.project)
        else:
            self.assert_line(8, 0, 0, "non_billable")
            self.assertFalse(self.line().active)
        self.assertEqual(self.project.hours_unbilled, 0)

    def test_fewer_hours_on_a_draft(self):
        """8 → 6 h: the draft is lowered by just these, 5,300 − 200 = 5,100.00."""
        move = self.invoice()
        others = move.invoice_line_ids.billed_time_ids.timesheet_id - self.line()
        hours = {line: line.billed_hours for line in others}
        self.portal.edit_log(self.log, minutes=360)
        self.sync()
        self.assertFalse(self.settle("credit"))
        self.assertEqual(move.amount_untaxed, 5100)
        self.assertEqual({line: line.billed_hours for line in others}, hours)
        self.assert_line(6, 6, 0, "draft")
        self.assertIn("Agreed by phone", self.last_message(move).body)
        self.assert_settled()
        self.assertEqual(move.amount_untaxed, 5100)

    def test_fewer_hours_on_a_posted_invoice(self):
        """8 → 6 h: 200.00 are credited of this entry, though it is not the last."""
        move = self.invoice(is_posted=True)
        others = move.invoice_line_ids.billed_time_ids.timesheet_id - self.line()
        hours = {line: line.billed_hours for line in others}
        self.portal.edit_log(self.log, minutes=360)
        self.sync()
        difference = self.difference()
        note = self.settle("credit")
        self.assertEqual(note.state, "draft")
        self.assertEqual(note.reversed_entry_id, move)
        self.assertEqual(note.amount_untaxed, 200)
        self.assertIn("Agreed by phone", note.ref)
        self.assertEqual(difference.state, "settled")
        self.assert_line(8, 8, 0, "invoiced")
        self.sync_again()
        self.assertFalse(self.open_differences())
        note.with_user(self.accountant).action_post()
        self.assertEqual({line: line.billed_hours for line in others}, hours)
        self.assert_line(6, 6, 0, "invoiced")
        self.assertFalse(difference.is_standing)
        self.assertIn("Agreed by phone", self.last_message(move).body)
        with self.assertRaisesRegex(UserError, note.name):
            note.button_draft()
        self.assert_settled()
        self.assertEqual(self.project.hours_unbilled, 0)
        # Should Zoho go back to 8 h, the two are to be billed once more.
        self.portal.edit_log(self.log, minutes=480)
        self.sync_again()
        self.assertTrue(self.difference().can_bill_rest)

    def take_off_draft(self, kind):
        """Settled on a draft: 5,300 − 800 = 4,500.00, at once."""
        move = self.invoice()
        self.change(kind)
        self.assertFalse(self.settle("credit"))
        self.assertEqual(move.amount_untaxed, 4500)
        self.assert_gone(kind)
        self.assert_settled()
        self.assert_gone(kind)

    def credit_posted(self, kind):
        """Settled on a posted invoice: 800.00 credited, gone once that is posted."""
        move = self.invoice(is_posted=True)
        self.change(kind)
        note = self.settle("credit")
        self.assertEqual(note.amount_untaxed, 800)
        self.assert_line(8, 8, 0, "invoiced")
        note.action_post()
        self.assertEqual(move.amount_untaxed, 5300)
        self.assert_gone(kind)
        self.assert_settled()
        self.assert_gone(kind)

    def test_deleted_on_a_draft(self):
        self.take_off_draft("deleted")

    def test_deleted_on_a_posted_invoice(self):
        self.credit_posted("deleted")

    def test_unapproved_on_a_draft(self):
        self.take_off_draft("unapproved")

    def test_unapproved_on_a_posted_invoice(self):
        self.credit_posted("unapproved")
        self.portal.approve_log(self.log)
        self.sync_again()
        self.assert_line(8, 0, 8, "unbilled")

    def test_unbillable_on_a_draft(self):
        self.take_off_draft("unbillable")

    def test_unbillable_on_a_posted_invoice(self):
        self.credit_posted("unbillable")

    def test_moved_on_a_draft(self):
        self.take_off_draft("moved")

    def test_moved_on_a_posted_invoice(self):
        self.credit_posted("moved")

    def test_other_person(self):
        """As many hours of somebody else: all is credited, to be billed anew."""
        self.invoice(is_posted=True)
        ben = self.zoho("user", first_name="Ben")
        self.portal.edit_log(self.log, owner=ben.id)
        self.sync()
        difference = self.difference()
        self.assertIn("Ben", difference.summary)
        self.assertFalse(difference.can_bill_rest)
        note = self.settle("credit")
        self.assertEqual(note.amount_untaxed, 800)
        note.action_post()
        self.assert_line(8, 0, 8, "unbilled")
        self.assertEqual(self.line().employee_id, self.record("user", ben.id))
        self.assert_settled()
        self.assertEqual(self.invoice().amount_untaxed, 800)

    def test_credit_note_deleted(self):
        """Without its credit note, nothing is settled."""
        self.invoice(is_posted=True)
        self.portal.edit_log(self.log, minutes=360)
        self.sync()
        difference = self.difference()
        self.settle("credit").unlink()
        self.assertEqual(difference.state, "open")
        self.assertEqual(self.settle("credit").amount_untaxed, 200)

    def test_changed_while_the_credit_note_waits(self):
        """8 → 6, credited; → 5: the note first, then one hour more."""
        self.invoice(is_posted=True)
        self.portal.edit_log(self.log, minutes=360)
        self.sync()
        note = self.settle("credit")
        self.portal.edit_log(self.log, minutes=300)
        self.sync_again(full=False)
        self.refuse("credit", "already takes back")
        note.action_post()
        self.assert_line(6, 6, 0, "invoiced")
        second = self.settle("credit")
        self.assertEqual(second.amount_untaxed, 100)
        second.action_post()
        self.assert_line(5, 5, 0, "invoiced")
        self.assert_settled()

    def test_on_a_draft_and_on_a_posted_invoice(self):
        """5 h posted, 3 h on a draft, deleted: 300 off the draft, 500 credited."""
        first = self.invoice(is_posted=True)
        note = self.settle_by_hand(first, 3)
        note.action_post()
        draft = self.invoice()
        self.assertEqual(draft.amount_untaxed, 300)
        self.change("deleted")
        note = self.settle("credit")
        self.assertFalse(draft.invoice_line_ids)
        self.assertEqual(note.amount_untaxed, 500)
        note.action_post()
        self.assert_line(8, 0, 0, "non_billable")
        self.assert_settled()

    def settle_by_hand(self, move, hours):
        """Credit some hours of the log without a difference."""
        return self.line().sudo()._take_back(hours, "By hand")


@tagged("post_install", "-at_install")
class TestBillRest(SettleCase):
    def more(self, is_posted):
        move = self.invoice(is_posted)
        self.portal.edit_log(self.log, minutes=540, notes="Plans and more")
        self.sync()
        self.assertEqual(self.difference().hours_difference, 1)
        self.assertFalse(self.difference().can_credit)
        self.refuse("credit", "nothing to credit")
        self.assertFalse(self.settle("bill_rest"))
        return move

    def test_on_a_posted_invoice(self):
        """8 → 9 h: the ninth is on the next invoice, 100.00."""
        move = self.more(is_posted=True)
        self.assertIn("Agreed by phone", self.last_message(move).body)
        self.assert_line(9, 8, 1, "invoiced")
        self.assertEqual(self.line().name, "Plans and more")
        self.assert_settled()
        self.assertEqual(move.amount_untaxed, 5300)
        rest = self.invoice()
        self.assertEqual(rest.amount_untaxed, 100)
        self.assert_line(9, 9, 0, "draft")

    def test_on_a_draft(self):
        move = self.more(is_posted=False)
        self.assert_line(9, 8, 1, "draft")
        self.assertEqual(move.amount_untaxed, 5300)
        self.assert_settled()
        self.assertEqual(self.invoice().amount_untaxed, 100)

    def test_nothing_to_bill(self):
        self.invoice()
        self.portal.edit_log(self.log, notes="Other notes")
        self.sync()
        name = self.difference().display_name
        for way, refusal in (
            ("bill_rest", "has no hours that are still to be billed"),
            ("credit", "has nothing to credit"),
        ):
            self.refuse(way, f"^{name} {refusal}\\.$")
        self.settle("accept")
        self.assert_settled()


@tagged("post_install", "-at_install")
class TestWhoSettles(SettleCase):
    def test_others_only_read(self):
        self.invoice()
        self.portal.edit_log(self.log, minutes=360)
        self.sync()
        reader = new_test_user(
            self.env,
            "reading",
            groups="zoho_projects_connector.group_zoho_manager",
            company_id=self.company.id,
        )
        difference = self.difference().with_user(reader)
        self.assertEqual(difference.hours_after, 6)
        for way in ("accept", "credit", "bill_rest"):
            with self.assertRaises(AccessError):
                getattr(difference, f"action_{way}")()
        with self.assertRaises(AccessError):
            difference.reason = "Mine"
        with self.assertRaises(AccessError):
            self.difference().with_user(self.accountant).reason = "Mine"

    def test_settled_once(self):
        self.invoice()
        self.portal.edit_log(self.log, minutes=360)
        self.sync()
        difference = self.difference()
        self.settle("accept")
        for way in ("accept", "credit", "bill_rest"):
            with self.assertRaises(UserError):
                self.settle(way, difference)

    def test_the_way_past_the_guards_is_narrow(self):
        """Invoiced time is corrected within what is billed, by no remote call."""
        self.invoice(is_posted=True)
        line = self.line().sudo()
        with self.assertRaisesRegex(
            UserError, "^More hours than 07:00 h are billed: .* Remove it from the"
        ):
            line._correct_invoiced({"unit_amount": 7})
        for values in ({"active": False}, {"billed_elsewhere": True}):
            with self.assertRaisesRegex(UserError, "cannot be changed"):
                line._correct_invoiced(values)
        forged = line.with_context(billing_correction={"timesheet_ids": line.ids})
        with self.assertRaises(UserError):
            forged.unit_amount = 9

    def test_documents_say_so(self):
        move = self.invoice()
        self.assertFalse(move.difference_note)
        self.portal.edit_log(self.log, minutes=360)
        self.sync()
        for document in (move, self.project):
            note = document.with_user(self.accountant).difference_note
            self.assertRegex(note, r"^Differences with Zoho: 1 \(02:00 h, .*200.00")
            action = document.with_user(self.accountant).action_view_differences()
            found = self.env["zoho.difference"].search(action["domain"])
            self.assertEqual(found, self.difference())
