"""Lines of an invoice to come that no hours make up."""

from __future__ import annotations

from dataclasses import dataclass, field

from odoo import Command, api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount

from ...models.billing.plan import BillingPlan, PlannedAmount
from ...models.billing.project_billed_time_amount import ITEM_FIELDS


@dataclass
class AmountGroup:
    """One invoice line: an item at a price, a fixed cost, or an expense.

    ``vals`` says in the ledger what is sold; ``sale_line_id`` is that of an expense,
    which has its line on the order already; ``hours`` are the unbilled hours that an
    item covers. Nothing of it is billed by the day.
    """

    hours_per_day = 0.0

    project_id: int
    kind: str
    key: str
    name: str
    amount: float
    hours: float = 0.0
    vals: dict[str, int] = field(default_factory=dict)
    sale_line_id: int = 0

    @property
    def price(self) -> float:
        return self.amount

    def plan(self, plan: BillingPlan, sale_line_id: int) -> None:
        """Note that the line of a sales order line bills this."""
        vals = {"project_id": self.project_id, **self.vals}
        plan.amounts[sale_line_id] = PlannedAmount(self.kind, vals)
        if not self.sale_line_id:
            plan.names[sale_line_id] = self.name

    def preview_vals(self, currency) -> dict:
        """Return the figures of the preview line."""
        return {
            "hours": self.hours,
            "invoiced_hours": self.hours,
            "days": 0.0,
            "amount": currency.round(self.amount),
        }


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
    fixed_part = fields.Selection(
        [
            ("all", "All that is left"),
            ("percent", "A percentage of the fixed cost"),
            ("amount", "An amount"),
        ],
        string="How Much",
        default="all",
        required=True,
    )
    fixed_percent = fields.Float(string="Percentage", default=100.0)
    fixed_amount = fields.Monetary(string="Amount", help="Without taxes.")

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

    # Mode `fixed`: all, a percentage or an amount of the fixed cost.

    def _fixed_obstacle(self) -> str | bool:
        """Return why the part of the fixed cost cannot be invoiced, else False."""
        # What is left of a fixed cost counts documents that he may not see.
        projects = self.project_ids.sudo()
        if not any(projects.mapped("fixed_cost")):
            return self.env._(
                "%(projects)s has no fixed cost. Set it in the billing terms of the "
                "project.",
                projects=", ".join(projects.mapped("name")),
            )
        if self.fixed_part == "amount" and len(projects) > 1:
            return self.env._(
                "An amount is invoiced of one project; choose a percentage for several."
            )
        return self._fixed_too_much(projects)

    def _fixed_too_much(self, projects) -> str | bool:
        """Return the sentence for a part that is negative or more than what is left."""
        currency = self.currency_id
        for project in projects:
            part = self._fixed_part_of(project)
            if currency.compare_amounts(part, 0.0) < 0:
                return self.env._("The part of the fixed cost cannot be negative.")
            if currency.compare_amounts(part, project.fixed_cost_left) > 0:
                return self.env._(
                    "Only %(left)s of the fixed cost of %(project)s is left to "
                    "invoice.",
                    left=format_amount(self.env, project.fixed_cost_left, currency),
                    project=project.display_name,
                )
        return False

    def _fixed_part_of(self, project) -> float:
        """Return the amount of a project's fixed cost that is to be invoiced.

        :param project.project project: read with more rights than the user's.
        """
        if self.fixed_part == "all":
            return project.fixed_cost_left
        if self.fixed_part == "percent":
            return self.currency_id.round(project.fixed_cost * self.fixed_percent / 100)
        return self.fixed_amount

    def _fixed_groups(self) -> list[AmountGroup]:
        """Return an invoice line for the part of each project's fixed cost."""
        return [
            AmountGroup(
                project_id=project._origin.id,
                kind="fixed",
                key="fixed",
                name=self._fixed_name(project, part),
                amount=part,
            )
            # Chosen by who may read them; their order is not his to read.
            for project in self.project_ids.sudo()
            if (part := self._fixed_part_of(project)) > 0
            and not project._coverable_time()._billing_invoices()
        ]

    def _fixed_name(self, project, part: float) -> str:
        """Return the description of the line, in the customer's language."""
        env = self.with_context(lang=self.partner_id.lang or self.env.lang).env
        if self.currency_id.compare_amounts(part, project.fixed_cost) == 0:
            return env._("%(project)s: fixed cost", project=project.name)
        return env._(
            "%(project)s: part of the fixed cost of %(fixed_cost)s",
            project=project.name,
            fixed_cost=format_amount(env, project.fixed_cost, self.currency_id),
        )

    def _left_out_fixed(self) -> list[dict]:
        """Return the projects of whose fixed cost nothing is invoiced, and why."""
        left_out = []
        # Chosen by who may read them; their order is not his to read.
        for project in self.project_ids.sudo():
            if not self._fixed_part_of(project):
                reason = "fixed_invoiced" if project.fixed_cost else "no_fixed_cost"
                left_out.append({"reason": reason, "name": project.name})
            elif (time := project._coverable_time())._billing_invoices():
                name = self._with_invoices(project.name, time)
                left_out.append({"reason": "billed_by_the_hour", "name": name})
        return left_out

    # Mode `expenses`: what Odoo re-invoices through the orders of the projects.

    def _expense_lines(self):
        """Return the order lines of expenses that are still to invoice.

        :rtype: sale.order.line
        """
        projects = self.project_ids._origin
        # The accountant reads no orders; these are of his projects alone.
        # Who may invoice need not have rights to orders.
        lines = self.env["sale.order.line"].sudo()
        domain = Domain(
            [
                ("is_expense", "=", True),
                ("state", "=", "sale"),
                ("qty_to_invoice", ">", 0),
                ("company_id", "=", self.company_id.id),
                ("currency_id", "=", self.currency_id.id),
                ("order_partner_id", "=", self.partner_id.id),
                ("order_id.project_id", "in", projects.ids),
            ]
        )
        for operator, day in ((">=", self.date_from), ("<=", self.date_to)):
            if day:
                domain &= self._expense_day_domain(operator, day)
        return lines.search(domain, order="id")

    def _expense_day_domain(self, operator: str, day) -> Domain:
        """Return the order lines of expenses since or until a day.

        :param str operator: ``>=`` or ``<=``.
        :param date day: what the entry of the cost is compared with.
        """
        return Domain("analytic_line_ids.date", operator, day)

    def _expense_groups(self) -> list[AmountGroup]:
        """Return an invoice line for each expense."""
        return [
            AmountGroup(
                project_id=line.order_id.project_id.id,
                kind="expense",
                key="expense",
                name=line.name,
                amount=line.untaxed_amount_to_invoice,
                sale_line_id=line.id,
            )
            for line in self._expense_lines()
        ]
