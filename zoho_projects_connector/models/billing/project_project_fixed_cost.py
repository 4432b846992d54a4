from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ...groups import MONEY_GROUPS


class ProjectProject(models.Model):
    _inherit = "project.project"

    billed_time_ids = fields.One2many(
        "project.billed.time",
        "project_id",
        groups=MONEY_GROUPS,
        export_string_translation=False,
        readonly=True,
    )
    fixed_cost_invoiced = fields.Monetary(
        currency_field="invoicing_currency_id",
        compute="_compute_fixed_cost_left",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="Part of the fixed cost that is on draft and posted invoices, less what "
        "was credited.",
    )
    fixed_cost_left = fields.Monetary(
        string="Fixed Cost to Invoice",
        currency_field="invoicing_currency_id",
        compute="_compute_fixed_cost_left",
        compute_sudo=True,
        groups=MONEY_GROUPS,
    )

    @api.depends(
        "fixed_cost",
        "invoicing_currency_id",
        "billed_time_ids.active",
        "billed_time_ids.amount",
    )
    def _compute_fixed_cost_left(self) -> None:
        invoiced = self._fixed_cost_invoiced()
        for project in self:
            project.fixed_cost_invoiced = invoiced[project._origin.id]
            left = project.fixed_cost - project.fixed_cost_invoiced
            project.fixed_cost_left = max(left, 0.0)

    def _fixed_cost_invoiced(self) -> dict[int, float]:
        """Return what is invoiced of the fixed cost, in the billing currency, by id."""
        # What is invoiced counts in full, whatever rows the user may read.
        ledger = self.env["project.billed.time"].sudo()
        standing = ledger._standing_amounts(
            [("kind", "=", "fixed"), ("project_id", "in", self.ids)]
        )
        today = fields.Date.context_today(self)
        invoiced = defaultdict(float)
        for row in ledger.browse(standing):
            project = row.project_id
            invoiced[project.id] += row.currency_id._convert(
                standing[row.id],
                project._billing_currency(),
                row.company_id,
                row.move_id.invoice_date or today,
            )
        return invoiced

    def _coverable_time(self):
        """Return the time that the fixed costs of these projects cover, billed or not.

        :rtype: account.analytic.line
        """
        # What the cost covers counts in full, whatever the user may read.
        timesheets = self.env["account.analytic.line"].sudo()
        timesheets = timesheets.with_context(active_test=False)
        return timesheets.search([("project_id", "in", self._origin.ids)])

    def _billing_figure_rows(self) -> list[dict]:
        """Add the fixed cost, and what of it is invoiced."""
        rows = super()._billing_figure_rows()
        if not self.fixed_cost and not self.fixed_cost_invoiced:
            return rows
        currency = {"currency_id": self.invoicing_currency_id.id}
        return [
            *rows,
            {
                "key": "fixed_cost_left",
                "label": self.env._("Fixed cost to invoice"),
                "help": self.env._(
                    "What is left of the amount agreed for the whole project."
                ),
                "amount": self.fixed_cost_left,
                **currency,
            },
            {
                "key": "fixed_cost",
                "label": self.env._("Fixed cost invoiced"),
                "help": self.env._(
                    "On draft and posted invoices, less what was credited. It is part "
                    "of what is invoiced or on draft invoices."
                ),
                "amount": self.fixed_cost_invoiced,
                "action": "action_billed_time",
                **currency,
            },
        ]

    def _billing_ledger_domain(self, figure: str = "") -> Domain:
        if figure != "fixed_cost":
            return super()._billing_ledger_domain(figure)
        return super()._billing_ledger_domain() & Domain("kind", "=", "fixed")
