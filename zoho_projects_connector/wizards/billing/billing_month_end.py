from collections.abc import Iterable
from math import isfinite

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ...clock import say_day
from ...groups import BILLING_GROUP
from ...models.billing.plan import (
    Period,
    last_month,
    month_before,
    this_month,
)
from ...models.billing.rate_table import market_of
from .month import Month

# Months that can be chosen by their names: more are reached by a day.
MONTHS = 12


class BillingMonthEnd(models.AbstractModel):
    """The page of the month's end: what there is to invoice, and what makes it.

    There is no second way of invoicing: the invoice wizard is filled in, customer by
    customer. Each call is a transaction of its own: what is refused leaves nothing
    behind, and stops no other. What a caller names is taken among what is offered to
    him.
    """

    _name = "billing.month.end"
    _description = "Month End"

    # What the page shows

    @api.model
    def get_month(
        self, date_from: str | bool = False, date_to: str | bool = False
    ) -> dict:
        """Return what there is to invoice for work done in a period, by customer.

        :param date_from: first day, False: all until the last.
        :param date_to: last day, False: that of last month, which then begins it.
        :return: the ``period``, the ``periods`` to choose from, and the rows of
            :meth:`Month.rows`.
        """
        self._check_biller()
        period = self._period(date_from, date_to)
        return {
            "period": self._period_row(period),
            "periods": [self._period_row(one) for one in self._periods()],
            **Month(self.env, period).rows(),
        }

    @api.model
    def get_entries(
        self, date_from: str | bool, date_to: str | bool, project_id: int
    ) -> list[dict]:
        """Return the time of a project in a period, entry by entry.

        :raise UserError: the project has none, or is not the caller's to see.
        """
        self._check_biller()
        month = Month(self.env, self._period(date_from, date_to))
        return month.entry_rows(self._offered(month, [project_id]))

    @api.model
    def _periods(self) -> list[Period]:
        """Return last month, this one, and those before: newest first, last month on
        top."""
        periods = [this_month(self)]
        while len(periods) < MONTHS:
            periods.append(month_before(periods[-1]))
        periods[:2] = periods[1::-1]
        return periods

    def _period(self, date_from: str | bool, date_to: str | bool) -> Period:
        if not date_to:
            return self._periods()[0]
        first, last = fields.Date.to_date(date_from), fields.Date.to_date(date_to)
        return Period(first or None, last)

    def _period_row(self, period: Period) -> dict:
        return {
            "date_from": fields.Date.to_string(period.date_from) or False,
            "date_to": fields.Date.to_string(period.date_to),
            "name": self._period_name(period),
        }

    def _period_name(self, period: Period) -> str:
        if not period.date_from:
            day = say_day(self.env, period.date_to)
            return self.env._("All until %(day)s", day=day)
        name = period.name(self.env)
        if period == last_month(self):
            return self.env._("Last month (%(month)s)", month=name)
        if period == this_month(self):
            return self.env._("This month (%(month)s)", month=name)
        return name

    # What the page does

    @api.model
    def create_invoices(
        self,
        date_from: str | bool,
        date_to: str | bool,
        project_ids: Iterable[int],
        left_out_ids: Iterable[int] = (),
        invoice_date: str | bool = False,
        to_post: bool = False,
        to_send: bool = False,
    ) -> list[dict]:
        """Make the invoice of projects of one customer, as he is usually invoiced.

        :param project_ids: projects that are offered.
        :param left_out_ids: entries of theirs that are not to be invoiced.
        :param to_post: also post it.
        :param to_send: refuse it where it could not be sent afterwards.
        :return: the invoices: several where addresses differ.
        :raise UserError: it says why there is none.
        """
        self._check_biller()
        month = Month(self.env, self._period(date_from, date_to))
        projects = self._offered(month, project_ids)
        moves = self._dialog(month, projects, left_out_ids, invoice_date)._make_drafts()
        if to_send:
            self._check_recipients(moves)
        if to_post:
            self._post(moves)
        draft = self.env._("Draft invoice")
        return [
            {"id": move.id, "name": move.name if to_post else draft} for move in moves
        ]

    def _dialog(
        self,
        month: Month,
        projects: models.BaseModel,
        left_out_ids: Iterable[int],
        invoice_date: str | bool,
    ) -> models.BaseModel:
        """Return the invoice wizard, filled in.

        :rtype: project.invoice.create
        :raise UserError: no entry is left to invoice.
        """
        values = {
            "project_ids": [Command.set(projects.ids)],
            "mode": "time",
            "date_from": month.period.date_from,
            "date_to": month.period.date_to,
            "invoice_date": fields.Date.to_date(invoice_date),
        }
        if left_out_ids:
            chosen = self._offered_entries(month, projects) - {*left_out_ids}
            if not chosen:
                raise UserError(self.env._("Tick at least one entry to invoice."))
            values["timesheet_ids"] = [Command.set(sorted(chosen))]
        return self.env["project.invoice.create"].create(values)

    def _post(self, moves: models.BaseModel) -> None:
        """Post invoices that were just made; here is nobody to ask about an odd one."""
        for questions in moves._questions_by_document().values():
            raise UserError("\n".join(questions))
        moves.action_post()

    def _check_recipients(self, moves: models.BaseModel) -> None:
        """Refuse to send invoices by e-mail to who has no address.

        :raise UserError: it names him.
        """
        for move in moves:
            methods = self.env["account.move.send"]._get_default_sending_methods(move)
            if "email" in methods and not move.partner_id.email:
                raise UserError(
                    self.env._(
                        "%(customer)s has no e-mail address to send the invoice to: "
                        "add one to the contact, or create and post only.",
                        customer=move.partner_id.display_name,
                    )
                )

    @api.model
    def send_invoices(self, move_ids: Iterable[int]) -> bool:
        """Send invoices that were just posted, in the way that the customer wants.

        Apart from making them: what goes wrong here takes no invoice back.

        :param move_ids: posted invoices of time that were not sent yet.
        :return: whether they were sent; not to who has them printed or downloaded.
        :raise UserError: it says why not.
        """
        self._check_biller()
        moves = self.env["account.move"].search(
            [
                ("id", "in", [*move_ids]),
                ("company_id", "=", self.env.company.id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("is_move_sent", "=", False),
            ]
        )
        moves &= moves._billed_evidence().move_id
        if not moves:
            raise UserError(
                self.env._(
                    "None of these invoices is left to be sent. Load the page again."
                )
            )
        moves.check_access("write")
        self._check_recipients(moves)
        sender = self.env["account.move.send"]
        to_send = moves.filtered(
            lambda move: sender._get_default_sending_methods(move) != {"manual"}
        )
        if to_send:
            sender._generate_and_send_invoices(to_send)
        return to_send == moves

    @api.model
    def set_rate(
        self,
        date_from: str | bool,
        date_to: str | bool,
        project_id: int,
        employee_id: int,
        rate: float,
        level: str = "project",
    ) -> None:
        """Give time its rate where one is missing.

        :param project_id: a project that is offered.
        :param employee_id: whose rate it is there, 0 for that of the project.
        :param rate: per hour or day, as the project is billed.
        :param level: ``project``; or ``default``, for all projects of its currency: of
            the person; or of the ``customer`` or the ``company``.
        :raise UserError: none is missing there, or it is no rate.
        """
        self._check_biller()
        month = Month(self.env, self._period(date_from, date_to))
        project = self._offered(month, [project_id])
        if employee_id not in month.months(project)[project.id].lacking:
            raise UserError(
                self.env._("No rate is missing there any more. Load the page again.")
            )
        if not (isinstance(rate, int | float) and isfinite(rate) and rate > 0):
            raise UserError(self.env._("A rate is a number above zero."))
        if level == "project":
            self._set_own_rate(project, employee_id, rate)
        else:
            self._set_default_rate(project, employee_id, rate, level)

    def _set_own_rate(
        self, project: models.BaseModel, employee_id: int, rate: float
    ) -> None:
        """Set the rate of a project, or of a person there."""
        if not employee_id:
            # This field only, of a project that he may read and bills.
            project.billing_rate = rate
            return
        rates = self.env["project.billing.rate"]
        scope = {
            "project_id": project.id,
            "employee_id": employee_id,
            "task_id": False,
            "date_from": False,
        }
        found = rates.search([(name, "=", value) for name, value in scope.items()])
        if found:
            found.rate = rate
        else:
            rates.create({**scope, "rate": rate})

    def _set_default_rate(
        self, project: models.BaseModel, employee_id: int, rate: float, level: str
    ) -> None:
        """Set what holds for a project, and for others that say nothing themselves."""
        subject = {}
        if level == "customer" and project.partner_id:
            subject = {"partner_id": project.partner_id.commercial_partner_id.id}
        elif level == "default" and employee_id:
            subject = {"employee_id": employee_id}
        elif level != "company":
            raise UserError(self.env._("Nothing can be set here."))
        rates = self.env["project.billing.rate"]
        rates._set_default(market_of(project), rate, **subject)

    def _offered(self, month: Month, project_ids: Iterable[int]) -> models.BaseModel:
        """Return those of the projects that are on the page.

        :rtype: project.project
        :raise UserError: none of them is.
        """
        wanted = {*project_ids}
        projects = month.projects().filtered(lambda project: project.id in wanted)
        if not projects:
            raise UserError(
                self.env._("Nothing of it is left to invoice. Load the page again.")
            )
        return projects

    def _offered_entries(self, month: Month, projects: models.BaseModel) -> set[int]:
        """Return the ids of the entries that the invoice of projects would bill."""
        return {
            time.timesheet_id
            for source in month.sources(projects)
            for group in source.groups()
            for time in group.times
        }

    def _check_biller(self) -> None:
        """Refuse who may not bill.

        :raise AccessError: for users outside the billing group.
        """
        if not (self.env.su or self.env.user.has_group(BILLING_GROUP)):
            raise AccessError(
                self.env._("Only the Billing group of Zoho Projects invoices time.")
            )
