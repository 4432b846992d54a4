from odoo import api, fields, models

REASONS = [
    ("project_without_primary_customer", "No primary customer"),
    ("customer_currency_mismatch", "Other currency than the customer"),
    ("currency_inactive", "Inactive currency"),
    ("customer_ambiguous", "Several contacts of this name"),
    ("login_protected", "Belongs to a login"),
    ("parent_not_fetched", "Belongs to what was not fetched"),
    ("not_in_list", "Missing in Zoho's list"),
    ("user_unresolved", "Unknown user"),
    ("locked_period", "Locked period"),
    ("mapping_invalid", "Field mapping"),
    ("value_refused", "Value that does not fit"),
    ("odoo_refused", "Refused by Odoo"),
    ("unreadable", "Unreadable"),
    ("access_denied", "Access denied"),
    ("scope_missing", "Access not granted"),
    ("module_disabled", "Switched off in Zoho"),
    ("licence", "Not in the plan of the portal"),
    ("listing_shrunk", "List too short to be believed"),
    ("deletion_unconfirmed", "Deletions that Zoho does not confirm"),
    ("other", "Other"),
]


class ZohoSyncError(models.Model):
    """What people group by, and the way from an error to the record in Odoo."""

    _name = "zoho.sync.error"
    _inherit = ["zoho.sync.error"]

    reason = fields.Selection(REASONS, compute="_compute_reason", store=True)
    record_model = fields.Char(compute="_compute_record")
    record_id = fields.Many2oneReference(
        "Record in Odoo", model_field="record_model", compute="_compute_record"
    )

    @api.depends("code")
    def _compute_reason(self) -> None:
        known = dict(REASONS)
        for error in self:
            error.reason = error.code if error.code in known else "other"

    @api.depends("integration_id", "entity", "zoho_id", "project_zoho_id")
    def _compute_record(self) -> None:
        """Find the linked record, or else the project that it belongs to."""
        # Which record it is; opening it takes the user's own rights.
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
