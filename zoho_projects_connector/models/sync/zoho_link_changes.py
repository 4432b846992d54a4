from odoo import api, fields, models


class ZohoLink(models.Model):
    """What the synchronisation has overwritten of a contact, before and after."""

    _inherit = "zoho.link"

    changes = fields.Html("Overwritten", compute="_compute_changes", sanitize=False)

    @api.depends("values_before", "values_after", "res_id")
    @api.depends_context("lang")
    def _compute_changes(self):
        for link in self:
            link.changes = bool(link.values_before) and self.env["ir.qweb"]._render(
                "zoho_projects_connector.zoho_link_changes",
                {"changes": link._readable_changes()},
            )

    def _readable_changes(self):
        """Return ``(label, before, after)`` of each overwritten value.

        Note: `self.ensure_one()`
        """
        record, difference = self._record(), self.env["zoho.difference"]
        before, after = self.values_before or {}, self.values_after or {}
        labels = record.fields_get(list(before), ["string"])
        return [
            (
                labels[name]["string"],
                difference._readable(record._fields[name], value),
                difference._readable(record._fields[name], after.get(name)),
            )
            for name, value in before.items()
            if name in labels
        ]
