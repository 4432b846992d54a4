from odoo import api, fields, models

# An error of a whole field has no record; this tells it from one of a module.
FIELD_KEY = "field:"


class ZohoSyncError(models.Model):
    """Mapped fields that Zoho no longer has as they were: one error for each."""

    _inherit = "zoho.sync.error"

    @api.model
    def _note_fields(self, integration, entity, mappings):
        """Keep the errors of a module's mapped fields in step.

        :param zoho.field.mapping mappings: the custom fields of the module.
        """
        broken = mappings.filtered(lambda one: one.problem and one.active)
        self._resolve_fields(mappings - broken)
        known = self._open_fields(broken)
        now = fields.Datetime.now()
        known.last_seen = now
        noted = set(known.mapped("zoho_id"))
        self.create(
            [
                {
                    "integration_id": integration.id,
                    "entity": entity,
                    "zoho_id": FIELD_KEY + mapping.zoho_field,
                    "name": mapping.zoho_label,
                    "code": "mapping_invalid",
                    "details": {
                        "variant": f"mapped_field_{mapping.problem}",
                        "field": mapping.zoho_label,
                        "value": mapping.zoho_raw_type,
                    },
                    "first_seen": now,
                    "last_seen": now,
                }
                for mapping in broken
                if FIELD_KEY + mapping.zoho_field not in noted
            ]
        )

    @api.model
    def _resolve_fields(self, mappings):
        """Close the errors of fields that are in order, or no longer mapped."""
        self._open_fields(mappings).resolved_at = fields.Datetime.now()

    @api.model
    def _open_fields(self, mappings):
        keys = {
            (one.integration_id.id, one.entity, FIELD_KEY + one.zoho_field)
            for one in mappings
        }
        errors = self.search(
            [
                ("integration_id", "in", mappings.integration_id.ids),
                ("zoho_id", "in", [key[2] for key in keys]),
                ("resolved_at", "=", False),
            ]
        )
        return errors.filtered(
            lambda one: (one.integration_id.id, one.entity, one.zoho_id) in keys
        )
