from collections import defaultdict

from odoo import fields, models
from odoo.tools.translate import LazyTranslate

from odoo.addons.zoho_projects_connector.groups import MONEY_GROUPS

_lt = LazyTranslate(__name__)
# Where the expense stands in the menu: behind quotation and invoice.
PLACE_IN_MENU = 2
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
    _inherit = "project.project"

    expense_markup = fields.Float(
        string="Expense Markup (%)",
        digits="Discount",
        groups=MONEY_GROUPS,
        help="Percentage added to the cost of expenses that are re-invoiced to the "
        "customer. New expenses of the project start with it.",
    )

    _expense_markup_not_negative = models.Constraint(
        "CHECK(expense_markup >= 0)", "A markup cannot be negative."
    )

    def _new_transactions(self) -> list[dict]:
        offered = super()._new_transactions()
        if not offered or not self.env["hr.expense"].has_access("create"):
            return offered
        expense = {"method": "action_new_expense", "label": self.env._("Expense")}
        return [*offered[:PLACE_IN_MENU], expense, *offered[PLACE_IN_MENU:]]

    def action_new_expense(self) -> dict:
        """Open the form of a new expense of this project.

        Nothing is made yet: the order that bills the expense comes into being with
        the first billable expense that is saved.
        """
        self.ensure_one().check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Expense"),
            "res_model": "hr.expense",
            "views": [(False, "form")],
            "context": self._new_expense_context(),
        }

    def _new_expense_context(self) -> dict:
        """Return what a new expense of this project starts with."""
        company = self.company_id or self.env.company
        product = self.env.ref(
            "zoho_projects_connector_expense.product_expense", raise_if_not_found=False
        )
        context = {
            # Odoo takes currency, accounts and taxes from the first company.
            "allowed_company_ids": (company | self.env.companies).ids,
            # Odoo's own word for "of this project": gives the distribution.
            "project_id": self.id,
            "default_company_id": company.id,
            "default_currency_id": company.currency_id.id,
            "default_employee_id": self.env.user.with_company(company).employee_id.id,
            "default_product_id": product.id if product and product.active else False,
            # Without a customer nobody would pay it: it could not be saved.
            "default_billable": bool(self.partner_id),
        }
        if self._has_field_access(self._fields["expense_markup"], "read"):
            context["default_markup"] = self.expense_markup
        return context

    # Expenses of a project: a part of the billing figures.

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
        # One by one: an expense may be on several documents, in other currencies.
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
            "display_name": self.env._(
                "Expenses of %(project)s", project=self.display_name
            ),
            "domain": [("id", "in", list(found))],
            "context": {"create": False},
        }
