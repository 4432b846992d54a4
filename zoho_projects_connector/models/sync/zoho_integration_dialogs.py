from odoo import models

from .zoho_integration import SET_UP_STATUSES


class ZohoIntegration(models.Model):
    """The buttons that ask before something changes."""

    _name = "zoho.integration"
    _inherit = ["zoho.integration"]

    def action_change_duplicates(self) -> dict:
        """Ask what becomes of duplicate customers from now on."""
        return self._ask(
            "zoho.duplicates.change",
            self.env._("Duplicate Customers"),
            default_duplicate_customers=self.duplicate_customers,
        )

    def action_change_cutoff(self) -> dict:
        """Show what another cut-off moves before it does."""
        return self._ask(
            "zoho.cutoff.change",
            self.env._("Time Billed Elsewhere"),
            default_timesheet_cutoff=self.timesheet_cutoff,
            default_timesheet_cutoff_date=self.timesheet_cutoff_date,
        )

    def action_change_schedule(self) -> dict:
        """Show when other intervals sync next."""
        return self._ask(
            "zoho.schedule.change",
            self.env._("Schedule"),
            default_quick_interval=self.quick_interval,
            default_full_interval=self.full_interval,
        )

    def action_ask_disable(self) -> dict:
        """Say what pauses before it does."""
        return self._ask_way("disable", self.env._("Disable the Integration?"))

    def action_ask_enable(self) -> dict:
        """Say what resumes before it does."""
        return self._ask_way("enable", self.env._("Enable the Integration?"))

    def action_ask_sign_in(self) -> dict:
        """Say who has to sign in before the browser leaves; at first, anybody may."""
        if self.status in SET_UP_STATUSES:
            return self.action_connect()
        return self._ask_way("sign_in", self.env._("Sign in Again?"))

    def action_ask_delete(self) -> dict:
        """Say what goes and what stays before anything goes."""
        return self._ask_way("delete", self.env._("Delete the Integration?"))

    def _ask_way(self, way: str, title: str) -> dict:
        return self._ask("zoho.integration.confirm", title, default_way=way)

    def _ask(self, model: str, title: str, **defaults) -> dict:
        """Return the action that opens a dialog about this integration."""
        self._check_manager()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_integration_id": self.id, **defaults},
        }

    def _count_life(self) -> dict:
        """Return what this integration has brought in and keeps, by name."""
        self.ensure_one()
        Link = self.env["zoho.link"]
        mine = [("integration_id", "=", self.id)]
        linked = [*mine, ("state", "=", "linked")]
        counts = dict(Link._read_group(linked, ["entity"], ["__count"]))
        lines = Link._search([*linked, ("entity", "=", "timelog")])
        [(timesheets, hours, unbilled)] = self.env["account.analytic.line"]._read_group(
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
            "error_count": self.error_count,
            "run_count": self.env["zoho.sync.run"].search_count(mine),
            "skipped_count": self.env["zoho.skipped.record"].search_count(mine),
            "difference_count": self.difference_count,
        }
