from collections import defaultdict

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_amount, format_duration
from odoo.tools.translate import LazyTranslate

from ...hours import SAME_HOURS, exact_hours
from ..changes import changed_values
from .plan import PlannedAmount

# The field of a row that names what was sold, by its model.
ITEM_FIELDS = {
    "project.milestone": "item_milestone_id",
    "zoho.task.list": "item_task_list_id",
    "project.task": "item_task_id",
}


_lt = LazyTranslate(__name__)


# Why hours were taken off a line of a draft, as its chatter says it.
LEFT_DRAFT = {
    "deleted": _lt(
        "%(hours)s h were deleted from the timesheets: they were taken off the line "
        "%(line)s."
    ),
    "withdrawn": _lt(
        "%(hours)s h were withdrawn: they were taken off the line %(line)s."
    ),
    "excluded": _lt(
        "%(hours)s h are not to be billed any more: they were taken off the line "
        "%(line)s."
    ),
    "billed_elsewhere": _lt(
        "%(hours)s h were billed elsewhere: they were taken off the line %(line)s."
    ),
    "moved": _lt(
        "%(hours)s h went to another project: they were taken off the line %(line)s."
    ),
    "customer": _lt(
        "%(hours)s h are another customer's now: they were taken off the line %(line)s."
    ),
    "order": _lt(
        "%(hours)s h are no longer sold by the sales order of this invoice: they were "
        "taken off the line %(line)s."
    ),
    "waiting": _lt(
        "%(hours)s h wait for an answer: they were taken off the line %(line)s."
    ),
    "terms": _lt(
        "%(hours)s h are not billed by the hour any more: they were taken off the line "
        "%(line)s."
    ),
}


class ProjectBilledTime(models.Model):
    """Rows that no hours make up: items at a price, fixed costs and expenses."""

    _inherit = "project.billed.time"

    item_milestone_id = fields.Many2one(
        "project.milestone",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    item_task_list_id = fields.Many2one(
        "zoho.task.list",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    item_task_id = fields.Many2one(
        "project.task",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )

    def _bill_amounts(self, planned_by_line: dict) -> None:
        """Put amounts on invoice lines.

        :param planned_by_line: ``{account.move.line: PlannedAmount}``.
        """
        self._insert(
            [
                {
                    **planned.vals,
                    "kind": planned.kind,
                    "move_line_id": line.id,
                    "hours": 0.0,
                    "amount": line.price_subtotal,
                    "rate": line.price_unit,
                }
                for line, planned in planned_by_line.items()
            ]
        )

    def _bill_amounts_again(self, move_line: models.BaseModel) -> None:
        """Put what these rows bill on the line that replaces theirs."""
        names = ["project_id", *ITEM_FIELDS.values()]
        for row in self[:1]:
            vals = {name: row[name].id for name in names}
            self._bill_amounts({move_line: PlannedAmount(row.kind, vals)})

    def _is_amount(self) -> bool:
        """Whether these rows, all of one line, are an amount instead of hours."""
        return self[:1].kind not in (False, "time")

    def _restate_amount(self, move_line: models.BaseModel) -> None:
        """Make these rows, all of one live invoice line, say what the line does."""
        amount = move_line._billing_subtotal()
        vals = {
            "amount": amount,
            "currency_id": move_line.currency_id.id,
            "rate": move_line.price_unit,
            # A line at zero sells nothing, nor does an invoice that was switched into
            # a credit note: the item is free to be invoiced.
            "active": move_line.currency_id.compare_amounts(amount, 0.0) > 0,
        }
        for row in self:
            # Every write on the ledger recomputes the state of what it names.
            if changed_values(row, vals):
                row.write(vals)

    def _standing_amounts(self, domain: list) -> dict[int, float]:
        """Return what amounts are billed now, net of credits, one query.

        :param list domain: which rows to look at.
        :return: ``{id of the row that bills: net amount}`` in the currency of its
            document; what was credited as a whole is left out.
        """
        rows = self._find([("kind", "!=", "time"), *domain])
        net = defaultdict(float)
        for row in rows:
            net[(row.origin_id or row).id] += row.sign * row.amount
        currencies = {row.id: row.currency_id for row in rows}
        return {
            row_id: amount
            for row_id, amount in net.items()
            # A credit may point to a row that is asleep, or was not asked for.
            if row_id in currencies
            and currencies[row_id].compare_amounts(amount, 0.0) > 0
        }

    def _covering(self, timesheets: models.BaseModel) -> models.BaseModel:
        """Return the rows by which live documents sell these timesheets at a price.

        An item covers the time of the tasks on its order line, a fixed cost that of a
        project which is billed by it.

        :rtype: project.billed.time
        """
        sold = timesheets.task_id.sale_line_id
        sold = sold.filtered(lambda line: line._is_sold_at_price())
        fixed = timesheets.project_id.filtered(
            lambda project: project.billing_method == "fixed_cost"
        )
        if not sold and not fixed:
            return self.browse()
        items = Domain("kind", "=", "item") & Domain(
            "move_line_id.sale_line_ids", "in", sold.ids
        )
        costs = Domain("kind", "=", "fixed") & Domain("project_id", "in", fixed.ids)
        # Bills first, then what of them stands: credits lower them, wherever they are.
        rows = self._find((items | costs) & Domain("sign", "=", 1))
        standing = self._standing_amounts(
            ["|", ("id", "in", rows.ids), ("origin_id", "in", rows.ids)]
        )
        # What covers time counts in full, whatever the user may read.
        return self.sudo().browse(sorted(standing))

    def _covered_timesheets(self) -> models.BaseModel:
        """Return the time that these amounts cover though it is billed by the hour.

        :rtype: account.analytic.line
        """
        if not self:
            return self.timesheet_id
        sold = self.filtered(lambda row: row.kind == "item").move_line_id.sale_line_ids
        projects = self.filtered(lambda row: row.kind == "fixed").project_id
        # What is covered counts in full, whatever the user may read.
        timesheets = self.env["account.analytic.line"].sudo()
        return timesheets.with_context(active_test=False).search(
            (
                Domain("task_id.sale_line_id", "in", sold.ids)
                | Domain("project_id", "in", projects.ids)
            )
            & Domain("billed_hours", ">", 0)
        )

    def _check_sold_once(self, documents: models.BaseModel) -> None:
        """Refuse that these rows sell an item twice, or more than a fixed cost.

        :param account.move documents: the documents that changed.
        :raise UserError: it names the other invoices, or what is left.
        """
        for row in self.filtered(lambda row: row.kind == "item"):
            for item in row._sold_items():
                others = item._selling_rows().move_id - row.move_id
                if others:
                    documents._raise_billed_again(others)
        for project in self.filtered(lambda row: row.kind == "fixed").project_id:
            self._check_fixed_cost(project)

    def _check_fixed_cost(self, project: models.BaseModel) -> None:
        """Refuse to invoice more than the fixed cost of a project.

        :param project.project project: read with more rights than the user's.
        :raise UserError: it tells how much too much it would be.
        """
        project._lock_fixed_cost()
        currency = project._billing_currency()
        excess = project._fixed_cost_invoiced()[project.id] - project.fixed_cost
        if currency.compare_amounts(excess, 0.0) > 0:
            raise UserError(
                self.env._(
                    "The fixed cost of %(project)s is %(fixed_cost)s: this would "
                    "invoice %(excess)s more. Lower the amount, or raise the fixed "
                    "cost in the billing terms of the project.",
                    project=project.display_name,
                    fixed_cost=format_amount(self.env, project.fixed_cost, currency),
                    excess=format_amount(self.env, excess, currency),
                )
            )

    def _sold_items(self) -> list:
        """Return the milestones, task lists and tasks that these rows sell."""
        return [self[name] for name in ITEM_FIELDS.values() if self[name]]

    def _follow_amounts(self) -> None:
        """Make what these rows sell, and its order lines, say what is billed."""
        for items in self._sold_items():
            items._follow_ledger_item()
        self.move_line_id.sale_line_ids._deliver_as_invoiced()

    # Hours of one entry that an invoice should not bill.

    def _line_quantity(self, hours: float) -> float:
        """Return hours of this row as its invoice line shows them, in its unit.

        Note: `self.ensure_one()`
        """
        unit_hours = self.move_line_id._billing_unit_hours()
        return exact_hours(hours * self.invoice_factor / unit_hours)

    def _take_off(self, hours: float) -> None:
        """Take hours of this row off its draft invoice, and off no other entry.

        Note: `self.ensure_one()`
        """
        line, timesheet = self.move_line_id, self.timesheet_id
        direction = line._billing_direction()
        quantity = exact_hours(direction * line.quantity - self._line_quantity(hours))
        left = exact_hours(self.hours - hours)
        # The row before the line: when the line is written, its last entries would give
        # the hours, whichever they are.
        if quantity > SAME_HOURS:
            if left > SAME_HOURS:
                self.hours = left
            else:
                self.unlink()
            command = Command.update(line.id, {"quantity": direction * quantity})
        else:
            command = Command.delete(line.id)
        line.move_id.write({"invoice_line_ids": [command]})
        timesheet._follow_ledger()

    def _has_left_billing(self) -> bool:
        """Whether the time was taken out of billing or moved to another project.

        Note: `self.ensure_one()`
        """
        timesheet = self.timesheet_id
        return bool(timesheet._why_unbillable()) or (
            timesheet.project_id != self.project_id
        )

    def _why_not_again(self) -> str:
        """Return why time that was free meanwhile is not to be billed here any more.

        Empty when it is. What a live document covers at a price is left to the one
        check that refuses it by name. Note: `self.ensure_one()`

        :return: one of the reasons in ``LEFT_DRAFT``.
        """
        timesheet, sale_line = self.timesheet_id, self.move_line_id.sale_line_ids[:1]
        if not timesheet:
            return "deleted"
        if reason := timesheet._why_unbillable():
            return reason
        if timesheet.project_id != self.project_id:
            return "moved"
        order = sale_line.order_id
        customer = self.project_id.partner_id.commercial_partner_id
        if order.billing_project_id and order.partner_id.commercial_partner_id != (
            customer
        ):
            return "customer"
        if timesheet._agreed_billing_state():
            return "" if self._covering(timesheet) else "terms"
        return "order" if timesheet._is_sold_beside(sale_line) else ""

    def _leave_draft(self, reason: str) -> None:
        """Take the hours of these rows off their draft invoices, and say so there.

        :param str reason: why, one of ``LEFT_DRAFT``.
        """
        # Negative time may have left already, with what it was taken off.
        for line, rows in self.exists().grouped("move_line_id").items():
            move = line.move_id
            hours = format_duration(sum(rows.mapped("hours")))
            sentence = self.env._(LEFT_DRAFT[reason])
            move._message_log(body=sentence % {"hours": hours, "line": line.name})
            staying = line.billed_time_ids - rows
            if staying._shown_hours() < -SAME_HOURS:
                # No line bills less than nothing: what was taken off is free again.
                rows |= staying.filtered(lambda row: row.sign < 0)
            units = rows._shown_hours() / line._billing_unit_hours()
            # Before the line is written, which takes hours off its last entries.
            rows.unlink()
            quantity = exact_hours(line.quantity - line._billing_direction() * units)
            move.write(
                {"invoice_line_ids": [Command.update(line.id, {"quantity": quantity})]}
            )
