from datetime import date

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_duration

from odoo.addons.zoho_projects_connector.models.code_only_mixin import ByCode

# What the ledger has settled is no news; everything else that is left out is said.
SETTLED = {
    "draft",
    "invoiced",
    "paid",
    "billed_elsewhere",
    "fixed_price",
    "non_billable",
}


class ContractContract(models.Model):
    _inherit = "contract.contract"

    def action_renew(self) -> dict:
        """Make the invoice of the period that the form shows as the next, and open it.

        :raise UserError: when somebody, or the schedule, was faster.
        """
        self.ensure_one().check_access("write")
        shown = fields.Date.to_date(self.env.context.get("renewal_date"))
        if shown and shown != self.recurring_next_date:
            raise UserError(
                self.env._(
                    "This period was invoiced in the meantime. Reload the subscription "
                    "to see its next date."
                )
            )
        moves = self.recurring_create_invoice()
        return self._open_renewal(moves) if moves else self._notify_nothing_due()

    def _open_renewal(self, moves: models.BaseModel) -> dict:
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": moves[0].id,
            "views": [(False, "form")],
        }

    def _notify_nothing_due(self) -> dict:
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("There was nothing to bill in this period."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _prepare_invoice(
        self, date_invoice: date, journal: models.BaseModel = None
    ) -> dict:
        values = super()._prepare_invoice(date_invoice, journal)
        if self.project_ids:
            values["subscription_id"] = ByCode(self.id)
        return values

    def _get_related_invoices(self) -> models.BaseModel:
        """Renewals of nothing but time have no line of the contract."""
        moves = self.env["account.move"]
        renewals = moves.search([("subscription_id", "in", self.ids)])
        return super()._get_related_invoices() | renewals

    def _recurring_create_invoice(self, date_ref: date = False) -> models.BaseModel:
        """Put the unbilled work of the projects on the renewals, once per period."""
        # Before the invoice: of two runs at one moment, the index lets one claim.
        periods = self.filtered("project_ids")._claim_periods(date_ref)
        moves = super()._recurring_create_invoice(date_ref)
        renewals = moves.filtered("subscription_id")
        for move in renewals:
            own = periods.filtered(lambda p, m=move: p.contract_id == m.subscription_id)
            own.move_id = move
            for period in own.filtered("bills_work"):
                move.subscription_id._bill_unbilled_work(move, period)
        empty = renewals.filtered(lambda move: not move.invoice_line_ids)
        # Kept, for the period is done: without a document, as nothing was to bill.
        periods.filtered(lambda period: period.move_id in empty).move_id = False
        # It was made above, empty; the user may lack the right to delete.
        empty.sudo().unlink()
        return moves - empty

    def _claim_periods(self, date_ref: date) -> models.BaseModel:
        """Keep every other run off the periods that are about to be invoiced.

        :param date_ref: the day up to which is renewed, False for the next renewal.
        :rtype: project.subscription.period
        :raise UserError: a period is invoiced already.
        """
        # Only code writes periods; who may renew was checked by Odoo.
        periods = self.env["project.subscription.period"].sudo()
        vals_list = []
        for contract in self:
            day = date_ref or contract.recurring_next_date
            for line in contract._due_lines(day) if day else []:
                first, last = line.next_period_date_start, line.next_period_date_end
                periods._check_free(line, first, last)
                vals_list.append(
                    {
                        "contract_line_id": line.id,
                        "date_start": first,
                        "date_end": last,
                    }
                )
        return periods.create(vals_list)

    def _due_lines(self, day: date) -> models.BaseModel:
        """Return the lines with a period that is due on a day. Note: `ensure_one()`.

        :rtype: contract.line
        """
        return self._get_lines_to_invoice(day).filtered(
            # Sections and other notes are text: they have no period of their own.
            lambda line: line.is_recurring_note or not line.display_type
        )

    def _bill_unbilled_work(
        self, move: models.BaseModel, period: models.BaseModel
    ) -> None:
        """Put on a new draft what the projects have unbilled by then.

        The user may renew the contract, so he need not have rights to its projects.
        Note: `self.ensure_one()`

        :param account.move move: the draft of the renewal.
        :param project.subscription.period period: says which day is the last.
        """
        if not (self.include_unbilled_hours or self.include_unbilled_expenses):
            return
        left_out = self._archived_left_out()
        projects = self._billed_projects().filtered("active")
        # Contacts of one customer, each by itself: by hand, a document is for one.
        for own in projects.grouped("partner_id").values():
            wizard = self._unbilled_work_wizard(own, period)
            lines = wizard._add_to_invoice(move.sudo())
            # By it the contract finds the invoice among its own.
            lines.contract_line_id = period.contract_line_id
            left_out += self._unbilled_left_out(wizard)
        if left_out:
            self._say_left_out(move, left_out)

    def _unbilled_work_wizard(
        self, projects: models.BaseModel, period: models.BaseModel
    ) -> models.BaseModel:
        """Return the invoice wizard with the choices of this subscription.

        Note: `self.ensure_one()`

        :rtype: project.invoice.create
        """
        # Who may renew the contract need not have rights to its projects.
        wizards = self.env["project.invoice.create"].sudo()
        return wizards.with_company(self.company_id).create(
            {
                "project_ids": projects.ids,
                "mode": "time" if self.include_unbilled_hours else "expenses",
                "include_expenses": self.include_unbilled_expenses,
                "date_to": period.work_until,
                "group_by": self.unbilled_group_by,
                "show_sections": False,
            }
        )

    def _archived_left_out(self) -> list[str]:
        """Return a sentence for each archived project: nobody expects to be billed
        for it, and its time must not be forgotten. Note: `self.ensure_one()`.
        """
        projects = self._billed_projects().filtered(lambda project: not project.active)
        return [
            self.env._(
                "The project is archived: %(project)s (%(hours)s h)",
                project=project.name,
                hours=format_duration(project.hours_unbilled),
            )
            for project in projects
            if project.hours_unbilled
        ]

    def _unbilled_left_out(self, wizard: models.BaseModel) -> list[str]:
        """Return a sentence for each thing that the wizard could not bill."""
        left_out = wizard.left_out_ids.filtered(lambda line: line.reason not in SETTLED)
        labels = dict(left_out._fields["reason"]._description_selection(self.env))
        return [
            wizard._left_out_sentence(labels[line.reason], line) for line in left_out
        ]

    def _say_left_out(self, move: models.BaseModel, left_out: list[str]) -> None:
        """Write into the chatter what a renewal could not bill, and why.

        When the invoice holds nothing it is not kept: then the contract is told.
        Note: `self.ensure_one()`
        """
        items = Markup().join(Markup("<li>%s</li>") % sentence for sentence in left_out)
        title = self.env._("Not on this renewal, and still unbilled:")
        document = move if move.invoice_line_ids else self
        document.message_post(body=Markup("<p>%s</p><ul>%s</ul>") % (title, items))
