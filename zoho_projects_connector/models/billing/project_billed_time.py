import json
from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...hours import SAME_HOURS, BilledHours, exact_hours

RATE_ORIGINS = [
    ("entry", "Timesheet entry"),
    ("task", "Task"),
    ("employee", "Staff"),
    ("project", "Project"),
    ("default", "Default"),
    ("person", "Person"),
    ("role", "Role"),
    ("customer", "Customer"),
    ("company", "Company"),
    ("order", "Sales order"),
    ("invoice", "Changed on the invoice"),
]


class ProjectBilledTime(models.Model):
    """What one line of an invoice or a credit note bills of a project.

    So many hours of one timesheet, or an amount that no hours make up. The ledger is
    the truth on what is billed: timesheets, items at a price and their native fields
    follow it. Hours and amounts are positive, ``sign`` says which way they count.
    """

    _name = "project.billed.time"
    _inherit = ["code.only.mixin"]
    _description = "Billed Time"
    _order = "move_line_id, id"
    _rec_name = "timesheet_id"

    active = fields.Boolean(
        default=True,
        help="Off while it bills nothing: its invoice is cancelled, or its hours were "
        "taken off the invoice line.",
        readonly=True,
    )
    kind = fields.Selection(
        [
            ("time", "Time"),
            ("item", "Item at a Price"),
            ("fixed", "Fixed Cost"),
            ("expense", "Expense"),
        ],
        default="time",
        required=True,
        help="Only time has hours; the others are an amount.",
        readonly=True,
    )
    # Evidence: the row outlives its timesheet, and its project.
    timesheet_id = fields.Many2one(
        "account.analytic.line",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    project_id = fields.Many2one(
        "project.project", index=True, ondelete="set null", readonly=True
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    # Kept beside the line: nearly every search asks for it.
    move_id = fields.Many2one(
        "account.move",
        string="Document",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    origin_id = fields.Many2one(
        "project.billed.time",
        string="Credited Row",
        index="btree_not_null",
        ondelete="cascade",
        readonly=True,
    )
    # No digits: thirds of an hour and days of 7.6 hours stay exact; `exact_hours` keeps
    # noise off.
    hours = fields.Float(
        required=True, help="Hours logged that are billed here.", readonly=True
    )
    invoice_factor = fields.Float(
        digits=False,
        default=1.0,
        required=True,
        export_string_translation=False,
        help="Hours on the invoice for each hour logged: 1 unless time is rounded.",
        readonly=True,
    )
    invoiced_hours = fields.Float(
        compute="_compute_invoiced_hours",
        store=True,
        help="Hours on the invoice: those logged, rounded as agreed.",
    )
    amount = fields.Monetary(
        help="Without taxes, in the currency of the document.", readonly=True
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    rate = fields.Float(
        string="Rate per Hour", min_display_digits="Product Price", readonly=True
    )
    rate_origin = fields.Selection(RATE_ORIGINS, readonly=True)
    sign = fields.Integer(
        required=True,
        default=1,
        help="1: billed, -1: credited, or negative time that is taken off the rest of "
        "its invoice line.",
        readonly=True,
    )
    day = fields.Date(string="Day of Work", readonly=True)
    employee_name = fields.Char("Staff", readonly=True)
    project_name = fields.Char("Project as Billed", readonly=True)
    task_name = fields.Char("Task", readonly=True)
    description = fields.Char(readonly=True)
    approver = fields.Char("Approved By", readonly=True)
    approved_at = fields.Datetime("Approved On", readonly=True)
    document_state = fields.Selection(related="move_id.state")
    signed_hours = fields.Float(string="Net Hours", compute="_compute_signed")
    signed_amount = fields.Monetary(string="Net Amount", compute="_compute_signed")

    _hours_not_negative = models.Constraint(
        "CHECK(hours >= 0)", "Billed hours cannot be negative."
    )
    _sign_is_one = models.Constraint(
        "CHECK(sign IN (1, -1))", "The sign of billed time is 1 or -1."
    )
    # Of bills alone: several credits may take back parts of one.
    _timesheet_once = models.UniqueIndex(
        "(move_line_id, timesheet_id) WHERE sign = 1 AND timesheet_id IS NOT NULL",
        "An invoice line bills a timesheet once.",
    )

    @api.depends("hours", "invoice_factor")
    def _compute_invoiced_hours(self) -> None:
        for row in self:
            row.invoiced_hours = exact_hours(row.hours * row.invoice_factor)

    def _insert(self, vals_list: list[dict]) -> models.BaseModel:
        """Add rows in one statement; each has from its line what it lacks.

        `create` would put each of thousands of rows into two records in memory. They
        are guarded by the constraints of the database, and what follows from them is
        told as `create` tells it.

        :return: the rows, in the order of their values.
        :rtype: project.billed.time
        """
        if not vals_list:
            return self.browse()
        self.check_access("create")
        common = self._common_vals()
        inserted = self._complete_vals(vals_list, common["invoice_factor"])
        names = sorted({*common, *(name for vals in inserted for name in vals)})
        # The table itself says of which type each value is; ids follow the order.
        query = SQL(
            """INSERT INTO project_billed_time (%(columns)s)
                    SELECT %(columns)s
                      FROM jsonb_populate_recordset(
                               jsonb_populate_record(
                                   NULL::project_billed_time, %(common)s::jsonb
                               ), %(rows)s::jsonb
                           ) WITH ORDINALITY
                  ORDER BY ordinality
                 RETURNING id""",
            columns=SQL(", ").join(map(SQL.identifier, names)),
            common=json.dumps(common, default=str),
            rows=json.dumps(inserted, default=str),
        )
        rows = self.browse(row_id for (row_id,) in self.env.execute_query(query))
        rows._tell_inserted(names)
        return rows

    def _common_vals(self) -> dict:
        """Return what each new row has by itself."""
        now, uid = self.env.cr.now(), self.env.uid
        return {
            **self.default_get(list(self._fields)),
            **dict.fromkeys(("create_date", "write_date"), now),
            **dict.fromkeys(("create_uid", "write_uid"), uid),
        }

    def _complete_vals(self, vals_list: list[dict], factor: float) -> list[dict]:
        """Return values with what a row has from its line, and its invoiced hours.

        :param factor: that of rows that say none.
        """
        line_ids = {vals["move_line_id"] for vals in vals_list}
        by_line = {
            line.id: {
                "move_id": line.move_id.id,
                "company_id": line.company_id.id,
                "currency_id": line.currency_id.id,
            }
            for line in self.env["account.move.line"].browse(line_ids)
        }
        complete = []
        for vals in vals_list:
            # What a record lacks is False, which JSON would write into texts.
            told = {name: said for name, said in vals.items() if said is not False}
            hours = vals["hours"] * vals.get("invoice_factor", factor)
            told["invoiced_hours"] = exact_hours(hours)
            complete.append({**by_line[vals["move_line_id"]], **told})
        return complete

    def _tell_inserted(self, names: list[str]) -> None:
        """Let the ORM know of new rows: caches, and what is computed from them.

        :param names: the fields that were written.
        """
        links = [name for name in names if self._fields[name].type == "many2one"]
        for name in links:
            for inverse in self.pool.field_inverses[self._fields[name]]:
                model = self.env[inverse.model_name]
                model.invalidate_model([inverse.name], flush=False)
        self.fetch(links)
        # They came with their hours on the invoice, which are not computed once more.
        with self.env.protecting([self._fields["invoiced_hours"]], self):
            self.modified(names, create=True)

    def _find(self, domain: Domain | list, asleep: bool = False) -> models.BaseModel:
        """Return rows with more rights than the user's, in the order they were made.

        :param bool asleep: also rows that bill nothing now.
        :rtype: project.billed.time
        """
        rows = self.sudo().with_context(active_test=not asleep)
        names = ["kind", "timesheet_id", "move_line_id", "origin_id", "sign", "active"]
        names += ["hours", "invoice_factor", "invoiced_hours"]
        found = rows.search_fetch(domain, names, order="id")
        # The context of the search ends here: what is read from the rows is another
        # matter.
        return found.with_env(self.env(su=True))

    def _timesheets(self, domain: list) -> models.BaseModel:
        """Return the timesheets of rows, also of those that bill nothing now.

        :rtype: account.analytic.line
        """
        # Billed is billed, whatever the user may read; of thousands of rows, no more is
        # asked for.
        rows = self.sudo().with_context(active_test=False)
        domain = [*domain, ("timesheet_id", "!=", False)]
        [[found]] = rows._read_group(domain, [], ["timesheet_id:recordset"])
        return found.with_env(self.env(su=True))

    def _standing_hours(
        self, timesheets: models.BaseModel
    ) -> dict[int, dict[int, float]]:
        """Return the hours that are billed now, net of credits, one query.

        :param account.analytic.line timesheets: the timesheets to look at.
        :return: ``{timesheet id: {id of the ledger row that bills: net hours}}``;
            rows that were credited as a whole are left out.
        """
        self.flush_model(["active", "hours", "origin_id", "sign", "timesheet_id"])
        # Not through records: it is asked several times for each event of a document.
        query = SQL(
            """SELECT timesheet_id, COALESCE(origin_id, id), sign * hours
                 FROM project_billed_time
                WHERE active AND timesheet_id = ANY(%s)
             ORDER BY id""",
            timesheets.ids,
        )
        standing = defaultdict(lambda: defaultdict(float))
        # A credit lowers the row that it credits, and is none of its own.
        for timesheet_id, billing_id, hours in self.env.execute_query(query):
            standing[timesheet_id][billing_id] += hours
        return {
            # What is credited as a whole stands no more; noise of a sum is nothing.
            timesheet_id: {
                row_id: hours
                for row_id, hours in net_by_row.items()
                if abs(hours) > SAME_HOURS
            }
            for timesheet_id, net_by_row in standing.items()
        }

    def _states(self, standing: dict[int, dict[int, float]]) -> dict[int, str]:
        """Return the state of timesheets by the documents that bill them.

        :param standing: as `_standing_hours` returns it.
        :return: by id of the timesheet.
        """
        rows = self.browse(row for rows in standing.values() for row in rows)
        rows.fetch(["move_id"])
        documents = {row.id: row.move_id.id for row in rows}
        # Thousands of entries share a few documents.
        states, found = {}, {}
        for timesheet_id, row_ids in standing.items():
            ids = frozenset(map(documents.get, row_ids))
            if ids not in states:
                states[ids] = rows.move_id.browse(ids)._billing_state()
            found[timesheet_id] = states[ids]
        return found

    def _net_hours(self, timesheets: models.BaseModel) -> dict[int, float]:
        """Return the hours that are billed now of each timesheet, net of credits."""
        standing = self._standing_hours(timesheets)
        return {
            line_id: sum(standing.get(line_id, {}).values())
            for line_id in timesheets._ids
        }

    def _shown_hours(self) -> float:
        """Return the hours that these rows, all of one document, have on it.

        Negative time is taken off; what a credit note takes back counts as it is.
        """
        # -1 is a credit on a credit note, but negative time on an invoice.
        ways = (1 if row.origin_id else row.sign for row in self)
        return exact_hours(
            sum(way * row.invoiced_hours for way, row in zip(ways, self, strict=True))
        )

    def _portal_staff_name(self) -> str:
        """Return who worked as the customer of the document sees it.

        Note: `self.ensure_one()`
        """
        return self.company_id._portal_staff_name(self.employee_name)

    def _portal_approver(self) -> str:
        """Return who approved the time as the customer sees it. `ensure_one()`."""
        return self.company_id._portal_staff_name(self.approver)

    def _portal_notes(self) -> str:
        """Return the notes as the customer of the document sees them.

        Note: `self.ensure_one()`
        """
        return self.company_id._portal_notes(self.description)

    def _credited_hours(self) -> dict[int, BilledHours]:
        """Return the hours that posted credit notes took off each of these rows."""
        credited = defaultdict(BilledHours)
        for row in self._find([("origin_id", "in", self.ids)]):
            credited[row.origin_id.id] = credited[row.origin_id.id].plus(
                row.hours, row.invoiced_hours
            )
        return credited

    def _net_invoiced_hours(self, timesheets: models.BaseModel) -> dict[int, float]:
        """Return the hours that invoices show for each timesheet, net of credits."""
        # Hours are billed for everybody, whatever rows the user may read.
        rows = self.sudo()._read_group(
            [("timesheet_id", "in", timesheets.ids)],
            ["timesheet_id", "sign"],
            ["invoiced_hours:sum"],
        )
        net = defaultdict(float)
        for timesheet, sign, hours in rows:
            net[timesheet.id] += sign * hours
        return net

    def _free_hours(self, timesheets: models.BaseModel) -> dict[int, float]:
        """Return the hours of each timesheet that no live document bills."""
        billed = self._net_hours(timesheets)
        # Hours are free or not for everybody, whatever the user may read.
        logged = timesheets.sudo()._logged_by_id()
        return {line_id: hours - billed[line_id] for line_id, hours in logged.items()}

    @api.depends("hours", "amount", "sign")
    def _compute_signed(self) -> None:
        for row in self:
            row.signed_hours = row.sign * row.hours
            row.signed_amount = row.sign * row.amount
