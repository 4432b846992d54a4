from odoo import models

from ...zoho.records import parse_people
from .field_values import USER_MODELS, convert
from .fitting import fit, shown
from .page import NotFetched, person_key


class ZohoFieldMapping(models.Model):
    """What the mapping does to the records of a page."""

    _inherit = "zoho.field.mapping"

    def _applied(self, entity):
        """Return the custom fields of a module that bring values.

        A field that Zoho no longer has leaves the one in Odoo as it is, and so does
        what was mapped to a field that is none of those that may be.
        """
        return self.filtered(
            lambda one: (
                one.entity == entity
                and one.field_id
                and one.active
                and not (one.is_standard or one.problem)
                and one._is_mappable()
            )
        )

    def _switched_off(self, entity):
        """Return the Odoo fields of a module that the sync leaves alone.

        :rtype: frozenset[str]
        """
        return frozenset(
            one.field_id.name
            for one in self
            if one.is_standard and not one.active and one.entity == entity
        )

    def _references(self, record):
        """Return the users that the mapped fields of a record name."""
        return [
            ("user", person_key(person))
            for mapping in self
            if mapping.field_id.relation in USER_MODELS
            for person in parse_people(record.field_value(mapping.zoho_field))
        ]

    def _values(self, record, page):
        """Return the mapped values of a record's custom fields.

        Zoho leaves out a field that is empty.

        :raise NotFetched: naming the field and the value that does not fit.
        """
        values = {}
        for mapping in self:
            value = record.field_value(mapping.zoho_field)
            name = mapping.field_id.name
            field = self.env[mapping.res_model]._fields[name]
            try:
                values[name] = fit(
                    field, convert(field, value, page), mapping.zoho_type
                )
            except (TypeError, ValueError) as error:
                raise NotFetched(
                    "mapping_invalid", field=mapping.zoho_label, value=shown(value)
                ) from error
        return values

    def _snapshot(self):
        """Return the mapping that a run uses, as its history shows it.

        Of the standard fields it names those that are switched off: the others are
        the same in each run.

        :rtype: list[dict]
        """
        return [
            {
                "entity": mapping.entity,
                "zoho_field": mapping.zoho_field,
                "zoho_label": mapping.zoho_label,
                "zoho_type": mapping.zoho_type,
                "field": mapping.field_id.name,
                "is_standard": mapping.is_standard,
                "active": mapping.active and not mapping.problem,
            }
            for mapping in self
            if mapping.field_id and not (mapping.is_standard and mapping.active)
        ]
