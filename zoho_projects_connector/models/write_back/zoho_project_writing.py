from typing import Any

from odoo import fields, models


class ZohoProjectWriting(models.Model):
    """What was written last into the custom fields of a project in Zoho."""

    _name = "zoho.project.writing"
    _inherit = ["code.only.mixin", "zoho.refusal.mixin"]
    _description = "Figures Written to Zoho"

    integration_id = fields.Many2one(
        "zoho.integration", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="integration_id.company_id", store=True)
    zoho_id = fields.Char("Zoho ID", required=True, readonly=True)
    name = fields.Char("Project", readonly=True)
    written = fields.Json(readonly=True, help="Values by the fields of Zoho.")

    _project_uniq = models.UniqueIndex(
        "(integration_id, zoho_id)", "This project is noted already."
    )

    def _is_due(self) -> bool:
        """Return whether this may be tried now; what was never tried may."""
        return not self.retry_at or self.retry_at <= fields.Datetime.now()

    def _forget(self) -> None:
        """Keep that nothing is to be written any more that Zoho has refused."""
        if self.retry_at:
            self.write({"refusal": False, "retry_at": False})

    def _keep(self, values: dict[str, Any]) -> None:
        """Keep what Zoho has taken."""
        written = {**(self.written or {}), **values}
        self.write({"written": written, "refusal": False, "retry_at": False})
