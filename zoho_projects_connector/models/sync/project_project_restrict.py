from odoo import api, models
from odoo.exceptions import UserError

from ...const import Origin


class ProjectProject(models.Model):
    """Projects come from Zoho only, where an administrator wants it so."""

    _name = "project.project"
    _inherit = ["project.project"]

    @api.model_create_multi
    def create(self, vals_list: list[dict]):
        """Refuse projects made by hand in a company that restricts them.

        Every way a project is born ends here: form, quick create, import, duplicate,
        template, the confirmation of an order, an e-mail. It is asked afterwards,
        because the company may follow from the customer, the account or the stage.
        """
        projects = super().create(vals_list)
        projects._check_not_restricted()
        return projects

    def write(self, vals: dict) -> bool:
        """Refuse the side doors: a template made a project, a change of company."""
        arriving = self.filtered(lambda project: project._would_arrive(vals))
        result = super().write(vals)
        arriving._check_not_restricted()
        return result

    def _would_arrive(self, vals: dict) -> bool:
        """Return whether values make a project where there was none."""
        self.ensure_one()
        if self.is_template and not vals.get("is_template", True):
            return True
        company_id = vals.get("company_id")
        return bool(company_id) and self.company_id.id != company_id

    def _zoho_unrestricted(self):
        """Return the model or records free of the restriction, for code that must be.

        The context holds an object, so neither a request nor ``sudo`` brings it along.
        """
        return self.with_context(zoho_sync=Origin.ZOHO)

    def _check_not_restricted(self) -> None:
        """Refuse new projects of companies that get theirs from Zoho.

        :raise UserError: naming the company and the portal.
        """
        if not self or self.env.context.get("zoho_sync") is Origin.ZOHO:
            return
        companies = self.env["res.company"]
        # Whether a portal keeps projects holds for who may not read links, too.
        for project in self.sudo():
            companies |= project.company_id or self.env.company
        integration = (
            self.env["zoho.integration"]
            .sudo()
            .search(
                [
                    ("company_id", "in", companies.ids),
                    ("restrict_project_creation", "=", True),
                    ("status", "not in", ("draft", "signed_in", "disabled")),
                ],
                limit=1,
            )
        )
        if integration:
            raise UserError(
                self.env._(
                    "Projects of %(company)s are created in the Zoho portal"
                    " %(portal)s: create the project there, and it arrives here with"
                    " the next sync.",
                    company=integration.company_id.name,
                    portal=integration.portal_id.name,
                )
            )
