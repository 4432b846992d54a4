"""How sentences name records: the first of many, and those of one name apart."""

from odoo.api import Environment
from odoo.models import BaseModel
from odoo.tools import format_date


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


def name_apart(partner: BaseModel) -> str:
    """Return the name of a contact, with what tells it from another of that name.

    Its ID in the database is nothing that people know.
    """
    known = partner.ref or partner.email or partner.phone or partner.city
    made = format_date(partner.env, partner.create_date)
    return f"{partner.display_name} ({known or made})"
