from odoo import Command, api, fields, models
from odoo.exceptions import UserError

# A project that has ended is just the one to invoice, and people leave.
WITH_ARCHIVED = {"active_test": False}


class ProjectInvoiceCreate(models.TransientModel):
    """Makes one draft invoice for one or several projects of a customer."""

    _name = "project.invoice.create"
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
        string="What",
        default=lambda self: self._default_mode(),
        required=True,
        help="Time: the hours logged.\n"
        "Items at a price: milestones, task lists and tasks at an amount; their time "
        "is covered by it.\n"
        "Fixed cost: all or a part of the amount agreed for the project.\n"
        "Expenses: what is to be re-invoiced to the customer.",
    )
    include_expenses = fields.Boolean(
        help="Also invoice the expenses that are to be re-invoiced."
    )
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="To")
    group_by = fields.Selection(
        [
            ("project", "One line per project"),
            ("task", "One line per task"),
            ("task_list", "One line per task list"),
            ("milestone", "One line per milestone"),
            ("employee", "One line per person"),
            ("task_employee", "One line per task and person"),
            ("entry", "One line per time entry"),
        ],
        string="Show",
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
    preview_line_ids = fields.One2many(
        "project.invoice.create.line", "wizard_id", compute="_compute_preview"
    )
    left_out_ids = fields.One2many(
        "project.invoice.create.left.out", "wizard_id", compute="_compute_preview"
    )
    total_hours = fields.Float(compute="_compute_preview")
    total_invoiced_hours = fields.Float(compute="_compute_preview")
    total_days = fields.Float(compute="_compute_preview")
    total_amount = fields.Monetary(
        string="Total without Taxes", compute="_compute_preview"
    )
    warning = fields.Char(compute="_compute_preview")
    notice = fields.Char(compute="_compute_notice")

    @api.model
    def _default_project_ids(self):
        if self.env.context.get("active_model") != "project.project":
            return self.env["project.project"]
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
    def _compute_group_by(self) -> None:
        """Start with the lines of the customer's last invoice."""
        for wizard in self:
            layout = wizard.project_ids.partner_id[:1]._billing_layout()
            wizard.group_by = layout["group_by"] or wizard.group_by or "task"

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
    )
    def _compute_preview(self) -> None:
        for wizard in self:
            wizard.warning = wizard._obstacle()
            groups = [] if wizard.warning else wizard._groups()
            lines = [wizard._preview_vals(group) for group in groups]
            wizard.preview_line_ids = [
                Command.clear(),
                *(Command.create(vals) for vals in lines),
            ]
            wizard.left_out_ids = [
                Command.clear(),
                *(Command.create(vals) for vals in wizard._left_out_vals()),
            ]
            wizard.total_hours = sum(vals["hours"] for vals in lines)
            wizard.total_invoiced_hours = sum(vals["invoiced_hours"] for vals in lines)
            wizard.total_days = sum(vals["days"] for vals in lines)
            wizard.total_amount = sum(vals["amount"] for vals in lines)

    @api.depends("project_ids")
    def _compute_notice(self) -> None:
        for wizard in self:
            wizard.notice = wizard.project_ids._archived_notice()

    def _groups(self) -> list:
        """Return the lines of the invoice to come. Note: `self.ensure_one()`.

        :rtype: list[TimeGroup | AmountGroup]
        """
        groups = {
            "time": self._time_groups,
            "items": self._item_groups,
            "fixed": self._fixed_groups,
            "expenses": self._expense_groups,
        }[self.mode]()
        if self.include_expenses and self.mode != "expenses":
            groups += self._expense_groups()
        return groups

    def _preview_vals(self, group) -> dict:
        """Return the values of the preview of one invoice line.

        :param TimeGroup | AmountGroup group: what the line bills.
        """
        return {
            "name": group.name,
            "project_id": group.project_id,
            "currency_id": self.currency_id.id,
            **group.preview_vals(self.currency_id),
            **self._untaxed_vals(group),
        }

    def _left_out_vals(self) -> list[dict]:
        """Return what of the choice is not invoiced, with the reasons.

        Amounts are not told: where a rate is missing they are unknown, not zero.
        """
        if not self.project_ids:
            return []
        return {
            "time": self._left_out_time,
            "items": self._left_out_items,
            "fixed": self._left_out_fixed,
            "expenses": list,
        }[self.mode]()

    def action_create_invoice(self) -> dict:
        """Make the draft invoice and open it.

        :return: window action of the draft.
        :raise UserError: when there is nothing to invoice, or not together.
        """
        return self._open_drafts(self._make_drafts())

    def _make_drafts(self):
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
        return (
            projects._together_obstacle()
            or self._mode_obstacle()
            or self._locked_date(self.company_id, self.invoice_date)
        )

    def _mode_obstacle(self) -> str | bool:
        """Return why the choice of what to invoice makes no invoice, else False."""
        if self.mode == "items":
            return self._items_obstacle()
        if self.mode == "fixed":
            return self._fixed_obstacle()
        return False
