from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...zoho.records import parse_people
from ..code_only_mixin import ByCode
from .entities import ENTITIES, ENTITY_SELECTION, MODULES
from .field_values import (
    ODOO_TYPES,
    ODOO_WORDS,
    USER_MODELS,
    ZOHO_TYPES,
    convert,
    fit,
    fits,
    shown,
)
from .page import NotFetched, SyncPage, person_key

# What the connector itself says of a standard field.
LOCKED = {"integration_id", "entity", "zoho_field", "field_id", "is_standard"}
UNIQUE_KEY = {"integration_id", "entity", "zoho_field"}
# With a change of one of these, records get other values.
SELECTING = {"active", "entity", "field_id", "zoho_field", "zoho_type"}


class ZohoFieldMapping(models.Model):
    """A field of Zoho and the Odoo field that receives it, if any.

    Standard fields are locked; the optional ones can be switched off. Custom fields
    are known from Zoho's metadata, and go where people say.
    """

    _name = "zoho.field.mapping"
    _inherit = ["code.only.mixin", "synced.list.mixin"]
    _description = "Field Mapping with Zoho Projects"
    _order = "integration_id, is_standard, module_sequence, sequence, zoho_label"
    _rec_name = "zoho_label"

    integration_id = fields.Many2one(
        "zoho.integration", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="integration_id.company_id", store=True)
    entity = fields.Selection(
        ENTITY_SELECTION, string="Module", required=True, group_expand="_order_modules"
    )
    module_sequence = fields.Integer(compute="_compute_module_sequence", store=True)
    sequence = fields.Integer(export_string_translation=False)
    res_model = fields.Char(compute="_compute_res_model")
    zoho_field = fields.Char("API Name in Zoho", required=True)
    zoho_label = fields.Char("Field in Zoho", required=True)
    zoho_type = fields.Selection(
        ZOHO_TYPES, string="Type in Zoho", required=True, default="text"
    )
    zoho_raw_type = fields.Char("Zoho's Word for the Type", readonly=True)
    zoho_options = fields.Json("Choices in Zoho", readonly=True)
    field_id = fields.Many2one(
        "ir.model.fields",
        "Field in Odoo",
        ondelete="cascade",
        domain="[('id', 'in', offered_field_ids)]",
    )
    offered_field_ids = fields.Many2many(
        "ir.model.fields",
        compute="_compute_offered_field_ids",
        compute_sudo=True,
        export_string_translation=False,
    )
    is_standard = fields.Boolean("Standard", readonly=True)
    is_required = fields.Boolean("Required", readonly=True)
    active = fields.Boolean(
        "Synced",
        default=True,
        help="Switched off, the sync leaves the field in Odoo alone.",
    )
    problem = fields.Selection(
        [("gone", "No longer in Zoho"), ("type", "Other type in Zoho now")],
        readonly=True,
        help="The sync leaves the field in Odoo alone until this is resolved.",
    )

    status = fields.Selection(
        [
            ("synced", "Synced"),
            ("off", "Not synced"),
            ("gone", "No longer in Zoho"),
            ("type", "Other type in Zoho now"),
        ],
        compute="_compute_status",
    )

    _zoho_field_uniq = models.UniqueIndex(
        "(integration_id, entity, zoho_field)",
        "This field of Zoho is mapped already.",
    )

    @api.depends("entity")
    def _compute_res_model(self) -> None:
        for mapping in self:
            facts = ENTITIES.get(mapping.entity)
            mapping.res_model = facts and facts.model

    @api.depends("entity", "zoho_type")
    def _compute_offered_field_ids(self) -> None:
        """Offer those fields alone that may be saved here."""
        for entity, mappings in self.grouped("entity").items():
            mappable = ENTITIES[entity].mappable if entity in ENTITIES else ()
            listed = self.env["ir.model.fields"].search(
                [
                    ("model", "=", mappings[0].res_model),
                    ("store", "=", True),
                    ("readonly", "=", False),
                    "|",
                    ("state", "=", "manual"),
                    ("name", "in", list(mappable)),
                ]
            )
            for mapping in mappings:
                mapping.offered_field_ids = listed.filtered(
                    lambda field, mapping=mapping: fits(mapping.zoho_type, field)
                )

    @api.depends("active", "field_id", "problem")
    def _compute_status(self) -> None:
        for one in self:
            state = "synced" if one.active and one.field_id else "off"
            one.status = one.problem or state

    @api.depends("entity")
    def _compute_module_sequence(self) -> None:
        for mapping in self:
            known = mapping.entity in MODULES
            mapping.module_sequence = known and MODULES.index(mapping.entity)

    @api.model
    def _order_modules(self, entities: list[str], domain: list) -> list[str]:
        """Return the modules in the order of the synchronisation."""
        return sorted(entities, key=lambda one: one in MODULES and MODULES.index(one))

    # What may be mapped

    @api.constrains("zoho_type", "field_id", "entity", "active")
    def _check_mapping(self) -> None:
        """Refuse what does not fit, and what something else fills already."""
        mapped = self.filtered(lambda one: one.field_id and one.active)
        for mapping in mapped.filtered(lambda one: not one.is_standard):
            mapping._check_model()
            if not mapping.problem:
                mapping._check_type()
            mapping._check_mappable()
        mapped._check_only_one()

    def _check_model(self) -> None:
        field = self.field_id
        if field.model != self.res_model:
            raise ValidationError(
                self.env._(
                    "%(field)s is not a field of %(model)s: choose one that is.",
                    field=field.field_description,
                    model=self.env[self.res_model]._description,
                )
            )

    def _check_type(self) -> None:
        names = self._spoken_names()
        self._check_counterpart()
        if not fits(self.zoho_type, self.field_id):
            raise ValidationError(
                self.env._(
                    "%(zoho)s is of the type %(zoho_type)s in Zoho, but %(odoo)s is "
                    "of the type %(odoo_type)s in Odoo. Choose a field of the same "
                    "type, or press Create Field.",
                    **names,
                )
            )

    def _check_counterpart(self) -> None:
        """Refuse a field of Zoho whose type no field of Odoo can have."""
        if ODOO_TYPES[self.zoho_type]:
            return
        names = self._spoken_names()
        raise ValidationError(
            self.env._(
                "%(zoho)s is of the type %(zoho_type)s in Zoho, which has no "
                "counterpart in Odoo: leave it unmapped.",
                zoho=self.zoho_label,
                zoho_type=self.zoho_raw_type or names["zoho_type"],
            )
        )

    def _spoken_names(self) -> dict[str, str]:
        """Return both fields and both types in words for people."""
        types = dict(self._fields["zoho_type"]._description_selection(self.env))
        words = ODOO_WORDS.get(self.field_id.ttype)
        return {
            "zoho": self.zoho_label,
            "zoho_type": types[self.zoho_type],
            "odoo": self.field_id.field_description,
            "odoo_type": self.env._(words) if words else self.field_id.ttype,
        }

    def _check_mappable(self) -> None:
        if not self._is_mappable():
            raise ValidationError(
                self.env._(
                    "%(odoo)s is filled by Odoo or by the connector itself, or is not "
                    "for Zoho to fill: choose another field for %(zoho)s, or press "
                    "Create Field.",
                    **self._spoken_names(),
                )
            )

    def _is_mappable(self) -> bool:
        """Whether a custom field may go where it is mapped. Note: `ensure_one()`."""
        field = self.field_id
        mappable = ENTITIES[self.entity].mappable
        is_free = field.state == "manual" or field.name in mappable
        return is_free and field.store and not field.readonly

    def _check_only_one(self) -> None:
        # A unique index would refuse it as well, but could not say which fields they
        # are.
        twice = self._read_group(
            [
                ("integration_id", "in", self.integration_id.ids),
                ("field_id", "in", self.field_id.ids),
                ("active", "=", True),
            ],
            ["integration_id", "entity", "field_id"],
            ["id:recordset"],
            having=[("__count", ">", 1)],
        )
        for *_key, mappings in twice:
            mapping = (mappings & self)[:1] or mappings[:1]
            raise ValidationError(
                self.env._(
                    "%(odoo)s receives %(other)s of Zoho already: it cannot receive "
                    "%(zoho)s too. Give one of them another field, or switch it off.",
                    other=(mappings - mapping)[:1].zoho_label,
                    **mapping._spoken_names(),
                )
            )

    # What people may change

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> models.BaseModel:
        """Read everything again: records have more values now.

        A field that is listed already, and not mapped, is mapped by it.
        """
        listed = [self._find_unmapped(vals) for vals in vals_list]
        pairs = list(zip(vals_list, listed, strict=True))
        # `create` gives one record for each of the values, in their order: so must
        # this.
        new = iter(super().create([vals for vals, row in pairs if not row]))
        mappings = self.browse()
        for vals, row in pairs:
            row.write({key: vals[key] for key in vals.keys() - UNIQUE_KEY})
            mappings += row or next(new)
        mappings.filtered(lambda one: one.field_id and not one.is_standard)._reread()
        return mappings

    def write(self, vals: dict) -> bool:
        """Read everything again: records have other values now.

        :raise UserError: when a standard field is to be changed, or one that the
            synchronisation cannot do without is to be switched off.
        """
        self._check_locked(vals)
        # What Zoho's metadata says always comes with whether it is a problem.
        is_choice = bool(SELECTING & vals.keys()) and "problem" not in vals
        if "field_id" in vals:
            # The guard takes the field from nobody but code; here it travels with what
            # a person writes, in his own name.
            vals = {"problem": ByCode(False), **vals}
        result = super().write(vals)
        if is_choice:
            self._reread()
            # Only code writes errors; who may write the mapping was checked.
            self.env["zoho.sync.error"].sudo()._resolve_fields(self)
        return result

    def unlink(self) -> bool:
        """Read everything again, and forget what was wrong with these fields."""
        # Before they are gone: then nobody knows whose they were.
        self.filtered("field_id")._reread()
        # Only code writes errors; who may delete the mapping is checked by Odoo.
        self.env["zoho.sync.error"].sudo()._resolve_fields(self)
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_standard(self) -> None:
        if standard := self.filtered("is_standard")[:1]:
            standard._raise_locked()

    def _check_locked(self, vals: dict) -> None:
        for mapping in self.filtered("is_standard"):
            if LOCKED & vals.keys():
                mapping._raise_locked()
            if mapping.is_required and not vals.get("active", True):
                raise UserError(
                    self.env._(
                        "%(field)s cannot be switched off: the sync needs it.",
                        field=mapping.zoho_label,
                    )
                )

    def _raise_locked(self) -> None:
        raise UserError(
            self.env._(
                "%(field)s is a standard field of Zoho Projects: its mapping is "
                "locked. An optional one can be switched off.",
                field=self.zoho_label,
            )
        )

    def _reread(self) -> None:
        for integration in self.integration_id:
            integration._request_full_sync()

    # What the mapping does to the records of a page

    def _applied(self, entity: str) -> models.BaseModel:
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

    def _switched_off(self, entity: str) -> frozenset[str]:
        """Return the Odoo fields of a module that the sync leaves alone."""
        return frozenset(
            one.field_id.name
            for one in self
            if one.is_standard and not one.active and one.entity == entity
        )

    def _references(self, record: Any) -> list[tuple[str, str]]:
        """Return the users that the mapped fields of a record name."""
        return [
            ("user", person_key(person))
            for mapping in self
            if mapping.field_id.relation in USER_MODELS
            for person in parse_people(record.field_value(mapping.zoho_field))
        ]

    def _values(self, record: Any, page: SyncPage) -> dict:
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

    def _snapshot(self) -> list[dict]:
        """Return the mapping that a run uses, as its history shows it.

        Of the standard fields it names those that are switched off: the others are
        the same in each run.
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
