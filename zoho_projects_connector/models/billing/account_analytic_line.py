from collections import defaultdict
from collections.abc import Iterator

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...groups import BILLING_GROUP, MONEY_GROUPS
from ...hours import ROUNDED_AWAY, exact_hours, say_hours, to_hours

BILLING_STATES = [
    ("unbilled", "Unbilled"),
    ("draft", "On a Draft Invoice"),
    ("invoiced", "Invoiced"),
    ("paid", "Paid"),
    ("billed_elsewhere", "Billed Elsewhere"),
    ("fixed_price", "Fixed Price"),
    ("non_billable", "Non-Billable"),
]


# What is stated of a timesheet.
STATED = [
    *("logged_hours", "billed_hours", "unbilled_hours", "closed_hours"),
    *("closed_state", "billing_state"),
]
# What that is made of, and what it was: what is the same is not written. Of thousands,
# no more is read.
STATING = [
    *("active", "billed_elsewhere", "billing_exclusion", "product_uom_id"),
    *("project_id", "so_line", "task_id", "unit_amount", *STATED),
]


class AccountAnalyticLine(models.Model):
    """Time that somebody decides not to bill, and back.

    Who decided, when and why stays on the entry; every decision is in the chatter of
    the project. What is imported later does not undo it.
    """

    _name = "account.analytic.line"
    _inherit = [
        "code.only.mixin",
        "asked.once.timesheet.mixin",
        "account.analytic.line",
        "unsold.view.mixin",
    ]

    # Odoo calls non-billable what is on no sales order. What is billed from projects is
    # on none before it is invoiced: whether it is billable, the billing state tells.
    so_line = fields.Many2one(falsy_value_label="No sales order")
    timesheet_invoice_type = fields.Selection(
        selection_add=[("non_billable", "On No Sales Order")]
    )
    billed_time_ids = fields.One2many(
        "project.billed.time",
        "timesheet_id",
        groups=MONEY_GROUPS,
        export_string_translation=False,
        readonly=True,
    )
    # A copy is new time: nobody billed or excluded it yet.
    billed_elsewhere = fields.Boolean(
        index=True,
        copy=False,
        help="Billed before this project was invoiced from Odoo: no invoice of Odoo "
        "ever takes it.",
        readonly=True,
    )
    billing_exclusion = fields.Char(
        string="Reason not to Bill",
        copy=False,
        help="When filled in, this time is not billed.",
        readonly=True,
    )
    # Stored, with the hours below: lists and figures sum them in SQL.
    billing_state = fields.Selection(
        BILLING_STATES, compute="_compute_billing", store=True, index=True
    )
    logged_hours = fields.Float(
        string="Hours",
        compute="_compute_billing",
        store=True,
        help="The time spent, in hours, whatever unit it was recorded in.",
    )
    billed_hours = fields.Float(compute="_compute_billing", store=True)
    unbilled_hours = fields.Float(compute="_compute_billing", store=True)
    closed_hours = fields.Float(
        string="Hours not to Bill",
        compute="_compute_billing",
        store=True,
        help="Hours that are on no invoice and are not to be put on one: billed "
        "elsewhere, at a fixed price, or not billable.",
    )
    closed_state = fields.Selection(
        BILLING_STATES,
        string="Why not to Bill",
        compute="_compute_billing",
        store=True,
        help="Why the hours not to bill are none to bill; of partly billed time the "
        "state is that of its invoices.",
    )
    # Not stored: one rate that changes would rewrite the entries of a whole project.
    billing_rate = fields.Float(
        compute="_compute_billing_rate",
        min_display_digits="Product Price",
        groups=MONEY_GROUPS,
        help="Rate per hour: the one on the invoice once it is invoiced, today's rate "
        "before. Zero: no rate is set.",
    )
    excluded_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    excluded_at = fields.Datetime("Excluded On", readonly=True, copy=False)
    zoho_approver = fields.Char("Approved By", readonly=True, copy=False)
    zoho_approved_at = fields.Datetime("Approved On", readonly=True, copy=False)

    @api.model
    def _foresee(self, stored: dict) -> dict:
        """Foresee of new time that nobody has billed it."""
        unit = self.env["uom.uom"].browse(stored.get("product_uom_id"))
        hours = to_hours(stored.get("unit_amount", 0.0), unit)
        told = {"logged_hours": hours, "unbilled_hours": hours, "billed_hours": 0.0}
        told |= {"closed_hours": 0.0, "billing_state": "unbilled"}
        told["timesheet_invoice_type"] = "non_billable"
        return {**told, **super()._foresee(stored)}

    def _compute_timesheet_invoice_type(self) -> None:
        """Ask Odoo once for all that are alike: an invoice has thousands of them."""

        def likeness(line: models.BaseModel) -> tuple:
            cost, time = line.amount, line.unit_amount
            signs = (cost < 0, cost > 0, time < 0, time > 0)
            return line.project_id.id, line.so_line.id, signs

        alike = self._alike(likeness)
        firsts = self.browse().concat(*alike)
        result = super(AccountAnalyticLine, firsts)._compute_timesheet_invoice_type()
        self._copy_to_alike("timesheet_invoice_type", alike)
        return result

    @api.depends(
        "active",
        "billed_elsewhere",
        "billing_exclusion",
        "product_uom_id",
        "project_id.allow_billable",
        "project_id.billing_method",
        # What an order or a task sells is agreed there: `_agreed_billing_state`.
        "so_line.state",
        "task_id.sale_line_id",
        "unit_amount",
        "billed_time_ids.active",
        "billed_time_ids.hours",
        "billed_time_ids.move_id.state",
        "billed_time_ids.move_id.payment_state",
    )
    def _compute_billing(self) -> None:
        timesheets = self.filtered("project_id")
        (self - timesheets).update(
            {
                "billing_state": False,
                "logged_hours": 0,
                "billed_hours": 0,
                "unbilled_hours": 0,
                "closed_hours": 0,
                "closed_state": False,
            }
        )
        for lines, vals in timesheets._stated_billing():
            lines.update(vals)

    def _stated_billing(self) -> Iterator[tuple[models.BaseModel, dict]]:
        """Yield these timesheets, with the values of their billing fields.

        Those that are stated alike come together: thousands share a few values.
        """
        # Odoo would prefetch every stored column of entries by the thousand.
        self._origin.fetch(STATING)
        # An entry that is being typed has no id: nothing bills it.
        ledger = self.env["project.billed.time"]
        standing = ledger._standing_hours(self) if any(self._ids) else {}
        states = ledger._states(standing)
        agreed, logged, alike = {}, self._logged_by_id(), defaultdict(list)
        for line in self:
            line_id = line.id or line._origin.id
            billed = sum(standing.get(line_id, {}).values())
            closed = line._closed_billing_state(agreed)
            hours = logged[line.id]
            # Negative time is taken off other time as long as it is unbilled.
            bound = min if hours < 0 else max
            left = hours - billed
            # What Odoo leaves of an entry when it rounds an invoiced quantity to two
            # decimals is not offered again.
            is_open = not closed and not (billed and abs(bound(left, 0)) < ROUNDED_AWAY)
            unbilled = bound(left, 0) if is_open else 0
            state = states[line_id] if billed else closed or "unbilled"
            rest = exact_hours(left - unbilled)
            alike[hours, billed, unbilled, rest, closed, state].append(line.id)
        for values, ids in alike.items():
            yield self.browse(ids), dict(zip(STATED, values, strict=True))

    def _closed_billing_state(self, agreed: dict) -> str | None:
        """Return why the time is not to be invoiced, None when it may be.

        Note: `self.ensure_one()`

        :param agreed: what is agreed of other entries: asked once for all alike.
        """
        if reason := self._why_unbillable():
            return (
                "billed_elsewhere" if reason == "billed_elsewhere" else "non_billable"
            )
        # By ids: of thousands, records are slow to compare.
        alike = (self.project_id.id, self.so_line.id, self.task_id.id)
        if alike not in agreed:
            agreed[alike] = self._agreed_billing_state()
        return agreed[alike]

    def _why_unbillable(self) -> str:
        """Return why nothing is to bill the time, whatever is agreed; empty if it may.

        Note: `self.ensure_one()`
        """
        if not self.active:
            return "withdrawn"
        if self.billing_exclusion:
            return "excluded"
        return "billed_elsewhere" if self.billed_elsewhere else ""

    def _is_sold_beside(self, sale_line: models.BaseModel) -> bool:
        """Whether the time, which nothing bills, is not this order line's to bill.

        Note: `self.ensure_one()`

        :param sale.order.line sale_line: that of a project's or an ordinary order.
        """
        sold = self.so_line
        if sale_line.order_id.billing_project_id:
            return bool(sold) and not sold.order_id.billing_project_id
        return sold != sale_line

    def _agreed_billing_state(self) -> str | None:
        """Return why project and order leave the time off invoices, None if not.

        Note: `self.ensure_one()`
        """
        if not self.project_id.allow_billable:
            return "non_billable"
        if self.project_id.billing_method == "fixed_cost":
            return "fixed_price"
        order_line = self.so_line
        if order_line.order_id.billing_project_id and self.task_id.sale_line_id:
            # Billed in part: the rest belongs to what sells the task now.
            order_line = self.task_id.sale_line_id
        # A quotation sells nothing yet; prepaid and milestone lines are paid otherwise
        # than by the hours logged.
        if order_line.state == "sale" and not order_line._bills_timesheets():
            return "fixed_price"
        return None

    @api.depends(
        "billing_state",
        "date",
        "employee_id",
        *("task_id.billing_rate", "task_id.billing_is_free"),
        *("project_id.billing_rate", "project_id.billing_is_free"),
        *("project_id.billing_method", "project_id.partner_id"),
        "project_id.billing_rate_ids.rate",
        "project_id.billing_rate_ids.is_free",
        "project_id.billing_rate_ids.date_from",
        "billed_time_ids.active",
        "billed_time_ids.rate",
    )
    @api.depends_context("uid")
    def _compute_billing_rate(self) -> None:
        # The ledger counts in full, whatever rows the user may read.
        ledger = self.env["project.billed.time"].sudo()
        standing = ledger._standing_hours(self) if any(self._ids) else {}
        live_rates = self._get_billing_rates()
        for line in self:
            # Of an entry that was billed in parts, the rate of the last part: the
            # ledger keeps the order in which it was billed.
            last = ledger.browse(standing.get(line._origin.id, {}))[-1:]
            rate, origin = live_rates[line.id]
            if last:
                rate, origin = last.rate, last.rate_origin
            line.billing_rate = rate or 0.0
            line.billing_rate_origin = rate is not None and origin

    def _filter_held_back(self) -> models.BaseModel:
        """Return which of this unbilled time has to wait before it is billed.

        None in the eyes of billing; others know of questions that are still open.

        :rtype: account.analytic.line
        """
        return self.browse().union(
            *self._held_back(Domain("id", "in", self.ids)).values()
        )

    @api.model
    def _held_back(self, domain: Domain) -> dict:
        """Return ``{billing.listener: time that has to wait for it}``, if there is any.

        :param domain: which time is asked for.
        """
        # The question is asked of what is in hand, whatever of it the user may read.
        timesheets = self.sudo()
        found = {
            listener: timesheets.search(domain & listener._held_back_domain())
            for listener in self.env["billing.listener"]._listeners()
        }
        return {
            listener: waiting.with_env(self.env)
            for listener, waiting in found.items()
            if waiting
        }

    def _filter_on_invoice(self) -> models.BaseModel:
        """Return the timesheets that a draft or posted invoice bills, in one query.

        :rtype: account.analytic.line
        """
        standing = self.env["project.billed.time"]._standing_hours(self)
        return self.filtered(lambda line: standing.get(line.id))

    # Time that somebody decides not to bill, and back.

    def action_exclude(self) -> dict:
        """Ask why these timesheets are not to be billed."""
        self._check_excludable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Do Not Bill"),
            "res_model": "timesheet.exclude",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_timesheet_ids": self.ids},
        }

    def action_include(self) -> bool:
        """Offer excluded timesheets for billing again."""
        self._check_excludable()
        # Checked above; accountants have no right to write timesheets.
        excluded = self.sudo().filtered("billing_exclusion")
        excluded.write(
            {"billing_exclusion": False, "excluded_by_id": False, "excluded_at": False}
        )
        excluded._log_exclusion(self.env._("To be billed again"), "")
        return True

    def _exclude(self, reason: str) -> None:
        """Take these timesheets out of billing.

        :param str reason: why, in the words of whoever decides.
        """
        self._check_excludable()
        # Checked above; accountants have no right to write timesheets.
        timesheets = self.sudo()
        timesheets.write(
            {
                "billing_exclusion": reason,
                "excluded_by_id": self.env.uid,
                "excluded_at": fields.Datetime.now(),
            }
        )
        timesheets._log_exclusion(self.env._("Not to be billed"), reason)

    def _check_excludable(self) -> None:
        """Refuse timesheets that the user may not exclude, or nobody may.

        :raise AccessError: when they are not his to see; to write, without the
            billing group.
        :raise UserError: naming the invoice that bills them.
        """
        may_bill = self.env.user.has_group(BILLING_GROUP)
        self.check_access("read" if may_bill else "write")
        if not self or self.filtered(lambda line: not line.project_id):
            raise UserError(self.env._("Only time of projects is billed."))
        self._filter_on_invoice()._raise_invoiced("excluded")
        elsewhere = self.filtered("billed_elsewhere")
        if elsewhere:
            raise UserError(
                self.env._(
                    "This time cannot be excluded: it was billed before Odoo"
                    " (%(names)s).",
                    names=", ".join(elsewhere[:3].mapped("name")),
                )
            )

    def _log_exclusion(self, title: str, reason: str) -> None:
        """Say in the chatter of each project what was decided of its time."""
        for project, timesheets in self.grouped("project_id").items():
            hours = sum(line._logged_hours() for line in timesheets)
            names = ", ".join(dict.fromkeys(timesheets[:3].mapped("name")))
            parts = [title, say_hours(self.env, hours), names, reason]
            project._message_log(body=" · ".join(part for part in parts if part))
