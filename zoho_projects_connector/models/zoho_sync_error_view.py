from odoo import api, fields, models


class ZohoSyncError(models.Model):
    """The way from an error to the record in Odoo."""

    _name = "zoho.sync.error"
    _inherit = ["zoho.sync.error"]

    record_model = fields.Char(compute="_compute_record")
    record_id = fields.Many2oneReference(
        "Record in Odoo", model_field="record_model", compute="_compute_record"
    )

    @api.depends("integration_id", "entity", "zoho_id", "project_zoho_id")
    def _compute_record(self) -> None:
        """Find the linked record, or else the project that it belongs to."""
        links = (
            self.env["zoho.link"]
            .sudo()
            .search(
                [
                    ("integration_id", "in", self.integration_id.ids),
                    ("zoho_id", "in", self._linked_zoho_ids()),
                ]
            )
        )
        found = {
            (link.integration_id, link.entity, link.zoho_id): link for link in links
        }
        for error in self:
            key = (error.integration_id, error.entity, error.zoho_id)
            project_key = (error.integration_id, "project", error.project_zoho_id)
            link = found.get(key) or found.get(project_key)
            error.record_model = link.res_model if link else False
            error.record_id = link.res_id if link else False

    def _linked_zoho_ids(self) -> list[str]:
        ids = [*self.mapped("zoho_id"), *self.mapped("project_zoho_id")]
        return [zoho_id for zoho_id in ids if zoho_id]

    def action_open_record(self) -> dict:
        """Show the record in Odoo, or the project that it belongs to."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.record_model,
            "res_id": self.record_id,
            "views": [(False, "form")],
        }
