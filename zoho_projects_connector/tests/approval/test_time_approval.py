"""Time waits for its customer: what he answers, and what others do meanwhile."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, LockError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import html2plaintext, mute_logger

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestTimeApproval(ApprovalCommon):
    def assertApprovals(self, *states):
        self.assertEqual(self.logs.mapped("customer_approval"), list(states))

    # What waits

    def test_waiting_time_is_offered_nowhere(self):
        """Neither by the wizard nor at the month's end; both say why."""
        left_out = self._wizard().left_out_ids
        self.assertEqual(set(left_out.mapped("reason")), {"customer_approval"})
        self.assertEqual(sum(left_out.mapped("hours")), 5)
        # One row for their task, whatever their notes.
        self.assertEqual(left_out.mapped("name"), [self.design.name])
        with self.assertRefused(
            f"Waits for the customer's approval: {self.design.name}"
        ):
            self._invoice()
        page = self.env["billing.month.end"].with_user(self.accountant)
        month = page.get_month(False, "2026-01-31")
        [customer] = month["customers"]
        [project] = customer["projects"]
        self.assertFalse(project["can_invoice"])
        waiting = {"customer_approval": {"count": 2, "hours": 5.0}}
        self.assertEqual(project["states"], waiting)
        with self.assertRefused("Waits for the customer's approval"):
            page.create_invoices(False, "2026-01-31", self.project.ids)

    def test_the_customer_of_an_archived_project_counts(self):
        """So does the company of a contact, archived or not."""
        self.project.partner_id = self.carla
        self.project.active = False
        self.assertEqual(self.logs._filter_held_back(), self.logs)
        self.carla.active = False
        self.assertEqual(self.logs._filter_held_back(), self.logs)

    def test_an_order_offers_what_is_approved(self):
        order = self._ordinary_order()
        self.design.sale_line_id = order.order_line
        self.assertEqual(self.logs.so_line, order.order_line)
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        with self.assertRefused("05:00 h are not invoiced before the customer"):
            order._create_invoices()
        self._answer(self._ask(), objections={self.second: "No walls"})
        self.assertEqual(order.order_line.qty_to_invoice, 3)
        invoice = order._create_invoices()
        self.assertEqual(invoice.invoice_line_ids.quantity, 3)
        self.customer.time_approval = False
        self.assertEqual(order.order_line.qty_to_invoice, 2)

    def _ordinary_order(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.project._billing_time_product().id,
                            "product_uom_qty": 10,
                            "price_unit": 100,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        return order

    def test_approved_time_is_invoiced_with_its_proof(self):
        request = self._ask()
        self.assertApprovals("asked", "asked")
        self.assertEqual(request.asked_hours, 5)
        self._answer(request, name="  Carla \n Client ")
        self.assertApprovals("approved", "approved")
        self.assertEqual(request.state, "closed")
        self.assertEqual(set(self.logs.mapped("customer_approver")), {"Carla Client"})
        invoice = self._invoice()
        self.assertEqual(invoice.amount_untaxed, 500)
        rows = invoice._billed_time_annex()["rows"]
        self.assertEqual(set(rows.mapped("customer_approver")), {"Carla Client"})
        self.assertEqual(rows[0].customer_approved_at, self.first.customer_approved_at)
        annex = self.env["ir.qweb"]._render(
            "zoho_projects_connector.report_billed_time_annex", {"docs": invoice}
        )
        self.assertIn("Carla Client", str(annex))
        # A credit note tells who approved what it takes back.
        invoice.action_post()
        credit_note = self._credit_note(invoice)
        credit_note.action_post()
        rows = credit_note._billed_time_annex()["rows"]
        self.assertEqual(set(rows.mapped("customer_approver")), {"Carla Client"})

    def test_invoiced_time_is_never_touched(self):
        """Agreed afterwards, approval asks for what is unbilled only."""
        self.customer.time_approval = False
        invoice = self._invoice()
        invoice.action_post()
        self.customer.time_approval = True
        self.assertStates(self.logs, "invoiced", "invoiced")
        with self.assertRefused("None of this time waits"):
            self._ask()
        third = self._log(1)
        self.assertEqual(self._ask().line_ids.timesheet_id, third)

    def test_without_approval_what_waits_is_free(self):
        request = self._ask()
        self.customer.time_approval = False
        self.assertEqual(request.state, "closed")
        self.assertApprovals(False, False)
        self.assertEqual(self._invoice().amount_untaxed, 500)

    # What changes

    def test_changed_time_waits_again(self):
        """However it is changed; back as it was approved, it is approved."""
        self._answer(self._ask())
        for values in (
            {"unit_amount": 4},
            {"date": "2026-01-07"},
            {"employee_id": self.cid.id},
            {"task_id": self.build.id},
            {"name": "Other plans"},
        ):
            [name] = values
            before = self.first._fields[name].convert_to_write(
                self.first[name], self.first
            )
            with self.subTest(values):
                self.first.write({**values})
                self.assertFalse(self.first.customer_approval)
                self.assertFalse(self.first.customer_approver)
                self.assertEqual(self._invoice_hours(), 2)
                self.first.write({name: before})
                self.assertEqual(self.first.customer_approval, "approved")
        self.assertEqual(self.second.customer_approval, "approved")

    def _invoice_hours(self):
        return self._wizard().total_hours

    def test_a_task_that_moves_takes_no_approval_along(self):
        """Its time follows it without being written."""
        self._answer(self._ask())
        other = self._project("Other", billing_method="project_hours", billing_rate=9)
        self.design.project_id = other
        self.assertEqual(self.first.project_id, other)
        self.assertApprovals(False, False)

    def test_what_becomes_another_customers_is_nobodys_answer(self):
        """Not even where he approves time, too: he was not asked."""
        other = self.env["res.partner"].create({"name": "Other", "time_approval": True})
        self._answer(self._ask(), objections={self.second: "Not ours"})
        request = self.approvals.search([("state", "=", "answered")])
        self.project.partner_id = other
        self.assertApprovals(False, False)
        # The contact of the customer before is told nothing of it.
        self.assertFalse(request._time_to_ask_again())
        self.project.partner_id = self.customer
        self.assertApprovals("approved", "objected")
        self.assertEqual(request._time_to_ask_again(), self.second)

    def test_more_hours_than_he_saw_are_not_approved(self):
        """What was billed before comes back, but he was never shown it."""
        self.customer.time_approval = False
        invoice = self._invoice(timesheet_ids=self.first.ids)
        invoice.invoice_line_ids.filtered("product_id").quantity = 2
        self.assertHours(self.first, 2, 1)
        self.customer.time_approval = True
        self._answer(self._ask())
        self.assertApprovals("approved", "approved")
        invoice.button_cancel()
        self.assertHours(self.first, 0, 3)
        self.assertApprovals(False, "approved")
        self.assertEqual(self._invoice_hours(), 2)

    def test_what_waits_leaves_a_draft_that_comes_back(self):
        self._answer(self._ask())
        invoice = self._invoice()
        invoice.button_cancel()
        self.first.name = "Other plans"
        invoice.button_draft()
        self.assertEqual(invoice.amount_untaxed, 200)
        self.assertIn("wait for an answer", str(invoice.message_ids.mapped("body")))
        self.assertHours(self.first, 0, 3)

    def test_lines_that_are_merged_take_no_time_that_waits(self):
        """What they take is told by the annex like all other time."""
        self._answer(self._ask())
        invoice = self._invoice(group_by="entry")
        lines = invoice.invoice_line_ids.filtered("product_id")
        lines[1].unlink()
        self.second.name = "Other walls"
        lines[0].quantity = 5
        self.assertHours(self.second, 0, 2)
        self.second.name = "Walls"
        lines[0].quantity = 3
        lines[0].quantity = 5
        self.assertHours(self.second, 2, 0)
        annex = invoice._billed_time_annex()
        self.assertEqual(set(annex["rows"].mapped("description")), {"Plans", "Walls"})

    def test_what_he_types_is_no_html(self):
        request = self._ask()
        link = '<a href="https://example.com">Settle</a>'
        self._answer(request, name=link, objections={self.first: "No"})
        self.assertIn("&lt;a href", request.activity_ids.note)

    def test_who_asked_and_left_is_told_nothing(self):
        request = self._ask()
        billing = self.env.ref("zoho_projects_connector.group_zoho_billing")
        self.accountant.group_ids -= billing
        self._answer(request, objections={self.first: "No"})
        self.assertNotEqual(request.activity_ids.user_id, self.accountant)

    def test_notes_that_were_not_shown_may_change(self):
        self.env.company.portal_notes = False
        request = self._ask()
        self.assertFalse(any(request.line_ids.mapped("name")))
        self._answer(request)
        self.first.name = "Better words"
        self.assertApprovals("approved", "approved")

    def test_what_changes_while_he_is_asked_is_not_approved(self):
        request = self._ask()
        self.first.unit_amount = 30
        self.second.sudo().billing_exclusion = "Our mistake"
        self.assertFalse(request.sudo()._open_lines())
        self._answer(request)
        self.assertApprovals(False, False)
        self.assertEqual(set(request.line_ids.mapped("state")), {"dropped"})

    # Objections

    def test_objections_come_back_and_are_asked_again(self):
        request = self._ask()
        # Who answers has a language of his own; who reads it, another one.
        self.env["res.lang"]._activate_lang("fr_FR")
        spoken = request.with_context(lang="fr_FR")
        self._answer(spoken, objections={self.second: " Too long. "})
        self.assertEqual(request.state, "answered")
        self.assertApprovals("approved", "objected")
        self.assertEqual(self._line(request, self.second).reason, "Too long.")
        activity = request.activity_ids
        self.assertEqual(activity.user_id, self.accountant)
        self.assertIn("02:00", str(activity.note))
        read = request.with_context(lang=self.accountant.lang).display_name
        self.assertNotEqual(spoken.display_name, read)
        self.assertIn(read, activity.summary)
        self.assertEqual(self._invoice_hours(), 3)
        unbilled = self.env["project.unbilled.time"].with_user(self.accountant)
        domain = [("project_id", "=", self.project.id)]
        found = unbilled.search(domain, order="date")
        self.assertEqual(found.mapped("customer_approval"), ["approved", "objected"])
        # Corrected, it waits until he is asked again; the link of before is over.
        self.second.unit_amount = 1
        self.env.invalidate_all()
        self.assertEqual(found[1].customer_approval, "to_ask")
        before = request.sudo().access_token
        action = request.with_user(self.accountant).action_ask_again()
        dialog = (
            self.env["project.time.approval.ask"]
            .with_user(self.accountant)
            .with_context(**action["context"])
            .create({"note": "One hour it was."})
        )
        self.assertIn("01:00 h (entries: 1), to Golden Customer, Carla", dialog.summary)
        dialog.action_send()
        self.assertEqual(request.state, "sent")
        self.assertFalse(self.approvals._find_by_token(request.id, before))
        self.assertEqual(request.asked_hours, 1)
        self.assertEqual(request.approved_hours, 3)
        line = self._line(request, self.second)
        self.assertEqual(line.sudo()._last_objection(), "Too long.")
        # One day is no period.
        asked = request.with_context(lang="en_US")
        self.assertIn("01:00 h on 01/", asked._say_asked(line))
        self.assertIn(" to 01/", asked._say_asked(request.line_ids))
        self._answer(request)
        self.assertApprovals("approved", "approved")
        self.assertEqual(request.state, "closed")
        self.assertEqual(self._invoice().amount_untaxed, 400)

    def test_ask_again_for_nothing(self):
        request = self._ask()
        self._answer(request, objections={self.second: "No"})
        self.second._exclude("He is right")
        with self.assertRefused("close the request"):
            request.with_user(self.accountant)._ask_again()
        request.with_user(self.accountant).action_close()
        self.assertEqual(request.state, "closed")
        self.assertFalse(request.activity_ids)

    def test_taken_back_it_can_be_asked_for_anew(self):
        request = self._ask()
        with self.assertRefused("None of this time waits"):
            self._ask()
        request.with_user(self.accountant).action_close()
        self.assertApprovals(False, False)
        self.assertEqual(self._ask().asked_hours, 5)

    def test_ticked_rows_are_asked_for(self):
        """Also what he objected to before; the request of before says nothing more."""
        self._answer(self._ask(), objections={self.second: "No"})
        rows = self.env["project.unbilled.time"].browse(self.second.id)
        action = rows.with_user(self.accountant).action_ask_approval()
        dialogs = self.env["project.time.approval.ask"].with_user(self.accountant)
        dialogs.with_context(**action["context"]).create({}).action_send()
        self.assertApprovals("approved", "asked")
        old, new = self.approvals.search([], order="id")
        self.assertFalse(old._time_to_ask_again())
        self._answer(new)
        self.assertApprovals("approved", "approved")

    def test_a_period(self):
        request = self._ask(date_from="2026-01-06", date_to="2026-01-31")
        self.assertEqual(request.line_ids.timesheet_id, self.second)
        self.assertEqual(request.project_ids, self.project)
        self.assertEqual(str(request.date_from), "2026-01-06")

    # Silence

    def _silence(self, request, days=1):
        """Let the last day be over."""
        request.sudo().deadline -= timedelta(days=days)
        self.approvals.sudo()._cron_approve_by_silence()

    def test_silence_approves_only_if_agreed(self):
        request = self._ask()
        self.assertFalse(request.deadline)
        self.approvals.sudo()._cron_approve_by_silence()
        self.assertEqual(request.state, "sent")
        request.with_user(self.accountant).action_close()
        self.customer.time_approval_days = 7
        request = self._ask()
        today = fields.Date.context_today(request)
        self.assertLessEqual(abs((request.deadline - today).days - 7), 1)
        self._silence(request, days=6)
        self.assertEqual(request.state, "sent")
        self._silence(request, days=3)
        self.assertEqual(request.state, "closed")
        self.assertApprovals("approved", "approved")
        self.assertIn("No answer until", self.first.customer_approver)

    def test_silence_ends_by_the_day_of_the_company(self):
        self.customer.time_approval_days = 1
        request = self._ask()
        for zone, hour, state in (
            ("Pacific/Auckland", 10, "sent"),
            ("Pacific/Auckland", 11, "closed"),
            ("America/Los_Angeles", 11, "sent"),
        ):
            self.env.company.resource_calendar_id.tz = zone
            request.sudo().write({"deadline": "2026-01-05", "state": "sent"})
            with (
                self.subTest(zone=zone, hour=hour),
                freeze_time(f"2026-01-05 {hour}:30:00"),
            ):
                self.approvals.sudo()._cron_approve_by_silence()
                self.assertEqual(request.state, state)

    def test_silence_of_who_was_not_asked_approves_nothing(self):
        """The e-mail never left, silence is no longer agreed, or the contact left."""
        self.customer.time_approval_days = 7

        def unsent(request):
            request.sudo().mail_id.state = "exception"

        def left(_request):
            self.carla.active = False

        def not_agreed(_request):
            self.customer.time_approval_days = 0

        for change in (unsent, not_agreed, left):
            self.customer.time_approval_days = 7
            request = self._ask()
            with self.subTest(change.__name__):
                change(request)
                self._silence(request, days=9)
                self.assertEqual(request.state, "sent")
                self.assertApprovals("asked", "asked")
                self.assertEqual(request.activity_ids.user_id, self.accountant)
                # Said once.
                self.approvals.sudo()._cron_approve_by_silence()
                self.assertEqual(len(request.activity_ids), 1)
            request.sudo()._close()

    # Whom nobody asks, and who may not ask

    def test_who_cannot_be_asked(self):
        self.carla.email = False
        with self.assertRefused("Carla Contact.* no e-mail address"):
            self._ask()
        self.carla.active = False
        with self.assertRefused("Carla Contact.* is archived"):
            self._ask()
        self.customer.time_approver_id = False
        with self.assertRefused("Golden Customer has no e-mail"):
            self._ask()

    def test_the_approver_is_of_the_customer(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        with self.assertRaises(ValidationError):
            self.customer.time_approver_id = stranger
        # She left, or was moved by the sync: she neither is asked nor answers.
        request = self._ask().sudo()
        self.carla.parent_id = stranger
        with self.assertRefused("was answered or taken back"):
            self._answer(request)
        request._close()
        with self.assertRefused("is no contact of Golden Customer any more"):
            self._ask()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.customer.time_approval_days = -1
            self.env.flush_all()

    def test_only_billing_asks(self):
        worker = new_test_user(
            self.env,
            "worker",
            groups="project.group_project_manager,hr_timesheet.group_timesheet_manager",
        )
        portal = new_test_user(
            self.env, "portal", groups="base.group_portal", partner_id=self.carla.id
        )
        request = self._ask()
        for user in (worker, portal):
            own = request.with_user(user)
            for call in (
                own.check_access,
                own.action_close,
                own.action_ask_again,
                own._ask_again,
                lambda own=own: own._ask(self.logs),
                self.project.with_user(user).action_ask_approval,
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    call(*(["read"] if call == own.check_access else []))
        with self.assertRaises(AccessError):
            self.customer.with_user(worker).time_approval = False

    def test_the_mail_says_of_which_days(self):
        self.assertMailed("h* from 01/05/2026 to 01/06/2026.")
        self.assertMailed("h* du 05/01/2026 au 06/01/2026.", lang="fr_FR")

    def test_the_mail_of_one_day_names_it_once(self):
        self.second.date = self.first.date
        self.assertMailed("h* on 01/05/2026.")
        self.assertMailed("h* du 05/01/2026.", lang="fr_FR")

    def assertMailed(self, said, lang="en_US"):
        """What is asked now must be said so to who speaks a language."""
        self.env["res.lang"]._activate_lang(lang)
        modules = self.env["ir.module.module"]
        modules._load_module_terms(["zoho_projects_connector"], [lang])
        self.carla.lang = lang
        request = self.approvals.search([]) or self._ask()
        name = "zoho_projects_connector.mail_template_time_approval"
        template = self.env.ref(name).sudo()
        bodies = template._render_field("body_html", request.ids, compute_lang=True)
        self.assertIn(said, " ".join(html2plaintext(bodies[request.id]).split()))

    def test_nobody_reads_the_link(self):
        """It would let him answer for the customer."""
        with patch.object(type(self.env["mail.mail"]), "send", lambda *_a, **_k: True):
            request = self._ask()
        own = request.with_user(self.accountant)
        token = request.sudo().access_token
        with self.assertRaises(AccessError):
            own.read(["access_token"])
        self.assertIn(token, request.sudo().mail_id.body_html)
        self.env.invalidate_all()
        self.assertNotIn(token, str(own.message_ids.mapped("body")))
        messages = self.env["mail.message"].with_user(self.accountant)
        found = messages.search(
            [("model", "=", request._name), ("res_id", "=", request.id)]
        )
        self.assertNotIn(token, str(found.mapped("body")))

    def test_the_other_company_neither_sees_nor_asks(self):
        request = self._ask()
        accountant = self._accountant_of(self._another_company())
        own = request.with_user(accountant)
        self.assertFalse(self.approvals.with_user(accountant).search([]))
        for call in (own.action_close, own.action_ask_again):
            with self.assertRaises(AccessError):
                call()
        third = self._log(1)
        dialogs = self.env["project.time.approval.ask"].with_user(accountant)
        with self.assertRaises(AccessError):
            dialogs.create({"timesheet_ids": [Command.set(third.ids)]})

    # Two at once

    def test_one_answers(self):
        request = self._ask().sudo()
        with (
            patch.object(type(request), "lock_for_update", side_effect=LockError("x")),
            self.assertRefused("answering right now"),
        ):
            self._answer(request)
        self._answer(request)
        with self.assertRefused("was answered or taken back"):
            self._answer(request, objections={self.first: "Late"})
        self.assertApprovals("approved", "approved")

    def test_nobody_is_asked_twice(self):
        request = self._ask()
        values = {"approval_id": request.id, "timesheet_id": self.first.id}
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            request.line_ids.sudo().create({**values, "date": self.first.date})
            self.env.flush_all()

    def test_an_answer_counts_for_this_request_only(self):
        """Lines of others are no lines of this one; nobody answers without a name."""
        request = self._ask(date_to="2026-01-05")
        other = self._ask()
        self.assertEqual(other.line_ids.timesheet_id, self.second)
        with self.assertRefused("Type your name"):
            self._answer(request, name="  ")
        request.sudo()._answer("Carla", {other.line_ids.id: "No", 0: "No"})
        self.assertEqual(request.state, "closed")
        self.assertApprovals("approved", "asked")
        self.assertFalse(other.line_ids.reason)

    # What is shown of it

    def test_the_project_says_what_waits(self):
        self.assertIn("action_ask_approval", self._transactions())
        self.assertIn("05:00 h wait until the customer is asked", self._warnings())
        request = self._ask()
        self.assertIn("05:00 h wait for the customer's approval", self._warnings())
        self._answer(request, objections={self.second: "No"})
        self.assertIn("The customer objects to 02:00 h.", self._warnings())
        project = self.project.with_user(self.accountant)
        self.assertIn(request, self.approvals.search(self._domain_of(project)))
        self.customer.time_approval = False
        self.assertNotIn("customer", self._warnings())
        self.assertNotIn("action_ask_approval", self._transactions())

    def _domain_of(self, project):
        return project.action_open_approvals()["domain"]

    def _transactions(self):
        project = self.project.with_user(self.accountant)
        return [entry["method"] for entry in project._new_transactions()]

    def _warnings(self):
        project = self.project.with_user(self.accountant)
        return " ".join(row["text"] for row in project._billing_warnings(False))

    def test_the_dialog_says_who_is_asked(self):
        dialogs = self.env["project.time.approval.ask"].with_user(self.accountant)
        with Form(dialogs.with_context(default_project_ids=self.project.ids)) as dialog:
            self.assertEqual(
                dialog.summary,
                "Golden Customer: 05:00 h (entries: 2), to Golden Customer, Carla "
                "Contact (carla@example.com)",
            )
            dialog.date_to = fields.Date.to_date("2026-01-05")
            self.assertIn("03:00 h (entries: 1)", dialog.summary)
