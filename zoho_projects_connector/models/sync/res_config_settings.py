from odoo import api, fields, models

MANAGER = "zoho_projects_connector.group_zoho_manager"


class ResConfigSettings(models.TransientModel):
    """The integration of the company, in the settings."""

    _inherit = "res.config.settings"

    zoho_integration_id = fields.Many2one(
        "zoho.integration", compute="_compute_zoho_integration", groups=MANAGER
    )
    zoho_integration_ids = fields.Many2many(
        "zoho.integration",
        string="Zoho Integrations",
        compute="_compute_zoho_integration",
        groups=MANAGER,
    )
    zoho_integration_count = fields.Integer(
        compute="_compute_zoho_integration", groups=MANAGER
    )
    zoho_status = fields.Selection(related="zoho_integration_id.status", groups=MANAGER)
    zoho_status_message = fields.Char(
        related="zoho_integration_id.status_message", groups=MANAGER
    )
    zoho_portal_id = fields.Many2one(
        related="zoho_integration_id.portal_id", groups=MANAGER
    )
    zoho_last_sync = fields.Datetime(
        related="zoho_integration_id.last_sync", groups=MANAGER
    )
    zoho_next_sync = fields.Datetime(
        related="zoho_integration_id.next_sync", groups=MANAGER
    )
    zoho_sync_timesheets = fields.Boolean(
        related="zoho_integration_id.sync_timesheets", readonly=False, groups=MANAGER
    )
    zoho_sync_general_timesheets = fields.Boolean(
        related="zoho_integration_id.sync_general_timesheets",
        readonly=False,
        groups=MANAGER,
    )
    zoho_require_approval = fields.Boolean(
        related="zoho_integration_id.require_approval", readonly=False, groups=MANAGER
    )
    zoho_timesheet_cutoff = fields.Selection(
        related="zoho_integration_id.timesheet_cutoff", groups=MANAGER
    )
    zoho_timesheet_cutoff_date = fields.Date(
        related="zoho_integration_id.timesheet_cutoff_date", groups=MANAGER
    )
    zoho_duplicate_customers = fields.Selection(
        related="zoho_integration_id.duplicate_customers",
        readonly=False,
        groups=MANAGER,
    )
    zoho_quick_interval = fields.Integer(
        related="zoho_integration_id.quick_interval", readonly=False, groups=MANAGER
    )
    zoho_full_interval = fields.Integer(
        related="zoho_integration_id.full_interval", readonly=False, groups=MANAGER
    )
    zoho_restrict_project_creation = fields.Boolean(
        related="zoho_integration_id.restrict_project_creation",
        readonly=False,
        groups=MANAGER,
    )

    @api.depends("company_id")
    def _compute_zoho_integration(self) -> None:
        for settings in self:
            integrations = self.env["zoho.integration"].search(
                [("company_id", "=", settings.company_id.id)]
            )
            settings.zoho_integration_ids = integrations
            settings.zoho_integration_count = len(integrations)
            # The preferences on the page are those of one portal, when there is one.
            settings.zoho_integration_id = len(integrations) == 1 and integrations

    def action_zoho_connect(self) -> dict:
        """Open the guide for another portal."""
        self.ensure_one()
        integrations = self.env["zoho.integration"].with_company(self.company_id)
        action = integrations.action_connect_portal()
        return {**action, "context": {"default_company_id": self.company_id.id}}

    def action_zoho_open(self) -> dict:
        """Open the integration of this company: its guide until it is set up."""
        self.ensure_one()
        return self.zoho_integration_id.action_open_form()

    def action_zoho_change_cutoff(self) -> dict:
        """Show what another cut-off moves before it does."""
        return self.zoho_integration_id.action_change_cutoff()

    def action_zoho_mapping(self) -> dict:
        """Show which field of Zoho fills which field of Odoo."""
        return self.zoho_integration_id.action_open_mapping()
