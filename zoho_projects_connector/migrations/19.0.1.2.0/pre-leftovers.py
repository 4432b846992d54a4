from odoo.sql_db import Cursor
from odoo.tools import SQL

# Odoo drops the tables of those models only that the new version still has.
TABLES = (
    "account_move_project_invoice_batch_line_rel",
    "project_invoice_batch_line_project_project_rel",
    "project_invoice_batch_line",
    "project_invoice_batch",
    "zoho_duplicates_change",
    "zoho_schedule_change",
)


def migrate(cr: Cursor, version: str) -> None:
    """Drop what Odoo would keep: tables of dialogs that are gone, a column, an index.

    The column is figured when it is asked for now; the index has only the rows that
    have a project, but the name that it had.
    """
    tables = SQL(", ").join(map(SQL.identifier, TABLES))
    cr.execute(SQL("DROP TABLE IF EXISTS %s", tables))
    cr.execute("DROP INDEX IF EXISTS project_billing_rate__project_id_index")
    cr.execute("ALTER TABLE zoho_sync_preview_line DROP COLUMN IF EXISTS detail")
