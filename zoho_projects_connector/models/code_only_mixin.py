"""Fields of ours that code writes, and no caller: a guard that `readonly` is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite

from odoo import api, models, tools
from odoo.exceptions import AccessError, UserError

ADDONS = "zoho_projects_connector"


@dataclass(frozen=True)
class ByCode:
    """A value of a guarded field that our own code puts among others' values.

    It travels in the user's name through code of Odoo's, such as the reversal of an
    invoice. A remote call cannot forge it: its values are never of this class.
    """

    value: object


def check_finite(model: models.BaseModel, vals: dict) -> None:
    """Refuse what is no number: JSON brings *NaN* and *Infinity*, people do not.

    :raise UserError: it names the field.
    """
    for name, value in vals.items():
        if isinstance(value, float) and not isfinite(value):
            field = model._fields.get(name)
            label = field._description_string(model.env) if field else name
            raise UserError(model.env._("%(field)s: type a number.", field=label))


class CodeOnlyMixin(models.AbstractModel):
    """Lets only code write the read-only fields that our addons brought.

    To Odoo, `readonly` is about views: over RPC, by import or by copying, anybody who
    may write a record may write such a field, a stored computed one, too. Here they
    are refused but to code with more rights than the user's. It stands first among
    the parents of a model, before code of Odoo's that takes such rights.
    """

    _name = "code.only.mixin"
    _description = "Fields That Only Code Writes"

    @api.model
    @tools.ormcache()
    def _code_only_fields(self) -> frozenset[str]:
        """Return the names of the fields that no caller may write."""
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.readonly
            and any(module.startswith(ADDONS) for module in field._modules[:1])
            and name not in models.MAGIC_COLUMNS
        )

    @api.model
    def default_get(self, fields: list[str]) -> dict:
        """Take defaults of guarded fields from the code alone.

        Neither the context of a call nor a default that somebody saved counts, also
        where code with more rights creates the record.
        """
        guarded = self._code_only_fields()
        defaults = super().default_get([name for name in fields if name not in guarded])
        for name in guarded.intersection(fields):
            if default := self._fields[name].default:
                defaults[name] = self._code_only_default(name, default(self))
        return defaults

    @api.model
    def _code_only_default(self, name: str, value: object) -> object:
        """Return the default of a field as `default_get` gives it."""
        field = self._fields[name]
        return field.convert_to_write(
            field.convert_to_cache(value, self, validate=False), self
        )

    def new(
        self,
        values: dict | None = None,
        origin: models.BaseModel | None = None,
        ref: object = None,
    ) -> models.BaseModel:
        """Take what our own code put among the values; nothing is stored here."""
        if values:
            names = self._code_only_fields() & values.keys()
            values = self._unwrap_by_code(values, names)
        return super().new(values, origin, ref)

    def copy_data(self, default: dict | None = None) -> list[dict]:
        """Leave out of a person's copy what only code writes, unless he names it."""
        vals_list = super().copy_data(default)
        if self.env.su:
            return vals_list
        left_out = self._code_only_fields().difference(default or ())
        return [
            {
                name: value
                for name, value in vals.items()
                if name not in left_out or isinstance(value, ByCode)
            }
            for vals in vals_list
        ]

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> models.BaseModel:
        return super().create([self._check_code_only(vals) for vals in vals_list])

    def write(self, vals: dict) -> bool:
        return super().write(self._check_code_only(vals))

    @api.model
    def _check_code_only(self, vals: dict) -> dict:
        """Return values that may be written: with those that come from our own code.

        :raise AccessError: it names the fields that only code writes.
        """
        if isinstance(vals, dict):
            check_finite(self, vals)
        # What stands in place of a dictionary is Odoo's to refuse, after the rights.
        guarded = self._code_only_fields().intersection(vals)
        if not guarded:
            return vals
        theirs = {name for name in guarded if not isinstance(vals[name], ByCode)}
        if theirs and not self.env.su:
            self._raise_code_only(theirs)
        return self._unwrap_by_code(vals, guarded - theirs)

    @api.model
    def _unwrap_by_code(self, vals: dict, names: Iterable[str]) -> dict:
        """Return values in which those of our own code are what they stand for."""
        by_code = {
            name: vals[name].value
            for name in names
            if isinstance(vals.get(name), ByCode)
        }
        return {**vals, **by_code} if by_code else vals

    @api.model
    def _raise_code_only(self, names: set[str]) -> None:
        """Refuse to write fields.

        :raise AccessError: always.
        """
        labels = {self._fields[name]._description_string(self.env) for name in names}
        raise AccessError(
            self.env._(
                "%(model)s: Odoo itself keeps %(fields)s. Nobody can write it: leave "
                "it out, and use the buttons that change it.",
                model=self.env["ir.model"]._get(self._name).name,
                fields=", ".join(sorted(labels)),
            )
        )
