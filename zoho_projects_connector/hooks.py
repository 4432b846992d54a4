"""What the addon does around its own life."""

from odoo.api import Environment


def post_init_hook(env: Environment) -> None:
    """Take over what orders had invoiced: no hour of it is to be billed again."""
    env["sale.order.line"]._bill_invoiced_before()


def uninstall_hook(env: Environment) -> None:
    """Give the sign-ins back to Zoho: nobody could revoke them here afterwards.

    Amounts that were created for fields of Zoho go: the field that tells their currency
    is the addon's own, and Odoo could not load them without it.
    """
    for integration in env["zoho.integration"].search([]):
        env["zoho.credential"]._find_for(integration)._revoke()
    env["ir.model.fields"].search(
        [
            ("name", "=like", r"x\_zoho\_%"),
            ("ttype", "=", "monetary"),
            ("currency_field", "=", "invoicing_currency_id"),
        ]
    ).unlink()
