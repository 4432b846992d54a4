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

# What is figured when it is asked for now.
COLUMNS = (
    ("zoho_integration", "status_message"),
    ("zoho_stream", "message"),
    ("zoho_sync_preview_line", "detail"),
    ("zoho_sync_run", "message"),
)


def migrate(cr: Cursor, version: str) -> None:
    """Drop what Odoo would keep: tables of dialogs that are gone, columns, an index …

    The index has only the rows that have a project now, but the name that it had; the
    key was looked up for each row.
    """
    tables = SQL(", ").join(map(SQL.identifier, TABLES))
    cr.execute(SQL("DROP TABLE IF EXISTS %s", tables))
    cr.execute("DROP INDEX IF EXISTS project_billing_rate__project_id_index")
    for table, column in COLUMNS:
        cr.execute(
            SQL(
                "ALTER TABLE IF EXISTS %s DROP COLUMN IF EXISTS %s",
                SQL.identifier(table),
                SQL.identifier(column),
            )
        )
    cr.execute(
        """ALTER TABLE IF EXISTS zoho_listed_record
           DROP CONSTRAINT IF EXISTS zoho_listed_record_stream_id_fkey"""
    )
