"""Which types of Zoho fit which types of Odoo, in words for people.

:source: product.md, section 6; Zoho Projects API reference, section 8.2.
"""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

ZOHO_TYPES = [
    ("text", "Text"),
    ("long_text", "Long text"),
    ("number", "Whole number"),
    ("decimal", "Decimal number"),
    ("currency", "Currency"),
    ("percent", "Percent"),
    ("date", "Date"),
    ("datetime", "Date and time"),
    ("boolean", "Yes/No"),
    ("picklist", "Pick list"),
    ("multi_picklist", "Multi pick list"),
    ("user", "User"),
    ("multi_user", "Several users"),
    ("email", "Email"),
    ("url", "URL"),
    ("phone", "Phone"),
    ("lookup", "Link to a record"),
    ("other", "Other"),
]
# The first is the type of a field that is created. Odoo has no pick list of several
# values and no type for a person without a login: text holds their names.
ODOO_TYPES = {
    "text": ("char",),
    "long_text": ("text", "html"),
    "number": ("integer",),
    "decimal": ("float",),
    "currency": ("monetary", "float"),
    "percent": ("float",),
    "date": ("date",),
    "datetime": ("datetime",),
    "boolean": ("boolean",),
    "picklist": ("selection", "char"),
    "multi_picklist": ("char", "text"),
    "user": ("char", "many2one"),
    "multi_user": ("char", "text", "many2many"),
    "email": ("char",),
    "url": ("char",),
    "phone": ("char",),
    "lookup": (),
    "other": (),
}
# What a created field is called; whoever prefers another label renames it in Odoo.
PREFIX = "x_zoho_"
# Where a model keeps the currency of its amounts.
CURRENCY_FIELDS = ("invoicing_currency_id", "currency_id")
# Which records stand for a user of Zoho.
USER_MODELS = ("hr.employee", "res.users")

ODOO_WORDS = {
    "char": _lt("Text"),
    "text": _lt("Long text"),
    "html": _lt("Formatted text"),
    "integer": _lt("Whole number"),
    "float": _lt("Decimal number"),
    "monetary": _lt("Currency"),
    "date": _lt("Date"),
    "datetime": _lt("Date and time"),
    "boolean": _lt("Yes/No"),
    "selection": _lt("Pick list"),
    "many2one": _lt("Link to a record"),
    "many2many": _lt("Links to records"),
    "one2many": _lt("Lines"),
    "binary": _lt("File"),
}


def fits(zoho_type, field):
    """Return whether a field of Odoo may hold what Zoho has.

    :param str zoho_type: a key of ``ZOHO_TYPES``.
    :param field: one record of ``ir.model.fields``.
    :rtype: bool
    """
    if field.ttype not in ODOO_TYPES[zoho_type]:
        return False
    return not field.relation or field.relation in USER_MODELS
