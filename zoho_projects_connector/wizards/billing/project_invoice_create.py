from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .invoice_amounts import FixedSource, ItemSource
from .invoice_expenses import ExpenseSource
from .invoice_source import InvoiceGroup, InvoiceSource
from .invoice_time import TimeSource
from .untaxed import document_total, group_amounts

# A project that has ended is just the one to invoice, and people leave.
WITH_ARCHIVED = {"active_test": False}


class ProjectInvoiceCreate(models.TransientModel):
    """Makes one draft invoice for one or several projects of a customer."""

    _name = "project.invoice.create"
    # `hr.mixin`: accountants choose people whom they may not read as employees.
    _inherit = ["caller.choice.mixin", "hr.mixin"]
    _description = "Invoice from Projects"

    project_ids = fields.Many2many(
        "project.project",
        string="Projects",
        required=True,
        context=WITH_ARCHIVED,
        default=lambda self: self._default_project_ids(),
        domain=[("allow_billable", "=", True), ("partner_id", "!=", False)],
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", compute="_compute_parties"
    )
    company_id = fields.Many2one("res.company", compute="_compute_parties")
    currency_id = fields.Many2one("res.currency", compute="_compute_parties")
    mode = fields.Selection(
        [
            ("time", "Time"),
            ("items", "Items at a Price"),
            ("fixed", "Fixed Cost"),
            ("expenses", "Expenses"),
        ],
        string="Invoice What",
        default=lambda self: self._default_mode(),
        required=True,
        help="Time: the hours logged.\n"
        "Items at a price: milestones, task lists and tasks at an amount; their time "
        "is covered by it.\n"
        "Fixed cost: all or a part of the amount agreed for the project.\n"
        "Expenses: what is to be re-invoiced to the customer.",
    )
    # Why a mode makes no invoice of these projects, whatever else is chosen.
    mode_obstacles = fields.Json(
        compute="_compute_mode_obstacles", export_string_translation=False
    )
    has_expenses = fields.Boolean(
        compute="_compute_mode_obstacles", export_string_translation=False
    )
    include_expenses = fields.Boolean(
        help="Also invoice the expenses that are to be re-invoiced."
    )
    group_by = fields.Selection(
        [
            ("project", "Project"),
            ("task", "Task"),
            ("task_list", "Task list"),
            ("milestone", "Milestone"),
            ("employee", "Person"),
            ("task_employee", "Task and person"),
            ("entry", "Time entry"),
        ],
        string="Group Lines By",
        compute="_compute_group_by",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="Hours of different rates are never on one line.",
    )
    task_ids = fields.Many2many(
        "project.task",
        string="Tasks",
        domain="[('project_id', 'in', project_ids)]",
        context=WITH_ARCHIVED,
    )
    task_list_ids = fields.Many2many(
        "zoho.task.list",
        string="Task Lists",
        domain="[('project_id', 'in', project_ids)]",
        context=WITH_ARCHIVED,
    )
    milestone_ids = fields.Many2many(
        "project.milestone",
        string="Milestones",
        domain="[('project_id', 'in', project_ids)]",
    )
    employee_ids = fields.Many2many(
        "hr.employee", string="Staff", context=WITH_ARCHIVED
    )
    timesheet_ids = fields.Many2many(
        "account.analytic.line",
        string="Time Entries",
        domain="[('project_id', 'in', project_ids), ('unbilled_hours', '!=', 0)]",
    )
    item_ids = fields.One2many(
        "project.invoice.create.item",
        "wizard_id",
        string="Items",
        compute="_compute_item_ids",
        store=True,
        readonly=False,
    )
    fixed_part = fields.Selection(
        [
            ("all", "All that is left"),
            ("percent", "A percentage of the fixed cost"),
            ("amount", "An amount"),
        ],
        string="How Much",
        default="all",
        required=True,
    )
    fixed_percent = fields.Float(string="Percentage", default=100.0)
    fixed_amount = fields.Monetary(string="Amount", help="Without taxes.")
    preview_line_ids = fields.One2many(
        "project.invoice.create.line", "wizard_id", compute="_compute_preview"
    )
    left_out_ids = fields.One2many(
        "project.invoice.create.left.out",
        "wizard_id",
        "Not on the Invoice",
        compute="_compute_preview",
    )
    total_hours = fields.Float(compute="_compute_preview")
    total_invoiced_hours = fields.Float(compute="_compute_preview")
    total_days = fields.Float(compute="_compute_preview")
    total_amount = fields.Monetary(
        string="Total without Taxes", compute="_compute_preview"
    )
    rounding_difference = fields.Monetary(
        string="Rounding of the Lines",
        compute="_compute_preview",
        help="Each line of an invoice is rounded by itself: together they may come to "
        "a little more or less than the time at its rates, which the figures of the "
        "project show.",
    )
    exact_amount = fields.Monetary(
        string="Time at Its Rates", compute="_compute_preview"
    )
    warning = fields.Char(compute="_compute_preview")
    notice = fields.Char(compute="_compute_notice")

    @api.model
    def _default_project_ids(self) -> models.BaseModel:
        if self.env.context.get("active_model") != "project.project":
            return self.env["project.project"]
        # Odoo's own lists send their choice in this way.
        ids = self.env.context.get("active_ids") or [self.env.context.get("active_id")]
        return self.env["project.project"].browse(ids)

    @api.model
    def _default_mode(self) -> str:
        """Propose the fixed cost where all projects are billed by it."""
        projects = self._default_project_ids() or self.env["project.project"].browse(
            self.env.context.get("default_project_ids")
        )
        methods = set(projects.mapped("billing_method"))
        return "fixed" if methods == {"fixed_cost"} else "time"

    @api.depends("project_ids")
    def _compute_mode_obstacles(self) -> None:
        for wizard in self:
            obstacles = {}
            for mode, source in self._source_classes().items():
                if wizard.project_ids and (why := source(wizard).impossible()):
                    obstacles[mode] = why
            wizard.mode_obstacles = obstacles
            wizard.has_expenses = "expenses" not in obstacles

    @api.depends("project_ids")
    def _compute_group_by(self) -> None:
        """Start with the lines of the customer's last invoice."""
        for wizard in self:
            layout = wizard.project_ids.partner_id[:1]._billing_layout()
            wizard.group_by = layout["group_by"] or wizard.group_by or "task"

    @api.depends("mode", "milestone_ids", "task_list_ids", "task_ids")
    def _compute_item_ids(self) -> None:
        """Give each chosen milestone, task list and task a line for its amount."""
        for wizard in self:
            # Lines are made anew with each choice: what was typed is found by its item.
            amounts = {line._item()._origin: line.amount for line in wizard.item_ids}
            chosen = []
            if wizard.mode == "items":
                chosen += [("milestone_id", item) for item in wizard.milestone_ids]
                chosen += [("task_list_id", item) for item in wizard.task_list_ids]
                chosen += [("task_id", item) for item in wizard.task_ids]
            wizard.item_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            name: item._origin.id,
                            "amount": amounts.get(item._origin, 0.0),
                        }
                    )
                    for name, item in chosen
                ),
            ]

    @api.depends("project_ids")
    def _compute_parties(self) -> None:
        for wizard in self:
            project = wizard.project_ids[:1]
            wizard.partner_id = project.partner_id
            wizard.company_id = project.company_id or self.env.company
            wizard.currency_id = (
                project and project._billing_currency() or wizard.company_id.currency_id
            )

    @api.depends(
        "project_ids",
        "mode",
        "date_from",
        "date_to",
        "group_by",
        "task_ids",
        "task_list_ids",
        "milestone_ids",
        "employee_ids",
        "timesheet_ids",
        "item_ids.amount",
        "fixed_part",
        "fixed_percent",
        "fixed_amount",
        "include_expenses",
        "invoice_date",
        "show_project",
        "show_task",
        "show_staff",
        "show_period",
        "show_hours",
        "show_notes",
        "show_sections",
        "use_template",
    )
    def _compute_preview(self) -> None:
        for wizard in self:
            wizard.warning = wizard._obstacle()
            # What is left out is told also where nothing can be invoiced: it says why.
            sources = wizard._sources() if wizard.project_ids else []
            billed = sources if not wizard.warning else ()
            groups = [group for source in billed for group in source.groups()]
            amounts = group_amounts(wizard, groups)
            lines = [
                wizard._preview_vals(group, amount.subtotal)
                for group, amount in zip(groups, amounts, strict=True)
            ]
            wizard.preview_line_ids = [
                Command.clear(),
                *(Command.create(vals) for vals in lines),
            ]
            wizard.left_out_ids = [
                Command.clear(),
                *(
                    Command.create(vals)
                    for source in sources
                    for vals in source.left_out()
                ),
            ]
            wizard.total_hours = sum(vals["hours"] for vals in lines)
            wizard.total_invoiced_hours = sum(vals["invoiced_hours"] for vals in lines)
            wizard.total_days = sum(vals["days"] for vals in lines)
            wizard.total_amount = document_total(wizard.currency_id, amounts)
            exact = sum(wizard._exact_amount(vals) for vals in lines)
            wizard.exact_amount = wizard.currency_id.round(exact)
            wizard.rounding_difference = wizard.total_amount - wizard.exact_amount

    @api.depends("project_ids")
    def _compute_notice(self) -> None:
        for wizard in self:
            wizard.notice = wizard.project_ids._archived_notice()

    @api.model
    def _source_classes(self) -> dict[str, type[InvoiceSource]]:
        """Return what makes the lines of each mode; companion addons change it."""
        return {
            "time": TimeSource,
            "items": ItemSource,
            "fixed": FixedSource,
            "expenses": ExpenseSource,
        }

    def _sources(self) -> list[InvoiceSource]:
        """Return what the lines of this invoice come from. `self.ensure_one()`."""
        classes = self._source_classes()
        modes = [self.mode]
        if self.include_expenses and self.mode != "expenses":
            modes.append("expenses")
        return [classes[mode](self) for mode in modes]

    def _untaxed_total(self) -> float:
        """Return what the invoice would come to, 0 when there is none to make.

        Note: `self.ensure_one()`
        """
        if self._obstacle():
            return 0.0
        groups = [group for source in self._sources() for group in source.groups()]
        return document_total(self.currency_id, group_amounts(self, groups))

    @api.model
    def _exact_amount(self, vals: dict) -> float:
        """Return the amount of a preview line before it is rounded."""
        if "rate" not in vals:
            return vals["amount"]
        return (vals["days"] or vals["invoiced_hours"]) * vals["rate"]

    def _preview_vals(self, group: InvoiceGroup, amount: float) -> dict:
        """Return the values of the preview of one invoice line."""
        return {
            "name": group.name,
            "project_id": group.project_id,
            "currency_id": self.currency_id.id,
            "amount": amount,
            **group.preview_vals(),
        }

    def action_set_rate(self, project_id: int) -> dict:
        """Open the terms of a project whose time has no rate; they lead back here."""
        self.ensure_one()
        action = self.env["project.project"].browse(project_id).action_billing_terms()
        action["context"]["invoice_dialog_id"] = self.id
        return action

    def action_agree_fixed_cost(self, project_id: int) -> dict:
        """Open the terms of a project to agree on a fixed cost; they lead back here."""
        action = self.action_set_rate(project_id)
        action["context"]["agree_fixed_cost"] = True
        return action

    def _open_again(self) -> dict:
        """Open a new dialog with all that was chosen in this one.

        Lines of a preview are in no table: only a dialog that is new shows them.
        Note: `self.ensure_one()`
        """
        action = self.project_ids.action_new_invoice()
        action["context"] = {
            f"default_{name}": self[name].ids
            if field.type == "many2many"
            else field.convert_to_write(self[name], self)
            for name, field in self._fields.items()
            if field.store and not field.readonly
            if field.type != "one2many"
        }
        return action

    def action_create_invoice(self) -> dict:
        """Make the draft invoice and open it.

        :return: window action of the draft.
        :raise UserError: when there is nothing to invoice, or not together.
        """
        return self._open_drafts(self._make_drafts())

    def _make_drafts(self) -> models.BaseModel:
        """Make the draft invoice, or several when addresses differ.

        :rtype: account.move
        :raise UserError: when there is nothing to invoice, or not together.
        """
        self.ensure_one()
        self.project_ids.check_access("read")
        self.env["account.move"].check_access("create")
        if obstacle := self._obstacle():
            raise UserError(obstacle)
        return self._create_invoice()

    def _obstacle(self) -> str | bool:
        """Return why these projects cannot be on one invoice, False when they can.

        Note: `self.ensure_one()`
        """
        projects = self.project_ids
        if not projects:
            return self.env._("Choose a project.")
        obstacles = (source.obstacle() for source in self._sources())
        return (
            projects._together_obstacle()
            or self._period_obstacle()
            or next((why for why in obstacles if why), False)
            or self._locked_date(self.company_id, self.invoice_date)
        )
