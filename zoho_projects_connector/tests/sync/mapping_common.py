"""A portal with its custom fields, and the rows of its field mapping."""

from ..simulator.entities import CustomField
from .sync_common import SyncCase

CUSTOM = {"project": 5, "task": 5, "bug": 3, "timelog": 3}


class MappingCase(SyncCase):
    """What a test of the mapping does."""

    def mapping(self, zoho_field, entity="task"):
        """Return the row of a field of Zoho."""
        rows = self.integration.mapping_ids.filtered(
            lambda one: (one.entity, one.zoho_field) == (entity, zoho_field)
        )
        self.assertEqual(len(rows), 1, (entity, zoho_field))
        return rows

    def map(self, zoho_field, field, entity="task"):
        row = self.mapping(zoho_field, entity)
        row.field_id = self.env["ir.model.fields"]._get(row.res_model, field)
        return row

    def create_field(self, zoho_field, entity="task"):
        row = self.mapping(zoho_field, entity)
        row.action_create_field()
        return row

    def new_field(self, name, kind, module="tasks", options=()):
        """Let Zoho have one more custom field."""
        self.portal.custom_fields.append(
            CustomField(
                self.portal.new_id(), module, name, name.title(), kind, list(options)
            )
        )

    def counts(self):
        custom = self.integration.mapping_ids.filtered(lambda one: not one.is_standard)
        return {
            entity: len(custom.filtered(lambda one, e=entity: one.entity == e))
            for entity in CUSTOM
        }
