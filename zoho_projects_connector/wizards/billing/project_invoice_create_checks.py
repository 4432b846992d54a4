from odoo import models


class ProjectInvoiceCreate(models.TransientModel):
    _inherit = "project.invoice.create"

    def _obstacle(self) -> str | bool:
        """Return why these projects cannot be on one invoice, False when they can.

        Note: `self.ensure_one()`
        """
        projects = self.project_ids
        if not projects:
            return self.env._("Choose a project.")
        return (
            projects._together_obstacle()
            or self._mode_obstacle()
            or self._locked_date(self.company_id, self.invoice_date)
        )

    def _mode_obstacle(self) -> str | bool:
        """Return why the choice of what to invoice makes no invoice, else False."""
        if self.mode == "items":
            return self._items_obstacle()
        if self.mode == "fixed":
            return self._fixed_obstacle()
        return False
