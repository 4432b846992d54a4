from odoo import fields, models
from odoo.tools import format_amount

from .project_invoice_create_amount import AmountGroup


class ProjectInvoiceCreate(models.TransientModel):
    """Mode `fixed`: all, a percentage or an amount of the fixed cost."""

    _inherit = "project.invoice.create"

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
        for project in self.project_ids.sudo():
            if not self._fixed_part_of(project):
                reason = "fixed_invoiced" if project.fixed_cost else "no_fixed_cost"
                left_out.append({"reason": reason, "name": project.name})
            elif (time := project._coverable_time())._billing_invoices():
                name = self._with_invoices(project.name, time)
                left_out.append({"reason": "billed_by_the_hour", "name": name})
        return left_out
