from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...groups import STAFF_GROUP
from .project_billed_time_amount import ITEM_FIELDS

# In the context while work follows what its document sells: that one is looked at as a
# whole. A remote call cannot forge it: its values are never this object.
PRICE_FOLLOWS = object()


class BillingItemMixin(models.AbstractModel):
    """What can be invoiced at a price: a task, a task list, a milestone.

    From then on its time is covered by that price, also what is logged later, until
    the invoice is deleted, cancelled or credited as a whole.
    """

    _name = "billing.item.mixin"
    _description = "Item Invoiced at a Price"

    sold_line_id = fields.Many2one(
        "sale.order.line",
        string="Invoiced at a Price",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        export_string_translation=False,
        help="Line of the project's billing order that sells this at a price.",
    )

    distinct_name = fields.Char(
        compute="_compute_distinct_name",
        groups=STAFF_GROUP,
        export_string_translation=False,
    )

    @api.depends("name", "project_id")
    def _compute_distinct_name(self) -> None:
        """Tell what has one name in a project apart."""
        beside = self.with_context(active_test=False)._read_group(
            Domain("project_id", "in", self.project_id.ids)
            & Domain("name", "in", self.mapped("name")),
            ["project_id", "name"],
            ["__count"],
        )
        named = {(project, name): count for project, name, count in beside}
        for item in self:
            item.distinct_name = item.name
            if named.get((item.project_id, item.name), 0) > 1:
                if what := item._distinction():
                    item.distinct_name = f"{item.name} ({what})"

    def _distinction(self) -> str:
        """Return what tells this from others of its name. Note: `ensure_one()`."""
        raise NotImplementedError

    def _sold_with(self) -> models.BaseModel:
        """Return the order line that sells this otherwise. Note: `ensure_one()`.

        :rtype: sale.order.line
        """
        return self.env["sale.order.line"]

    def _item_tasks(self) -> models.BaseModel:
        """Return the tasks that these items are made of, without their subtasks.

        :rtype: project.task
        """
        raise NotImplementedError

    def _coverable_time(self) -> models.BaseModel:
        """Return the time that a price of these items would cover, billed or not.

        What another sales order sells is not covered.

        :rtype: account.analytic.line
        """
        # What an item covers counts in full, whatever the user may read.
        tasks = self.env["project.task"].sudo().with_context(active_test=False)
        # Odoo gives a subtask the order line of its parent, unless it has one of its
        # own.
        tasks = tasks.search([("id", "child_of", self._item_tasks().ids)]).filtered(
            lambda task: not task.sale_line_id or task.sale_line_id._is_sold_at_price()
        )
        timesheets = self.env["account.analytic.line"].sudo()
        timesheets = timesheets.with_context(active_test=False)
        return timesheets.search([("task_id", "in", tasks.ids)])

    def _follow_ledger_item(self) -> None:
        """Set the order lines that sell these items now, none where none does."""
        name = ITEM_FIELDS[self._name]
        selling = self._selling_rows()
        # Only code may say by which line an item is sold.
        items = self.sudo().with_context(price_follows=PRICE_FOLLOWS)
        for item in items:
            rows = selling.filtered(lambda row, item=item: row[name] == item)
            line = rows[-1:].move_line_id.sale_line_ids[:1]
            # Tasks of the item follow by a compute; nothing is recomputed for no
            # change.
            if item.sold_line_id != line:
                item.sold_line_id = line
        # Now, and not when somebody reads them: their document says what is wrong.
        items.env["project.task"]._recompute_model(["sale_line_id"])

    def _selling_rows(self) -> models.BaseModel:
        """Return the ledger rows by which live invoices sell these items.

        :rtype: project.billed.time
        """
        ledger = self.env["project.billed.time"]
        standing = ledger._standing_amounts([(ITEM_FIELDS[self._name], "in", self.ids)])
        # What sells an item counts, whatever rows the user may read.
        return ledger.sudo().browse(sorted(standing))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sold(self) -> None:
        """Keep what a live invoice sells.

        :raise UserError: it names the invoices.
        """
        rows = self._selling_rows()
        if rows:
            raise UserError(
                self.env._(
                    "%(items)s cannot be deleted: %(invoices)s bills it at a price. "
                    "Archive it instead, or credit the invoice first.",
                    items=", ".join(self.mapped("display_name")),
                    invoices=", ".join(rows.move_id.mapped("display_name")),
                )
            )
