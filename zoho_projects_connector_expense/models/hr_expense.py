from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.zoho_projects_connector.groups import MONEY_GROUPS

OPEN_STATES = ("draft", "submitted", "approved")
BILLING_STATES = [
    ("non_billable", "Not Billable"),
    ("waiting", "Not Posted Yet"),
    ("unbilled", "Unbilled"),
    ("draft", "On a Draft Invoice"),
    ("invoiced", "Invoiced"),
    ("paid", "Paid"),
]


class HrExpense(models.Model):
    """What the customer pays for an expense, and where it stands on its way to him."""

    _name = "hr.expense"
    _inherit = ["code.only.mixin", "hr.expense"]
    # Stored: lists group by it, and figures look expenses up by it.
    billing_project_id = fields.Many2one(
        "project.project",
        string="Project",
        compute="_compute_billing_project_id",
        store=True,
        index="btree_not_null",
        help="The project that the analytic distribution names.",
    )
    billable = fields.Boolean(
        compute="_compute_billable",
        store=True,
        readonly=False,
        copy=True,
        tracking=True,
        help="The customer of the project pays this expense: once it is posted, it is "
        "offered for the next invoice.",
    )
    markup = fields.Float(
        string="Markup (%)",
        digits="Discount",
        groups=MONEY_GROUPS,
        copy=False,  # by `copy`, with more rights than employees have
        help="Percentage added to the cost, without taxes. The customer sees the "
        "price; the cost stays internal.",
    )
    reinvoice_currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_amount_to_reinvoice",
        compute_sudo=True,
        export_string_translation=False,
    )
    amount_to_reinvoice = fields.Monetary(
        currency_field="reinvoice_currency_id",
        compute="_compute_amount_to_reinvoice",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="What the customer pays, without taxes, in the currency of the project.",
    )
    reinvoiced_at_sales_price = fields.Boolean(
        compute="_compute_reinvoiced_at_sales_price", export_string_translation=False
    )
    reinvoice_note = fields.Char(
        compute="_compute_reinvoice_note",
        compute_sudo=True,
        export_string_translation=False,
    )

    billing_state = fields.Selection(
        BILLING_STATES,
        string="Billing",
        compute="_compute_billing_state",
        compute_sudo=True,
        store=True,
        index=True,
        help="Not posted yet: it can be invoiced once its journal entry is posted.",
    )

    _markup_not_negative = models.Constraint(
        "CHECK(markup >= 0)", "A markup cannot be negative."
    )

    @api.depends("analytic_distribution", "company_id")
    # Odoo's own word for the project whose expense is typed: it decides between several
    # of one analytic account.
    @api.depends_context("project_id")
    def _compute_billing_project_id(self) -> None:
        accounts = self._get_analytic_account_ids_from_distributions(
            self.mapped("analytic_distribution")
        )
        projects = self.env["project.project"].with_context(active_test=False)
        by_account = projects.search([("account_id", "in", list(accounts))]).grouped(
            "account_id"
        )
        for expense in self:
            own = expense._get_analytic_account_ids_from_distributions(
                expense.analytic_distribution
            )
            found = projects.union(
                *(some for account, some in by_account.items() if account.id in own)
            )
            expense.billing_project_id = expense._one_project(found)

    def _one_project(self, projects: models.BaseModel) -> models.BaseModel:
        """Return which of the projects of a distribution is meant, none in doubt.

        :rtype: project.project
        """
        projects = projects.filtered(
            lambda one: not one.company_id or one.company_id == self.company_id
        )
        ordered = self.sale_order_id.project_id & projects
        asked = projects.browse(self.env.context.get("project_id")) & projects
        return ordered or asked or (projects if len(projects) == 1 else projects[:0])

    @api.depends("sale_order_id")
    def _compute_billable(self) -> None:
        for expense in self:
            # Never back: an expense may be billable before its project has an order.
            expense.billable = expense.billable or bool(expense.sale_order_id)

    @api.onchange("billable")
    def _onchange_billable(self) -> None:
        if not self.billable:
            self.sale_order_id = False

    @api.onchange("billing_project_id")
    def _onchange_billing_project_id(self) -> None:
        if self.billing_project_id != self._origin.billing_project_id:
            # The markup has groups: only who may see it gets it.
            self.markup = self.sudo().billing_project_id.expense_markup

    @api.depends(
        "billable",
        "markup",
        "sale_order_line_id.price_subtotal",
        "sale_order_id.currency_id",
        "billing_project_id",
        "untaxed_amount_currency",
        "total_amount",
        "tax_amount",
        "quantity",
        "product_id.expense_policy",
    )
    def _compute_amount_to_reinvoice(self) -> None:
        for expense in self:
            line = expense.sale_order_line_id
            expense.reinvoice_currency_id = expense._reinvoice_currency()
            # Posted, what the order says holds: somebody may have changed its price
            # there.
            if line:
                expense.amount_to_reinvoice = line.price_subtotal
            elif expense.billable and expense.can_be_reinvoiced:
                expense.amount_to_reinvoice = expense._expected_amount()
            else:
                expense.amount_to_reinvoice = 0.0

    def _reinvoice_currency(self) -> models.BaseModel:
        """Return the currency in which the customer pays. Note: `ensure_one()`.

        :rtype: res.currency
        """
        return (
            self.sale_order_id.currency_id
            or self.billing_project_id.invoicing_currency_id
            or self.company_currency_id
        )

    def _expected_amount(self) -> float:
        """Return what the order line will come to, without taxes."""
        currency = self.reinvoice_currency_id
        if self.product_id.expense_policy == "cost":
            return self._reinvoice_amount(currency)
        pricelist = (
            self.sale_order_id.pricelist_id
            or self.billing_project_id.partner_id.property_product_pricelist
        )
        price = pricelist._get_product_price(
            self.product_id, 1.0, currency=currency, uom=self.product_uom_id
        )
        return currency.round(price * self.quantity)

    def _reinvoice_amount(self, currency: models.BaseModel) -> float:
        """Return the cost and its markup in a currency, without taxes, rounded.

        An expense in the customer's currency is not converted there and back.

        :param res.currency currency: the currency of the order.
        """
        self.ensure_one()
        if currency == self.currency_id:
            cost = self.untaxed_amount_currency
        else:
            cost = self.company_currency_id._convert(
                self.total_amount - self.tax_amount,
                currency,
                self.company_id,
                self.date or fields.Date.context_today(self),
                round=False,
            )
        # The amount has groups of its own; employees may not read the markup.
        return currency.round(cost * (1 + self.sudo().markup / 100))

    @api.depends("product_id.expense_policy")
    def _compute_reinvoiced_at_sales_price(self) -> None:
        for expense in self:
            policy = expense.product_id.expense_policy
            expense.reinvoiced_at_sales_price = policy == "sales_price"

    @api.depends(
        "billable", "product_id.expense_policy", "billing_project_id.partner_id"
    )
    def _compute_reinvoice_note(self) -> None:
        for expense in self:
            expense.reinvoice_note = expense.billable and expense._reinvoice_obstacle()

    def _reinvoice_obstacle(self) -> str | bool:
        """Return in a sentence why a billable expense would not be charged, if so."""
        product = self.product_id
        if product and not self.can_be_reinvoiced:
            return self.env._(
                "Expenses of the category %(category)s are not re-invoiced, so the "
                "customer would never pay this one. Choose another category, or set "
                "its re-invoicing policy to “At cost”.",
                category=product.display_name,
            )
        if self.billing_project_id and not self.billing_project_id.partner_id:
            return self._no_customer()
        return False

    def _no_customer(self) -> str:
        # Named to who may write the expense and may not read the project.
        return self.env._(
            "The project %(project)s has no customer to invoice. Give it one, or "
            "untick “Billable”.",
            project=self.billing_project_id.sudo().display_name,
        )

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> models.BaseModel:
        expenses = super().create(vals_list)
        # The form of a project offers its markup to who may see it: what he made of it
        # is among the values, even if it is none.
        if "default_markup" not in self.env.context:
            # The markup is the project's; employees may not write it.
            for expense, vals in zip(expenses.sudo(), vals_list, strict=True):
                if "markup" not in vals and expense.billing_project_id:
                    expense.markup = expense.billing_project_id.expense_markup
        expenses._follow_billable()
        return expenses

    def copy(self, default: dict | None = None) -> models.BaseModel:
        """Keep the markup; a part of a split without a customer is not billable."""
        if default and "sale_order_id" in default:
            default = {"billable": bool(default["sale_order_id"]), **default}
        copies = super().copy(default)
        # The markup is the original's; employees may not read it.
        for expense, copied in zip(self.sudo(), copies.sudo(), strict=True):
            copied.markup = expense.markup
        return copies

    def _follow_billable(self) -> None:
        """Re-invoice billable expenses through their project's order, others not.

        Called whenever an expense that is not posted yet was changed.

        :raise UserError: when the project has no customer.
        """
        # Employees may not write orders; which one it is code decides.
        for expense in self.sudo().filtered(lambda one: one.state in OPEN_STATES):
            if not expense.billable:
                order = expense.sale_order_id.browse()
            elif expense._has_own_order() or not expense._bills_project():
                continue
            else:
                order = expense._project_billing_order()
            if expense.sale_order_id != order:
                # Odoo re-invoices through this order when the entry is posted.
                expense.sale_order_id = order

    def _has_own_order(self) -> bool:
        """Whether somebody chose an order that is no project's billing order."""
        return bool(self.sale_order_id) and not self.sale_order_id.billing_project_id

    def _bills_project(self) -> bool:
        return self.can_be_reinvoiced and self.billing_project_id.allow_billable

    def _project_billing_order(self) -> models.BaseModel:
        """Return the open order of the project, made when there is none.

        :rtype: sale.order
        :raise UserError: when the project has no customer.
        """
        project = self.billing_project_id.with_company(self.company_id)
        if not project.partner_id:
            raise UserError(self._no_customer())
        orders = self.env["sale.order"].with_company(self.company_id)
        return orders._get_billing_order(project)

    def _is_billed_by_project(self) -> bool:
        """Whether this expense is re-invoiced at our price. Note: `ensure_one()`."""
        # Employees may not read orders and markups; only yes or no leaves here.
        order = self.sudo().sale_order_id
        return bool(order.billing_project_id or self.sudo().markup)

    # Where an expense stands on its way to the customer, with which amounts.

    @api.depends(
        "billable",
        "state",
        "product_id.expense_policy",
        "sale_order_line_id.qty_to_invoice",
        "sale_order_line_id.invoice_lines.move_id.state",
        "sale_order_line_id.invoice_lines.move_id.payment_state",
    )
    def _compute_billing_state(self) -> None:
        for expense in self:
            line = expense.sale_order_line_id
            if not expense.billable or not expense.can_be_reinvoiced:
                expense.billing_state = "non_billable"
            elif expense.state == "refused":
                expense.billing_state = "non_billable"
            elif not line:
                expense.billing_state = "waiting"
            # Odoo counts what is on drafts as invoiced.
            elif line.product_uom_id.compare(line.qty_to_invoice, 0) > 0:
                expense.billing_state = "unbilled"
            else:
                invoices = expense._live_invoices()
                expense.billing_state = (
                    invoices._billing_state() if invoices else "unbilled"
                )

    def _live_invoices(self) -> models.BaseModel:
        """Return the customer invoices that charge these expenses now.

        :rtype: account.move
        """
        # The state counts invoices that employees may not read.
        moves = self.sudo().sale_order_line_id.invoice_lines.move_id
        return moves.filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and move.state != "cancel"
                and move.payment_state != "reversed"
            )
        )

    def _amounts_by_figure(self, currency: models.BaseModel) -> dict[str, float]:
        """Return what of this expense stands where, without taxes.

        After a credit in part, one part of it is invoiced and the rest unbilled. An
        expense that is not billable counts with its cost, once it is posted.

        :param res.currency currency: the currency of the amounts.
        """
        self.ensure_one()
        if line := self.sale_order_line_id:
            found = self._amounts_of_line(line)
        elif self.billing_state == "waiting":
            found = {(self.reinvoice_currency_id, "waiting"): self.amount_to_reinvoice}
        elif self.state in (*OPEN_STATES, "refused"):
            found = {}
        else:
            cost = self.total_amount - self.tax_amount
            found = {(self.company_currency_id, "non_billable"): cost}
        today = fields.Date.context_today(self)
        amounts = defaultdict(float)
        for (source, figure), amount in found.items():
            amounts[figure] += source._convert(amount, currency, self.company_id, today)
        return {figure: amount for figure, amount in amounts.items() if amount}

    def _amounts_of_line(self, line: models.BaseModel) -> dict[tuple, float]:
        """Return what of an order line is unbilled, on drafts and invoiced.

        :param sale.order.line line: the line that re-invoices an expense.
        :return: ``{(currency, figure): amount}``.
        """
        amounts = defaultdict(float)
        if line.product_uom_qty:
            # Of a line that was credited in part, the part that is free again.
            share = line.qty_to_invoice / line.product_uom_qty
            amounts[line.currency_id, "unbilled"] = line.price_subtotal * share
        for billed in line.invoice_lines:
            is_credit = billed.move_id.move_type == "out_refund"
            sign = -1 if is_credit else 1
            if billed.parent_state == "posted":
                figure = "invoiced"
            elif billed.parent_state == "draft" and not is_credit:
                figure = "draft"
            else:
                continue
            amounts[billed.currency_id, figure] += sign * billed.price_subtotal
        return amounts
