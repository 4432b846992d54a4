from odoo import models
from odoo.exceptions import LockError, UserError

from ..models.billing_plan import BillingPlan


class ProjectInvoiceCreate(models.TransientModel):
    _inherit = "project.invoice.create"

    def _create_time_invoice(self):
        """Make the draft invoice of the chosen time, through the billing orders.

        The only place that works with more rights than the user's: he may read the
        projects and make invoices, which was checked before.

        :rtype: account.move
        :raise UserError: nothing is left to invoice, or somebody was faster.
        """
        wizard = self.sudo().with_company(self.company_id)
        groups = wizard._time_groups()
        if not groups:
            raise UserError(wizard._nothing_to_invoice())
        wizard._lock_time(groups)
        plan = BillingPlan()
        for project in wizard.project_ids:
            wizard._plan_project(project, groups, plan)
        lines = self.env["sale.order.line"].sudo().browse(plan.times)
        moves = lines.order_id.with_context(
            billing_plan=plan, mail_auto_subscribe_no_notify=True
        )._create_invoices()
        moves.invoice_user_id = self.env.user
        return moves.with_env(self.env)

    def _plan_project(self, project, groups, plan) -> None:
        """Give the groups of a project their lines on its order; plan to bill them.

        :param list[TimeGroup] groups: the time of the invoice lines, of all projects.
        :param BillingPlan plan: what the invoice will bill.
        """
        groups = [group for group in groups if group.project_id == project.id]
        if not groups:
            return
        order = self.env["sale.order"]._get_billing_order(project)
        lines = order._billing_order_lines(
            [(group.key, group.rate, group.name) for group in groups]
        )
        for group, line in zip(groups, lines, strict=True):
            plan.times[line.id] = group.times
            plan.names[line.id] = group.name

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
            self.env._(
                "%(reason)s: %(what)s (%(hours)s h)",
                reason=labels[line.reason],
                what=line.name,
                hours=round(line.hours, 2),
            )
            for line in self.left_out_ids
        ]
        return "\n".join(
            [self.env._("There is no time to invoice."), *left_out],
        )

    def _lock_time(self, groups) -> None:
        """Keep other invoices off these entries, then look at them again.

        :param list[TimeGroup] groups: the time about to be billed.
        :raise UserError: an entry changed or was billed since it was chosen.
        """
        planned = {time.timesheet_id: time for group in groups for time in group.times}
        timesheets = self.env["account.analytic.line"].sudo().browse(planned)
        try:
            timesheets.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is invoicing or changing this time right now. "
                    "Try again in a moment."
                )
            ) from error
        timesheets.invalidate_recordset()
        changed = timesheets.filtered(
            lambda line: line.unbilled_hours != planned[line.id].hours
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
