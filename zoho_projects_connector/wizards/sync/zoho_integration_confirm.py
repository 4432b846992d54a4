from odoo import api, fields, models
from odoo.tools import format_duration


class ZohoIntegrationConfirm(models.TransientModel):
    """Says with figures what happens to what, before it happens."""

    _name = "zoho.integration.confirm"
    _inherit = ["caller.choice.mixin"]
    _description = "Disable, Enable, Sign in Again or Delete"

    integration_id = fields.Many2one("zoho.integration", required=True, readonly=True)
    way = fields.Selection(
        [
            ("disable", "Disable"),
            ("enable", "Enable"),
            ("sign_in", "Sign in Again"),
            ("delete", "Delete"),
        ],
        required=True,
        readonly=True,
    )
    portal_name = fields.Char("Portal", related="integration_id.portal_id.name")
    last_sync = fields.Datetime(related="integration_id.last_sync")
    restrict_project_creation = fields.Boolean(
        related="integration_id.restrict_project_creation"
    )
    project_count = fields.Integer("Projects", compute="_compute_counts")
    task_count = fields.Integer("Tasks and Bugs", compute="_compute_counts")
    timesheet_count = fields.Integer("Timesheets", compute="_compute_counts")
    timesheet_hours = fields.Float("Hours", compute="_compute_counts")
    unbilled_hours = fields.Float(compute="_compute_counts")
    link_count = fields.Integer("Links", compute="_compute_counts")
    error_count = fields.Integer("Errors", compute="_compute_counts")
    run_count = fields.Integer("Lines of History", compute="_compute_counts")
    skipped_count = fields.Integer("Records Not Imported", compute="_compute_counts")
    difference_count = fields.Integer("Open Differences", compute="_compute_counts")
    stays = fields.Char(compute="_compute_sentences")
    goes = fields.Char("Will Be Deleted", compute="_compute_sentences")

    @api.depends("integration_id")
    def _compute_counts(self) -> None:
        for wizard in self:
            integration = wizard.integration_id
            integration.check_access("write")
            # Figures of all that the integration has fetched, whoever may read it.
            wizard.update(self._count_life(integration.sudo()))

    @api.model
    def _count_life(self, integration: models.BaseModel) -> dict[str, float]:
        """Return what an integration has brought in and keeps, by name."""
        Link = integration.env["zoho.link"]
        mine = [("integration_id", "=", integration.id)]
        linked = [*mine, ("state", "=", "linked")]
        counts = dict(Link._read_group(linked, ["entity"], ["__count"]))
        # A query: of a portal with 100,000 logs the ids alone would fill the statement.
        lines = Link._search([*linked, ("entity", "=", "timelog")])
        [(timesheets, hours, unbilled)] = integration.env[
            "account.analytic.line"
        ]._read_group(
            [("id", "in", lines.subselect("res_id"))],
            [],
            ["__count", "logged_hours:sum", "unbilled_hours:sum"],
        )
        return {
            "project_count": counts.get("project", 0),
            "task_count": counts.get("task", 0) + counts.get("bug", 0),
            "timesheet_count": timesheets,
            "timesheet_hours": hours,
            "unbilled_hours": unbilled,
            "link_count": Link.search_count(mine),
            "error_count": integration.error_count,
            "run_count": integration.env["zoho.sync.run"].search_count(mine),
            "skipped_count": integration.env["zoho.skipped.record"].search_count(mine),
            "difference_count": integration.difference_count,
        }

    @api.depends("integration_id", "way")
    def _compute_sentences(self) -> None:
        for wizard in self:
            wizard.stays = self.env._(
                "%(projects)s projects, %(tasks)s tasks and bugs, %(timesheets)s"
                " timesheets of %(hours)s h, of which %(unbilled)s h are unbilled.",
                projects=wizard.project_count,
                tasks=wizard.task_count,
                timesheets=wizard.timesheet_count,
                hours=format_duration(wizard.timesheet_hours),
                unbilled=format_duration(wizard.unbilled_hours),
            )
            wizard.goes = self.env._(
                "The sign-in (it is given back to Zoho), the client secret, the"
                " schedule, the field mapping. Errors: %(errors)s; lines of history:"
                " %(runs)s; records not imported: %(skipped)s.",
                errors=wizard.error_count,
                runs=wizard.run_count,
                skipped=wizard.skipped_count,
            )

    def action_confirm(self) -> dict:
        """Do what was asked for."""
        self.ensure_one()
        integration = self.integration_id
        if self.way == "delete":
            return integration.action_delete()
        if self.way == "sign_in":
            return integration.action_connect()
        if self.way == "enable":
            integration.action_enable()
        else:
            integration.action_disable()
        return {"type": "ir.actions.act_window_close"}
