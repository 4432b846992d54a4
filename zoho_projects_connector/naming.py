"""How people find names: the first of many, those of one name apart, in order."""

from odoo.api import Environment
from odoo.models import BaseModel
from odoo.tools.misc import remove_accents

from .clock import say_day


def name_some(
    env: Environment, names: list[str], most: int, count: int | None = None
) -> str:
    """Return the first names, and how many more there are.

    :param odoo.api.Environment env: whose language the sentence is in.
    :param most: how many are named; the others are counted.
    :param count: how many there are, where not all names are at hand.
    """
    named = ", ".join(names[:most])
    more = (len(names) if count is None else count) - len(names[:most])
    if more <= 0:
        return named
    return env._("%(names)s and %(count)s more", names=named, count=more)


def name_order(record: BaseModel) -> str:
    """Return where a record stands among others: Eden, Élan, eras, Zoo."""
    return remove_accents(record.display_name or "").casefold()


def names_apart(partners: BaseModel) -> dict[BaseModel, str]:
    """Return the name of each contact, with what tells it from others of that name.

    Their IDs in the database are nothing that people know.
    """
    for known in ("ref", "email", "phone", "city"):
        values = partners.mapped(known)
        if len({*values}) == len(partners):
            break
    else:
        values = [say_day(one.env, one.create_date) for one in partners]
    return {
        partner: f"{partner.display_name} ({value or '–'})"
        for partner, value in zip(partners, values, strict=True)
    }
