from odoo import api, models

from ...const import ENTITY_MODELS
from .page import changed_values
from .standard_fields import STANDARD_FIELDS
from .zoho_field_types import fits


class ZohoFieldMapping(models.Model):
    """How the rows of the mapping come about: from our table, and from Zoho's."""

    _inherit = "zoho.field.mapping"

    @api.model
    def _prepare_standard(self, integration):
        """Make the locked rows that an integration does not have yet."""
        rows = self.with_context(active_test=False).search_fetch(
            [("integration_id", "=", integration.id), ("is_standard", "=", True)],
            ["entity", "zoho_field"],
        )
        known = {(row.entity, row.zoho_field) for row in rows}
        self.create(
            [
                self._prepare_standard_row(integration, entity, sequence, field)
                for entity, fields in STANDARD_FIELDS.items()
                for sequence, field in enumerate(fields)
                if (entity, field.zoho_field) not in known
            ]
        )

    @api.model
    def _prepare_standard_row(self, integration, entity, sequence, field):
        model = ENTITY_MODELS[entity]
        return {
            "integration_id": integration.id,
            "entity": entity,
            "sequence": sequence,
            "zoho_field": field.zoho_field,
            "zoho_label": self.env._(field.label),
            "zoho_type": field.zoho_type,
            "field_id": self.env["ir.model.fields"]._get(model, field.field).id,
            "is_standard": True,
            "is_required": field.is_required,
        }

    @api.model
    def _update_from(self, integration, entity, fields):
        """Keep the custom fields of a module in step with what Zoho has.

        An empty list is not believed: each module of Zoho has fields.

        :param list fields: the module's :class:`FieldMeta`.
        """
        if not fields:
            return
        listed = {field.name: field for field in fields if field.name}
        custom = {name: field for name, field in listed.items() if field.is_custom}
        rows = self.with_context(active_test=False).search(
            [
                ("integration_id", "=", integration.id),
                ("entity", "=", entity),
                ("is_standard", "=", False),
            ]
        )
        unmapped = rows.filtered(lambda one: not one.field_id)
        vanished = unmapped.filtered(lambda one: one.zoho_field not in listed)
        vanished.unlink()
        rows -= vanished
        for row in rows:
            row._update_row(listed.get(row.zoho_field))
        new = custom.keys() - set(rows.mapped("zoho_field"))
        self.create(
            [
                {
                    "integration_id": integration.id,
                    "entity": entity,
                    "zoho_field": name,
                    **self._prepare_row(custom[name]),
                }
                for name in sorted(new)
            ]
        )
        self.env["zoho.sync.error"]._note_fields(integration, entity, rows)

    @api.model
    def _prepare_row(self, field):
        return {
            "zoho_label": field.label or field.name,
            "zoho_type": field.type,
            "zoho_raw_type": field.raw_type,
            "zoho_options": list(field.options),
        }

    def _update_row(self, field):
        """Say of one row what Zoho says of its field.

        :param field: the :class:`FieldMeta`; None when Zoho no longer has it.
        """
        if field is None:
            values = {"problem": "gone"}
        else:
            values = {"problem": False, **self._prepare_row(field)}
            if self.field_id and not fits(field.type, self.field_id):
                values["problem"] = "type"
        if changed_values(self, values):
            self.write(values)
