from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import ENTITY_MODELS, ENTITY_SELECTION
from ..zoho.values import parse_bool, parse_date, parse_datetime, parse_number
from .zoho_sync_page import NotFetched

# Which types of Odoo fields may hold which type of Zoho.
ODOO_TYPES = {
    "text": ("char",),
    "long_text": ("text", "html", "char"),
    "number": ("integer",),
    "decimal": ("float",),
    "currency": ("float", "monetary"),
    "percent": ("float",),
    "date": ("date",),
    "datetime": ("datetime",),
    "boolean": ("boolean",),
    "picklist": ("char", "selection"),
    "multi_picklist": ("char",),
    "user": ("char",),
    "email": ("char",),
    "url": ("char",),
    "phone": ("char",),
}


class ZohoFieldMapping(models.Model):
    """A custom field of Zoho and the Odoo field that receives it."""

    _name = "zoho.field.mapping"
    _description = "Field Mapping with Zoho Projects"
    _order = "integration_id, entity, zoho_label"
    _rec_name = "zoho_label"

    integration_id = fields.Many2one(
        "zoho.integration", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="integration_id.company_id", store=True)
    entity = fields.Selection(ENTITY_SELECTION, string="Module", required=True)
    res_model = fields.Char(compute="_compute_res_model")
    zoho_field = fields.Char("API Name in Zoho", required=True)
    zoho_label = fields.Char("Field in Zoho", required=True)
    zoho_type = fields.Selection(
        [(name, name.replace("_", " ").capitalize()) for name in ODOO_TYPES],
        string="Type in Zoho",
        required=True,
        default="text",
    )
    field_id = fields.Many2one(
        "ir.model.fields",
        "Field in Odoo",
        required=True,
        ondelete="cascade",
        domain="[('model', '=', res_model), ('store', '=', True),"
        " ('readonly', '=', False)]",
    )
    active = fields.Boolean(default=True)

    _zoho_field_uniq = models.UniqueIndex(
        "(integration_id, entity, zoho_field)",
        "This field of Zoho is mapped already.",
    )

    @api.depends("entity")
    def _compute_res_model(self):
        for mapping in self:
            mapping.res_model = ENTITY_MODELS.get(mapping.entity)

    @api.constrains("zoho_type", "field_id", "entity")
    def _check_types(self):
        for mapping in self:
            field = mapping.field_id
            if field.model != mapping.res_model:
                raise ValidationError(
                    self.env._(
                        "%(field)s is not a field of %(model)s.",
                        field=field.field_description,
                        model=self.env[mapping.res_model]._description,
                    )
                )
            if field.ttype not in ODOO_TYPES[mapping.zoho_type]:
                raise ValidationError(
                    self.env._(
                        "%(zoho)s is of the type %(zoho_type)s in Zoho, but %(odoo)s "
                        "is of the type %(odoo_type)s in Odoo.",
                        zoho=mapping.zoho_label,
                        zoho_type=mapping.zoho_type,
                        odoo=field.field_description,
                        odoo_type=field.ttype,
                    )
                )

    def write(self, vals):
        """Read everything again: records have other values now."""
        result = super().write(vals)
        self._reread()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        """Read everything again: records have more values now."""
        mappings = super().create(vals_list)
        mappings._reread()
        return mappings

    def _reread(self):
        for integration in self.integration_id:
            integration._request_full_sync()

    def _values(self, record):
        """Return the mapped values of a record's custom fields.

        Zoho leaves out a field that is empty.


        :raise NotFetched: naming the field and the value that does not fit.
        """
        values = {}
        for mapping in self:
            value = record.custom.get(mapping.zoho_field)
            name = mapping.field_id.name
            field = self.env[mapping.field_id.model]._fields[name]
            try:
                values[name] = mapping._convert(field, value)
            except (TypeError, ValueError) as error:
                raise NotFetched(
                    "mapping_invalid", field=mapping.zoho_label, value=str(value)
                ) from error
        return values

    def _convert(self, field, value):
        """Return a value of Zoho as the Odoo field takes it.

        :raise ValueError: when it does not fit.
        """
        if value in (None, "", []):
            return False
        converters = {
            "integer": lambda: int(str(value)),
            "float": lambda: parse_number(value),
            "monetary": lambda: parse_number(value),
            "date": lambda: parse_date(value),
            "datetime": lambda: parse_datetime(value),
            "boolean": lambda: parse_bool(value, default=None),
        }
        convert = converters.get(field.type, lambda: self._text(value))
        converted = convert()
        if converted is None:
            raise ValueError(value)
        return converted

    @api.model
    def _text(self, value):
        if isinstance(value, dict):
            value = value.get("value") or value.get("name") or value.get("full_name")
        if isinstance(value, list):
            return ", ".join(self._text(item) for item in value)
        return str(value)

    def _snapshot(self):
        """Return the mapping that a run uses, as its history shows it.

        :rtype: list[dict]
        """
        return [
            {
                "entity": mapping.entity,
                "zoho_field": mapping.zoho_field,
                "zoho_label": mapping.zoho_label,
                "zoho_type": mapping.zoho_type,
                "field": mapping.field_id.name,
            }
            for mapping in self
        ]
