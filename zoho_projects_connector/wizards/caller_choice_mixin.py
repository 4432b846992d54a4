from odoo import Command, api, models
from odoo.exceptions import AccessError
from odoo.fields import Field

from ..models.code_only_mixin import check_finite

# Who may not read employees reads what is public of them, and chooses among these.
READ_AS = {"hr.employee": "hr.employee.public"}
MAX_ID = 2**31 - 1


class CallerChoiceMixin(models.AbstractModel):
    """A dialog that takes nothing but what its caller may read, and links to it.

    Dialogs go on with more rights than the caller's: so whatever comes in, from a
    form, over RPC, in the context or within lines, is looked at with his own. He
    makes and changes lines of the dialog, never the records that they are about.
    That he sees his own dialogs only is said by rules, one for each.
    """

    _name = "caller.choice.mixin"
    _description = "Choice of a Caller"

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> models.BaseModel:
        for vals in vals_list:
            self._check_caller(vals)
        return super().create(vals_list)

    def write(self, vals: dict) -> bool:
        self._check_caller(vals)
        return super().write(vals)

    @api.model
    def default_get(self, fields: list[str]) -> dict:
        given = {name: self.env.context.get(f"default_{name}") for name in fields}
        self._check_caller(given)
        defaults = super().default_get(fields)
        self._check_caller(defaults)
        return defaults

    def onchange(self, values: dict, field_names: list[str], fields_spec: dict) -> dict:
        self._check_caller(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _check_caller(self, vals: dict) -> None:
        """Refuse values that name what the caller may not read, or would change it.

        :raise AccessError: it names the field.
        """
        if self.env.su:
            return
        check_finite(self, vals)
        for name, value in vals.items():
            field = self._fields.get(name)
            if field and field.relational and value:
                try:
                    ids = self._chosen_ids(field, value)
                except (IndexError, TypeError, ValueError):
                    raise self._refusal(field) from None
                self._check_readable(field, ids)

    def _chosen_ids(self, field: Field, value: object) -> set[int]:
        """Return the ids that a value of a relational field names.

        :raise AccessError: when it is more than links.
        """
        if isinstance(value, models.BaseModel):
            return set(value._origin.ids)
        if field.type == "many2one":
            items = [value[0] if isinstance(value, list | tuple) else value]
        else:
            items = value if isinstance(value, list | tuple) else [value]
        ids = set()
        for item in items:
            ids |= self._ids_of_item(field, item)
        # Lines that are not saved yet have an id of the form's own.
        return {one for one in ids if not self._is_virtual(field, one)}

    def _ids_of_item(self, field: Field, item: models.BaseModel) -> set:
        """Return the ids that an id, a dictionary or a command names."""
        if isinstance(item, dict):
            self._check_line_vals(field, item)
            return {item["id"]} if item.get("id") else set()
        if not isinstance(item, list | tuple):
            return {item}
        code, *rest = item
        if code == Command.CLEAR:
            return set()
        if code == Command.SET:
            return set(rest[1])
        if code in (Command.LINK, Command.UNLINK):
            return {rest[0]}
        if code == Command.DELETE:
            self._check_line_vals(field, {})
            return {rest[0]}
        if code in (Command.CREATE, Command.UPDATE):
            self._check_line_vals(field, rest[1])
            return {rest[0]} if code == Command.UPDATE else set()
        raise self._refusal(field)

    def _is_dialog(self, field: Field) -> bool:
        """Whether a field leads to lines of a dialog, or back to it."""
        comodel = self.env.registry[field.comodel_name]
        return issubclass(comodel, self.env.registry["caller.choice.mixin"])

    def _is_virtual(self, field: Field, one: object) -> bool:
        return self._is_dialog(field) and not isinstance(one, int)

    def _check_line_vals(self, field: Field, vals: object) -> None:
        """Refuse values of any record that is not a line of a dialog."""
        if not (self._is_dialog(field) and isinstance(vals, dict)):
            raise self._refusal(field)
        self.env[field.comodel_name]._check_caller(vals)

    def _check_readable(self, field: Field, ids: set[int]) -> None:
        if not all(type(one) is int and 0 < one <= MAX_ID for one in ids):
            raise self._refusal(field)
        model = READ_AS.get(field.comodel_name, field.comodel_name)
        records = self.env[model].browse(ids)
        if len(records.exists()) < len(ids) or not records.has_access("read"):
            raise self._refusal(field)

    def _refusal(self, field: Field) -> AccessError:
        """Return what is said of a value that is not taken from the caller."""
        return AccessError(
            self.env._(
                "%(field)s: choose among what you may see in the companies that are "
                "switched on. What was sent is gone, is not yours to see, or would "
                "change it.",
                field=field._description_string(self.env) or field.name,
            )
        )
