from odoo import fields, models

from odoo.addons.zoho_projects_connector.groups import MONEY_GROUPS

# Where the expense stands in the menu: behind quotation and invoice.
PLACE_IN_MENU = 2


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
            "default_billable": bool(self.partner_id),
        }
        if self._has_field_access(self._fields["expense_markup"], "read"):
            context["default_markup"] = self.expense_markup
        return context
