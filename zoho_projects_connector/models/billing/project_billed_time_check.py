import logging

from odoo import api, models
from odoo.tools import SQL

from ...clock import say_day
from ...naming import name_some
from .account_move import PAID

_logger = logging.getLogger(__name__)

# What native invoicing and the rounding of currencies leave is no mistake.
TOLERANCE = {"hours": 0.005, "money": 0.005}
# Orders count in hundredths of their unit.
ROUNDED = 0.0051
# More are counted, not named: the sentence must stay readable.
NAMED = 20


class ProjectBilledTime(models.Model):
    _inherit = "project.billed.time"

    @api.model
    def _cron_check(self) -> list[str]:
        """Hold the whole ledger to its rules every night, in a few queries.

        What breaks one is told once, in one activity of the administrators, that
        closes itself when the books are right again.

        :return: the names of what breaks one.
        """
        found = [
            name
            for records in self._wrong_records()
            for name in self._names_of(records)
        ]
        if found:
            _logger.warning("Billed time breaks its rules: %s", ", ".join(found))
        # Told, not mended: which side is wrong is for people to say.
        self._tell_wrong(found)
        return found

    @api.model
    def _wrong_records(self) -> list[models.BaseModel]:
        """Return what breaks a rule: timesheets, then documents, then orders."""
        # SQL reads the tables, and what is computed or written may still be in memory.
        self.env.flush_all()
        timesheets = self._wrong_timesheets() | self._misstated_timesheets()
        documents = self._wrong_documents() | self._unlogged_documents()
        return [timesheets.sorted("id"), documents, self._wrong_orders()]

    def _wrong_timesheets(self) -> models.BaseModel:
        """Return timesheets billed beyond their hours, or not as the ledger says.

        :rtype: account.analytic.line
        """
        query = SQL(
            """SELECT time.id
                 FROM account_analytic_line time
                 JOIN uom_uom hour ON hour.id = %(hour)s
            LEFT JOIN uom_uom unit ON unit.id = time.product_uom_id
            LEFT JOIN (SELECT timesheet_id, SUM(sign * hours) AS hours
                         FROM project_billed_time
                        WHERE active AND timesheet_id IS NOT NULL
                     GROUP BY timesheet_id) net ON net.timesheet_id = time.id
                WHERE (net.hours IS NOT NULL OR time.billed_hours <> 0)
                  AND (ABS(COALESCE(net.hours, 0) - COALESCE(time.billed_hours, 0))
                       > %(hours)s
                    OR net.hours < -%(hours)s + LEAST(0, time.unit_amount
                       * COALESCE(unit.factor / hour.factor, 1))
                    OR net.hours > %(hours)s + GREATEST(0, time.unit_amount
                       * COALESCE(unit.factor / hour.factor, 1)))
             ORDER BY time.id""",
            hour=self.env.ref("uom.product_uom_hour").id,
            **TOLERANCE,
        )
        return self._records_of("account.analytic.line", query)

    def _misstated_timesheets(self) -> models.BaseModel:
        """Return timesheets whose states are not those that they should have.

        Billed, unbilled and closed hours make up the hours logged, and each is what it
        comes to anew; only time that looks odd is computed again.

        :rtype: account.analytic.line
        """
        query = SQL(
            """SELECT time.id
                 FROM account_analytic_line time
                 JOIN project_project project ON project.id = time.project_id
                 JOIN uom_uom hour ON hour.id = %(hour)s
            LEFT JOIN uom_uom unit ON unit.id = time.product_uom_id
           CROSS JOIN LATERAL (
                      SELECT time.unit_amount
                             * COALESCE(unit.factor / hour.factor, 1) AS logged,
                             time.active
                             AND COALESCE(time.billing_exclusion, '') = ''
                             AND NOT COALESCE(time.billed_elsewhere, FALSE)
                             AND COALESCE(project.allow_billable, FALSE)
                             AND COALESCE(project.billing_method, '') <> 'fixed_cost'
                             AS open) said
                WHERE ABS(said.logged - COALESCE(time.billed_hours, 0)
                          - COALESCE(time.unbilled_hours, 0)
                          - COALESCE(time.closed_hours, 0)) > %(hours)s
                   OR COALESCE(time.unbilled_hours, 0) < 0
                   OR COALESCE(time.unbilled_hours, 0) <> 0 AND NOT said.open
                   OR COALESCE(time.unbilled_hours, 0) = 0 AND said.open
                      AND said.logged - COALESCE(time.billed_hours, 0) > %(hours)s
                   OR (COALESCE(time.billed_hours, 0) <> 0)
                      <> (time.billing_state IN ('draft', 'invoiced', 'paid'))
                   OR time.billing_state IS NULL
                   OR COALESCE(time.billed_hours, 0) = 0
                      AND said.open <> (time.billing_state = 'unbilled')
             ORDER BY time.id""",
            hour=self.env.ref("uom.product_uom_hour").id,
            **TOLERANCE,
        )
        # SQL only suspects: the code that states time judges.
        suspected = self._records_of("account.analytic.line", query)
        suspected |= self._wrongly_called_timesheets()
        wrong = [
            line.id
            for lines, vals in suspected._stated_billing()
            for line in lines
            if any(
                abs((line[name] or 0.0) - vals[name]) > TOLERANCE["hours"]
                for name in ("billed_hours", "unbilled_hours", "closed_hours")
            )
            or (line.billing_state or None) != vals["billing_state"]
        ]
        return suspected.browse(wrong)

    def _wrongly_called_timesheets(self) -> models.BaseModel:
        """Return billed timesheets that are not called as their documents stand.

        :rtype: account.analytic.line
        """
        query = SQL(
            """SELECT time.id
                 FROM account_analytic_line time
                 JOIN (SELECT net.timesheet_id,
                              CASE WHEN bool_or(move.state = 'draft') THEN 'draft'
                                   WHEN bool_and(move.payment_state IN %(paid)s)
                                   THEN 'paid' ELSE 'invoiced' END AS state
                         FROM (SELECT timesheet_id,
                                      COALESCE(origin_id, id) AS row_id
                                 FROM project_billed_time
                                WHERE active AND timesheet_id IS NOT NULL
                             GROUP BY timesheet_id, COALESCE(origin_id, id)
                               HAVING ABS(SUM(sign * hours)) > %(hours)s) net
                         JOIN project_billed_time row ON row.id = net.row_id
                         JOIN account_move move ON move.id = row.move_id
                     GROUP BY net.timesheet_id) said ON said.timesheet_id = time.id
                WHERE time.billing_state IS DISTINCT FROM said.state
             ORDER BY time.id""",
            paid=PAID,
            **TOLERANCE,
        )
        return self._records_of("account.analytic.line", query)

    def _wrong_documents(self) -> models.BaseModel:
        """Return documents that do not say what the ledger has for them.

        A dead document bills, or one that the line has left; a line has less hours
        than its timesheets, or as many and another amount.

        :rtype: account.move
        """
        dead = SQL(
            """SELECT DISTINCT row.move_id
                 FROM project_billed_time row
                 JOIN account_move move ON move.id = row.move_id
                 JOIN account_move_line line ON line.id = row.move_line_id
                WHERE row.move_id <> line.move_id
                   OR row.active
                  AND CASE WHEN row.origin_id IS NOT NULL THEN move.state <> 'posted'
                      ELSE move.state = 'cancel'
                       AND move.payment_state <> 'invoicing_legacy' END"""
        )
        lines = self._suspected_lines().filtered(lambda line: not self._agrees(line))
        return self._records_of("account.move", dead) | lines.move_id

    def _suspected_lines(self) -> models.BaseModel:
        """Return lines whose quantity or money is not the sum of their time.

        :rtype: account.move.line
        """
        query = SQL(
            """SELECT line.id
                 FROM (SELECT *,
                              CASE WHEN origin_id IS NULL THEN sign ELSE 1 END AS way
                         FROM project_billed_time
                        WHERE active AND kind = 'time') row
                 JOIN account_move_line line ON line.id = row.move_line_id
             GROUP BY line.id
               HAVING SUM(row.way * row.invoiced_hours)
                      > ABS(line.quantity) + %(hours)s
                   OR ABS(SUM(row.way * row.amount) - ABS(line.price_subtotal))
                      > %(money)s
             ORDER BY line.id""",
            **TOLERANCE,
        )
        return self._records_of("account.move.line", query)

    def _unlogged_documents(self) -> models.BaseModel:
        """Return documents with hours of no timesheet, and no reason for them.

        A line without a product tells time by its price, on documents with time.
        What was invoiced before there was a ledger is none of its business.

        :rtype: account.move
        """
        query = SQL(
            """SELECT line.id
                 FROM account_move_line line
                 JOIN account_move move ON move.id = line.move_id
            LEFT JOIN product_product product ON product.id = line.product_id
            LEFT JOIN product_template template
                   ON template.id = product.product_tmpl_id
                 JOIN uom_uom hour ON hour.id = %(hour)s
            LEFT JOIN uom_uom unit ON unit.id = line.product_uom_id
            LEFT JOIN (SELECT move_line_id, SUM(sign * invoiced_hours) AS hours
                         FROM project_billed_time
                        WHERE active AND kind = 'time' AND origin_id IS NULL
                     GROUP BY move_line_id) time ON time.move_line_id = line.id
                WHERE line.display_type = 'product'
                  AND (template.service_type = 'timesheet'
                       OR line.product_id IS NULL
                          AND (EXISTS (SELECT FROM project_billed_time row
                                        WHERE row.move_id = move.id)
                               OR EXISTS (SELECT FROM account_move_billing_left_rel
                                           WHERE move_id = move.id)))
                  AND move.state <> 'cancel'
                  AND move.move_type IN ('out_invoice', 'out_refund')
                  AND move.create_date >=
                      (SELECT MIN(create_date) FROM project_billed_time)
                  AND CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END
                      * line.quantity
                      * COALESCE(NULLIF(line.billing_hours_per_day, 0),
                                 unit.factor / hour.factor, 1)
                      > COALESCE(time.hours, 0) + %(hours)s
             ORDER BY line.id""",
            hour=self.env.ref("uom.product_uom_hour").id,
            **TOLERANCE,
        )
        moves = self._records_of("account.move.line", query).move_id
        return moves.filtered(
            lambda move: (
                sum(move._unlogged_hours().values())
                > move.unlogged_hours_agreed + TOLERANCE["hours"]
            )
        )

    def _wrong_orders(self) -> models.BaseModel:
        """Return orders that do not say they delivered what is logged on their lines.

        :rtype: sale.order
        """
        query = SQL(
            """SELECT line.id
                 FROM sale_order_line line
            LEFT JOIN (SELECT so_line, SUM(logged_hours) AS hours
                         FROM account_analytic_line
                        WHERE so_line IS NOT NULL AND project_id IS NOT NULL
                     GROUP BY so_line) time ON time.so_line = line.id
                WHERE line.qty_delivered_method = 'timesheet'
                  AND line.state = 'sale'
                  AND ABS(COALESCE(time.hours, 0) - COALESCE(line.qty_delivered, 0))
                      > %(hours)s
             ORDER BY line.id""",
            **TOLERANCE,
        )
        suspected = self._records_of("sale.order.line", query)
        # Time and rows that are archived deliver nothing.
        suspected = suspected.with_context(active_test=True)
        delivered = suspected._prepare_qty_delivered()
        return suspected.filtered(
            lambda line: abs(delivered[line] - line.qty_delivered) > ROUNDED
        ).order_id

    @staticmethod
    def _agrees(line: models.BaseModel) -> bool:
        """Whether a line bills no less than its time, and for its money.

        Hours of a higher quantity are nobody's time, nor is their money.
        """
        rows = line.billed_time_ids
        sign = -1 if rows.origin_id else 1
        hours, said = rows._shown_hours(), line._billing_hours(sign)
        if not hours or hours < said - TOLERANCE["hours"]:
            return True
        amount = sum(sign * row.sign * row.amount for row in rows)
        money = abs(amount - line._billing_subtotal(sign))
        return hours <= said + TOLERANCE["hours"] and money <= TOLERANCE["money"]

    def _records_of(self, model: str, query: SQL) -> models.BaseModel:
        """Return the records whose ids a query returns."""
        ids = [record_id for (record_id,) in self.env.execute_query(query)]
        # The check is of all books, with rights to read every one of them.
        return self.env[model].sudo().with_context(active_test=False).browse(ids)

    @classmethod
    def _names_of(cls, records: models.BaseModel) -> list[str]:
        """Return how a person finds what breaks a rule."""
        if records._name == "account.analytic.line":
            return records.mapped(cls._name_of_timesheet)
        return records.mapped("display_name")

    @staticmethod
    def _name_of_timesheet(timesheet: models.BaseModel) -> str:
        day = say_day(timesheet.env, timesheet.date)
        parts = (day, timesheet.employee_id.name, timesheet.name)
        return " ".join(part for part in parts if part)

    def _tell_wrong(self, found: list[str]) -> None:
        """Keep one activity that names what is wrong; none when nothing is."""
        kind = self.env.ref("zoho_projects_connector.activity_type_billed_time")
        # The activity is the check's own, whoever may see it.
        activities = self.env["mail.activity"].sudo()
        known = activities.search([("activity_type_id", "=", kind.id)])
        if not found:
            known.unlink()
            return
        group = self.env.ref("zoho_projects_connector.group_zoho_manager")
        people = group.all_user_ids.filtered("active").sorted("id")
        vals = {"note": self._wrong_note(found), "summary": kind.summary}
        if known:
            known.write(vals)
        elif user := people[:1]:
            # Without the e-mail that Odoo sends to whom an activity is given.
            activities.with_context(mail_activity_quick_update=True).create(
                {"activity_type_id": kind.id, "user_id": user.id, **vals}
            )

    def _wrong_note(self, found: list[str]) -> str:
        """Return the sentence that names what is wrong, and what to do."""
        return self.env._(
            "The hours or amounts of these do not agree with the ledger of billed "
            "time: %(named)s. %(advice)s",
            named=name_some(self.env, found, NAMED),
            advice=self._wrong_advice(),
        )

    @api.model
    def _wrong_advice(self) -> str:
        return self.env._(
            "Compare each invoice with its timesheets; set a draft line's quantity "
            "right, or credit what was billed too much: hours that nobody logged are "
            "credited first. Of a sales order, compare what it delivered with the "
            "timesheets of its lines."
        )
