from odoo import fields, models


class ProjectBillingTerms(models.TransientModel):
    _inherit = "project.billing.terms"

    expense_markup = fields.Float(
        string="Expense Markup (%)",
        digits="Discount",
        compute="_compute_terms",
        store=True,
        readonly=False,
    )

    def _terms(self) -> tuple[str, ...]:
        return (*super()._terms(), "expense_markup")
