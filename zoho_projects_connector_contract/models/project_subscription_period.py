from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class ProjectSubscriptionPeriod(models.Model):
    """A period of a line of a subscription, and the invoice that bills it.

    It is claimed before the invoice is made, and the database has each once: two runs
    at the same moment, or one that is repeated, cannot bill it twice.
    """

    _name = "project.subscription.period"
    _inherit = ["code.only.mixin"]
    _description = "Renewal of a Subscription"
    _order = "date_start desc, id desc"

    active = fields.Boolean(
        default=True,
        help="Off while the invoice is cancelled: the period is free.",
        readonly=True,
    )
    contract_line_id = fields.Many2one(
        "contract.line",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    contract_id = fields.Many2one(
        related="contract_line_id.contract_id", store=True, index=True
    )
    bills_work = fields.Boolean(related="contract_line_id.bills_work", store=True)
    company_id = fields.Many2one(related="contract_id.company_id", store=True)
    date_start = fields.Date(string="From", required=True, readonly=True)
    date_end = fields.Date(string="To", required=True, readonly=True)
    work_until = fields.Date(
        compute="_compute_work_until",
        help="The last day of work that this renewal takes.",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty when there was nothing to bill.",
        readonly=True,
    )
    move_state = fields.Selection(related="move_id.state", string="Status")

    # The index, not a search, decides between two runs: neither sees the other's rows.
    _once = models.UniqueIndex(
        "(contract_line_id, date_start) WHERE active",
        "This period of the subscription is invoiced already.",
    )

    @api.depends("date_start", "date_end", "contract_line_id.recurring_invoicing_type")
    def _compute_work_until(self) -> None:
        for period in self:
            in_advance = period.contract_line_id.recurring_invoicing_type == "pre-paid"
            period.work_until = (
                period.date_start - relativedelta(days=1)
                if in_advance
                else period.date_end
            )

    @api.depends("date_start", "date_end")
    @api.depends_context("lang")
    def _compute_display_name(self) -> None:
        for period in self:
            days = (
                format_date(self.env, d) for d in (period.date_start, period.date_end)
            )
            period.display_name = " – ".join(days)

    def action_open_invoice(self) -> dict:
        """Open the invoice that bills this period."""
        self.ensure_one().check_access("read")
        return self.move_id.get_formview_action()

    def _check_free(
        self, line: models.BaseModel, date_start: date, date_end: date
    ) -> None:
        """Refuse a period of which a day is billed by another renewal.

        :param contract.line line: the line that would be billed for the period.
        :raise UserError: naming the period and its invoice.
        """
        taken = self.with_context(active_test=True).search(
            [
                ("contract_line_id", "=", line.id),
                ("date_start", "<=", date_end),
                ("date_end", ">=", date_start),
            ],
            limit=1,
        )
        if taken:
            raise UserError(
                self.env._(
                    "%(subscription)s is renewed for %(period)s already (%(invoice)s). "
                    "Delete or cancel that draft first.",
                    subscription=taken.contract_id.display_name,
                    period=taken.display_name,
                    invoice=taken.move_id.display_name or "-",
                )
            )

    def _follow_invoices(self) -> None:
        """Free the periods of cancelled invoices, claim those of revived ones again.

        :raise UserError: when another renewal billed such a period in between.
        """
        cancelled = self.filtered(lambda period: period.move_id.state == "cancel")
        released = cancelled.filtered("active")
        released._reopen()
        released.active = False
        revived = (self - cancelled).filtered(lambda period: not period.active)
        for period in revived:
            period._claim_again()
        revived.contract_id._compute_recurring_next_date()

    def _claim_again(self) -> None:
        """Bill the period again, and let the line go on after it.

        Note: `self.ensure_one()`

        :raise UserError: when another renewal billed it in between.
        """
        line = self.contract_line_id
        self._check_free(line, self.date_start, self.date_end)
        self.active = True
        # If it was renewed further since, the line is ahead already.
        if line.next_period_date_start == self.date_start:
            line.last_date_invoiced = self.date_end

    def _reopen(self) -> None:
        """Make the periods due again, unless later ones are invoiced already."""
        # The last first: each leaves its line where the one before it ended.
        for period in self.sorted("date_start", reverse=True):
            line = period.contract_line_id
            if line.last_date_invoiced == period.date_end:
                first = period.date_start <= line.date_start
                day_before = period.date_start - relativedelta(days=1)
                line.last_date_invoiced = False if first else day_before
        for contract, periods in self.grouped("contract_id").items():
            contract._compute_recurring_next_date()
            contract.message_post(body=periods[0]._reopened_note())

    def _reopened_note(self) -> str:
        """Return what the end of a draft means. Note: `self.ensure_one()`."""
        if self.contract_line_id.next_period_date_start == self.date_start:
            return self.env._(
                "The invoice for %(period)s was deleted or cancelled: the period is "
                "due again.",
                period=self.display_name,
            )
        return self.env._(
            "The invoice for %(period)s was deleted or cancelled. Later periods are "
            "invoiced, so it is not made again; the next renewal takes its time.",
            period=self.display_name,
        )
