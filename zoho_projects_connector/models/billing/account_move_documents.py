from collections import defaultdict
from datetime import date

from odoo import Command, api, fields, models

# How many entries stay with the sum of an annex on its last page.
WITH_THE_SUM = 3


class AccountMove(models.Model):
    """Documents made of documents, and what is sent with them: the annex of time."""

    _inherit = "account.move"

    billed_time_hours = fields.Float(
        compute="_compute_billed_time_hours",
        compute_sudo=True,
        help="Hours of timesheets that this invoice bills or this credit note takes "
        "back, rounded as agreed.",
    )

    # Credit notes of chosen time.

    def _credit_time(self, hours_by_row: dict, reason: str) -> models.BaseModel:
        """Return a draft credit note of some hours of this posted invoice.

        It is Odoo's own reversal, of which the lines of other time are taken out.
        Note: `self.ensure_one()`

        :param hours_by_row: ``{project.billed.time: hours}`` to credit.
        :param str reason: shown on the credit note.
        :rtype: account.move
        """
        self.ensure_one()
        # Through Odoo's dialog, which localisations extend by what their credit notes
        # need.
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=self.ids)
            .create({"reason": reason, "journal_id": self.journal_id.id})
        )
        credit_note = self.browse(wizard.refund_moves()["res_id"])
        rows = {row.move_line_id: row for row in hours_by_row}
        commands = []
        for line in credit_note.invoice_line_ids:
            row = rows.get(line.billing_origin_id)
            if row:
                vals = line._credit_row_vals(row, hours_by_row[row])
                commands.append(Command.update(line.id, vals))
            else:
                commands.append(Command.delete(line.id))
        # All lines in one write: taxes and due dates are brought in line once.
        credit_note.write({"invoice_line_ids": commands})
        if credit_note.amount_total < 0:
            # Odoo posts no document below zero: the credit of a credit is an invoice.
            credit_note.action_switch_move_type()
        return credit_note

    def _credited_invoice(self) -> models.BaseModel:
        """Return the invoice whose time this document may give back, maybe none.

        Only the one that it reverses, of the same company and customer: whatever a
        line says of its origin, nobody frees the time of another's invoice.
        Note: `self.ensure_one()`

        :rtype: account.move
        """
        return self.reversed_entry_id.filtered(
            lambda move: (
                move.company_id == self.company_id
                and move.commercial_partner_id == self.commercial_partner_id
            )
        )

    # A copy of a document bills nothing of what its lines billed.

    def copy(self, default: dict | None = None) -> models.BaseModel:
        """Leave the claims of the lines behind, but in a credit note of this document.

        A duplicate, a debit note or the invoice of the next month is a new document:
        its hours are nobody's time before somebody logs them. Of a fixed cost or an
        item at a price it would sell more: it does, or is refused.

        :raise UserError: an item is sold already, or no fixed cost is left.
        """
        # Odoo reverses by copying. That copy is to know what it credits.
        if (default or {}).get("reversed_entry_id") in self.ids:
            return super().copy(default)
        # For `_copy_data_extend_business_fields`, which is not told what the copy is
        # for. Whoever sends it from outside gives up claims, nothing more.
        copying = self.with_context(billing_copy=True)
        copies = super(AccountMove, copying).copy(default).with_env(self.env)
        for move, new in zip(self, copies, strict=True):
            move._sell_amounts_again(new)
        return copies

    def _sell_amounts_again(self, new: models.BaseModel) -> None:
        """Put items and fixed costs that lines of this document sell on their copies.

        Note: `self.ensure_one()`

        :param account.move new: the copy.
        """
        lines, copies = self.invoice_line_ids.sorted("id"), new.invoice_line_ids
        if new.move_type != "out_invoice" or len(lines) != len(copies):
            return
        rows = self._billed_amounts().filtered(
            lambda row: row.kind in ("item", "fixed") and row.sign > 0
        )
        by_line = rows.grouped("move_line_id")
        # Odoo copies lines one by one: by their ids, each stands beside its copy.
        for line, copy in zip(lines, copies.sorted("id"), strict=True):
            if line in by_line:
                # Only code writes the ledger; the copy was made by his own rights.
                by_line[line].sudo()._bill_amounts_again(copy)
        if by_line:
            amounts = new._billed_amounts()
            amounts._check_sold_once(new)
            amounts._follow_amounts()
            new._check_hours_beside_prices(amounts, amounts.timesheet_id)

    def _billed_time_annex(self) -> dict:
        """Return the time that this document bills or takes back, as it was billed.

        Note: `self.ensure_one()`

        :return: ``rows`` (project.billed.time), ``hours``, ``approved`` (whether any
            row names an approver), ``first`` and ``last`` day, ``credited`` (the
            invoices whose time it takes back), ``projects``: a list of ``name``,
            ``hours`` and ``lines``, a list of ``name``, ``hours`` and ``rows``; and
            ``end``, the last rows, from which no page parts the sum of a long annex.
        """
        self.ensure_one().check_access("read")
        # Who may read the document may read which time it bills.
        rows = self.env["project.billed.time"].sudo()
        rows = rows.search(self._billed_time_domain()).sorted(self._annex_order)
        by_project = rows.grouped(lambda row: (row.project_id.id, row.project_name))
        projects = [
            self._annex_project(name, some) for (_id, name), some in by_project.items()
        ]
        is_long = len(rows) > WITH_THE_SUM
        last = projects[-1]["lines"][-1]["rows"] if is_long else rows.browse()
        days = [row.day for row in rows if row.day]
        return {
            "rows": rows,
            "hours": rows._shown_hours(),
            "approved": any(rows.mapped("approver")),
            "first": min(days, default=False),
            "last": max(days, default=False),
            "credited": rows.origin_id.move_id,
            "projects": projects,
            "end": last[-WITH_THE_SUM:],
        }

    @staticmethod
    def _annex_order(row: models.BaseModel) -> tuple:
        """Return where a row stands: as the lines of the document, then by day."""
        line = row.move_line_id
        day = row.day or date.min
        return (line.sequence, line.id, day, row.employee_name or "", row.id)

    @staticmethod
    def _annex_project(name: str, rows: models.BaseModel) -> dict:
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
        if not self.billed_time_hours:
            return False
        # The dialog of sending says it for its one document.
        choice = self.env.context.get("attach_billed_time_annex")
        if choice is not None:
            return bool(choice)
        company, customer = self.company_id, self.commercial_partner_id
        if customer.billed_time_annex:
            return customer.billed_time_annex == "attach"
        return company.attach_billed_time_annex and company.portal_time != "nothing"

    def _portal_shows_time(self) -> bool:
        """Whether the customer finds the time of this document in the portal.

        Hours of a draft are not final. Note: `self.ensure_one()`
        """
        is_shown = self.company_id.portal_time != "nothing"
        return is_shown and self.state == "posted" and bool(self.billed_time_hours)

    def _billed_time_annex_name(self) -> str:
        """Return the name of the annex as a file, in the language of the customer.

        Note: `self.ensure_one()`
        """
        move = self.with_context(lang=self.partner_id.lang)
        document = move._get_report_base_filename()
        name = move.env._("%(document)s - Timesheets", document=document)
        # Numbers such as INV/2026/0001 would be folders.
        return name.replace("/", "_")

    @api.depends(
        "line_ids.billed_time_ids.active", "line_ids.billed_time_ids.invoiced_hours"
    )
    def _compute_billed_time_hours(self) -> None:
        # One query for the documents of a list, which would read rows by the thousand.
        rows = self.env["project.billed.time"]._read_group(
            self._billed_time_domain(), ["move_id", "sign"], ["invoiced_hours:sum"]
        )
        hours = defaultdict(float)
        for move, sign, invoiced in rows:
            hours[move.id] += sign * invoiced
        for move in self:
            move.billed_time_hours = abs(hours[move.id])

    def _billed_time_domain(self) -> list:
        """Return the ledger rows that bill or take back time on these documents.

        Rows of money alone have no hours.
        """
        return [("move_id", "in", self.ids), ("kind", "=", "time"), ("hours", ">", 0)]

    def action_billed_time(self) -> dict:
        """Open the timesheets behind the lines of this document.

        Who may not see what was billed gets the entries that he may see, as in Odoo.
        """
        self.ensure_one().check_access("read")
        actions = self.env["ir.actions.act_window"]
        if not self.env["project.billed.time"].has_access("read"):
            action = actions._for_xml_id("sale_timesheet.action_timesheet_from_invoice")
            entries = [("timesheet_invoice_id", "=", self.id)]
            return {**action, "domain": entries}
        action = actions._for_xml_id(
            "zoho_projects_connector.project_billed_time_action"
        )
        return {
            **action,
            "display_name": self.env._("Timesheets"),
            "domain": self._billed_time_domain(),
            "context": {"hide_document": True},
        }
