"""Invoices: made by the dialog of the project, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter

from odoo import Command
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.models import BaseModel

from odoo.addons.zoho_projects_connector.groups import BILLING_GROUP

from .documents import state_of
from .part import SCOPES, Action, File, Outcome, Part, plain, version_of

INVOICE_REPORT = "account.account_invoices"
ANNEX_REPORT = "zoho_projects_connector.report_billed_time_annex"


class Invoices(Part):
    """Invoices and credit notes of the project, or of one item."""

    def views(self) -> dict[str, Callable[[int], dict]]:
        return {"invoice": self._show, "new_invoice": self._show_new}

    def actions(self) -> dict[str, Action]:
        return {
            "invoice_create": self._create,
            "invoice_extend": self._extend,
            "invoice_save": self._save,
            "invoice_delete": self._delete,
            "invoice_post": self._post,
            "invoice_send": self._send,
            "invoice_credit": self._credit,
        }

    def files(self) -> dict[str, Callable[[int], File]]:
        return {"invoice": self._pdf, "annex": self._annex}

    def offers(self) -> list[dict]:
        if not self._may_invoice():
            return []
        return [{"view": "new_invoice", "label": self.env._("New invoice")}]

    def _may_invoice(self) -> bool:
        may = self.env.user.has_group(BILLING_GROUP) and self.project.allow_billable
        return bool(may) and self.env["account.move"].has_access("create")

    # A new one, or what is added to a draft

    def _show_new(self, record_id: int) -> dict:
        """Return the values of the dialog, with what the invoice would say.

        :param record_id: a draft that the time is added to, 0 for a new one.
        """
        fields = self.env["project.invoice.create"]._fields
        return {
            "view_name": "new_invoice",
            "draft": self._draft(record_id) if record_id else None,
            "shown_items": self._shown_items(),
            "rows": self._rows(itemgetter("hours_unbilled")),
            "worked": self._rows(itemgetter("hours_unbilled"), self._worked()),
            "groupings": fields["group_by"]._description_selection(self.env),
            "mode": self.form.text("mode") or "time",
            "form": self.form,
            "default_group": self.form.text("group_by")
            or self.project.partner_id._billing_layout()["group_by"]
            or "task",
            "fixed_left": self._fixed_left(),
            "preview": self.form.has("preview") and self._previewed(self._preview),
        }

    def _fixed_left(self) -> str:
        """Return what of the fixed cost can be invoiced, "" for nothing."""
        left = 0.0 if self.item else self.project.fixed_cost_left
        if not left:
            return ""
        currency = self.project.invoicing_currency_id
        return self.env._(
            "Amount (left: %(amount)s)", amount=self.page.money(left, currency)
        )

    def _worked(self) -> dict[str, Domain]:
        """Return which items have time to bill, by kind."""
        # Ids alone: which of these he may read is asked in his own name.
        time = self.env["account.analytic.line"].sudo()
        unbilled = self.project._billing_time_domain("unbilled")
        paths = {
            scope: self.env[model]._billing_path
            for scope, (model, _field) in SCOPES.items()
        }
        return {
            scope: Domain(
                "id", "in", [one.id for (one,) in time._read_group(unbilled, [path])]
            )
            for scope, path in paths.items()
        }

    def _preview(self) -> dict:
        """Return what the dialog says of the invoice to come."""
        wizard = self._wizard()
        currency = wizard.currency_id
        reasons = dict(
            wizard.left_out_ids._fields["reason"]._description_selection(self.env)
        )
        return {
            "warning": wizard.warning,
            "lines": [
                {
                    "name": line.name,
                    "hours": self.page.hours(line.invoiced_hours),
                    "amount": self.page.money(line.amount, currency),
                }
                for line in wizard.preview_line_ids
            ],
            "left_out": [
                {
                    "name": line.name,
                    "reason": reasons.get(line.reason, ""),
                    "hours": line.hours and self.page.hours(line.hours),
                }
                for line in wizard.left_out_ids
            ],
            "total": self.page.money(wizard.total_amount, currency),
        }

    def _wizard(self) -> BaseModel:
        """Return the dialog of Odoo as the form fills it.

        :raise UserError: when it asks for what is not of this page.
        """
        mode = self.form.text("mode")
        vals = {
            "project_ids": [Command.set(self.project.ids)],
            "mode": mode if mode in ("time", "items", "fixed", "expenses") else "time",
        }
        fill = {"items": self._fill_items, "fixed": self._fill_fixed}
        return fill.get(vals["mode"], self._fill_time)(vals)

    def _new(self, vals: dict) -> BaseModel:
        return self.env["project.invoice.create"].create(vals)

    def _fill_time(self, vals: dict) -> BaseModel:
        """Bill time up to a day, of what is ticked, or of all when nothing is."""
        chosen = {
            field: self._chosen(scope) for scope, (_model, field) in SCOPES.items()
        }
        if self.item and not any(chosen.values()):
            raise UserError(self.env._("Tick %(item)s.", item=self.item.display_name))
        grouping = self.form.text("group_by")
        known = (
            self.env["project.invoice.create"]._fields["group_by"].get_values(self.env)
        )
        return self._new(
            {
                **vals,
                **{field: [Command.set(items.ids)] for field, items in chosen.items()},
                "date_to": self.form.day(self.env, "date_to"),
                "include_expenses": self.form.has("include_expenses"),
                **({"group_by": grouping} if grouping in known else {}),
            }
        )

    def _fill_items(self, vals: dict) -> BaseModel:
        """Bill items at the amounts that were typed beside them."""
        amounts = {}
        for scope, (_model, field) in SCOPES.items():
            typed = self._amounts(scope, "amount")
            vals[field] = [Command.set([item.id for item in typed])]
            amounts.update(typed)
        wizard = self._new(vals)
        for line in wizard.item_ids:
            line.amount = amounts.get(line._item(), 0.0)
        return wizard

    def _fill_fixed(self, vals: dict) -> BaseModel:
        """Bill an amount of the fixed cost, or all that is left."""
        if self.item:
            raise UserError(self.env._("Choose among what the page shows."))
        amount = self.form.number(self.env, "fixed_amount")
        part = {"fixed_part": "amount", "fixed_amount": amount} if amount else {}
        return self._new({**vals, **part})

    def _create(self, _record_id: int) -> Outcome:
        """Make the draft, as the dialog does."""
        drafts = self._wizard()._make_drafts()
        if len(drafts) > 1:
            names = ", ".join(drafts.mapped("display_name"))
            return Outcome(notice=self.env._("Made: %(drafts)s", drafts=names))
        return Outcome("invoice", drafts.id, self.env._("The draft is made."))

    def _extend(self, record_id: int) -> Outcome:
        """Add time to a draft, by the same dialog and to the same ledger."""
        move = self._draft(record_id)
        # The dialog adds lines with more rights: his own are asked for here.
        move.check_access("write")
        wizard = self._wizard()
        if obstacle := wizard._obstacle():
            raise UserError(obstacle)
        if not wizard._add_to_invoice(move):
            raise UserError(wizard._with_rights()._nothing_to_invoice())
        return Outcome("invoice", move.id, self.env._("Added to the draft."))

    def _draft(self, record_id: int) -> BaseModel:
        """Return a draft invoice of this project.

        :raise UserError: when it is none, or not his to see.
        """
        move = self.page.documents.invoice(record_id)
        if move.state != "draft":
            raise UserError(self.env._("Only drafts are changed."))
        return move

    # One of them

    def _show(self, record_id: int) -> dict:
        move = self.page.documents.invoice(record_id)
        may_write = move.has_access("write")
        is_draft = move.state == "draft"
        return {
            "view_name": "invoice",
            "form": self.form,
            "move": move,
            "version": version_of(move),
            "state": state_of(move),
            "lines": [self._line(line) for line in move.invoice_line_ids],
            "may_edit": may_write and is_draft,
            "may_add": True,
            "may_extend": may_write
            and is_draft
            and move.move_type == "out_invoice"
            and self._may_invoice(),
            "may_delete": is_draft and move.has_access("unlink"),
            "may_credit": may_write
            and move.state == "posted"
            and move.move_type == "out_invoice",
            "may_send": may_write and move.state == "posted",
            "has_annex": bool(move.billed_time_hours),
        }

    def _line(self, line: BaseModel) -> dict:
        return {
            "id": line.id,
            "is_product": line.display_type == "product",
            "name": line.name or "",
            "quantity": plain(line.quantity),
            "price_unit": plain(line.price_unit),
            "amount": self.page.money(line.price_subtotal, line.currency_id),
        }

    def _save(self, record_id: int) -> Outcome:
        """Write what was typed into a draft: Odoo follows, as in its own form."""
        move = self._draft(record_id)
        self._check_version(move)
        lines = move.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        changes = self._line_changes(lines, "quantity")
        added = [Command.create(line) for line in self._new_lines("quantity")]
        vals = {"invoice_line_ids": [*changes, *added]}
        day = self.form.day(self.env, "invoice_date") or False
        if day != move.invoice_date:
            vals["invoice_date"] = day
        due = self.form.day(self.env, "invoice_date_due")
        # Terms of payment say it by themselves, as in Odoo's own form.
        if due and not move.invoice_payment_term_id:
            vals["invoice_date_due"] = due
        reference = self.form.text("ref")
        if reference != (move.ref or ""):
            vals["ref"] = reference
        move.write(vals)
        return Outcome("invoice", move.id, self.env._("Saved."))

    def _delete(self, record_id: int) -> Outcome:
        move = self.page.documents.invoice(record_id)
        if move.state != "draft":
            raise UserError(
                self.env._("Only drafts are deleted: credit what is posted.")
            )
        move.unlink()
        return Outcome(
            notice=self.env._("The draft is deleted: its time can be billed again.")
        )

    def _post(self, record_id: int) -> Outcome:
        move = self.page.documents.invoice(record_id)
        # As its button asks: what is odd is answered in Odoo.
        if move.action_post():
            raise UserError(
                self.env._(
                    "Odoo asks a question before it posts %(document)s: open it in "
                    "Odoo.",
                    document=move.display_name,
                )
            )
        return Outcome("invoice", move.id, self.env._("The invoice is posted."))

    def _send(self, record_id: int) -> Outcome:
        """Send as Odoo's own dialog proposes it, with its annex."""
        move = self.page.documents.invoice(record_id)
        dialog = self.env["account.move.send.wizard"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        wizard = dialog.create({"move_id": move.id})
        # Read before it is sent: what is said is what the dialog was about to do.
        methods = wizard.sending_methods or []
        addresses = wizard.mail_partner_ids.filtered("email").mapped("email")
        self._check_sendable(move, methods, addresses)
        wizard.action_send_and_print()
        notice = self.env._("Sent.")
        if "email" in methods:
            notice = self.env._("Sent to %(address)s.", address=", ".join(addresses))
        return Outcome("invoice", move.id, notice)

    def _check_sendable(
        self, move: BaseModel, methods: list[str], addresses: list[str]
    ) -> None:
        """Refuse an invoice that Odoo's dialog would send to nobody.

        :param methods: how the dialog proposes to send it.
        :param addresses: whom it would mail it to.
        :raise UserError: with the way out.
        """
        customer = move.partner_id.display_name
        if not methods:
            raise UserError(
                self.env._(
                    "%(customer)s gets invoices by hand: print it, or send it from "
                    "Odoo.",
                    customer=customer,
                )
            )
        if "email" in methods and not addresses:
            raise UserError(
                self.env._(
                    "%(customer)s has no e-mail address: print the invoice, or send it "
                    "from Odoo.",
                    customer=customer,
                )
            )

    def _credit(self, record_id: int) -> Outcome:
        """Make a draft credit note of all of it, by Odoo's own dialog."""
        move = self.page.documents.invoice(record_id)
        dialog = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create(
                {
                    "reason": self.form.text("reason"),
                    "journal_id": move.journal_id.id,
                }
            )
        )
        action = dialog.refund_moves()
        return Outcome(
            "invoice",
            action.get("res_id", 0),
            self.env._("The credit note is a draft: post it when it is right."),
        )

    def _pdf(self, record_id: int) -> File:
        move = self.page.documents.invoice(record_id)
        return File(self.page.print(INVOICE_REPORT, move), f"{move.display_name}.pdf")

    def _annex(self, record_id: int) -> File:
        move = self.page.documents.invoice(record_id)
        return File(
            self.page.print(ANNEX_REPORT, move), f"{move._billed_time_annex_name()}.pdf"
        )
