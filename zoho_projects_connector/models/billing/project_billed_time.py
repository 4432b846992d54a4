from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

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


# What a row tells of its timesheet. It is written once, when the time is billed: tasks
# and people get other names later, timesheets are archived or lost.
EVIDENCE = (
    "day",
    "employee_name",
    "project_name",
    "task_name",
    "description",
    "approver",
    "approved_at",
)


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
    # Computed before the INSERT: thousands of rows would be updated after it.
    invoiced_hours = fields.Float(
        compute="_compute_invoiced_hours",
        store=True,
        precompute=True,
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

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> models.BaseModel:
        """Fill in what a row has from its line.

        Fields that follow the line by themselves would be written in a second and a
        third pass over thousands of rows, or cost a record in memory each before.
        """
        ids = [vals["move_line_id"] for vals in vals_list]
        lines = self.env["account.move.line"].browse(ids)
        return super().create(
            [
                {
                    "move_id": line.move_id.id,
                    "company_id": line.company_id.id,
                    "currency_id": line.currency_id.id,
                    "invoiced_hours": exact_hours(
                        vals["hours"] * vals.get("invoice_factor", 1.0)
                    ),
                    **vals,
                }
                for line, vals in zip(lines, vals_list, strict=True)
            ]
        )

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

    def _standing_hours(
        self, timesheets: models.BaseModel
    ) -> dict[int, dict[int, float]]:
        """Return the hours that are billed now, net of credits, one query.

        :param account.analytic.line timesheets: the timesheets to look at.
        :return: ``{timesheet id: {id of the ledger row that bills: net hours}}``;
            rows that were credited as a whole are left out.
        """
        standing = defaultdict(lambda: defaultdict(float))
        for row in self._find([("timesheet_id", "in", timesheets.ids)]):
            # A credit lowers the row that it credits, and is none of its own.
            billing = row.origin_id or row
            standing[row.timesheet_id.id][billing.id] += row.sign * row.hours
        return {
            # What is credited as a whole stands no more; noise of a sum is nothing.
            timesheet_id: {
                row_id: hours
                for row_id, hours in net_by_row.items()
                if abs(hours) > SAME_HOURS
            }
            for timesheet_id, net_by_row in standing.items()
        }

    def _net_hours(self, timesheets: models.BaseModel) -> dict[int, float]:
        """Return the hours that are billed now of each timesheet, net of credits."""
        standing = self._standing_hours(timesheets)
        return {
            timesheet.id: sum(standing.get(timesheet.id, {}).values())
            for timesheet in timesheets
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
        return {
            timesheet.id: timesheet._logged_hours() - billed[timesheet.id]
            for timesheet in timesheets.sudo()
        }

    def _fetch_evidence(self, times_by_line: dict) -> None:
        """Read what rows will tell of all these times at once, not line by line.

        :param times_by_line: ``{account.move.line: [PlannedTime]}``
        """
        # What is billed is told as it is, whatever the user may read.
        timesheets = self.env["account.analytic.line"].sudo()
        timesheets = timesheets.browse(
            time.timesheet_id for times in times_by_line.values() for time in times
        )
        timesheets.fetch(
            [
                "date",
                "employee_id",
                "name",
                "project_id",
                "task_id",
                "zoho_approved_at",
                "zoho_approver",
            ]
        )
        timesheets.employee_id.fetch(["name"])
        timesheets.task_id.fetch(["name"])

    def _evidence(self, timesheet: models.BaseModel) -> dict:
        """Return what a row keeps of a timesheet.

        :param account.analytic.line timesheet: in the language of the customer.
        """
        return {
            "day": timesheet.date,
            "employee_name": timesheet.employee_id.name,
            "project_name": timesheet.project_id.name,
            "task_name": timesheet.task_id.name,
            "description": timesheet.name,
            "approver": timesheet.zoho_approver,
            "approved_at": timesheet.zoho_approved_at,
        }

    def _same_evidence(self) -> dict:
        """Return what this row tells, for the one that credits it.

        Note: `self.ensure_one()`
        """
        return {name: self[name] for name in EVIDENCE}

    @api.depends("hours", "amount", "sign")
    def _compute_signed(self) -> None:
        for row in self:
            row.signed_hours = row.sign * row.hours
            row.signed_amount = row.sign * row.amount
