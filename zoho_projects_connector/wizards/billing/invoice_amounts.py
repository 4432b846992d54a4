from odoo import Command, api, fields, models

from ...models.billing.project_billed_time_amount import ITEM_FIELDS
from .project_invoice_create_amount import AmountGroup


class ProjectInvoiceCreate(models.TransientModel):
    """Mode `items`: milestones, task lists and tasks at an amount."""

    _inherit = "project.invoice.create"

    item_ids = fields.One2many(
        "project.invoice.create.item",
        "wizard_id",
        string="Items",
        compute="_compute_item_ids",
        store=True,
        readonly=False,
    )

    @api.depends("mode", "milestone_ids", "task_list_ids", "task_ids")
    def _compute_item_ids(self) -> None:
        """Give each chosen milestone, task list and task a line for its amount."""
        for wizard in self:
            amounts = {line._item()._origin: line.amount for line in wizard.item_ids}
            chosen = []
            if wizard.mode == "items":
                chosen += [("milestone_id", item) for item in wizard.milestone_ids]
                chosen += [("task_list_id", item) for item in wizard.task_list_ids]
                chosen += [("task_id", item) for item in wizard.task_ids]
            wizard.item_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            name: item._origin.id,
                            "amount": amounts.get(item._origin, 0.0),
                        }
                    )
                    for name, item in chosen
                ),
            ]

    def _items_obstacle(self) -> str | bool:
        """Return why the chosen items cannot be invoiced, False when they can."""
        items = [line._item()._origin for line in self.item_ids]
        if not all(items):
            return self.env._("A line has no milestone, task list or task.")
        if len(set(items)) < len(items):
            return self.env._("An item can be on the invoice once.")
        foreign = self.item_ids.filtered(
            lambda line: line.project_id._origin not in self.project_ids._origin
        )
        if foreign:
            return self.env._(
                "%(items)s: not in the chosen projects.",
                items=", ".join(foreign.mapped("name")),
            )
        if any(line.amount < 0 for line in self.item_ids):
            return self.env._("An amount cannot be negative.")
        return False

    def _item_groups(self) -> list[AmountGroup]:
        """Return the invoice lines of the items that have an amount and are free."""
        return [
            AmountGroup(
                project_id=line.project_id._origin.id,
                kind="item",
                key=f"item:{item._name}:{item.id}",
                name=self._item_name(item),
                amount=line.amount,
                hours=item.hours_unbilled,
                vals={ITEM_FIELDS[item._name]: item.id},
            )
            for line in self.item_ids
            if (item := line._item()._origin) and not self._why_left_out(line)
        ]

    def _item_name(self, item) -> str:
        """Return the description of an item's line, in the customer's language."""
        item = item.with_context(lang=self.partner_id.lang or self.env.lang)
        if len(self.project_ids) > 1:
            return f"{item.project_id.name} - {item.display_name}"
        return item.display_name

    def _why_left_out(self, line) -> str | bool:
        """Return the reason why an item is not invoiced, False when it is.

        :param project.invoice.create.item line: the item with its amount.
        """
        # Which order sells it decides, whether or not he may read that order.
        item = line._item()._origin.sudo()
        sale_line = item.sold_line_id or item._sold_with()
        if sale_line:
            return "sold" if sale_line._is_sold_at_price() else "order"
        if item._coverable_time()._billing_invoices():
            return "billed_by_the_hour"
        return False if line.amount else "missing_amount"

    def _left_out_item(self, line, reason: str) -> str:
        """Return the name of an item that is left out, with the reason's invoices."""
        if reason != "billed_by_the_hour":
            return line.name
        return self._with_invoices(line.name, line._item()._origin._coverable_time())

    def _with_invoices(self, name: str, timesheets) -> str:
        """Return a name and the invoices that bill timesheets."""
        return self.env._(
            "%(what)s (%(invoices)s)",
            what=name,
            invoices=", ".join(timesheets._billing_invoices().mapped("display_name")),
        )

    def _left_out_items(self) -> list[dict]:
        """Return the chosen items that the invoice leaves out, with the reasons."""
        return [
            {
                "reason": reason,
                "name": self._left_out_item(line, reason),
                "hours": line.hours,
            }
            for line in self.item_ids
            if (reason := self._why_left_out(line))
        ]
