"""How sentences name records of which there may be too many to read."""

from odoo.api import Environment


def name_some(env: Environment, names: list[str], most: int) -> str:
    """Return the first names, and how many more there are.

    :param odoo.api.Environment env: whose language the sentence is in.
    :param most: how many are named; the others are counted.
    """
    named = ", ".join(names[:most])
    if len(names) <= most:
        return named
    return env._("%(names)s and %(count)s more", names=named, count=len(names) - most)
