from odoo import models
from odoo.exceptions import UserError

from .zoho_integration import SET_UP_STATUSES


class ZohoIntegration(models.Model):
    """The buttons: from the chosen portal to syncing, disabled, enabled, deleted."""

    _inherit = "zoho.integration"

    def action_fetch_portals(self) -> dict:
        """List the portals that the signed-in user sees.

        :raise UserError: with one sentence when Zoho refuses.
        """
        self._check_manager()
        with self._user_errors():
            self._update_portals(self._zoho_call(lambda client: client.portals()))
        return self._notify(
            self.env._("Portals found: %(count)s.", count=len(self.portal_ids))
        )

    def action_save_and_sync(self) -> dict | None:
        """End the set-up and start the first sync.

        :raise UserError: naming what is still missing.
        """
        self._check_manager()
        self._check_set_up()
        if self.status in SET_UP_STATUSES:
            # Checked above: the status is for code to write.
            self.sudo().write({"status": "active", "status_message": False})
        self._prepare_streams()
        return self._start_sync("setup")

    def action_sync(self) -> dict | None:
        """Sync now what has changed (Instant Sync)."""
        self._check_ready()
        return self._start_sync("button")

    def action_full_sync(self) -> dict | None:
        """Compare everything now, deletions included."""
        self._check_ready()
        return self._start_sync("button", full=True)

    def action_stop(self) -> dict | None:
        """Stop the running sync after the page in hand."""
        self._check_manager()
        return self._stop_sync()

    def action_refresh(self) -> dict:
        """Show the state of the running sync anew."""
        self.ensure_one().check_access("read")
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_disable(self) -> None:
        """Pause the sync; what has been synced stays and can be invoiced."""
        self._check_manager()
        if self.status in SET_UP_STATUSES:
            raise UserError(self.env._("This integration has not been set up yet."))
        self._stop_sync()
        # Checked above: the status is for code to write.
        self.sudo().write(
            {"status": "disabled", "status_message": False, "retry_at": False}
        )

    def action_enable(self) -> dict | None:
        """Resume the sync of the same portal with a full comparison.

        :raise UserError: when the sign-in is dead or no longer sees the portal.
        """
        self._check_manager()
        if self.status != "disabled":
            raise UserError(self.env._("This integration is not disabled."))
        with self._user_errors():
            portals = self._zoho_call(lambda client: client.portals())
        if self.portal_zoho_id not in {portal.zoho_id for portal in portals}:
            raise UserError(
                self.env._(
                    "The signed-in user no longer sees the portal %(portal)s: sign in"
                    " again as somebody who does.",
                    portal=self.portal_id.name,
                )
            )
        self._update_portals(portals)
        # Checked above: the status is for code to write.
        self.sudo().write({"status": "active", "status_message": False})
        return self._start_sync("button", full=True)

    def action_delete(self) -> dict:
        """Give up the integration; projects, tasks and timesheets stay in Odoo.

        The tokens are revoked and removed; streams, history and errors go with the
        record. The links stay without an integration: when the same portal is connected
        again, they keep it from duplicating.

        :raise UserError: while a sync is running.
        """
        self._check_manager()
        # Checked above; nobody has the right to delete by himself.
        if not self.sudo().try_lock_for_update():
            raise UserError(
                self.env._("A sync is running: press Stop, and delete in a moment.")
            )
        self._revoke_sign_in()
        self.sudo().unlink()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "zoho_projects_connector.zoho_integration_action"
        )
        return {**action, "target": "main"}

    def _check_manager(self) -> None:
        """Refuse everybody who may not administrate this integration."""
        self.ensure_one().check_access("write")

    def _check_ready(self) -> None:
        """Refuse a sync that cannot work, with the way out.

        :raise UserError: when the set-up is not finished, or the sync is paused.
        """
        self._check_manager()
        self._check_set_up()
        if self.status in SET_UP_STATUSES:
            raise UserError(self.env._("Press Save and Sync first."))
        if self.status == "disabled":
            raise UserError(self.env._("The integration is disabled: enable it first."))

    def _check_set_up(self) -> None:
        """Refuse to sync before somebody is signed in and a portal is chosen."""
        if not self.is_signed_in or self.status == "sign_in_again":
            raise UserError(self.env._("Sign in to Zoho first."))
        if not self.portal_id:
            raise UserError(self.env._("Choose the portal first."))

    def _update_portals(self, portals: list) -> None:
        """Keep the portals that Zoho lists, and choose the only one."""
        self.env["zoho.portal"]._update_from(self, portals)
        if not self.portal_id and len(self.portal_ids) == 1:
            self.portal_id = self.portal_ids
        if not self.portal_ids:
            # What Zoho said, whoever asked: for code to write.
            self.sudo().status_message = self.env._(
                "This Zoho user sees no portal: sign in as the owner of the portal."
            )

    def _notify(self, message: str, kind: str = "success") -> dict:
        """Return a short message that also shows the record anew."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # The buttons that ask before something changes.

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
