"""Lines of an invoice to come that no hours make up."""

from __future__ import annotations

from dataclasses import dataclass, field

from odoo.api import Environment
from odoo.fields import Domain
from odoo.models import BaseModel
from odoo.tools import format_amount

from ...groups import BILLING_GROUP
from ...models.billing.plan import BillingPlan, PlannedAmount
from ...models.billing.project_billed_time_amount import ITEM_FIELDS
from .invoice_source import InvoiceSource
from .untaxed import Untaxed


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

    def product(self, project: BaseModel) -> BaseModel:
        """Return what the billing order of a project sells amounts as."""
        return project.env.ref("zoho_projects_connector.product_fixed_price")

    def untaxed_line(self, untaxed: Untaxed, project: BaseModel) -> dict:
        """Return the line as its taxes are figured."""
        if not self.sale_line_id:
            return untaxed.line(self.product(project), self.amount, 1.0)
        line = project.env["sale.order.line"].browse(self.sale_line_id)
        return line._prepare_base_line_for_taxes_computation(
            quantity=line.qty_to_invoice
        )

    def preview_vals(self) -> dict:
        """Return the figures of the preview line, but for its amount."""
        return {
            "hours": self.hours,
            "invoiced_hours": self.hours,
            "days": 0.0,
        }


def with_invoices(env: Environment, name: str, timesheets: BaseModel) -> str:
    """Return a name and the invoices that bill timesheets."""
    return env._(
        "%(what)s (%(invoices)s)",
        what=name,
        invoices=", ".join(timesheets._billing_invoices().mapped("display_name")),
    )


class ItemSource(InvoiceSource):
    """Mode `items`: milestones, task lists and tasks at an amount."""

    def impossible(self) -> dict | bool:
        """Say where there is nothing that could be sold."""
        projects = Domain("project_id", "in", self.wizard.project_ids.ids)
        items = (self.env[name].with_context(active_test=False) for name in ITEM_FIELDS)
        if any(item.search_count(projects, limit=1) for item in items):
            return False
        return {"why": self.env._("No milestones, task lists or tasks.")}

    def obstacle(self) -> str | bool:
        """Return why the chosen items cannot be invoiced, False when they can."""
        items = [line._item()._origin for line in self.wizard.item_ids]
        if not all(items):
            return self.env._("A line has no milestone, task list or task.")
        if len(set(items)) < len(items):
            return self.env._("An item can be on the invoice once.")
        foreign = self.wizard.item_ids.filtered(
            lambda line: line.project_id._origin not in self.wizard.project_ids._origin
        )
        if foreign:
            return self.env._(
                "%(items)s: not in the chosen projects.",
                items=", ".join(foreign.mapped("name")),
            )
        if any(line.amount < 0 for line in self.wizard.item_ids):
            return self.env._("An amount cannot be negative.")
        return False

    def groups(self) -> list[AmountGroup]:
        """Return the invoice lines of the items that have an amount and are free."""
        return [
            AmountGroup(
                project_id=line.project_id._origin.id,
                kind="item",
                key=f"item:{item._name}:{item.id}",
                name=self._line_name(item),
                amount=line.amount,
                # Shown only: an item is sold for its amount, whatever time it takes.
                hours=item.hours_unbilled,
                vals={ITEM_FIELDS[item._name]: item.id},
            )
            for line in self.wizard.item_ids
            if (item := line._item()._origin) and not self._why_left_out(line)
        ]

    def _line_name(self, item: BaseModel) -> str:
        """Return the description of an item's line, in the customer's language."""
        item = item.with_context(lang=self.language())
        if len(self.wizard.project_ids) > 1 and not self.wizard.show_sections:
            return f"{item.project_id.name} - {item.display_name}"
        return item.display_name

    def _why_left_out(self, line: BaseModel) -> str | bool:
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

    def _left_out_name(self, line: BaseModel, reason: str) -> str:
        """Return the name of an item that is left out, with the reason's invoices."""
        if reason != "billed_by_the_hour":
            return line.name
        return with_invoices(
            self.env, line.name, line._item()._origin._coverable_time()
        )

    def left_out(self) -> list[dict]:
        """Return the chosen items that the invoice leaves out, with the reasons."""
        return [
            {
                "reason": reason,
                "name": self._left_out_name(line, reason),
                "hours": line.hours,
            }
            for line in self.wizard.item_ids
            if (reason := self._why_left_out(line))
        ]

    def locked_groups(self) -> list[AmountGroup]:
        """Return the lines that no other invoice bills meanwhile.

        Neither the items nor the time that the price covers: nobody is to bill it by
        the hour.
        """
        with self.lock_or_tell():
            for line in self.wizard.item_ids:
                # Its id stays: logging time on a task must not wait for the invoice.
                line._item().lock_for_update(allow_referencing=True)
                line._item()._coverable_time().lock_for_update()
        return self.groups()


class FixedSource(InvoiceSource):
    """Mode `fixed`: all, a percentage or an amount of the fixed cost."""

    def impossible(self) -> dict | bool:
        """Say where no fixed cost is agreed, or nothing of it is left."""
        # What is left of a fixed cost counts documents that he may not see.
        projects = self.wizard.project_ids.sudo()
        if any(projects.mapped("fixed_cost_left")):
            return False
        if any(projects.mapped("fixed_cost")):
            return {"why": self.env._("All of the fixed cost is invoiced.")}
        found = {"why": self.env._("No fixed cost is agreed.")}
        if len(projects) == 1 and self.env.user.has_group(BILLING_GROUP):
            found |= {
                "project_id": projects._origin.id,
                "action": "action_agree_fixed_cost",
                "label": self.env._("Set It"),
            }
        return found

    def obstacle(self) -> str | bool:
        """Return why the part of the fixed cost cannot be invoiced, else False."""
        # What is left of a fixed cost counts documents that he may not see.
        projects = self.wizard.project_ids.sudo()
        if not any(projects.mapped("fixed_cost")):
            return self.env._(
                "%(projects)s has no fixed cost. Set it in the billing terms of the "
                "project.",
                projects=", ".join(projects.mapped("name")),
            )
        if self.wizard.fixed_part == "amount" and len(projects) > 1:
            return self.env._(
                "An amount is invoiced of one project; choose a percentage for several."
            )
        return self._too_much(projects)

    def _too_much(self, projects: BaseModel) -> str | bool:
        """Return the sentence for a part that is negative or more than what is left."""
        currency = self.wizard.currency_id
        for project in projects:
            part = self._part_of(project)
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

    def _part_of(self, project: BaseModel) -> float:
        """Return the amount of a project's fixed cost that is to be invoiced.

        :param project.project project: read with more rights than the user's.
        """
        if self.wizard.fixed_part == "all":
            return project.fixed_cost_left
        if self.wizard.fixed_part == "percent":
            return self.wizard.currency_id.round(
                project.fixed_cost * self.wizard.fixed_percent / 100
            )
        return self.wizard.fixed_amount

    def groups(self) -> list[AmountGroup]:
        """Return an invoice line for the part of each project's fixed cost."""
        return [
            AmountGroup(
                project_id=project._origin.id,
                kind="fixed",
                key="fixed",
                name=self._line_name(project, part),
                amount=part,
            )
            # Chosen by who may read them; their order is not his to read.
            for project in self.wizard.project_ids.sudo()
            if (part := self._part_of(project)) > 0
            and not project._coverable_time()._billing_invoices()
        ]

    def _line_name(self, project: BaseModel, part: float) -> str:
        """Return the description of the line, in the customer's language."""
        env = self.wizard.with_context(lang=self.language()).env
        if self.wizard.currency_id.compare_amounts(part, project.fixed_cost) == 0:
            return env._("%(project)s: fixed cost", project=project.name)
        return env._(
            "%(project)s: part of the fixed cost of %(fixed_cost)s",
            project=project.name,
            fixed_cost=format_amount(env, project.fixed_cost, self.wizard.currency_id),
        )

    def left_out(self) -> list[dict]:
        """Return the projects of whose fixed cost nothing is invoiced, and why."""
        left_out = []
        # Chosen by who may read them; their order is not his to read.
        for project in self.wizard.project_ids.sudo():
            if not self._part_of(project):
                reason = "fixed_invoiced" if project.fixed_cost else "no_fixed_cost"
                left_out.append({"reason": reason, "name": project.name})
            elif (time := project._coverable_time())._billing_invoices():
                name = with_invoices(self.env, project.name, time)
                left_out.append({"reason": "billed_by_the_hour", "name": name})
        return left_out

    def locked_groups(self) -> list[AmountGroup]:
        """Return the lines that no other invoice bills meanwhile.

        Neither the fixed cost nor the time that it covers.
        """
        projects = self.wizard.project_ids
        with self.lock_or_tell():
            projects.lock_for_update(allow_referencing=True)
            projects._coverable_time().lock_for_update()
        projects._lock_fixed_cost()
        return self.groups()
