"""What is done from within Zoho: the same dialogs, locks and ledger as in Odoo."""

import base64
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..const import ACT_PATH, FILE_PATH, SHOW_PATH
from .inside_common import IDS, InsideCommon

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestInsideWork(InsideCommon):
    def _form(self, page, action, mode=None):
        """Return what a form of the page would send."""
        path = f"//form[.//input[@name='action'][@value='{action}']]"
        if mode:
            path += f"[.//input[@name='mode'][@value='{mode}']]"
        found = page.xpath(path)
        self.assertTrue(found, f"no form does {action}")
        return dict(found[0].form_values())

    def _make(self, page, action, mode=None, status=200, **typed):
        fields = {**self._form(page, action, mode), **typed}
        return self._page(self._post(ACT_PATH, **fields), status)

    def _made(self, page):
        """Return the invoice or quotation that a page shows."""
        return int(page.xpath("//input[@name='record'][. != '0']/@value")[-1])

    def _invoices(self):
        return self.env["account.move"].search([("move_type", "!=", "entry")])

    # Invoices

    def test_invoice_of_ticked_tasks(self):
        logs = self._golden()
        page = self._go(self._enter(), "new_invoice")
        fields = {**self._form(page, "invoice_create", "time"), "task": self.build.id}
        shown = self._page(self._post(SHOW_PATH, **fields))
        self.assertRegex(
            self._text(shown.xpath("//section[@class='preview']")[0]), r"2,125\.00"
        )
        self.assertFalse(self._invoices())
        page = self._page(self._post(ACT_PATH, **fields))
        invoice = self._invoices()
        self.assertEqual(invoice.amount_untaxed, 2125)
        self.assertEqual(invoice.create_uid, self.accountant)
        self.assertStates(logs, "unbilled", "draft", "draft")
        # Sent again, by a reload of the page: nothing is made twice.
        self.assertRefusedPage(self._post(ACT_PATH, **fields), "sent already")
        self.assertEqual(self._invoices(), invoice)
        # Its draft is changed, and the ledger follows.
        line = invoice.invoice_line_ids.filtered("quantity")[:1]
        page = self._send(
            page, "invoice_save", **{f"price_unit_{line.id}": "40", "ref": "PO 7"}
        )
        self.assertEqual(line.price_unit, 40)
        self.assertEqual(invoice.ref, "PO 7")
        self.assertLedgerTrue(logs)
        # What was not worked is added, and when it is due is said.
        typed = {"new_price_unit": "30", "invoice_date_due": "2026-03-01"}
        page = self._page(self._send_raw(page, "invoice_save", **typed), 422)
        self.assertIn("what the new line is about", self._text(page))
        page = self._send(page, "invoice_save", new_name="Travel", **typed)
        added = invoice.invoice_line_ids.filtered(lambda one: one.name == "Travel")
        self.assertEqual((added.quantity, added.price_unit), (1, 30))
        self.assertEqual(str(invoice.invoice_date_due), "2026-03-01")
        self.assertLedgerTrue(logs)
        # Deleted, its time is free.
        self._send(page, "invoice_delete")
        self.assertFalse(invoice.exists())
        self.assertStates(logs, "unbilled", "unbilled", "unbilled")

    def test_invoice_up_to_a_day_and_of_a_phase(self):
        logs = self._golden()
        page = self._go(self._enter(), "new_invoice")
        self._make(page, "invoice_create", "time", date_to="2026-01-05")
        self.assertStates(logs, "draft", "draft", "unbilled")
        # Of an issue, just that; of a phase, too.
        page = self._go(self._enter(entity="bug", item=IDS["bug"]), "new_invoice")
        form = self._form(page, "invoice_create", "time")
        self.assertEqual(form["task"], str(self.build.id))
        page = self._enter(entity="phase", item=IDS["phase"])
        page = self._go(page, "new_invoice")
        # Of a phase, only that phase is offered: and it is ticked.
        form = self._form(page, "invoice_create", "time")
        self.assertEqual(form["phase"], str(self.phase.id))
        self.assertNotIn("task", form)
        self._make(page, "invoice_create", "time")
        self.assertStates(logs, "draft", "draft", "draft")
        self.assertEqual(sum(self._invoices().mapped("amount_untaxed")), 3125)

    def test_more_time_on_a_draft(self):
        """Of the dialog that makes one, with its locks, and on the same ledger."""
        logs = self._golden()
        page = self._go(self._enter(), "new_invoice")
        page = self._make(page, "invoice_create", "time", task=self.design.id)
        draft = self._invoices()
        self.assertEqual(draft.amount_untaxed, 1000)
        self.assertTrue(page.xpath("//form[.//input[@value='new_invoice']]"))
        adding = self._go(page, "new_invoice", draft.id)
        self.assertIn("Add to", self._text(adding.find(".//h1")))
        self.assertFalse(adding.xpath("//input[@name='mode'][@value='items']"))
        form = self._form(adding, "invoice_extend", "time")
        shown = self._page(self._post(SHOW_PATH, **form))
        self.assertRegex(self._text(shown), r"Preview.*2,125\.00")
        form = self._form(shown, "invoice_extend", "time")
        page = self._page(self._post(ACT_PATH, **form))
        self.assertIn("Added to the draft", self._text(page))
        self.assertEqual(self._invoices(), draft)
        self.assertEqual(draft.amount_untaxed, 3125)
        self.assertStates(logs, "draft", "draft", "draft")
        self.assertLedgerTrue(logs)
        self.assertRefusedPage(self._post(ACT_PATH, **form), "sent already")
        # Nothing is left, and what is posted takes no more.
        adding = self._go(page, "new_invoice", draft.id)
        self.assertIn("No time waits", self._text(adding))
        page = self._make(adding, "invoice_extend", "time", 422)
        self.assertIn("nothing to invoice", self._text(page))
        self._log(1)
        draft.action_post()
        late = self._form(page, "invoice_extend", "time")
        self.assertRefusedPage(self._post(ACT_PATH, **late), "Only drafts")
        self.assertEqual(draft.amount_untaxed, 3125)

    def test_invoice_at_a_price(self):
        logs = self._golden()
        page = self._go(self._enter(), "new_invoice")
        typed = {f"amount_task_{self.design.id}": "800"}
        self._make(page, "invoice_create", "items", **typed)
        self.assertEqual(self._invoices().amount_untaxed, 800)
        self.assertStates(logs, "fixed_price", "unbilled", "unbilled")

    def test_posted_and_credited(self):
        logs = self._golden()
        page = self._go(self._enter(), "new_invoice")
        page = self._make(page, "invoice_create", "time")
        invoice = self._invoices()
        page = self._send(page, "invoice_post")
        self.assertEqual(invoice.state, "posted")
        self.assertFalse(page.xpath("//input[@value='invoice_delete']"))
        page = self._send(page, "invoice_credit", reason="Wrong rate")
        credit = invoice.reversal_move_ids
        self.assertEqual(credit.state, "draft")
        self._send(page, "invoice_post")
        self.assertEqual(credit.state, "posted")
        self.assertStates(logs, "unbilled", "unbilled", "unbilled")

    def test_the_same_hour_is_never_on_two_documents(self):
        """The tab was open while somebody invoiced in Odoo."""
        logs = self._golden()
        page = self._go(self._enter(), "new_invoice")
        invoice = self._invoice()
        page = self._make(page, "invoice_create", "time", 422)
        self.assertIn("nothing to invoice", self._text(page))
        self.assertEqual(self._invoices(), invoice)
        # And what somebody changes meanwhile is not written over.
        shown = self._go(page, "invoice", invoice.id)
        self.env.cr.execute(
            "UPDATE account_move SET write_date = write_date + interval '1 minute'"
        )
        invoice.invalidate_recordset()
        page = self._page(self._send_raw(shown, "invoice_save", ref="Mine"), 422)
        self.assertIn("changed", self._text(page))
        self.assertNotEqual(invoice.ref, "Mine")
        self.assertLedgerTrue(logs)

    def test_sent_and_printed(self):
        self._golden()
        self.customer.email = False
        page = self._go(self._enter(), "new_invoice")
        page = self._make(page, "invoice_create", "time")
        page = self._send(page, "invoice_post")
        refused = self._page(self._send_raw(page, "invoice_send"), 422)
        self.assertIn("no e-mail address", self._text(refused))
        self.customer.email = "golden@example.com"
        self.customer.invoice_sending_method = "manual"
        refused = self._page(self._send_raw(refused, "invoice_send"), 422)
        self.assertIn("gets invoices by hand", self._text(refused))
        self.customer.invoice_sending_method = "email"
        sent = self._send(refused, "invoice_send")
        self.assertIn("Sent to golden@example.com.", self._text(sent))
        mails = self._invoices().message_ids.mail_ids
        self.assertIn(
            "golden@example.com",
            str(mails.mapped("email_to")) + str(mails.recipient_ids.mapped("email")),
        )
        for kind in ("invoice", "annex"):
            answer = self._post(
                FILE_PATH,
                token=self._token(page),
                kind=kind,
                record=self._invoices().id,
            )
            self.assertEqual(answer.headers["Content-Type"], "application/pdf")
            self.assertIn("no-store", answer.headers["Cache-Control"])

    def test_sent_where_odoo_commits(self):
        """Another server has the invoice: that is kept, whatever comes after it."""
        self._golden()
        self.customer.email = "golden@example.com"
        page = self._go(self._enter(), "new_invoice")
        page = self._make(page, "invoice_create", "time")
        page = self._send(page, "invoice_post")
        invoice, sentence = self._invoices(), "The line is dead."

        def refuse(wizard):
            wizard.move_id.ref = "With the authority"
            wizard.env.cr.commit()
            wizard.move_id.ref = "Undone"
            raise UserError(sentence)

        def send(wizard):
            wizard.env.cr.commit()

        dialog = self.env.registry["account.move.send.wizard"]
        with patch.object(dialog, "action_send_and_print", refuse):
            form = self._form(page, "invoice_send")
            page = self._page(self._post(ACT_PATH, **form), 422)
        self.assertIn(sentence, self._text(page))
        self.assertEqual(invoice.ref, "With the authority")
        # What was committed is not done again by the same form.
        self.assertRefusedPage(self._post(ACT_PATH, **form), "sent already")
        with patch.object(dialog, "action_send_and_print", send):
            page = self._send(page, "invoice_send")
        self.assertIn("Sent to golden@example.com.", self._text(page))

    def test_a_draft_that_no_longer_belongs(self):
        """The last line of a task is removed: it is done, and said."""
        logs = self._golden()
        page = self._enter(entity="task", item=IDS["task"])
        page = self._make(self._go(page, "new_invoice"), "invoice_create", "time")
        lines = self._invoices().invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        typed = {f"remove_{line.id}": "on" for line in lines}
        page = self._send(page, "invoice_save", **typed)
        self.assertIn("Saved.", self._text(page))
        self.assertFalse(page.xpath("//input[@value='invoice_save']"))
        self.assertStates(logs, "unbilled", "unbilled", "unbilled")

    # Quotations

    def test_quotation_is_made_and_accepted(self):
        self.design.allocated_hours = 16
        page = self._go(self._enter(), "new_quotation")
        typed = {f"amount_task_{self.build.id}": "500"}
        page = self._make(page, "quotation_create", phase="", **typed)
        order = self.env["sale.order"].browse(self._made(page))
        self.assertEqual(order.amount_untaxed, 500)
        line = order.order_line
        page = self._send(page, "quotation_save", **{f"price_unit_{line.id}": "450"})
        self.assertEqual(order.amount_untaxed, 450)
        # What is no work of the project is a line as well.
        typed = {"new_name": "Travel", "new_product_uom_qty": "2"}
        typed |= {"new_price_unit": "30", "client_order_ref": "PO 7"}
        page = self._send(page, "quotation_save", **typed)
        self.assertEqual(order.amount_untaxed, 510)
        self.assertEqual(order.client_order_ref, "PO 7")
        travel = order.order_line - line
        page = self._send(page, "quotation_save", **{f"remove_{travel.id}": "on"})
        self.assertEqual(order.order_line, line)
        page = self._send(page, "quotation_accept")
        self.assertEqual(order.state, "sale")
        self.assertIn("Accepted", self._text(page))
        self.assertFalse(page.xpath("//input[@value='quotation_decline']"))

    def test_quotation_is_declined(self):
        page = self._go(self._enter(), "new_quotation")
        typed = {f"amount_phase_{self.phase.id}": "900"}
        page = self._make(page, "quotation_create", **typed)
        order = self.env["sale.order"].browse(self._made(page))
        self._send(page, "quotation_decline")
        self.assertEqual(order.state, "cancel")

    def test_quotation_of_nothing(self):
        page = self._go(self._enter(), "new_quotation")
        page = self._make(page, "quotation_create", status=422)
        self.assertIn("Choose at least one", self._text(page))
        self.assertFalse(
            self.env["sale.order"].search([("project_id", "=", self.project.id)])
        )

    # Expenses

    def test_expense_with_a_receipt(self):
        page = self._go(self._enter(), "new_expense")
        typed = {"name": "Taxi", "amount": "42.50", "date": "2026-01-07"}
        page = self._page(
            self._send_raw(
                page,
                "expense_create",
                files={"receipt": ("taxi.png", PIXEL, "image/png")},
                **typed,
            )
        )
        expense = self.env["hr.expense"].search(
            [("billing_project_id", "=", self.project.id)]
        )
        self.assertEqual(expense.total_amount_currency, 42.5)
        self.assertEqual(expense.employee_id, self.clerk)
        self.assertTrue(expense.billable)
        self.assertEqual(expense.message_main_attachment_id.name, "taxi.png")
        receipt = expense.message_main_attachment_id
        show = {"token": self._token(page), "kind": "receipt", "record": receipt.id}
        answer = self._post(FILE_PATH, **show)
        self.assertEqual(answer.content, PIXEL)
        self.assertEqual(answer.headers["Content-Type"], "image/png")
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        # What somebody has attached in Odoo is saved, and never run; what is not of
        # this project is not shown.
        attachments = self.env["ir.attachment"].sudo()
        own = {"name": "a.html", "raw": b"<script>alert(1)</script>"}
        page_of_his = attachments.create(
            {**own, "res_model": "hr.expense", "res_id": expense.id}
        )
        answer = self._post(FILE_PATH, **{**show, "record": page_of_his.id})
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertIn("octet-stream", answer.headers["Content-Type"])
        project = self._project("Other").with_user(self.accountant)
        other = self.expenses.with_context(
            **project.action_new_expense()["context"]
        ).create({"name": "Taxi", "total_amount_currency": 1})
        for res_model, res_id in (
            ("hr.expense", other.id),
            ("project.project", self.project.id),
        ):
            foreign = attachments.create(
                {**own, "res_model": res_model, "res_id": res_id}
            )
            answer = self._post(FILE_PATH, **{**show, "record": foreign.id})
            self.assertRefusedPage(answer, "does not belong")
        page = self._send(
            page, "expense_save", amount="40", **{f"remove_{receipt.id}": "on"}
        )
        self.assertEqual(expense.total_amount_currency, 40)
        self.assertFalse(receipt.exists())
        self.assertTrue(page_of_his.exists())
        self._send(page, "expense_delete")
        self.assertFalse(expense.exists())

    def test_what_is_no_receipt(self):
        page = self._go(self._enter(), "new_expense")
        bad = {"receipt": ("taxi.png", b"<script>alert(1)</script>", "image/png")}
        page = self._page(
            self._send_raw(page, "expense_create", bad, name="Taxi", amount="1"), 422
        )
        self.assertIn("picture or a PDF", self._text(page))
        page = self._page(self._send_raw(page, "expense_create", amount=""), 422)
        self.assertIn("an amount", self._text(page))
        self.assertFalse(self.env["hr.expense"].search([("name", "=", "Taxi")]))

    # What is refused

    def test_who_may_not_invoice(self):
        """He sees no button; and what a button would send is refused."""
        self._golden()
        theirs = self._go(self._enter(), "new_invoice")
        page = self._enter(self.manager)
        self.assertFalse(page.xpath("//input[@name='view'][@value='new_invoice']"))
        visit = self.env["zoho.pairing"]._visit_of(self._token(page))
        own = visit.pairing._form_nonce(visit, "invoice_create", 0)
        fields = {
            **self._form(theirs, "invoice_create", "time"),
            "token": self._token(page),
        }
        # The form of somebody else is worth nothing with his own page.
        self.assertRefusedPage(self._post(ACT_PATH, **fields), "not valid any more")
        answer = self._post(ACT_PATH, **{**fields, "nonce": own})
        self.assertIn(answer.status_code, (403, 422))
        self.assertFalse(self._invoices())

    def test_forms_do_what_they_were_made_for(self):
        self._golden()
        first = self._invoice(date_to="2026-01-05")
        second = self._invoice()
        page = self._go(self._enter(), "invoice", first.id)
        form = self._form(page, "invoice_delete")
        for changes in (
            {"record": second.id},
            {"action": "invoice_post"},
            {"nonce": ""},
            {"nonce": self._token(page)},
        ):
            answer = self._post(ACT_PATH, **{**form, **changes})
            self.assertRefusedPage(answer, "not valid any more")
        answer = self._post(ACT_PATH, **{**form, "action": "unlink"})
        self.assertRefusedPage(answer, "nothing of that kind")
        self.assertEqual((first | second).exists(), first | second)
        self._page(self._post(ACT_PATH, **form))
        self.assertEqual((first | second).exists(), second)

    def test_documents_of_other_projects(self):
        """Neither shown nor changed, though the user may do so in Odoo."""
        other = self._project("Other", billing_method="project_hours", billing_rate=10)
        task = self._task("Elsewhere", other)
        self._log(1, task=task)
        foreign = self._invoice(other)
        self._log(1)
        own = self._invoice()
        entered = self._enter()
        page = self._go(entered, "invoice", own.id)
        visit = self.env["zoho.pairing"]._visit_of(self._token(page))
        for action in ("invoice_delete", "invoice_post"):
            form = {
                "token": self._token(page),
                "action": action,
                "record": foreign.id,
                "nonce": visit.pairing._form_nonce(visit, action, foreign.id),
            }
            answer = self._post(ACT_PATH, **form)
            self.assertIn("does not belong", answer.text)
        for view in ("invoice", "quotation", "expense"):
            answer = self._post(
                SHOW_PATH,
                token=self._token(page),
                view=view,
                record=foreign.id,
            )
            self.assertRefusedPage(answer, "does not belong")
        page = self._go(entered, "new_invoice")
        page = self._make(page, "invoice_create", "time", 422, task=task.id)
        self.assertIn("Choose among", self._text(page))
        self.assertEqual(foreign.exists().state, "draft")

    def test_an_old_form(self):
        """Its page may be renewed: what was on it is not."""
        self._golden()
        with freeze_time("2026-11-30 10:00:00") as clock:
            page = self._go(self._enter(), "new_invoice")
            form = self._form(page, "invoice_create", "time")
            clock.tick(6 * 60)
            token = self._token(self._go(page, "overview"))
            clock.tick(5 * 60)
            answer = self._post(ACT_PATH, **{**form, "token": token})
            self.assertRefusedPage(answer, "not valid any more")
        self.assertFalse(self._invoices())

    def test_what_no_browser_sends(self):
        page = self._go(self._enter(), "new_invoice")
        for typed in ({"date_to": "soon"}, {"task": "x"}, {"group_by": "x"}):
            form = {**self._form(page, "invoice_create", "time"), **typed}
            answer = self._post(SHOW_PATH, **form)
            self.assertEqual(answer.status_code, 200)
        page = self._make(
            page,
            "invoice_create",
            "items",
            422,
            **{f"amount_task_{self.design.id}": "nan"},
        )
        self.assertIn("not a number", self._text(page))
        for record in ("-1", "x", "9" * 40, "99999999999"):
            answer = self._post(
                SHOW_PATH,
                token=self._token(page),
                view="invoice",
                record=record,
            )
            self.assertRefusedPage(answer, "does not belong")
