from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_datetime


class ZohoSyncRun(models.Model):
    """How a run is shown: its name, and the mapping that it has used."""

    _name = "zoho.sync.run"
    _inherit = ["zoho.sync.run"]

    mapping_table = fields.Html(compute="_compute_mapping_table")

    @api.depends("started_at", "trigger")
    @api.depends_context("tz", "lang")
    def _compute_display_name(self) -> None:
        for run in self:
            run.display_name = (
                format_datetime(self.env, run.started_at)
                if run.started_at
                else self.env._("Queued")
            )

    @api.depends("mapping_snapshot")
    @api.depends_context("lang")
    def _compute_mapping_table(self) -> None:
        for run in self:
            run.mapping_table = run._render_mapping() if run.mapping_snapshot else False

    def _render_mapping(self) -> Markup:
        """Return one row for each mapped field: module, Zoho's side, Odoo's side."""
        entity = self.env["zoho.field.mapping"]._fields["entity"]
        labels = dict(entity._description_selection(self.env))
        row = Markup("<tr><td>%s</td><td>%s (%s)</td><td>%s</td><td>%s</td></tr>")
        off = self.env._("Switched off")
        rows = (
            row
            % (
                labels.get(mapped["entity"], mapped["entity"]),
                mapped["zoho_label"],
                mapped["zoho_field"],
                mapped["field"],
                "" if mapped.get("active", True) else off,
            )
            for mapped in self.mapping_snapshot
        )
        head = Markup("<tr><th>%s</th><th>%s</th><th>%s</th><th></th></tr>") % (
            self.env._("Module"),
            self.env._("Field in Zoho"),
            self.env._("Field in Odoo"),
        )
        return Markup('<table class="table table-sm">%s%s</table><p>%s</p>') % (
            head,
            Markup("").join(rows),
            self.env._("All other standard fields were synced."),
        )
