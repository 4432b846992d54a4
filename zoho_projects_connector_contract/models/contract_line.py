from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.zoho_projects_connector.models.code_only_mixin import ByCode


class ContractLine(models.Model):
    _name = "contract.line"
    _inherit = ["code.only.mixin", "contract.line"]

    bills_work = fields.Boolean(
        readonly=True,
        copy=False,
        export_string_translation=False,
        help="Stands for the unbilled work of the projects: a recurring note, which "
        "has periods like any line and puts no line of its own on an invoice.",
    )
    period_ids = fields.One2many(
        "project.subscription.period",
        "contract_line_id",
        export_string_translation=False,
        readonly=True,
    )

    _one_work_line = models.UniqueIndex(
        "(contract_id) WHERE bills_work",
        "A subscription has one line for the work of its projects.",
    )

    def copy_data(self, default: dict | None = None) -> list[dict]:
        """Keep which line stands for the work, which nobody may choose."""
        vals_list = super().copy_data(default)
        for line, vals in zip(self, vals_list, strict=True):
            if line.bills_work:
                # The user copies, and may not write this field: the value comes from
                # code.
                vals["bills_work"] = ByCode(True)
        return vals_list

    @api.depends(
        "bills_work",
        "contract_id.project_ids",
        "contract_id.include_unbilled_hours",
        "contract_id.include_unbilled_expenses",
    )
    def _compute_name(self) -> None:
        work = self.filtered("bills_work")
        for line in work:
            line.name = line.contract_id._work_name()
        return super(ContractLine, self - work)._compute_name()

    @api.depends("contract_id.project_ids")
    def _compute_analytic_distribution(self) -> None:
        """What the customer pays for one project is income of that project."""
        result = super()._compute_analytic_distribution()
        for line in self:
            projects = line.contract_id._billed_projects()
            if len(projects) == 1 and not (
                line.display_type or line.analytic_distribution
            ):
                line.analytic_distribution = projects._get_analytic_distribution()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_work_line(self) -> None:
        kept = self.filtered(
            lambda line: line.bills_work and line.contract_id.project_ids
        )
        if kept:
            raise UserError(
                self.env._(
                    "The line of the unbilled work belongs to a subscription of "
                    "projects. Untick what the renewals shall not take, or remove the "
                    "projects."
                )
            )

    def _prepare_invoice_line(self) -> dict:
        # Nothing is made of empty values: what the work is worth comes after the fixed
        # lines, through the invoice dialog.
        return {} if self.bills_work else super()._prepare_invoice_line()
