from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _billed_time_annex(self) -> dict:
        """Return the time that this document bills or takes back, as it was billed.

        Note: `self.ensure_one()`

        :return: ``rows`` (project.billed.time), ``hours``, ``approved`` (whether any
            row names an approver), ``first`` and ``last`` day, ``credited`` (the
            invoices whose time it takes back), ``projects``: a list of ``name``,
            ``hours`` and ``lines``, a list of ``name``, ``hours`` and ``rows``.
        """
        self.ensure_one().check_access("read")
        # Who may read the document may read which time it bills.
        rows = self.env["project.billed.time"].sudo()
        rows = rows.search(self._billed_time_domain()).sorted(self._annex_order)
        projects = rows.grouped(lambda row: (row.project_id.id, row.project_name))
        days = rows.mapped("day")
        return {
            "rows": rows,
            "hours": rows._shown_hours(),
            "approved": any(rows.mapped("approver")),
            "first": min(days, default=False),
            "last": max(days, default=False),
            "credited": rows.origin_id.move_id,
            "projects": [
                self._annex_project(name, project_rows)
                for (_id, name), project_rows in projects.items()
            ],
        }

    @staticmethod
    def _annex_order(row) -> tuple:
        """Return where a row stands: as the lines of the document, then by day."""
        line = row.move_line_id
        return (line.sequence, line.id, row.day, row.employee_name or "", row.id)

    @staticmethod
    def _annex_project(name: str, rows) -> dict:
        """Return the part of a project: its hours, and those of each line."""
        return {
            "name": name,
            "hours": rows._shown_hours(),
            "lines": [
                {
                    "name": line.name,
                    "hours": line_rows._shown_hours(),
                    "rows": line_rows,
                }
                for line, line_rows in rows.grouped("move_line_id").items()
            ],
        }

    def _attaches_billed_time_annex(self) -> bool:
        """Whether the e-mail of this document carries its annex.

        Note: `self.ensure_one()`
        """
        wanted = self.company_id.attach_billed_time_annex
        return wanted and bool(self.billed_time_hours)

    def _billed_time_annex_name(self) -> str:
        """Return the name of the annex as a file, in the language of the customer.

        Note: `self.ensure_one()`
        """
        move = self.with_context(lang=self.partner_id.lang)
        document = move._get_report_base_filename()
        name = move.env._("%(document)s - Timesheets", document=document)
        return name.replace("/", "_")
