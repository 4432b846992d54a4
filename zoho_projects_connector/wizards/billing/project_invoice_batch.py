from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from psycopg2 import IntegrityError

from odoo import Command, api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain
from odoo.tools import format_duration

from ...naming import name_some
from .invoice_time import TimeGroup, TimeSource, untaxed_amount
from .project_invoice_create import WITH_ARCHIVED

# Customers that one click invoices: each has a savepoint, of which a transaction
# bears few, and all of them must be done before the request times out.
BATCH_SIZE = 50
# More are counted, not named: each customer is a row that must stay readable.
NAMED = 3


@dataclass
class ProjectPreview:
    """What one project has to invoice, and what of it is not or needs a look.

    ``exceptions`` has the hours that are not, by reason and by what to look at;
    ``questions`` counts what others than billing want answered first.
    """

    groups: list[TimeGroup] = field(default_factory=list)
    exceptions: dict[str, Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    questions: int = 0


class ProjectInvoiceBatch(models.TransientModel):
    """Makes the drafts of all customers with unbilled time, each as his projects say.

    There is no second way of invoicing: it fills in the invoice wizard per customer.
    """

    _name = "project.invoice.batch"
    _inherit = ["caller.choice.mixin"]
    _description = "Invoice Unbilled Time"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date_to = fields.Date(
        string="Work Done Until",
        required=True,
        default=lambda self: fields.Date.context_today(self),
    )
    invoice_date = fields.Date(
        help="Empty: the day on which each invoice is posted.",
    )
    line_ids = fields.One2many(
        "project.invoice.batch.line",
        "batch_id",
        string="Customers",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    is_done = fields.Boolean(export_string_translation=False)
    warning = fields.Char(compute="_compute_warning")
    to_make = fields.Integer(compute="_compute_counts")
    made = fields.Integer(compute="_compute_counts")
    failed = fields.Integer(compute="_compute_counts")

    @api.depends("company_id", "date_to")
    def _compute_line_ids(self) -> None:
        for batch in self:
            # In the form they have no ids: they are made anew with each change.
            batch.line_ids = [
                Command.clear(),
                *(Command.create(vals) for vals in batch._preview_rows()),
            ]

    @api.depends("company_id", "invoice_date")
    def _compute_warning(self) -> None:
        wizards = self.env["project.invoice.create"]
        for batch in self:
            batch.warning = wizards._locked_date(batch.company_id, batch.invoice_date)

    @api.depends("line_ids.selected", "line_ids.state")
    def _compute_counts(self) -> None:
        for batch in self:
            states = batch.line_ids.mapped("state")
            batch.to_make = len(batch._lines_to_make())
            batch.made = states.count("made")
            batch.failed = states.count("failed")

    def _lines_to_make(self) -> models.BaseModel:
        """Return the customers that are ticked and have no draft yet.

        :rtype: project.invoice.batch.line
        """
        return self.line_ids.filtered(
            lambda line: line.selected and line.can_invoice and line.state == "open"
        )

    def action_create_drafts(self) -> dict:
        """Make the drafts of the ticked customers, of fifty of them at most.

        :return: action that shows what was made and what was not.
        :raise UserError: nobody is ticked, or the date is in a closed period.
        """
        self.ensure_one()
        self.env["account.move"].check_access("create")
        if self.warning:
            raise UserError(self.warning)
        lines = self._lines_to_make()[:BATCH_SIZE]
        if not lines:
            raise UserError(self.env._("Tick at least one customer to invoice."))
        for line in lines:
            line._create_drafts()
        self.is_done = True
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoice Unbilled Time"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_open_drafts(self) -> dict:
        """Open the drafts that were made."""
        self.ensure_one()
        return self.env["project.invoice.create"]._open_drafts(self.line_ids.move_ids)

    # The table of customers: figured for all of them at once.

    def _preview_rows(self) -> list[dict]:
        """Return the values of a line per customer and currency, by name.

        Projects without a customer have a line each, to say so.
        """
        projects = self._projects_with_unbilled_time()
        previews = self._project_previews(projects)
        groups = defaultdict(lambda: self.env["project.project"])
        for project in projects:
            nobody = 0 if project.partner_id else project.id
            key = (project.partner_id, project._billing_currency(), nobody)
            groups[key] |= project
        rows = [
            self._row(partner, currency, some, [previews[each.id] for each in some])
            for (partner, currency, _nobody), some in groups.items()
        ]
        names = {row["partner_id"]: "" for row in rows}
        names.update(
            (partner.id, partner.display_name) for partner in projects.partner_id
        )
        return sorted(rows, key=lambda row: (names[row["partner_id"]], -row["amount"]))

    def _projects_with_unbilled_time(self) -> models.BaseModel:
        """Return the projects of the company that have time to invoice.

        :rtype: project.project
        """
        company = self.company_id
        domain = Domain("unbilled_hours", "!=", 0) & Domain("date", "<=", self.date_to)
        domain &= Domain("project_id.company_id", "in", [company.id, False])
        domain &= Domain("company_id", "=", company.id)
        groups = self.env["account.analytic.line"]._read_group(domain, ["project_id"])
        projects = self.env["project.project"].union(*(each for (each,) in groups))
        # Those he may read; what they have to invoice is figured as in the wizard.
        projects = projects._filtered_access("read")
        return projects.sudo().with_company(company)

    def _project_previews(
        self, projects: models.BaseModel
    ) -> dict[int, ProjectPreview]:
        """Return what each project has to invoice, in a few queries for all."""
        previews = defaultdict(ProjectPreview)
        by_lines = projects.grouped(
            lambda project: project.partner_id._billing_layout()["group_by"] or "task"
        )
        for group_by, some in by_lines.items():
            # In memory: the dialog is only asked what it would make.
            wizard = projects.env["project.invoice.create"].new(
                {
                    "project_ids": [Command.set(some.ids)],
                    "mode": "time",
                    "group_by": group_by,
                    "date_to": self.date_to,
                }
            )
            source = TimeSource(wizard)
            for group in source.groups():
                previews[group.project_id].groups.append(group)
            for reason, what, timesheet, hours in source.unbillable():
                exceptions = previews[timesheet.project_id.id].exceptions
                exceptions[reason][what] += hours
        return previews

    def _exception(self, reason: str, what: str) -> str:
        """Return what is said of time that is not invoiced."""
        if reason == "order":
            return self.env._("Billed by the sales order %(order)s", order=what)
        if reason == "negative":
            return self.env._("More negative time than other: %(what)s", what=what)
        return self.env._("No rate is set: %(what)s", what=what)

    def _row(
        self,
        partner: models.BaseModel,
        currency: models.BaseModel,
        projects: models.BaseModel,
        previews: list[ProjectPreview],
    ) -> dict:
        """Return the values of the line of a customer in a currency."""
        groups = [group for preview in previews for group in preview.groups]
        # A dialog of this customer: taxes in the price follow his fiscal position.
        wizard = projects.env["project.invoice.create"].new(
            {"project_ids": [Command.set(projects.ids)]}
        )
        can_invoice = bool(groups and partner and currency.active)
        return {
            "selected": can_invoice,
            "can_invoice": can_invoice,
            "partner_id": partner.id,
            "currency_id": currency.id,
            "project_ids": [Command.set(projects.ids)],
            "hours": sum(group.hours for group in groups),
            "amount": sum(untaxed_amount(wizard, group) for group in groups),
            "exceptions": "\n".join(
                self._row_exceptions(partner, currency, projects, previews)
            ),
        }

    def _row_exceptions(
        self,
        partner: models.BaseModel,
        currency: models.BaseModel,
        projects: models.BaseModel,
        previews: list[ProjectPreview],
    ) -> list[str]:
        """Return the sentences on what is not invoiced or should be looked at."""
        sentences = []
        if not partner:
            sentences.append(
                self.env._(
                    "%(projects)s has no customer to invoice.",
                    projects=", ".join(projects.mapped("name")),
                )
            )
        if not currency.active:
            sentences.append(
                self.env._(
                    "The currency %(currency)s is not active.", currency=currency.name
                )
            )
        if notice := projects._archived_notice():
            sentences.append(notice)
        for preview in previews:
            sentences += [
                self.env._(
                    "%(what)s (%(hours)s h)",
                    what=self._exception(reason, name_some(self.env, [*names], NAMED)),
                    hours=format_duration(names.total()),
                )
                for reason, names in preview.exceptions.items()
            ]
        return sentences


class ProjectInvoiceBatchLine(models.TransientModel):
    """The projects of one customer in one currency: one invoice to come."""

    _name = "project.invoice.batch.line"
    _inherit = ["caller.choice.mixin"]
    _description = "Customer to Invoice"

    batch_id = fields.Many2one("project.invoice.batch", ondelete="cascade")
    selected = fields.Boolean(string="Invoice")
    can_invoice = fields.Boolean(export_string_translation=False)
    partner_id = fields.Many2one("res.partner", string="Customer")
    currency_id = fields.Many2one("res.currency")
    project_ids = fields.Many2many(
        "project.project", string="Projects", context=WITH_ARCHIVED
    )
    hours = fields.Float()
    amount = fields.Monetary(help="Without taxes.")
    exceptions = fields.Text(help="What is not invoiced, or should be looked at first.")
    state = fields.Selection(
        [("open", "To Do"), ("made", "Draft Made"), ("failed", "Not Made")],
        default="open",
        required=True,
    )
    message = fields.Text(string="Why")
    move_ids = fields.Many2many("account.move", string="Drafts")

    def _create_drafts(self) -> None:
        """Make the draft of this customer; what stops it is said and stops no other.

        Note: `self.ensure_one()`
        """
        try:
            # What fails is undone alone; the drafts before it stay.
            with self.env.cr.savepoint():
                moves = self._invoice_wizard()._make_drafts()
                result = {"state": "made", "move_ids": [Command.set(moves.ids)]}
        except (UserError, RedirectWarning, IntegrityError) as error:
            # The sentence is the first argument, that of the database its text.
            result = {"state": "failed", "message": str(error.args[0])}
        self.write(result)

    def _invoice_wizard(self) -> models.BaseModel:
        """Return the invoice wizard of this customer, as he is usually invoiced.

        Note: `self.ensure_one()`

        :rtype: project.invoice.create
        """
        batch = self.batch_id
        return (
            self.env["project.invoice.create"]
            # Taxes, accounts and pricelists of the company that invoices.
            .with_company(batch.company_id)
            .create(
                {
                    "project_ids": [Command.set(self.project_ids.ids)],
                    "mode": "time",
                    "date_to": batch.date_to,
                    "invoice_date": batch.invoice_date,
                }
            )
        )
