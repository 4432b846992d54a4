from collections import defaultdict
from contextlib import contextmanager
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL, clean_context, format_date

from ...hours import SAME_HOURS
from ...models.billing.plan import BillingPlan
from .invoice_amounts import AmountGroup
from .invoice_time import TimeGroup


class ProjectInvoiceCreate(models.TransientModel):
    """Two accountants at once: the second one waits, or is told."""

    _inherit = "project.invoice.create"

    invoice_date = fields.Date(
        help="Empty: the day on which the invoice is posted. Time of a closed period "
        "is invoiced on an open day.",
    )

    def _create_invoice(self):
        """Make the draft invoice of what is chosen, through the billing orders.

        :rtype: account.move
        :raise UserError: nothing is left to invoice, or somebody was faster.
        """
        wizard = self._with_rights()
        plan = wizard._make_plan()
        if not plan.sale_line_ids():
            raise UserError(wizard._nothing_to_invoice())
        wizard._remember_layout()
        # Of the plan just made; who may invoice need not have rights to orders.
        lines = self.env["sale.order.line"].sudo().browse(plan.sale_line_ids())
        moves = lines.order_id.with_context(
            billing_plan=plan, mail_auto_subscribe_no_notify=True
        )._create_invoices()
        moves.invoice_user_id = self.env.user
        return moves.with_env(self.env)

    def _add_to_invoice(self, move):
        """Put what is chosen on a draft invoice that is there already.

        :param account.move move: draft invoice of the same customer, company and
            currency.
        :return: the new lines, none when there is nothing to invoice.
        :rtype: account.move.line
        :raise UserError: the documents do not go together, or somebody was faster.
        """
        self.ensure_one()
        self._check_fits(move)
        wizard = self._with_rights()
        plan = wizard._make_plan()
        # Of the plan just made; who may invoice need not have rights to orders.
        lines = self.env["sale.order.line"].sudo().browse(plan.sale_line_ids())
        known = move.invoice_line_ids
        sequence = max(known.mapped("sequence"), default=0)
        planned = lines.with_context(billing_plan=plan)
        move.sudo().with_context(billing_plan=plan).write(
            {
                "invoice_line_ids": [
                    Command.create(line._prepare_invoice_line(sequence=number))
                    for number, line in enumerate(planned, start=sequence + 1)
                ]
            }
        )
        new = move.invoice_line_ids - known
        new.sudo()._bill_plan(plan)
        move.sudo()._billed_timesheets()._follow_ledger()
        amounts = move._billed_amounts()
        amounts._follow_amounts()
        added = new.sudo().billed_time_ids
        move._check_hours_beside_prices(amounts & added, added.timesheet_id)
        return new

    def _check_fits(self, move) -> None:
        """Refuse a document that cannot take what is chosen.

        :param account.move move: the document to add lines to.
        :raise UserError: it says what does not go together.
        """
        fits = (
            move.state == "draft"
            and move.move_type == "out_invoice"
            and move.commercial_partner_id == self.partner_id.commercial_partner_id
            and move.company_id == self.company_id
            and move.currency_id == self.currency_id
        )
        if self.warning or not fits:
            raise UserError(
                self.warning
                or self.env._(
                    "%(invoice)s is no draft invoice of %(customer)s in %(currency)s: "
                    "the projects cannot be added to it.",
                    invoice=move.display_name,
                    customer=self.partner_id.display_name,
                    currency=self.currency_id.name,
                )
            )

    def _with_rights(self):
        """Return the wizard with more rights than the user's, the only place.

        He may read the projects and make invoices, which was checked before. Defaults
        of his call are for his own records, not for what is made with these rights.
        """
        own = self.with_context(clean_context(self.env.context))
        return own.sudo().with_company(self.company_id)

    def _make_plan(self) -> BillingPlan:
        """Lock what is chosen, and give all of it lines on the billing orders."""
        self._lock_amounts()
        groups = self._groups()
        self._lock_time([group for group in groups if isinstance(group, TimeGroup)])
        plan = BillingPlan(invoice_date=self.invoice_date or None)
        for project in self.project_ids:
            own = [group for group in groups if group.project_id == project.id]
            self._plan_lines(project, own, plan)
        return plan

    def _plan_lines(self, project, groups, plan) -> None:
        """Give the groups of a project their lines on its order; plan to bill them.

        :param list[TimeGroup | AmountGroup] groups: the invoice lines of the project.
        :param BillingPlan plan: what the invoice will bill.
        """
        for kind, product in (
            (TimeGroup, project._billing_time_product()),
            (AmountGroup, self.env.ref("zoho_projects_connector.product_fixed_price")),
        ):
            new = [
                group
                for group in groups
                if isinstance(group, kind) and not group.sale_line_id
            ]
            if not new:
                continue
            order = self.env["sale.order"]._get_billing_order(project)
            lines = order._billing_order_lines(
                [
                    (group.key, group.price, group.name, group.hours_per_day)
                    for group in new
                ],
                product,
            )
            for group, line in zip(new, lines, strict=True):
                group.plan(plan, line.id)
        for group in groups:
            if group.sale_line_id:
                group.plan(plan, group.sale_line_id)

    def _open_drafts(self, moves) -> dict:
        """Return the action that shows the new invoice.

        :param account.move moves: the draft, or several when addresses differ.
        """
        action = {"type": "ir.actions.act_window", "res_model": "account.move"}
        if len(moves) == 1:
            return {**action, "res_id": moves.id, "views": [(False, "form")]}
        return {
            **action,
            "name": self.env._("Invoices"),
            "domain": [("id", "in", moves.ids)],
            "views": [(False, "list"), (False, "form")],
        }

    def _nothing_to_invoice(self) -> str:
        """Return the sentence for an invoice that would be empty, with what is left."""
        field = self.left_out_ids._fields["reason"]
        labels = dict(field._description_selection(self.env))
        left_out = [
            self._left_out_sentence(labels[line.reason], line)
            for line in self.left_out_ids
        ]
        return "\n".join(
            [self.env._("There is nothing to invoice."), *left_out],
        )

    def _left_out_sentence(self, reason: str, line) -> str:
        """Return why something is left out, with its hours where it has some."""
        if not line.hours:
            return self.env._("%(reason)s: %(what)s", reason=reason, what=line.name)
        return self.env._(
            "%(reason)s: %(what)s (%(hours)s h)",
            reason=reason,
            what=line.name,
            hours=round(line.hours, 2),
        )

    # Two accountants at once: the second one waits, or is told.

    @contextmanager
    def _lock_or_tell(self):
        """Turn a lock that somebody else has into a sentence."""
        try:
            yield
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is invoicing or changing this right now. Try again "
                    "in a moment."
                )
            ) from error

    def _lock_amounts(self) -> None:
        """Keep other invoices off the items, fixed costs and expenses chosen.

        And off the time that a price covers: nobody is to bill it by the hour.
        """
        with self._lock_or_tell():
            if self.mode == "items":
                for line in self.item_ids:
                    line._item().lock_for_update(allow_referencing=True)
                    line._item()._coverable_time().lock_for_update()
            if self.mode == "expenses" or self.include_expenses:
                self._expense_lines().lock_for_update(allow_referencing=True)
            if self.mode == "fixed":
                self.project_ids.lock_for_update(allow_referencing=True)
                self.project_ids._coverable_time().lock_for_update()
        if self.mode == "fixed":
            # What is left is a sum over other rows: only a new version of the
            # project's own row makes a second transaction start anew.
            self.env.cr.execute(
                SQL(
                    "UPDATE project_project SET fixed_cost = fixed_cost WHERE id IN %s",
                    tuple(self.project_ids.ids),
                )
            )

    def _lock_time(self, groups) -> None:
        """Keep other invoices off these entries, then look at them again.

        :param list[TimeGroup] groups: the time about to be billed.
        :raise UserError: an entry changed or was billed since it was chosen.
        """
        planned = defaultdict(float)
        for group in groups:
            for time in group.times:
                planned[time.timesheet_id] += time.hours
        timesheets = self.env["account.analytic.line"].sudo().browse(planned)
        with self._lock_or_tell():
            timesheets.lock_for_update()
        timesheets.invalidate_recordset(["unbilled_hours"])
        timesheets.fetch(["unbilled_hours"])
        hours = timesheets._hours_to_bill()
        changed = timesheets.filtered(
            lambda line: (
                # Of negative time, no more may be taken off than there is.
                hours[line.id] > planned[line.id] + SAME_HOURS
                if planned[line.id] < 0
                else hours[line.id] != planned[line.id]
            )
        )
        if changed:
            invoices = changed._billing_invoices()
            raise UserError(
                self.env._(
                    "Part of this time was billed or changed in the meantime "
                    "(%(invoices)s). Look at the preview again.",
                    invoices=", ".join(invoices.mapped("display_name")) or "-",
                )
            )

    # The date of the invoice: never in a closed period.

    @api.model
    def _locked_date(self, company, day) -> str | bool:
        """Return why an invoice cannot have a date, with the first open day.

        False when it can, or when it has none yet.
        """
        # Invoicing users have no rights to lock dates; theirs are still looked up.
        company = company.with_env(self.env).sudo()
        locks = company._get_lock_date_violations(day, purchase=False)
        if not locks:
            return False
        last_locked = max(day for day, _field in locks)
        return self.env._(
            "%(date)s lies in a period that is closed. The first open day is %(open)s.",
            date=format_date(self.env, day),
            open=format_date(self.env, last_locked + timedelta(days=1)),
        )
