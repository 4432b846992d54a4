from odoo import api, models
from odoo.exceptions import UserError


class ProjectProject(models.Model):
    """Projects come from Zoho only, where an administrator wants it so."""

    _name = "project.project"
    _inherit = ["project.project"]

    @api.model_create_multi
    def create(self, vals_list: list[dict]):
        """Refuse projects made by hand in a company that restricts them.

        Every way a project is born ends here: form, quick create, import, duplicate,
        template, the confirmation of an order. The sync passes by the context key
        ``zoho_sync`` together with superuser rights: neither alone is enough, because
        anybody can send a context, and much of Odoo's own code uses ``sudo``.
        """
        if not (self.env.su and self.env.context.get("zoho_sync")):
            self._check_creation_allowed(vals_list)
        return super().create(vals_list)

    @api.model
    def _check_creation_allowed(self, vals_list: list[dict]) -> None:
        company_ids = {
            vals.get("company_id") or self.env.company.id for vals in vals_list
        }
        integration = (
            self.env["zoho.integration"]
            .sudo()
            .search(
                [
                    ("company_id", "in", list(company_ids)),
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
