from ast import literal_eval

from odoo import fields, models

from ...zoho.auth import SCOPES


class ZohoIntegration(models.Model):
    """What the form shows beside the configuration, and the lists behind it."""

    _name = "zoho.integration"
    _inherit = ["zoho.integration"]

    error_root_ids = fields.One2many(
        "zoho.sync.error",
        "integration_id",
        "Root Errors",
        domain=[("parent_id", "=", False), ("resolved_at", "=", False)],
        readonly=True,
    )
    scopes_wanted = fields.Char(
        "Scopes", compute="_compute_scopes_wanted", help="For the code's generator."
    )
    link_count = fields.Integer(compute="_compute_counts")
    error_count = fields.Integer(compute="_compute_counts")
    difference_count = fields.Integer(compute="_compute_counts")
    skipped_hours = fields.Float(compute="_compute_counts")

    def _compute_scopes_wanted(self) -> None:
        self.scopes_wanted = ",".join(SCOPES)

    def _compute_counts(self) -> None:
        links = self._count("zoho.link", [])
        errors = self._count("zoho.sync.error", [("resolved_at", "=", False)])
        differences = self._count("zoho.difference", [("state", "=", "open")])
        skipped = self._count("zoho.skipped.record", [], "hours:sum")
        for integration in self:
            integration.link_count = links.get(integration, 0)
            integration.error_count = errors.get(integration, 0)
            integration.difference_count = differences.get(integration, 0)
            integration.skipped_hours = skipped.get(integration, 0.0)

    def _count(self, model: str, domain: list, aggregate: str = "__count") -> dict:
        """Return ``{integration: count}`` of the rows that belong to these."""
        domain = [("integration_id", "in", self.ids), *domain]
        return dict(
            self.env[model]._read_group(domain, ["integration_id"], [aggregate])
        )

    def action_open_links(self) -> dict:
        """Show which Odoo record stands for which record of Zoho."""
        return self._open("zoho_link_action")

    def action_open_errors(self) -> dict:
        """Show what could not be fetched, and why."""
        return self._open("zoho_sync_error_action")

    def action_open_skipped(self) -> dict:
        """Show what was left out by choice, with the hours."""
        return self._open("zoho_skipped_record_action")

    def action_open_differences(self) -> dict:
        """Show what has changed in Zoho after it was invoiced."""
        return self._open("zoho_difference_action")

    def action_open_runs(self) -> dict:
        """Show the history of the sync."""
        return self._open("zoho_sync_run_action")

    def _open(self, action: str) -> dict:
        """Return an action of this addon, narrowed down to this integration."""
        self.ensure_one().check_access("read")
        xmlid = f"zoho_projects_connector.{action}"
        values = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        domain = values["domain"] and literal_eval(values["domain"]) or []
        return {**values, "domain": [*domain, ("integration_id", "=", self.id)]}
