from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from odoo import api, models
from odoo.tools import SQL, split_every

from ...hours import SAME_HOURS, exact_hours
from .plan import PlannedTime

# Entries that are put on the ledger at once: what is read of more is forgotten.
ENTRIES_AT_ONCE = 2000
# Of an invoice `move`: Odoo counts its time as invoiced.
LIVE = SQL("(move.state <> 'cancel' OR move.payment_state = 'invoicing_legacy')")
# Later than all there is.
NEVER = datetime.max


class SaleOrderLine(models.Model):
    """What orders had invoiced before there was a ledger."""

    _inherit = "sale.order.line"

    @api.model
    def _bill_invoiced_before(self, installed: datetime = NEVER) -> None:
        """Put on the ledger the time that Odoo invoiced before it was installed.

        Each order offers afterwards what it offered before. What its invoices have on
        the ledger already is left alone.

        :param installed: when the ledger began; what was made later is its own. At the
            installation that is all there is.
        """
        # SQL reads the tables, and what is computed or written may still be in memory.
        self.env.flush_all()
        self._link_credits_before(installed)
        for entries in self._invoiced_before(installed):
            times = {}
            for order_line, own in entries.grouped("so_line").items():
                times |= order_line._times_invoiced_before(own, installed)
            # Who was offered it again may have taken it out of billing since.
            out = set(entries.filtered(lambda entry: entry._why_unbillable()).ids)
            for planned in times.values():
                planned[:] = [time for time in planned if time.timesheet_id not in out]
            self.env["project.billed.time"].sudo()._bill(times)
            entries._follow_ledger()
            # A database has more time than fits into memory.
            self.env.flush_all()
            self.env.invalidate_all()
        self._exclude_invoiced_otherwise(installed)

    @api.model
    def _bill_invoiced_before_ledger(self) -> None:
        """Do in a database that has the ledger what its installation did not yet do."""
        query = SQL(
            "SELECT min(create_date) FROM ir_model_data WHERE module = %s",
            "zoho_projects_connector",
        )
        [(installed,)] = self.env.execute_query(query)
        self._bill_invoiced_before(installed)

    @api.model
    def _link_credits_before(self, installed: datetime) -> None:
        """Tell lines of earlier credit notes which lines of invoices they reverse.

        The ledger begins with what they have left: of hours beyond it, the next credit
        of the same line would have to think that nobody has taken them back.
        """
        # `execute_query` fetches: a statement has to return something.
        self.env.execute_query(
            SQL(
                """UPDATE account_move_line credit SET billing_origin_id = origin.id
                     FROM account_move note, account_move_line origin,
                          sale_order_line_invoice_rel own,
                          sale_order_line_invoice_rel other
                    WHERE note.id = credit.move_id AND note.move_type = 'out_refund'
                      AND note.create_date < %(installed)s
                      AND credit.billing_origin_id IS NULL
                      AND origin.move_id = note.reversed_entry_id
                      AND own.invoice_line_id = credit.id
                      AND other.invoice_line_id = origin.id
                      AND other.order_line_id = own.order_line_id
                RETURNING 1""",
                installed=installed,
            )
        )
        self.env.invalidate_all()

    def _invoiced_before(self, installed: datetime) -> Iterator[models.BaseModel]:
        """Yield the time of order lines with invoices of no ledger, line by line."""
        query = SQL(
            """SELECT time.so_line, array_agg(time.id ORDER BY time.date, time.id)
                 FROM account_analytic_line time
                WHERE time.project_id IS NOT NULL
                  AND time.create_date < %(installed)s
                  AND time.so_line IN (
                      SELECT rel.order_line_id
                        FROM sale_order_line_invoice_rel rel
                        JOIN account_move_line line ON line.id = rel.invoice_line_id
                        JOIN account_move move ON move.id = line.move_id
                       WHERE %(live)s
                         AND move.create_date < %(installed)s
                         AND move.move_type IN ('out_invoice', 'out_refund'))
                  AND NOT EXISTS (
                      SELECT FROM sale_order_line_invoice_rel rel
                        JOIN project_billed_time row
                          ON row.move_line_id = rel.invoice_line_id
                       WHERE rel.order_line_id = time.so_line)
             GROUP BY time.so_line
             ORDER BY time.so_line""",
            live=LIVE,
            installed=installed,
        )
        entries, waiting = self.env["account.analytic.line"], []
        found = dict(self.env.execute_query(query))
        for order_line in self.browse(found):
            # Time that was paid in advance is invoiced by the ordered quantity.
            if not order_line._bills_timesheets():
                continue
            waiting += found[order_line.id]
            if len(waiting) >= ENTRIES_AT_ONCE:
                yield entries.browse(waiting)
                waiting = []
        if waiting:
            yield entries.browse(waiting)

    def _times_invoiced_before(
        self, entries: models.BaseModel, installed: datetime
    ) -> dict:
        """Return which of its time each invoice line of this order line bills.

        Odoo counts quantities: as many hours are invoiced, those first that name their
        invoice, then the oldest. Note: `self.ensure_one()`

        :param account.analytic.line entries: the time of the order line.
        :param installed: later invoices bill none of it.
        :return: ``{account.move.line: [PlannedTime]}``.
        """
        room = self._room_of_invoices(installed)
        lines_of = defaultdict(list)
        for line in room:
            lines_of[line.move_id].append(line)
        rates = {line: line._billing_hourly_price() for line in room}
        left = {entry: entry._logged_hours() - entry.billed_hours for entry in entries}
        times = defaultdict(list)

        def put(entry: models.BaseModel, lines: list) -> None:
            for line in lines:
                # Negative time leaves room for as much of the other time.
                hours = min(left[entry], room[line])
                if abs(hours) > SAME_HOURS:
                    planned = PlannedTime(entry.id, hours, rates[line], "order")
                    times[line].append(planned)
                    left[entry] = exact_hours(left[entry] - hours)
                    room[line] = exact_hours(room[line] - hours)

        # What corrects other time makes room for it, and goes first.
        for entry in entries.sorted(lambda entry: left[entry] > 0):
            put(entry, lines_of[entry.timesheet_invoice_id])
        for entry in entries:
            if left[entry] > SAME_HOURS:
                put(entry, [line for line in room if room[line] > SAME_HOURS])
        return times

    def _room_of_invoices(self, installed: datetime) -> dict:
        """Return ``{invoice line: hours}`` of this order line, less what was credited.

        Note: `self.ensure_one()`

        :param installed: later invoices have none; later credits count.
        """
        lines = self.invoice_lines.filtered(lambda line: line.move_id._bills_time())
        lines = lines.sorted("id")
        room = {
            line: hours
            for line in lines
            if line.move_id.create_date < installed and (hours := line._billing_hours())
        }
        for line in lines:
            hours = line._billing_hours(-1)
            # A draft takes nothing back, a rebate only money.
            if line.parent_state != "posted" or line._credits_money_only():
                continue
            for billing in [*line._reversed_lines(), *reversed(room)]:
                part = min(hours, room.get(billing, 0.0))
                hours -= part
                if part:
                    room[billing] = exact_hours(room[billing] - part)
        return room

    @api.model
    def _exclude_invoiced_otherwise(self, installed: datetime) -> None:
        """Offer no time that names an invoice on which its order line is no more.

        Nothing tells at what it was invoiced there; Odoo never offered it again.
        """
        query = SQL(
            """SELECT time.id
                 FROM account_analytic_line time
                 JOIN account_move move ON move.id = time.timesheet_invoice_id
                WHERE time.project_id IS NOT NULL
                  AND time.create_date < %(installed)s
                  AND move.create_date < %(installed)s
                  AND COALESCE(time.billed_hours, 0) = 0
                  AND %(live)s
                  AND COALESCE(move.payment_state, '') <> 'reversed'
                  AND NOT EXISTS (
                      SELECT FROM sale_order_line_invoice_rel rel
                        JOIN account_move_line line ON line.id = rel.invoice_line_id
                       WHERE rel.order_line_id = time.so_line
                         AND line.move_id = move.id)""",
            live=LIVE,
            installed=installed,
        )
        ids = [entry_id for (entry_id,) in self.env.execute_query(query)]
        # Nobody asks for it but the installation, which is of all books.
        entries = self.env["account.analytic.line"].sudo()
        for some in split_every(ENTRIES_AT_ONCE, ids):
            entries.browse(some).billed_elsewhere = True
