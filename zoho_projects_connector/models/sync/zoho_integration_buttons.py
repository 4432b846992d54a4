from odoo import models
from odoo.exceptions import UserError

from .zoho_integration import SET_UP_STATUSES


class ZohoIntegration(models.Model):
    """The buttons: from the chosen portal to syncing, disabled, enabled, deleted."""

    _name = "zoho.integration"
    _inherit = ["zoho.integration"]

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
