"""Expenses: as from the menu of the project, with a photo of the receipt."""

from __future__ import annotations

from collections.abc import Callable

from odoo import fields
from odoo.exceptions import UserError
from odoo.models import BaseModel
from odoo.tools.mimetypes import guess_mimetype

from .documents import state_of
from .part import Action, File, Outcome, Part, plain, version_of

# What a receipt is: a picture or a PDF, of a size that a phone makes.
RECEIPT_TYPES = ("application/pdf", "image/jpeg", "image/png", "image/webp")
MOST_BYTES = 15 * 1024 * 1024
RECEIPTS = [
    ("res_model", "=", "hr.expense"),
    ("res_field", "=", False),
    ("type", "=", "binary"),
]


class Expenses(Part):
    """Expenses of the project; a task or a phase has none of its own."""

    def views(self) -> dict[str, Callable[[int], dict]]:
        return {"expense": self._show, "new_expense": self._show_new}

    def actions(self) -> dict[str, Action]:
        return {
            "expense_create": self._create,
            "expense_save": self._save,
            "expense_submit": self._submit,
            "expense_delete": self._delete,
        }

    def files(self) -> dict[str, Callable[[int], File]]:
        return {"receipt": self._receipt}

    def offers(self) -> list[dict]:
        if self.item or not self.env["hr.expense"].has_access("create"):
            return []
        return [{"view": "new_expense", "label": self.env._("New expense")}]

    def _context(self) -> dict:
        return self.project.action_new_expense()["context"]

    def _show_new(self, _record_id: int) -> dict:
        context = self._context()
        currency = self.env["res.currency"].browse(context["default_currency_id"])
        return {
            "view_name": "new_expense",
            "form": self.form,
            "today": fields.Date.to_string(fields.Date.context_today(self.project)),
            "currency": currency,
            "has_customer": bool(self.project.partner_id),
        }

    def _vals(self) -> dict:
        """Return what was typed.

        :raise UserError: when something is missing.
        """
        vals = {
            "name": self.form.text("name"),
            "date": self.form.day(self.env, "date"),
            "total_amount_currency": self.form.number(self.env, "amount"),
            "billable": self.form.has("billable"),
        }
        if not (vals["name"] and vals["date"] and vals["total_amount_currency"] > 0):
            raise UserError(
                self.env._("An expense has a description, a day and an amount.")
            )
        return vals

    def _create(self, _record_id: int) -> Outcome:
        if self.item:
            raise UserError(self.env._("Choose among what the page shows."))
        context = self._context()
        if not context["default_employee_id"]:
            raise UserError(
                self.env._(
                    "You are no employee of %(company)s in Odoo: expenses are an "
                    "employee's.",
                    company=self.env.company.name,
                )
            )
        own = self.env["hr.expense"].with_context(**context)
        expense = own.create(self._vals())
        self._attach(expense)
        return Outcome("expense", expense.id, self.env._("The expense is saved."))

    def _attach(self, expense: BaseModel) -> None:
        """Keep the receipt that was chosen, as Odoo keeps one.

        :raise UserError: when it is no receipt.
        """
        file = self.form.file("receipt")
        if not file:
            return
        content = file.read(MOST_BYTES + 1)
        # Told by its content: what a browser says of a file proves nothing.
        if len(content) > MOST_BYTES or guess_mimetype(content) not in RECEIPT_TYPES:
            raise UserError(
                self.env._("A receipt is a picture or a PDF of at most 15 MB.")
            )
        attachment = self.env["ir.attachment"].create(
            {
                "name": file.filename[-200:],
                "raw": content,
                "res_model": expense._name,
                "res_id": expense.id,
            }
        )
        attachment.register_as_main_attachment()

    def _show(self, record_id: int) -> dict:
        expense = self.page.documents.expense(record_id)
        is_open = expense.state == "draft"
        return {
            "view_name": "expense",
            "expense": expense,
            "version": version_of(expense),
            "amount": plain(expense.total_amount_currency),
            "receipts": self._receipts(expense),
            "state": state_of(expense),
            "may_edit": is_open and expense.has_access("write"),
            "may_delete": is_open and expense.has_access("unlink"),
        }

    def _receipts(self, expense: BaseModel) -> BaseModel:
        own = [("res_id", "=", expense.id)]
        return self.env["ir.attachment"].search([*RECEIPTS, *own])

    def _receipt(self, record_id: int) -> File:
        """Return a receipt of an expense of this project, to look at.

        :raise UserError: when it is none, or not his to see.
        """
        own = [("id", "=", record_id)]
        receipt = self.env["ir.attachment"].search([*RECEIPTS, *own])
        # No expense has the id of none: that is refused in the same sentence.
        self.page.documents.expense(receipt.res_id)
        content = receipt.raw or b""
        # A browser shows what a receipt is, and saves anything else.
        kind = guess_mimetype(content)
        is_shown = kind in RECEIPT_TYPES
        return File(content, receipt.name or "", kind if is_shown else "", is_shown)

    def _draft(self, record_id: int) -> BaseModel:
        """Return an expense that was not handed in yet.

        :raise UserError: when it was.
        """
        expense = self.page.documents.expense(record_id)
        if expense.state != "draft":
            raise UserError(self.env._("Only drafts are changed."))
        return expense

    def _save(self, record_id: int) -> Outcome:
        expense = self._draft(record_id)
        self._check_version(expense)
        expense.write(self._vals())
        self._receipts(expense).filtered(
            lambda one: self.form.has(f"remove_{one.id}")
        ).unlink()
        self._attach(expense)
        return Outcome("expense", expense.id, self.env._("Saved."))

    def _submit(self, record_id: int) -> Outcome:
        expense = self._draft(record_id)
        expense.action_submit()
        return Outcome("expense", expense.id, self.env._("Handed in."))

    def _delete(self, record_id: int) -> Outcome:
        self._draft(record_id).unlink()
        return Outcome(notice=self.env._("The expense is deleted."))
