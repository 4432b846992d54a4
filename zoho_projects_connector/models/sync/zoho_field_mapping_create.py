import re

from odoo import Command, models
from odoo.exceptions import UserError

from .field_values import CURRENCY_FIELDS, ODOO_TYPES, PREFIX, fits

LONGEST_NAME = 60


class ZohoFieldMapping(models.Model):
    """The buttons: known fields are fetched, missing ones created in Odoo."""

    _inherit = "zoho.field.mapping"

    def action_fetch_fields(self):
        """Read the custom fields of these rows' portals, or of all portals."""
        integrations = self.integration_id or self.env["zoho.integration"].search(
            [("portal_id", "!=", False), ("status", "!=", "disabled")]
        )
        if not integrations:
            raise UserError(self.env._("Connect a portal of Zoho Projects first."))
        for integration in integrations:
            action = integration.action_fetch_fields()
        return action

    def action_create_field(self):
        """Make the Odoo fields that these rows lack, and map them.

        Only administrators of the connector may write here; that they may make fields
        of models, where Odoo asks for its own administrator, follows from it.

        :raise UserError: when the type of Zoho has no counterpart in Odoo.
        """
        self.check_access("write")
        for mapping in self.filtered(lambda one: not one.field_id):
            mapping._check_counterpart()
            mapping.field_id = mapping.sudo()._find_created() or (
                mapping.sudo()._create_field()
            )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _find_created(self):
        """Return the field that was created for the same field of Zoho before.

        Another portal, or bugs beside tasks, has the same fields.
        """
        field = self.env["ir.model.fields"]._get(self.res_model, self._field_name())
        used = self.search_count(
            [
                ("integration_id", "=", self.integration_id.id),
                ("entity", "=", self.entity),
                ("field_id", "=", field.id),
            ]
        )
        is_same = field.field_description == self.zoho_label
        if field and is_same and not used and fits(self.zoho_type, field):
            return field
        return field.browse()

    def _create_field(self):
        model = self.env["ir.model"]._get(self.res_model)
        ttype = ODOO_TYPES[self.zoho_type][0]
        currency = self._currency_field()
        if ttype == "monetary" and not currency:
            ttype = "float"
        if ttype == "selection" and not self.zoho_options:
            ttype = "char"
        values = {
            "model_id": model.id,
            "name": self._free_name(),
            "field_description": self.zoho_label,
            "ttype": ttype,
            "help": self.env._(
                "Filled from the field %(field)s of Zoho Projects.",
                field=self.zoho_field,
            ),
            "copied": False,
        }
        if ttype == "monetary":
            values["currency_field"] = currency
        if ttype == "selection":
            values["selection_ids"] = self._prepare_choices(self.zoho_options)
        return self.env["ir.model.fields"].create(values)

    def _prepare_choices(self, options, start=0):
        return [
            Command.create({"value": option, "name": option, "sequence": sequence})
            for sequence, option in enumerate(dict.fromkeys(options), start)
        ]

    def _currency_field(self):
        known = self.env[self.res_model]._fields
        return next((name for name in CURRENCY_FIELDS if name in known), None)

    def _field_name(self):
        """Return the name of the Odoo field for an API name of Zoho."""
        plain = re.sub(r"[^a-z0-9]+", "_", self.zoho_field.lower()).strip("_")
        plain = re.sub(r"^cf_|_cf_\d+$|^udf_", "", plain) or "field"
        return f"{PREFIX}{plain}"[:LONGEST_NAME]

    def _free_name(self):
        """Return the name with a number, where another field has it."""
        name, known = self._field_name(), self.env[self.res_model]._fields
        number = 2
        while name in known:
            name = f"{self._field_name()}_{number}"
            number += 1
        return name

    def _extend_choices(self):
        """Add the choices that Zoho has got since to fields that were created here."""
        for mapping in self.filtered("zoho_options"):
            field = mapping.field_id
            if field.ttype != "selection" or not field.name.startswith(PREFIX):
                continue
            known = set(field.selection_ids.mapped("value"))
            new = [one for one in mapping.zoho_options if one not in known]
            if new:
                field.selection_ids = self._prepare_choices(new, len(known))
