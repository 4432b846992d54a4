from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.sql_db import Cursor


def migrate(cr: Cursor, version: str) -> None:
    """Take over what orders had invoiced before the addon was installed.

    At the end: the ledger tells every addon that computes from it, all of which are
    loaded only then.
    """
    env = Environment(cr, SUPERUSER_ID, {})
    env["sale.order.line"]._bill_invoiced_before_ledger()
