from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...hours import SAME_HOURS, BilledHours, exact_hours
from .plan import PlannedTime
from .project_billed_time_amount import ITEM_FIELDS

# What a row tells of its timesheet, and where that has it. It is written once: tasks
# and people get other names later, timesheets are archived or lost.
EVIDENCE = {
    "day": "date",
    "employee_name": "employee_id.name",
    "project_name": "project_id.name",
    "task_name": "task_id.name",
    "description": "name",
    "approver": "zoho_approver",
    "approved_at": "zoho_approved_at",
}


class ProjectBilledTime(models.Model):
    _inherit = "project.billed.time"

    def _bill(self, times_by_line: dict) -> None:
        """Put time on invoice lines.

        :param times_by_line: ``{account.move.line: [PlannedTime]}``, the entry that is
            freed last first; what exceeds a line's quantity is left out.
        """
        ids, vals_list = defaultdict(list), []
        for move_line, times in times_by_line.items():
            # Names may be translated: the annex is the customer's.
            lang = move_line.move_id.partner_id.lang
            ids[lang] += [time.timesheet_id for time in times]
        told = {lang: self._evidence(some, lang) for lang, some in ids.items()}
        for move_line, times in times_by_line.items():
            evidence = told[move_line.move_id.partner_id.lang]
            line_vals = self._bill_line(move_line, times, evidence)
            self._share_amount(move_line, line_vals)
            vals_list += line_vals
        self._insert(vals_list)

    @api.model
    def _evidence_paths(self) -> dict[str, str]:
        """Return what a row tells: ``{field: path of fields from its timesheet}``."""
        return EVIDENCE

    @api.model
    def _evidence(self, timesheet_ids: list[int], lang: str) -> dict[int, dict]:
        """Return what rows keep of timesheets, by id of these, in one query.

        :param lang: the language of the customer.
        """
        # What is billed is told as it is, whatever the user may read.
        timesheets = self.env["account.analytic.line"].sudo().with_context(lang=lang)
        query = timesheets.browse(timesheet_ids)._as_query(ordered=False)
        paths = {"project_id": "project_id", **self._evidence_paths()}
        columns = []
        for path in paths.values():
            model, alias = timesheets, query.table
            *links, name = path.split(".")
            for link in links:
                model, alias = model._fields[link].join(model, alias, query)
            columns.append(model._field_to_sql(alias, name, query))
        own_id = SQL.identifier(query.table, "id")
        rows = self.env.execute_query(query.select(own_id, *columns))
        return {row[0]: dict(zip(paths, row[1:], strict=True)) for row in rows}

    def _same_evidence(self) -> dict:
        """Return what this row tells, for the one that credits it.

        Note: `self.ensure_one()`
        """
        return {name: self[name] for name in self._evidence_paths()}

    def _bill_line(
        self,
        move_line: models.BaseModel,
        times: list[PlannedTime],
        evidence: dict[int, dict],
    ) -> list[dict]:
        """Return the rows of one invoice line, without their amounts.

        :param evidence: as `_evidence` returns it.
        """
        # Negative time leaves room for as much of the other time.
        left = move_line._billing_hours() - sum(
            time.invoiced_hours for time in times if time.hours < 0
        )
        vals_list = []
        for time in times:
            hours, wanted = abs(time.hours), time.invoiced_hours
            invoiced = min(wanted, left)
            # Odoo's rounding, or a quantity that was lowered, leaves no room for the
            # rest. Time that is rounded to nothing takes no room.
            if 0 <= invoiced < wanted:
                hours = invoiced / time.invoice_factor
            if hours < SAME_HOURS:
                continue
            left -= max(invoiced, 0.0)
            vals_list.append(
                {
                    "timesheet_id": time.timesheet_id,
                    "move_line_id": move_line.id,
                    "hours": exact_hours(hours),
                    "sign": -1 if time.hours < 0 else 1,
                    "invoice_factor": time.invoice_factor,
                    "rate": time.rate,
                    "rate_origin": time.rate_origin,
                    **evidence[time.timesheet_id],
                }
            )
        return vals_list

    def _share_amount(
        self, move_line: models.BaseModel, vals_list: list[dict], sign: int = 1
    ) -> None:
        """Split the subtotal of a line over the hours of the values, to the cent."""
        ways = [sign * vals["sign"] for vals in vals_list]
        amounts = move_line._split_subtotal(
            [
                exact_hours(way * vals["hours"] * vals["invoice_factor"])
                for way, vals in zip(ways, vals_list, strict=True)
            ],
            sign,
        )
        for way, vals, amount in zip(ways, vals_list, amounts, strict=True):
            vals["amount"] = way * amount

    def _times_again(self, free: dict[int, float]) -> list[PlannedTime]:
        """Return the time of these rows to bill again, as far as it is free.

        What somebody took out of billing meanwhile is not. Negative time stays where
        it stands: no credit frees it.
        """
        return [
            PlannedTime(
                row.timesheet_id.id,
                row.sign * min(row.hours, row.sign * free[row.timesheet_id.id]),
                row.rate,
                row.rate_origin,
                row.invoice_factor,
            )
            for row in self
            if not (row._has_left_billing() or (row.sign < 0 and row.active))
        ]

    def _wake_up(self) -> models.BaseModel:
        """Let rows of an invoice that is no longer cancelled bill again.

        Time that is not to be billed here any more leaves it.

        :return: the rows that there still are.
        :rtype: project.billed.time
        """
        asleep = self.filtered(
            lambda row: (
                not row.active and (row.kind != "time" or row.hours > SAME_HOURS)
            )
        )
        times = asleep.filtered(lambda row: row.kind == "time")
        held = times.timesheet_id._filter_held_back()
        reasons = {
            row: row._why_not_again() or ("waiting" if row.timesheet_id in held else "")
            for row in times
        }
        # Woken before the others leave: their line is stated anew, with all that stays.
        lost = asleep.filtered(reasons.get)
        (asleep - lost).active = True
        left = self - lost
        for reason, rows in lost.grouped(reasons.get).items():
            rows._leave_draft(reason)
        return left.exists()

    def _restate_invoice_line(self, move_line: models.BaseModel) -> None:
        """Make these rows, all of one live invoice line, bill what the line says.

        A lower quantity frees the last entries first; a higher one takes back what is
        free of the entries of the line, never more than their hours. Negative time
        stays with its line.
        """
        # It makes room for other time of the line: to free it first would raise the
        # bill.
        negative = self.filtered(lambda row: row.sign < 0)
        rows = self - negative
        wanted = move_line._billing_hours() + sum(negative.mapped("invoiced_hours"))
        hours = [BilledHours(row.hours, row.invoiced_hours) for row in rows]
        total = sum(each.invoiced for each in hours)
        if wanted < total - SAME_HOURS:
            hours = rows._less_hours(wanted, total - wanted)
        elif wanted > total + SAME_HOURS:
            hours = rows._more_hours(wanted - total)
        hours += [BilledHours(row.hours, row.invoiced_hours) for row in negative]
        rows += negative
        amounts = move_line._split_subtotal(
            [row.sign * each.invoiced for row, each in zip(rows, hours, strict=True)]
        )
        rows.fetch(["active", "amount", "currency_id", "rate"])
        rate = move_line._billing_hourly_price()
        for row, row_hours, amount in zip(rows, hours, amounts, strict=True):
            row._state_row(move_line, row_hours.logged, row.sign * amount, rate)

    def _less_hours(self, wanted: float, excess: float) -> list[BilledHours]:
        """Return the hours of each row without the excess, the last rows first.

        :param float wanted: hours that the invoice still shows. When there are none,
            entries that were rounded to nothing are free as well.
        """
        result = []
        for row in reversed(self):
            freed = min(row.invoiced_hours, excess)
            excess -= freed
            kept = exact_hours(row.invoiced_hours - freed)
            if kept > SAME_HOURS:
                logged = kept / row.invoice_factor if freed else row.hours
                result.append(BilledHours(exact_hours(logged), kept))
            elif wanted > SAME_HOURS and not row.invoice_factor:
                result.append(BilledHours(row.hours, 0.0))
            else:
                result.append(BilledHours())
        return result[::-1]

    def _more_hours(self, missing: float) -> list[BilledHours]:
        """Return the hours of each row with what is free of its timesheet added.

        Nothing is free of time that is out of billing, or has to wait.

        :param float missing: hours that the invoice shows more than the rows have.
        """
        timesheets = self.timesheet_id
        timesheets -= timesheets._filter_held_back()
        free = self._free_hours(
            timesheets.filtered(lambda line: not line._why_unbillable())
        )
        result = []
        for row in self:
            logged = max(free.get(row.timesheet_id.id, 0.0), 0.0)
            invoiced = logged * row.invoice_factor
            if invoiced > missing:
                logged, invoiced = missing / row.invoice_factor, missing
            missing -= invoiced
            more = BilledHours(row.hours, row.invoiced_hours).plus(logged, invoiced)
            result.append(BilledHours(*map(exact_hours, more)))
        return result

    def _state_row(
        self, move_line: models.BaseModel, hours: float, amount: float, rate: float
    ) -> None:
        """Write what changed of a row. Note: `self.ensure_one()`."""
        vals = {"hours": hours, "amount": amount, "active": hours > SAME_HOURS}
        if move_line.currency_id != self.currency_id:
            # By itself: an amount is rounded by the currency that the row has when it
            # is set.
            self.currency_id = move_line.currency_id
        # A price of a day divided by its hours has noise that is no change.
        if abs(rate - self.rate) > 1e-6:
            vals.update(rate=rate, rate_origin="invoice")
        changed = {name: vals[name] for name in vals if self[name] != vals[name]}
        if changed:
            self.write(changed)

    def _credit_line(
        self, move_line: models.BaseModel, credited: dict[int, BilledHours]
    ) -> list[dict]:
        """Return the credits of a line of a posted credit note on these rows.

        An amount, or a line at a lower price than the invoice, gives money back, not
        hours, as long as something is left to pay.

        :param account.move.line move_line: line of the credit note.
        :param credited: hours taken off each row so far; the line's are added.
        """
        if not self:
            return []
        if self._is_amount() or move_line._credits_money_only():
            return self._credit_money(move_line)
        vals_list = self._credit_hours(move_line, credited)
        if not vals_list and move_line._lowers_price():
            # The hours came back with other credits of the line: this one has money.
            return self._credit_money(move_line)
        self._share_amount(move_line, vals_list, -1)
        return vals_list

    def _credit_money(self, move_line: models.BaseModel) -> list[dict]:
        """Return the credit of a line that gives back money and no hours."""
        price = move_line._billing_hourly_price()
        money = self[-1]._credit_vals(move_line, BilledHours(), price)
        subtotal = move_line.currency_id.round(move_line._credited_subtotal())
        return [{**money, "amount": subtotal}]

    def _credit_hours(
        self, move_line: models.BaseModel, credited: dict[int, BilledHours]
    ) -> list[dict]:
        """Return the credits of a line's quantity, the last entries first.

        Entries that were rounded to nothing are credited once nothing of their line
        is left on the invoice. Amounts are not in the values yet.
        """
        left = move_line._credited_hours() - move_line._unlogged_to_credit()
        left = max(exact_hours(left), 0.0)
        kept, rate = 0.0, move_line._billing_hourly_price()
        vals_list = []
        # The last entries first, as when a quantity is lowered; those rounded to
        # nothing at the end, when it is known what is left.
        for row in self.sorted(lambda row: (not row.invoice_factor, -row.id)):
            logged, invoiced = credited[row.id]
            logged, shown = row.hours - logged, row.invoiced_hours - invoiced
            invoiced = min(shown, left)
            kept += shown - invoiced
            if invoiced < shown:
                logged = invoiced / row.invoice_factor
            elif not row.invoice_factor and kept > SAME_HOURS:
                continue
            if logged > SAME_HOURS:
                left -= invoiced
                credited[row.id] = credited[row.id].plus(logged, invoiced)
                hours = BilledHours(exact_hours(logged), invoiced)
                vals_list.append(row._credit_vals(move_line, hours, rate))
        return vals_list

    def _credit_vals(
        self, move_line: models.BaseModel, hours: BilledHours, rate: float
    ) -> dict:
        """Return the values of a row that credits this one. Note: `ensure_one()`."""
        return {
            "kind": self.kind,
            "timesheet_id": self.timesheet_id.id,
            "project_id": self.project_id.id,
            **{name: self[name].id for name in ITEM_FIELDS.values()},
            "move_line_id": move_line.id,
            "origin_id": self.id,
            "hours": hours.logged,
            "invoice_factor": self.invoice_factor,
            "rate": rate,
            "rate_origin": self.rate_origin,
            "sign": -1,
            **self._same_evidence(),
        }

    def _take_back_left_time(self, move: models.BaseModel) -> None:
        """Let lines of a live invoice bill the time that other lines of it gave up.

        An accountant merges two lines by raising the quantity of one and deleting
        the other, or lowering it to zero, in either order: the hours are still on
        the invoice, so they are still billed. These rows are all of the invoice.
        """
        room = {}
        times = self.filtered(lambda row: row.kind == "time")
        for line, rows in times.grouped("move_line_id").items():
            missing = line._billing_hours() - rows._shown_hours()
            if missing > SAME_HOURS:
                room[line] = missing
        if not room:
            return
        # What a deleted line has left is the document's, whoever may read the time.
        candidates = move.sudo().billing_left_ids | times.timesheet_id
        # Time that waits for an answer is billed by nothing.
        candidates -= candidates._filter_held_back()
        candidates = candidates.sorted(lambda timesheet: (timesheet.date, timesheet.id))
        free = self._free_hours(candidates)
        for line, missing in room.items():
            rows = times.filtered(lambda row, line=line: row.move_line_id == line)
            taken = rows._take_left_time(line, candidates, free, missing)
            (rows | taken)._restate_invoice_line(line)

    def _take_left_time(
        self,
        move_line: models.BaseModel,
        candidates: models.BaseModel,
        free: models.BaseModel,
        missing: float,
    ) -> models.BaseModel:
        """Return new rows of a line for free hours of timesheets it did not bill.

        :param free: free hours by id of the timesheet; what is taken is taken off.
        :param missing: the hours that the line has and no timesheet of its own.
        :rtype: project.billed.time
        """
        others, vals_list = candidates - self.timesheet_id, []
        evidence = self._evidence(others.ids, move_line.move_id.partner_id.lang)
        for timesheet in others:
            hours = min(free[timesheet.id], missing)
            if not timesheet.unbilled_hours or hours < SAME_HOURS:
                continue
            free[timesheet.id] -= hours
            missing -= hours
            vals_list.append(
                {
                    "timesheet_id": timesheet.id,
                    "move_line_id": move_line.id,
                    "hours": exact_hours(hours),
                    # No amount: the line shares its subtotal out once it has all rows.
                    "rate": move_line._billing_hourly_price(),
                    "rate_origin": "invoice",
                    **evidence[timesheet.id],
                }
            )
        return self._insert(vals_list)
