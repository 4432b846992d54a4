from odoo import api, fields, models


class ProjectBilledTime(models.Model):
    """Who approved billed time for the customer, as it was then."""

    _name = "project.billed.time"
    _inherit = ["code.only.mixin", "project.billed.time"]

    customer_approver = fields.Char("Approved for the Customer By", readonly=True)
    customer_approved_at = fields.Datetime("Approved by the Customer On", readonly=True)

    @api.model
    def _evidence_paths(self) -> dict[str, str]:
        return {
            **super()._evidence_paths(),
            "customer_approver": "customer_approver",
            "customer_approved_at": "customer_approved_at",
        }
