"""The fields that a run has mapped, as its history shows them."""

from markupsafe import Markup

from odoo.api import Environment

from .entities import ENTITIES


def render_mapping(env: Environment, snapshot: list[dict]) -> Markup:
    """Return one row for each mapped field: module, Zoho's side, Odoo's side.

    :param snapshot: what a run keeps of its mapping, see `zoho.field.mapping`.
    """
    entity = env["zoho.field.mapping"]._fields["entity"]
    labels = dict(entity._description_selection(env))
    row = Markup("<tr><td>%s</td><td>%s (%s)</td><td>%s</td><td>%s</td></tr>")
    rows = (
        row
        % (
            labels.get(mapped["entity"], mapped["entity"]),
            mapped["zoho_label"],
            mapped["zoho_field"],
            mapped["field"],
            _word(env, mapped),
        )
        for mapped in _mapped_fields(env, snapshot)
    )
    head = Markup("<tr><th>%s</th><th>%s</th><th>%s</th><th></th></tr>") % (
        env._("Module"),
        env._("Field in Zoho"),
        env._("Field in Odoo"),
    )
    table = Markup('<table class="table table-sm">%s%s</table>')
    return table % (head, Markup("").join(rows))


def _mapped_fields(env: Environment, snapshot: list[dict]) -> list[dict]:
    """Return the fields of all modules that the run has synced, or left alone.

    A run keeps what differs from run to run; the standard fields are added.
    """
    known = {(mapped["entity"], mapped["zoho_field"]) for mapped in snapshot}
    standard = [
        {
            "entity": entity,
            "zoho_field": field.zoho_field,
            "zoho_label": env._(field.label),
            "field": field.field,
            "is_standard": True,
        }
        for entity, facts in ENTITIES.items()
        for field in facts.fields
        if (entity, field.zoho_field) not in known
    ]
    order = [*ENTITIES]
    return sorted(
        [*standard, *snapshot],
        key=lambda mapped: (
            order.index(mapped["entity"]),
            not mapped.get("is_standard"),
        ),
    )


def _word(env: Environment, mapped: dict) -> str:
    if not mapped.get("active", True):
        return env._("Switched off")
    return env._("Standard") if mapped.get("is_standard") else ""
