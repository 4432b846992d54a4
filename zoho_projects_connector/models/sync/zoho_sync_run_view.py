from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_datetime

from ...const import ENTITY_SELECTION
from .standard_fields import STANDARD_FIELDS


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

    @api.depends("mapping_snapshot", "started_at")
    @api.depends_context("lang")
    def _compute_mapping_table(self) -> None:
        for run in self:
            is_told = run.mapping_snapshot or run.started_at
            run.mapping_table = run._render_mapping() if is_told else False

    def _render_mapping(self) -> Markup:
        """Return one row for each mapped field: module, Zoho's side, Odoo's side."""
        entity = self.env["zoho.field.mapping"]._fields["entity"]
        labels = dict(entity._description_selection(self.env))
        row = Markup("<tr><td>%s</td><td>%s (%s)</td><td>%s</td><td>%s</td></tr>")
        rows = (
            row
            % (
                labels.get(mapped["entity"], mapped["entity"]),
                mapped["zoho_label"],
                mapped["zoho_field"],
                mapped["field"],
                self._mapping_word(mapped),
            )
            for mapped in self._mapped_fields()
        )
        head = Markup("<tr><th>%s</th><th>%s</th><th>%s</th><th></th></tr>") % (
            self.env._("Module"),
            self.env._("Field in Zoho"),
            self.env._("Field in Odoo"),
        )
        table = Markup('<table class="table table-sm">%s%s</table>')
        return table % (head, Markup("").join(rows))

    def _mapped_fields(self) -> list[dict]:
        """Return the fields of all modules that the run has synced, or left alone.

        A run keeps what differs from run to run; the standard fields are added.
        """
        kept = self.mapping_snapshot or []
        known = {(mapped["entity"], mapped["zoho_field"]) for mapped in kept}
        standard = [
            {
                "entity": entity,
                "zoho_field": field.zoho_field,
                "zoho_label": self.env._(field.label),
                "field": field.field,
                "is_standard": True,
            }
            for entity, listed in STANDARD_FIELDS.items()
            for field in listed
            if (entity, field.zoho_field) not in known
        ]
        order = [entity for entity, _label in ENTITY_SELECTION]
        return sorted(
            [*standard, *kept],
            key=lambda mapped: (
                order.index(mapped["entity"]),
                not mapped.get("is_standard"),
            ),
        )

    def _mapping_word(self, mapped: dict) -> str:
        if not mapped.get("active", True):
            return self.env._("Switched off")
        return self.env._("Standard") if mapped.get("is_standard") else ""
