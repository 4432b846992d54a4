from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...groups import BILLING_GROUP


class ProjectRateSet(models.TransientModel):
    """Sets method and rate of several projects at once."""

    _name = "project.rate.set"
    _inherit = ["caller.choice.mixin"]
    _description = "Set Rates of Projects"

    project_ids = fields.Many2many("project.project", required=True)
    is_method_set = fields.Boolean("Change the Billing Method")
    billing_method = fields.Selection(
        lambda self: (
            self.env["project.project"]
            ._fields["billing_method"]
            ._description_selection(self.env)
        ),
    )
    way = fields.Selection(
        [
            ("rate", "Set this rate"),
            ("free", "Free of charge"),
            ("inherit", "None of their own: what they inherit applies"),
            ("keep", "Leave the rates as they are"),
        ],
        string="What Becomes of the Rates",
        required=True,
        default="rate",
    )
    rate = fields.Float(min_display_digits="Product Price")
    date_from = fields.Date(
        string="Valid From",
        help="First day of work that has this rate; what was worked before keeps its "
        "own. Empty: from the beginning.",
    )
    project_count = fields.Integer(compute="_compute_project_count")
    currencies = fields.Char(
        compute="_compute_currencies",
        help="In which currencies the rate will hold: it is not converted.",
    )

    @api.depends("project_ids")
    def _compute_project_count(self) -> None:
        for wizard in self:
            wizard.project_count = len(wizard.project_ids)

    @api.depends("project_ids")
    @api.depends_context("lang")
    def _compute_currencies(self) -> None:
        """Warn where one figure would mean different money."""
        for wizard in self:
            currencies = wizard.project_ids.invoicing_currency_id
            wizard.currencies = len(currencies) > 1 and self.env._(
                "These projects are invoiced in %(currencies)s: each takes the figure "
                "in its own currency, nothing is converted.",
                currencies=", ".join(currencies.mapped("name")),
            )

    def action_apply(self) -> dict:
        """Set what was chosen on each project.

        :raise AccessError: for users outside the billing group.
        :raise UserError: no rate was typed, or nothing is to be changed.
        """
        self.ensure_one()
        if not (self.env.su or self.env.user.has_group(BILLING_GROUP)):
            raise AccessError(
                self.env._("Only the Billing group of Zoho Projects sets the terms.")
            )
        self.project_ids.check_access("read")
        if self.way == "rate" and not self.rate > 0:
            raise UserError(
                self.env._(
                    "Type a rate above zero, or choose that the time is free of charge."
                )
            )
        if self.way == "inherit" and self.date_from:
            raise UserError(
                self.env._("Nothing begins on a day where no rate is set: empty it.")
            )
        # These fields only, of projects that he may read: he may not edit projects.
        projects = self.project_ids.sudo()
        if self.is_method_set:
            projects.billing_method = self.billing_method
        if self.way != "keep":
            self._set_rate(projects)
        return {"type": "ir.actions.act_window_close"}

    def _set_rate(self, projects: models.BaseModel) -> None:
        """Set the rate of whole projects, from a day on or for ever."""
        rate = self.rate if self.way == "rate" else 0.0
        is_free = self.way == "free"
        rows = self.env["project.billing.rate"].search(
            [
                ("project_id", "in", projects.ids),
                ("task_id", "=", False),
                ("employee_id", "=", False),
            ]
        )
        if not self.date_from:
            if rows:
                # The names of projects that he may read.
                raise UserError(
                    self.env._(
                        "%(projects)s: these have rates with a first day, which would "
                        "go on. Give a first day, too, or change them one by one.",
                        projects=", ".join(rows.sudo().project_id.mapped("name")),
                    )
                )
            projects.write({"billing_rate": rate, "billing_is_free": is_free})
            return
        same = rows.filtered(lambda row: row.date_from == self.date_from)
        same.write({"rate": rate, "is_free": is_free})
        rows.create(
            [
                {
                    "project_id": project.id,
                    "rate": rate,
                    "is_free": is_free,
                    "date_from": self.date_from,
                }
                for project in projects - same.project_id.sudo()
            ]
        )
