from odoo import models
from odoo.exceptions import UserError

from .zoho_integration import SET_UP_STATUSES
from .zoho_sync_error_fields import FIELD_KEY
from .zoho_sync_reason import FULL_CODES


class ZohoSyncError(models.Model):
    """Trying again: one error, a selection, or all of them."""

    _inherit = "zoho.sync.error"

    def _check_manager(self):
        """Refuse who may not administrate the integrations of these errors.

        :raise AccessError: errors themselves are written by code only.
        """
        self.check_access("read")
        self.integration_id.check_access("write")

    def action_retry(self):
        """Try these records again now, from what was read before.

        Zoho is asked only for what was not kept, and for what may have been put right
        there. While a synchronisation runs, it is
        the one that tries them.

        :return: the action that tells what became of them.
        :raise UserError: when the integration does not sync.
        """
        self._check_manager()
        return self.filtered(lambda error: not error.resolved_at)._retry()

    def action_retry_all(self):
        """Try all open errors that this user may see again."""
        errors = self.search([("resolved_at", "=", False)])
        errors._check_manager()
        return errors._retry()

    def _retry(self):
        if not self:
            raise UserError(self.env._("There is nothing to try again."))
        fetched, is_left = 0, False
        # Checked by the callers; only code writes what comes of it.
        for integration, errors in self.sudo().grouped("integration_id").items():
            errors._check_syncs()
            count, is_done = errors._retry_here(integration)
            fetched += count
            is_left |= not is_done
        waiting = self.filtered(lambda error: not error.resolved_at)
        return self._tell(fetched, len(waiting), is_left)

    def _check_syncs(self):
        """Refuse to fetch anything for an integration that is paused.

        :raise UserError: naming it.
        """
        integration = self.integration_id
        if integration.status in (*SET_UP_STATUSES, "disabled"):
            raise UserError(
                self.env._(
                    "%(integration)s does not sync now: enable it first.",
                    integration=integration.name,
                )
            )

    def _retry_here(self, integration):
        """Try errors of one integration, or leave them to a synchronisation.

        :return: how many records were fetched, and whether that was all.
        :rtype: tuple[int, bool]
        """
        if not integration.try_lock_for_update(allow_referencing=True):
            self._leave_to_sync(integration)
            return 0, False
        run, is_done = self.env["zoho.stream"]._retry(integration, self, self.env.user)
        if not is_done:
            self._leave_to_sync(integration)
        return sum(
            line.created + line.updated + line.unchanged for line in run.line_ids
        ), is_done

    def _leave_to_sync(self, integration):
        """Let the next run try these, whenever they were tried before."""
        still_open = self.filtered(lambda error: not error.resolved_at)
        still_open.last_seen = False
        # Only a full reading shows that a list is whole, and reads the fields.
        is_full = bool({*FULL_CODES} & {*still_open.mapped("code")}) or any(
            (error.zoho_id or "").startswith(FIELD_KEY) for error in still_open
        )
        integration._start_sync("button", full=is_full)

    def _tell(self, fetched, waiting, is_left):
        """Return a message on what became of a retry, which also shows it."""
        message = self.env._("Records fetched: %(count)s.", count=fetched)
        if is_left:
            message += " " + self.env._("The sync goes on with the others.")
        elif waiting:
            message += " " + self.env._(
                "Still not fetched: %(count)s, see why in the list.", count=waiting
            )
        kind = "success" if not waiting or is_left else "warning"
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
