from collections import defaultdict

from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)
FIGURES = {
    "unbilled": (
        _lt("Unbilled"),
        _lt("Posted expenses that the customer pays and that are on no invoice yet."),
    ),
    "waiting": (
        _lt("Not posted yet"),
        _lt("Billable. They can be invoiced once their journal entry is posted."),
    ),
    "draft": (
        _lt("On draft invoices"),
        _lt("Expenses on invoices that are not posted yet."),
    ),
    "invoiced": (
        _lt("Invoiced"),
        _lt("Expenses on posted invoices less what was credited."),
    ),
    "non_billable": (
        _lt("Not billable"),
        _lt("What posted expenses cost that no customer pays."),
    ),
}


class ProjectProject(models.Model):
    """Expenses of a project: a part of the billing figures."""

    _inherit = "project.project"

    def _billing_figure_rows(self) -> list[dict]:
        rows = super()._billing_figure_rows()
        found = self._expense_figures()
        if not found:
            return rows
        title = {
            "key": "expenses",
            "label": self.env._("Expenses"),
            "help": self.env._(
                "Expenses of the project, without taxes. What is on invoices made "
                "from the project is also in the lines above."
            ),
            "is_title": True,
        }
        parts = [
            {
                "key": f"expenses:{figure}",
                "label": self.env._(label),
                "help": self.env._(explanation),
                "amount": sum(found[figure].values()),
                "currency_id": self.invoicing_currency_id.id,
                "action": "action_view_expenses",
                "is_part": True,
            }
            for figure, (label, explanation) in FIGURES.items()
            if figure in found
        ]
        return [*rows, title, *parts]

    def _expense_figures(self) -> dict[str, dict[int, float]]:
        """Return the amounts of this project's expenses by figure and expense.

        :return: ``{figure: {expense id: amount}}`` in the billing currency.
        """
        # Sums and ids: the list that they open applies the user's rights.
        expenses = self.env["hr.expense"].sudo()
        found = defaultdict(dict)
        for expense in expenses.search([("billing_project_id", "in", self.ids)]):
            amounts = expense._amounts_by_figure(self.sudo().invoicing_currency_id)
            for figure, amount in amounts.items():
                found[figure][expense.id] = amount
        return found

    def action_view_expenses(self) -> dict:
        """Open the expenses behind the figure named in the context."""
        self.ensure_one().check_access("read")
        key = self.env.context.get("billing_figure", "")
        found = self._expense_figures().get(key.partition(":")[2], {})
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "zoho_projects_connector_expense.hr_expense_action_billing"
        )
        return {
            **action,
            "name": self.env._("Expenses of %(project)s", project=self.display_name),
            "domain": [("id", "in", list(found))],
            "context": {"create": False},
        }
