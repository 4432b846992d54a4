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
        without = projects.filtered(lambda project: not project.partner_id)
        if without:
            return self.env._(
                "%(projects)s has no customer to invoice.",
                projects=", ".join(without.mapped("name")),
            )
        if len(projects.partner_id) > 1:
            return self.env._(
                "One invoice has one customer, but these projects have several: "
                "%(customers)s.",
                customers=", ".join(projects.partner_id.mapped("display_name")),
            )
        return self._company_or_currency_obstacle() or self._mode_obstacle()

    def _mode_obstacle(self) -> str | bool:
        """Return why the choice of what to invoice makes no invoice, else False."""
        if self.mode == "items":
            return self._items_obstacle()
        if self.mode == "fixed":
            return self._fixed_obstacle()
        return False

    def _company_or_currency_obstacle(self) -> str | bool:
        """Return why companies or currencies of the projects do not go together.

        Note: `self.ensure_one()`
        """
        projects = self.project_ids
        if len(projects.company_id) > 1:
            return self.env._(
                "One invoice has one company, but these projects have several: "
                "%(companies)s.",
                companies=", ".join(projects.company_id.mapped("name")),
            )
        currencies = self.env["res.currency"].union(
            *(project._billing_currency() for project in projects)
        )
        if len(currencies) > 1:
            return self.env._(
                "One invoice has one currency, but these projects have several: "
                "%(currencies)s.",
                currencies=", ".join(currencies.mapped("name")),
            )
        return False
