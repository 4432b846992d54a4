"""Quotations: made by the dialog of the project, answered as in Odoo."""

from __future__ import annotations

from collections.abc import Callable

from odoo import Command
from odoo.exceptions import UserError
from odoo.models import BaseModel

from odoo.addons.zoho_projects_connector.groups import BILLING_GROUP

from .documents import state_of
from .part import SCOPES, Action, File, Outcome, Part, plain, version_of

OPEN_STATES = ("draft", "sent")
REPORT = "sale.action_report_saleorder"
# Told to Odoo so, a price that was typed is not reset with a later quantity.
BY_HAND = {"technical_price_unit": 0.0, "discount": 0.0}


class Quotations(Part):
    """Quotations of the project, or of one item."""

    def views(self) -> dict[str, Callable[[int], dict]]:
        return {"quotation": self._show, "new_quotation": self._show_new}

    def actions(self) -> dict[str, Action]:
        return {
            "quotation_create": self._create,
            "quotation_save": self._save,
            "quotation_accept": self._accept,
            "quotation_decline": self._decline,
            "quotation_send": self._send,
            "quotation_delete": self._delete,
        }

    def files(self) -> dict[str, Callable[[int], File]]:
        return {"quotation": self._pdf}

    def _may_bill(self) -> bool:
        return self.env.user.has_group(BILLING_GROUP)

    def offers(self) -> list[dict]:
        if not (self._may_bill() and self.project.allow_billable):
            return []
        return [{"view": "new_quotation", "label": self.env._("New quotation")}]

    # A new one

    def _show_new(self, _record_id: int) -> dict:
        return {
            "view_name": "new_quotation",
            "shown_items": self._shown_items(),
            "rows": self._rows(self._planned),
            "currency": self.project.invoicing_currency_id,
            "preview": self.form.has("preview") and self._previewed(self._preview),
        }

    def _planned(self, item: BaseModel) -> float:
        """Return the planned hours of an item, as the dialog sells them."""
        # Chosen by who may read it; subtasks that he does not see are sold with it.
        own = item.sudo()
        tasks = own if own._name == "project.task" else own.task_ids
        covering = tasks.filtered(lambda task: task.parent_id not in tasks)
        return sum(task._planned_hours(tasks.browse()) for task in covering)

    def _preview(self) -> dict:
        """Return what the dialog says of the quotation to come."""
        wizard = self._wizard()
        return {
            "warning": wizard.problems,
            "lines": [
                {
                    "name": line.name,
                    "hours": self.page.hours(line.hours),
                    "amount": self.page.money(line.amount, wizard.currency_id),
                }
                for line in wizard.line_ids
            ],
            "total": self.page.money(wizard.amount_untaxed, wizard.currency_id),
        }

    def _wizard(self) -> BaseModel:
        """Return the dialog of Odoo as the form fills it.

        :raise UserError: when it asks for what is not of this page.
        """
        amounts, vals = {}, {"project_id": self.project.id}
        for scope, (_model, field) in SCOPES.items():
            # An amount beside an item chooses it, too.
            typed = self._amounts(scope, "amount")
            amounts.update(typed)
            chosen = self._chosen(scope).union(*typed)
            vals[field] = [Command.set(chosen.ids)]
        wizard = self.env["project.quotation.create"].create(vals)
        for line in wizard.line_ids:
            if amount := amounts.pop(line._item(), 0.0):
                line.fixed_amount = amount
        return wizard

    def _create(self, _record_id: int) -> Outcome:
        action = self._wizard().action_create_quotation()
        return Outcome(
            "quotation", action["res_id"], self.env._("The quotation is made.")
        )

    # One of them

    def _show(self, record_id: int) -> dict:
        order = self.page.documents.quotation(record_id)
        may_write = order.has_access("write")
        is_open = order.state in OPEN_STATES
        return {
            "view_name": "quotation",
            "form": self.form,
            "order": order,
            "version": version_of(order),
            "state": state_of(order),
            "lines": [self._line(line) for line in order.order_line],
            "may_edit": may_write and is_open,
            "may_add": self._may_bill() or order.order_line.has_access("create"),
            "may_delete": order.state in ("draft", "cancel")
            and order.has_access("unlink"),
        }

    def _line(self, line: BaseModel) -> dict:
        return {
            "id": line.id,
            "is_product": not line.display_type,
            "name": line.name or "",
            "quantity": plain(line.product_uom_qty),
            "price_unit": plain(line.price_unit),
            "amount": self.page.money(line.price_subtotal, line.currency_id),
        }

    def _open(self, record_id: int) -> BaseModel:
        """Return a quotation that is not answered yet.

        :raise UserError: when it is.
        """
        order = self.page.documents.quotation(record_id)
        if order.state not in OPEN_STATES:
            raise UserError(
                self.env._("%(order)s is answered already.", order=order.name)
            )
        return order

    def _save(self, record_id: int) -> Outcome:
        order = self._open(record_id)
        self._check_version(order)
        lines = order.order_line.filtered(lambda line: not line.display_type)
        changes = self._line_changes(lines, "product_uom_qty")
        # Sold at its price, as any work at a price is.
        product = self.env.ref("zoho_projects_connector.product_fixed_price")
        added = [
            Command.create({**line, "product_id": product.id, **BY_HAND})
            for line in self._new_lines("product_uom_qty")
        ]
        vals = {"order_line": [*changes, *added]}
        day = self.form.day(self.env, "validity_date") or False
        if day != order.validity_date:
            vals["validity_date"] = day
        reference = self.form.text("client_order_ref")
        if reference != (order.client_order_ref or ""):
            vals["client_order_ref"] = reference
        order.check_access("write")
        # As the dialog makes it: billing its project takes no rights to sell.
        (order.sudo() if self._may_bill() else order).write(vals)
        return Outcome("quotation", order.id, self.env._("Saved."))

    def _accept(self, record_id: int) -> Outcome:
        order = self._open(record_id)
        order.action_confirm()
        return Outcome("quotation", order.id, self.env._("Accepted."))

    def _decline(self, record_id: int) -> Outcome:
        order = self._open(record_id)
        order.action_cancel()
        return Outcome("quotation", order.id, self.env._("Declined."))

    def _send(self, record_id: int) -> Outcome:
        """Send as Odoo's own dialog proposes it."""
        order = self._open(record_id)
        if not order.partner_id.email:
            raise UserError(
                self.env._(
                    "%(customer)s has no e-mail address: print the quotation, or send "
                    "it from Odoo.",
                    customer=order.partner_id.display_name,
                )
            )
        context = order.action_quotation_send()["context"]
        dialog = self.env["mail.compose.message"].with_context(**context).create({})
        dialog.action_send_mail()
        return Outcome(
            "quotation",
            order.id,
            self.env._("Sent to %(address)s.", address=order.partner_id.email),
        )

    def _delete(self, record_id: int) -> Outcome:
        self.page.documents.quotation(record_id).unlink()
        return Outcome(notice=self.env._("The quotation is deleted."))

    def _pdf(self, record_id: int) -> File:
        order = self.page.documents.quotation(record_id)
        return File(self.page.print(REPORT, order), f"{order.name}.pdf")
