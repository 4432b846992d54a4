from odoo import fields, models

READERS = (
    "zoho_projects_connector.group_zoho_user,zoho_projects_connector.group_zoho_billing"
)


class ZohoDifferingMixin(models.AbstractModel):
    """A document that says how far it differs from Zoho."""

    _name = "zoho.differing.mixin"
    _description = "Document with Differences from Zoho"

    # The field of a difference that leads to the document.
    _difference_path = "project_id"

    difference_note = fields.Char(
        compute="_compute_difference_note",
        compute_sudo=True,
        groups=READERS,
        export_string_translation=False,
    )

    def _compute_difference_note(self) -> None:
        # No `depends`: the note is read by forms alone, and never kept.
        path = self._difference_path
        found = dict(
            self.env["zoho.difference"]._read_group(
                [(path, "in", self.ids), ("state", "=", "open")],
                [path],
                ["id:recordset"],
            )
        )
        for record in self:
            differences = found.get(record._origin)
            record.difference_note = differences and differences._summary_line()

    def action_view_differences(self) -> dict:
        """Open the open differences of this document."""
        self.ensure_one().check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "zoho_projects_connector.zoho_difference_action"
        )
        return {**action, "domain": [(self._difference_path, "=", self.id)]}
