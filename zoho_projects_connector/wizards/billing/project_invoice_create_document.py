from collections import defaultdict
from datetime import date, timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context, format_duration

from ...clock import say_day
from ...models.billing.plan import (
    BillingPlan,
    Period,
    Work,
    last_month,
    this_month,
)
from .invoice_source import InvoiceGroup

# What the text of a line can tell, and the field that asks for it.
DETAILS = ("project", "task", "staff", "period", "hours", "notes")


# What the text of a line tells unless the customer's invoices told something else.
USUAL_DETAILS = {"entry": ("task", "staff", "notes")}


def detail_field(detail: str, label: str) -> fields.Boolean:
    """Return the field that asks for a detail.

    Each has a method of its own: of fields that share one, a value given for one
    keeps the others from being computed.
    """

    @api.depends("project_ids", "group_by")
    def compute(wizards: models.BaseModel) -> None:
        wizards._compute_detail(detail)

    return fields.Boolean(string=label, compute=compute, store=True, readonly=False)


class ProjectInvoiceCreate(models.TransientModel):
    """Makes the documents: of which days, what their lines say, and their plan.

    That takes more rights than the user's, and only here.
    """

    _inherit = "project.invoice.create"

    # The dates say it; chosen by name, it sets the dates.
    period = fields.Selection(
        selection="_selection_period",
        string="Work Done",
        compute="_compute_period",
        inverse="_inverse_period",
        readonly=False,
    )
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="To")
    invoice_date = fields.Date(
        help="Empty: the day on which the invoice is posted. Time of a closed period "
        "is invoiced on an open day.",
    )

    show_project = detail_field("project", "Project")
    show_task = detail_field("task", "Task Names")
    show_staff = detail_field("staff", "Staff Names")
    show_period = detail_field("period", "Period")
    show_hours = detail_field("hours", "Hours")
    show_notes = detail_field("notes", "Notes")
    project_count = fields.Integer(compute="_compute_project_count")
    line_template = fields.Text(
        string="Text by Template", compute="_compute_line_template"
    )
    use_template = fields.Boolean(
        string="By the Template",
        compute="_compute_use_template",
        store=True,
        readonly=False,
        help="The text of the lines is that of the template which the customer or the "
        "company has, not what is ticked.",
    )
    show_sections = fields.Boolean(
        string="Heading for the Project",
        compute="_compute_show_sections",
        store=True,
        readonly=False,
        help="A section with the name of the project and the months of the work. "
        "Several projects have theirs always.",
    )

    def _create_invoice(self) -> models.BaseModel:
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
        # The plan travels in the context: Odoo's invoicing of orders takes no arguments
        # for it, and every addon that hooks into it goes on working.
        moves = lines.order_id.with_context(
            billing_plan=plan, mail_auto_subscribe_no_notify=True
        )._create_invoices()
        # The order has no salesperson; who invoices is whom to ask.
        moves.invoice_user_id = self.env.user
        return moves.with_env(self.env)

    def _add_to_invoice(self, move: models.BaseModel) -> models.BaseModel:
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
        # Odoo links time only to documents that it makes itself.
        move.sudo()._billed_timesheets()._follow_ledger()
        amounts = move._billed_amounts()
        amounts._follow_amounts()
        added = new.sudo().billed_time_ids
        move._check_hours_beside_prices(amounts & added, added.timesheet_id)
        return new

    def _check_fits(self, move: models.BaseModel) -> None:
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

    def _with_rights(self) -> models.BaseModel:
        """Return the wizard with more rights than the user's, the only place.

        He may read the projects and make invoices, which was checked before. Defaults
        of his call are for his own records, not for what is made with these rights.
        """
        own = self.with_context(clean_context(self.env.context))
        return own.sudo().with_company(self.company_id)

    def _make_plan(self) -> BillingPlan:
        """Lock what is chosen, and give all of it lines on the billing orders."""
        # Locked before orders get lines: who comes second fails before he writes.
        groups = [
            group for source in self._sources() for group in source.locked_groups()
        ]
        plan = BillingPlan(
            invoice_date=self.invoice_date or None, has_sections=self.show_sections
        )
        # In the order of the projects, whatever order their time has.
        for project in self.project_ids:
            own = [group for group in groups if group.project_id == project.id]
            name = project.with_context(lang=self.partner_id.lang).name
            days = [day for source in self._sources() for day in source.days(own)]
            plan.works[project.id] = Work(name, days)
            self._plan_lines(project, own, plan)
        return plan

    def _plan_lines(
        self, project: models.BaseModel, groups: list[InvoiceGroup], plan: BillingPlan
    ) -> None:
        """Give the groups of a project their lines on its order; plan to bill them.

        :param groups: the invoice lines of the project.
        :param plan: what the invoice will bill.
        """
        new = defaultdict(list)
        for group in groups:
            if group.sale_line_id:
                group.plan(plan, group.sale_line_id)
                plan.projects[group.sale_line_id] = project.id
            else:
                new[group.product(project)].append(group)
        for product, some in new.items():
            order = self.env["sale.order"]._get_billing_order(project)
            lines = order._billing_order_lines(
                [(one.key, one.price, one.name, one.hours_per_day) for one in some],
                product,
            )
            for group, line in zip(some, lines, strict=True):
                group.plan(plan, line.id)
                plan.projects[line.id] = project.id

    def _open_drafts(self, moves: models.BaseModel) -> dict:
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

    def _left_out_sentence(self, reason: str, line: models.BaseModel) -> str:
        """Return why something is left out, with its hours where it has some."""
        if not line.hours:
            return self.env._("%(reason)s: %(what)s", reason=reason, what=line.name)
        return self.env._(
            "%(reason)s: %(what)s (%(hours)s h)",
            reason=reason,
            what=line.name,
            hours=format_duration(line.hours),
        )

    # The date of the invoice: never in a closed period.

    @api.model
    def _locked_date(self, company: models.BaseModel, day: date | bool) -> str | bool:
        """Return why an invoice cannot have a date, with the first open day.

        False when it can, or when it has none yet.
        """
        # Invoicing users have no rights to lock dates; theirs are still looked up.
        company = company.with_env(self.env).sudo()
        locks = company._get_lock_date_violations(day, purchase=False)
        if not locks:
            return False
        # Several locks may hold, for taxes and for all: the last one counts.
        last_locked = max(day for day, _field in locks)
        return self.env._(
            "%(date)s lies in a period that is closed. The first open day is %(open)s.",
            date=say_day(self.env, day),
            open=say_day(self.env, last_locked + timedelta(days=1)),
        )

    # What the text of the lines says, in the customer's language.

    def _compute_detail(self, detail: str) -> None:
        """Tick a detail if the customer's last invoice told it with these lines."""
        for wizard in self:
            layout = wizard.project_ids.partner_id[:1]._billing_layout()
            details = layout["details"]
            if layout["group_by"] != wizard.group_by:
                details = USUAL_DETAILS.get(wizard.group_by, ())
            wizard[f"show_{detail}"] = detail in details

    @api.depends("project_ids")
    def _compute_line_template(self) -> None:
        for wizard in self:
            customer = wizard.partner_id.commercial_partner_id
            lang = wizard.partner_id.lang or self.env.lang
            # Who may invoice a customer need not have rights to change him or settings.
            customer, company = (
                record.sudo().with_context(lang=lang)
                for record in (customer, wizard.company_id)
            )
            wizard.line_template = (
                customer.billing_line_template or company.billing_line_template
            )

    @api.depends("project_ids")
    def _compute_use_template(self) -> None:
        """Take the template that there is, unless the last invoice did not."""
        for wizard in self:
            layout = wizard.partner_id._billing_layout()
            wizard.use_template = bool(wizard.line_template) and layout["template"]

    @api.depends("project_ids")
    def _compute_project_count(self) -> None:
        for wizard in self:
            wizard.project_count = len(wizard.project_ids)

    @api.depends("project_ids", "mode")
    def _compute_show_sections(self) -> None:
        """Start as the customer's last invoice; several projects are told apart."""
        for wizard in self:
            layout = wizard.partner_id._billing_layout()
            # The line of a fixed cost is named after its project.
            usual = layout["sections"] and wizard.mode != "fixed"
            wizard.show_sections = len(wizard.project_ids) > 1 or usual

    def _remember_layout(self) -> None:
        """Let the next invoice of the customer start with these lines and texts."""
        if self.mode != "time":
            return
        layout = self.partner_id._billing_layout() | {
            "group_by": self.group_by,
            "details": [detail for detail in DETAILS if self[f"show_{detail}"]],
        }
        # What was no choice is nothing to remember.
        if self.line_template:
            layout["template"] = self.use_template
        if len(self.project_ids) == 1:
            layout["sections"] = self.show_sections
        self.partner_id._set_billing_layout(layout)

    def _line_template(self) -> str:
        """Return the template of the lines in the customer's language, maybe none.

        Note: `self.ensure_one()`
        """
        return self.line_template if self.use_template else ""

    # The period, by its name or by its days.

    @api.model
    def _selection_period(self) -> list[tuple[str, str]]:
        last, this = last_month(self).name(self.env), this_month(self).name(self.env)
        return [
            ("all", self.env._("Any day")),
            ("last_month", self.env._("Last month (%(month)s)", month=last)),
            (
                "until_last_month",
                self.env._("All until the end of %(month)s", month=last),
            ),
            ("this_month", self.env._("This month (%(month)s)", month=this)),
            ("other", self.env._("Other dates")),
        ]

    def _named_periods(self) -> dict[str, Period]:
        last = last_month(self)
        return {
            "all": Period(None, None),
            "last_month": last,
            "until_last_month": Period(None, last.date_to),
            "this_month": this_month(self),
        }

    @api.depends("date_from", "date_to")
    def _compute_period(self) -> None:
        names = {period: name for name, period in self._named_periods().items()}
        for wizard in self:
            wizard.period = names.get(wizard._chosen_period(), "other")

    def _chosen_period(self) -> Period:
        """Return the days of work that are asked for. Note: `self.ensure_one()`"""
        return Period(self.date_from or None, self.date_to or None)

    @api.onchange("period")
    def _inverse_period(self) -> None:
        for wizard in self:
            # Other dates are typed.
            if period := self._named_periods().get(wizard.period):
                wizard.date_from, wizard.date_to = period

    def _period_obstacle(self) -> str | bool:
        """Return what is wrong with the days, False when they are a period."""
        first, last = self._chosen_period()
        if first and last and first > last:
            return self.env._("The first day lies after the last one.")
        return False
