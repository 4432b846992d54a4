from odoo import models

from .rounding import Rounding


class ProjectProject(models.Model):
    _name = "project.project"
    _inherit = ["project.project", "billing.rounding.mixin"]

    def _billing_roundings(self) -> dict[int, Rounding]:
        """Return how the time of each project is rounded on its invoices.

        The most specific setting holds: project, customer, company.
        """
        # Rounding is agreed with the customer, whatever the user may read.
        return {project.id: project._billing_rounding() for project in self.sudo()}

    def _billing_rounding(self) -> Rounding:
        """Return the rounding of one project. Note: `self.ensure_one()`."""
        company = self.company_id or self.env.company
        settings = (self, self.partner_id.commercial_partner_id, company)
        return next(
            (found for each in settings if (found := each._own_billing_rounding())),
            Rounding(),
        )
