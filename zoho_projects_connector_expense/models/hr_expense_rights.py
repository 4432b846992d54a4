from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import clean_context

from odoo.addons.zoho_projects_connector.groups import BILLING_GROUP

from .hr_expense import OPEN_STATES

# What accountants may still set when others have taken the expense over.
TERMS = {"billable", "markup", "sale_order_id"}


class HrExpense(models.Model):
    """What accountants may do with expenses of billable projects.

    They record them, for everybody, and submit them. Approving stays with those whom
    Odoo lets approve; without any, Odoo approves by itself. They post what is
    approved, as every accountant does, and say what the customer pays until then.
    """

    _inherit = "hr.expense"

    def _of_accountant(self) -> models.BaseModel:
        """Return the expenses that the user handles as accountant of their project."""
        if self.env.su or not self.env.user.has_group(BILLING_GROUP):
            return self.browse()
        # Only whether the project is billable; he may not read each of them.
        return self.filtered(lambda one: one.sudo().billing_project_id.allow_billable)

    @api.depends("billing_project_id")
    def _compute_is_editable(self) -> None:
        result = super()._compute_is_editable()
        for expense in self._of_accountant():
            expense.is_editable = expense.is_editable or expense.state == "draft"
        return result

    @api.depends("billing_project_id")
    def _compute_can_reset(self) -> None:
        result = super()._compute_can_reset()
        self._of_accountant().can_reset = True
        return result

    def write(self, vals: dict) -> bool:
        self._check_terms_are_open(vals)
        # Odoo's form knows the order alone: with one the customer pays, without he does
        # not.
        if "sale_order_id" in vals and "billable" not in vals:
            vals = {**vals, "billable": bool(vals["sale_order_id"])}
        result = super(HrExpense, self._with_rights_to_set(vals)).write(vals)
        if TERMS & vals.keys() or {"analytic_distribution", "product_id"} & vals.keys():
            self._follow_billable()
        return result

    def _check_terms_are_open(self, vals: dict) -> None:
        """Refuse to change what the customer pays for expenses that are posted.

        :raise UserError: naming the first such expense.
        """
        # Compared alone: employees may not read the markup.
        for expense in self.sudo():
            changed = any(
                name in vals and expense[name] != vals[name]
                for name in ("billable", "markup")
            )
            if changed and expense.state not in OPEN_STATES:
                raise UserError(
                    self.env._(
                        "%(expense)s is posted: what the customer pays for it is on "
                        "its sales order. Change the price on the draft invoice, or "
                        "reset the expense to draft first.",
                        expense=expense.display_name,
                    )
                )

    def _with_rights_to_set(self, vals: dict) -> models.BaseModel:
        """Return these expenses, in sudo when an accountant sets the terms alone."""
        taken_over = self._of_accountant().filtered(lambda one: one.state != "draft")
        if self and taken_over == self and vals.keys() <= TERMS:
            self.check_access("read")
            return self.sudo()
        return self

    def action_submit(self) -> object:
        """Accountants submit for everybody; Odoo wants an approver or the employee."""
        ours = self._of_accountant().filtered(lambda one: one.state == "draft")
        ours.check_access("write")
        result = super(HrExpense, ours.sudo()).action_submit() if ours else None
        others = self - ours
        return super(HrExpense, others).action_submit() if others else result

    def action_post(self) -> object:
        """Post with what the expense says, not with what its form was opened with.

        Odoo would put the project of the form on tax lines too, and defaults such as
        the category on every line of the entry.
        """
        self._follow_billable()
        context = {**clean_context(self.env.context), "project_id": False}
        expenses = self.with_env(self.env(context=context))
        return super(HrExpense, expenses).action_post()

    def _sale_expense_reset_sol_quantities(self) -> None:
        """Refuse to take back what the customer was invoiced for.

        Odoo would leave an order line that is invoiced once and delivered never.
        """
        self._check_not_invoiced()
        ours = self._of_accountant()
        ours.check_access("read")
        # Checked above; accountants may lack rights to orders.
        super(HrExpense, ours.sudo())._sale_expense_reset_sol_quantities()
        return super(HrExpense, self - ours)._sale_expense_reset_sol_quantities()

    def _check_not_invoiced(self) -> None:
        """:raise UserError: when a customer's invoice has one of these expenses."""
        # What was re-invoiced holds for who may not read orders, too.
        for expense in self.sudo().filtered("sale_order_id.billing_project_id"):
            line = expense.sale_order_line_id
            if not line.currency_id or line.product_uom_id.is_zero(line.qty_invoiced):
                continue
            raise UserError(
                self.env._(
                    "%(expense)s was re-invoiced to %(customer)s on %(invoices)s. "
                    "Delete that draft or credit that invoice first, then reset the "
                    "expense.",
                    expense=expense.display_name,
                    customer=line.order_id.partner_id.display_name,
                    invoices=", ".join(expense._live_invoices().mapped("display_name")),
                )
            )
