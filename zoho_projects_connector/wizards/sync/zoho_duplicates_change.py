from odoo import api, fields, models


class ZohoDuplicatesChange(models.TransientModel):
    """Changes what becomes of customers to come that Odoo has already."""

    _name = "zoho.duplicates.change"
    _inherit = ["caller.choice.mixin"]
    _description = "Change the Preference for Duplicate Customers"

    integration_id = fields.Many2one("zoho.integration", required=True, readonly=True)
    duplicate_customers = fields.Selection(
        selection=lambda self: (
            self.env["zoho.integration"]._fields["duplicate_customers"].selection
        ),
        required=True,
    )
    linked_count = fields.Integer("Customers Linked", compute="_compute_counts")
    overwritten_count = fields.Integer("Of Them Overwritten", compute="_compute_counts")

    @api.depends("integration_id")
    def _compute_counts(self) -> None:
        for wizard in self:
            links = self.env["zoho.link"].search(
                [
                    ("integration_id", "=", wizard.integration_id.id),
                    ("entity", "=", "customer"),
                    ("state", "=", "linked"),
                ]
            )
            wizard.linked_count = len(links)
            wizard.overwritten_count = len(links.filtered("values_before"))

    def action_apply(self) -> dict:
        """Keep the preference for matches to come."""
        self.ensure_one()
        self.integration_id.duplicate_customers = self.duplicate_customers
        return {"type": "ir.actions.act_window_close"}
