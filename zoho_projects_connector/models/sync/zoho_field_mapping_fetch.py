import logging
import re
from collections.abc import Callable, Iterator

from odoo import Command, api, models
from odoo.exceptions import UserError

from ...zoho import endpoints
from ...zoho.endpoints import PageRequest
from ...zoho.errors import ZohoRefused, ZohoUnreadable
from ...zoho.paging import JsonRow, Page
from ...zoho.records import FieldMeta, parse_field_meta
from ..changes import changed_values
from .entities import ENTITIES, StandardField
from .field_values import CURRENCY_FIELDS, ODOO_TYPES, PREFIX, fits
from .portal_session import budgeted_call
from .zoho_field_mapping import UNIQUE_KEY

_logger = logging.getLogger(__name__)

LONGEST_NAME = 60


class ZohoFieldMapping(models.Model):
    """How the rows of the mapping come about: from our table, and from Zoho's."""

    _inherit = "zoho.field.mapping"

    @api.model
    def _prepare_standard(self, integration: models.BaseModel) -> None:
        """Make the locked rows that an integration does not have yet."""
        rows = self.with_context(active_test=False).search_fetch(
            [("integration_id", "=", integration.id), ("is_standard", "=", True)],
            ["entity", "zoho_field"],
        )
        known = {(row.entity, row.zoho_field) for row in rows}
        self.create(
            [
                self._prepare_standard_row(integration, entity, sequence, field)
                for entity, facts in ENTITIES.items()
                for sequence, field in enumerate(facts.fields)
                if (entity, field.zoho_field) not in known
            ]
        )

    @api.model
    def _prepare_standard_row(
        self,
        integration: models.BaseModel,
        entity: str,
        sequence: int,
        field: StandardField,
    ) -> dict:
        model = ENTITIES[entity].model
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
    def _update_from(
        self, integration: models.BaseModel, entity: str, fields: list[FieldMeta]
    ) -> None:
        """Keep the custom fields of a module in step with what Zoho has.

        An empty list is not believed: each module of Zoho has fields.
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
        unmapped = rows.filtered(lambda one: not one._is_used())
        vanished = unmapped.filtered(lambda one: one.zoho_field not in listed)
        # What is mapped stays, as a problem: its values in Odoo are somebody's.
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
    def _prepare_row(self, field: FieldMeta) -> dict:
        return {
            "zoho_label": field.label or field.name,
            "zoho_type": field.type,
            "zoho_raw_type": field.raw_type,
            "zoho_options": list(field.options),
        }

    def _update_row(self, field: FieldMeta | None) -> None:
        """Say of one row what Zoho says of its field.

        :param field: None when Zoho no longer has it.
        """
        if field is None:
            values = {"problem": "gone"}
        else:
            values = {"problem": False, **self._prepare_row(field)}
            if not self._takes_type(field.type):
                values["problem"] = "type"
        if changed_values(self, values):
            self.write(values)

    def _is_used(self) -> bool:
        """Return whether somebody has chosen what becomes of the field of Zoho."""
        return bool(self.field_id)

    def _takes_type(self, zoho_type: str) -> bool:
        """Return whether the field may be of this type in Zoho as it is used."""
        return not self.field_id or fits(zoho_type, self.field_id)

    @api.model
    def _find_unmapped(self, vals: dict) -> models.BaseModel:
        """Return the row that lists the field of Zoho already, maybe none."""
        domain = [(name, "=", vals.get(name)) for name in UNIQUE_KEY]
        if not vals.get("field_id") or vals.get("is_standard"):
            return self.browse()
        return self.with_context(active_test=False).search(
            [*domain, ("field_id", "=", False)]
        )

    # What Zoho tells of the fields of a portal

    @api.model
    def _fetch_all(self, integration: models.BaseModel) -> list[str]:
        """Read the fields of all modules of an integration's portal.

        :return: the modules of which Zoho does not tell them.
        :raise ZohoError: when Zoho does not answer at all.
        """

        def fetch(request: PageRequest) -> Page:
            return budgeted_call(
                integration,
                request.listing.pattern,
                lambda client: client.fetch(request),
            )

        return [
            entity
            for entity, facts in ENTITIES.items()
            if facts.field_modules
            and not self._fetch_module(integration, entity, fetch)
        ]

    @api.model
    def _fetch_module(
        self,
        integration: models.BaseModel,
        entity: str,
        fetch: Callable[[PageRequest], Page],
    ) -> bool:
        """Read the fields of one module, by whichever address Zoho knows.

        :return: whether Zoho told them; otherwise what was known stays.
        :raise ZohoError: when Zoho does not answer at all.
        """
        # Two addresses are documented, in different places; reference, section 8.
        for request in self._field_requests(integration, entity):
            try:
                page = fetch(request)
            except (ZohoRefused, ZohoUnreadable) as error:
                _logger.info("No fields of %s: %s", entity, error.message)
                continue
            # What Zoho says of its fields: only code may write it.
            self.sudo()._update_from(
                integration, entity, self._parse_fields(page.rows, entity)
            )
            return True
        return False

    @api.model
    def _field_requests(
        self, integration: models.BaseModel, entity: str
    ) -> Iterator[PageRequest]:
        portal = {"portal": integration.portal_id.zoho_id}
        for module in ENTITIES[entity].field_modules:
            yield PageRequest(
                endpoints.MODULE_FIELDS, path_ids={**portal, "module": module}
            )
        for module in ENTITIES[entity].field_modules:
            yield PageRequest(
                endpoints.SETTINGS_FIELDS, params={"module": module}, path_ids=portal
            )

    @api.model
    def _parse_fields(self, rows: list[JsonRow], entity: str) -> list[FieldMeta]:
        """Return the fields that can be read; the others do no harm."""
        fields = []
        for row in rows:
            try:
                fields.append(parse_field_meta(row, ENTITIES[entity].record))
            except ZohoUnreadable as error:
                _logger.warning("Skipped a field of %s: %s", entity, error.message)
        return fields

    # The buttons: known fields are fetched, missing ones created in Odoo

    def action_fetch_fields(self) -> dict:
        """Read the custom fields of these rows' portals, or of all portals."""
        integrations = self.integration_id or self.env["zoho.integration"].search(
            [("portal_id", "!=", False), ("status", "!=", "disabled")]
        )
        if not integrations:
            raise UserError(self.env._("Connect a portal of Zoho Projects first."))
        for integration in integrations:
            action = integration.action_fetch_fields()
        return action

    def action_create_field(self) -> dict:
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

    def _find_created(self) -> models.BaseModel:
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

    def _create_field(self) -> models.BaseModel:
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
            # A copy is no record of Zoho.
            "copied": False,
        }
        if ttype == "monetary":
            values["currency_field"] = currency
        if ttype == "selection":
            values["selection_ids"] = self._prepare_choices(self.zoho_options)
        # Odoo adds the column and sets the models up anew, for every worker: the work
        # of a button that somebody presses, never of a sync.
        return self.env["ir.model.fields"].create(values)

    def _prepare_choices(self, options: list[str], start: int = 0) -> list:
        return [
            Command.create({"value": option, "name": option, "sequence": sequence})
            for sequence, option in enumerate(dict.fromkeys(options), start)
        ]

    def _currency_field(self) -> str | None:
        known = self.env[self.res_model]._fields
        return next((name for name in CURRENCY_FIELDS if name in known), None)

    def _field_name(self) -> str:
        """Return the name of the Odoo field for an API name of Zoho."""
        plain = re.sub(r"[^a-z0-9]+", "_", self.zoho_field.lower()).strip("_")
        plain = re.sub(r"^cf_|_cf_\d+$|^udf_", "", plain) or "field"
        return f"{PREFIX}{plain}"[:LONGEST_NAME]

    def _free_name(self) -> str:
        """Return the name with a number, where another field has it."""
        name, known = self._field_name(), self.env[self.res_model]._fields
        number = 2
        while name in known:
            name = f"{self._field_name()}_{number}"
            number += 1
        return name

    def _extend_choices(self) -> None:
        """Add the choices that Zoho has got since to fields that were created here."""
        for mapping in self.filtered("zoho_options"):
            field = mapping.field_id
            if field.ttype != "selection" or not field.name.startswith(PREFIX):
                continue
            known = set(field.selection_ids.mapped("value"))
            new = [one for one in mapping.zoho_options if one not in known]
            if new:
                field.selection_ids = self._prepare_choices(new, len(known))
