from datetime import timedelta

from odoo import api, fields, models

from .clock import is_over
from .zoho_integration_flow import STALLED_MINUTES

CHANNEL = "zoho_sync"
NOTIFICATION = "zoho_projects_connector/status"
SHOWN_FIELDS = frozenset({"name", "retry_at", "status", "status_message"})


class ZohoIntegration(models.Model):
    """Status and progress as they reach the screens of people, without a reload."""

    _inherit = "zoho.integration"

    def _publish_changes(self, vals: dict) -> None:
        """Tell the screens when something changes that they show."""
        if SHOWN_FIELDS & vals.keys():
            self._publish_status()

    @api.model
    def get_sync_status(self) -> dict:
        """Return what the screens show, in the words of the user.

        :return: ``integrations``: see :meth:`_status_values`; ``statuses`` and
            ``modules``: labels by code.
        """
        Stream = self.env["zoho.stream"]
        integrations = self.search([("status", "!=", "draft")])
        counts = dict(
            self.env["zoho.sync.error"]._read_group(
                [
                    ("integration_id", "in", integrations.ids),
                    ("resolved_at", "=", False),
                    ("parent_id", "=", False),
                ],
                ["integration_id"],
                ["__count"],
            )
        )
        return {
            "integrations": [
                {**one._status_values(), "errors": counts.get(one, 0)}
                for one in integrations
            ],
            "statuses": dict(self._fields["status"]._description_selection(self.env)),
            "modules": dict(Stream._fields["entity"]._description_selection(self.env)),
        }

    def _note_progress(self) -> None:
        """Keep and publish how far the run in hand is; committed with its page."""
        run = self._open_run()
        if run.status == "running":
            run._note_progress()
        self._publish_status()

    def _status_values(self) -> dict:
        """Return the status of one integration: codes and numbers, nothing secret."""
        # Codes and numbers of the run, for who may read the integration.
        run = self.sudo()._open_run()
        return {
            "id": self.id,
            "name": self.name,
            "company_id": self.company_id.id,
            "status": "stalled" if self._has_stalled(run) else self.status,
            "message": self.status_message or "",
            "retry_at": fields.Datetime.to_string(self.retry_at) or False,
            "last_sync": fields.Datetime.to_string(self.last_sync) or False,
            "is_queued": run.status == "queued",
            "progress": run._progress_values() or False,
        }

    def _has_stalled(self, run) -> bool:
        """Return whether a run is in hand that nobody works on."""
        patience = timedelta(minutes=STALLED_MINUTES)
        is_at_work = self.status == "syncing" and bool(run)
        return is_at_work and is_over(run._last_moment(), patience)

    def _publish_status(self) -> None:
        """Send the status to the users of the company, once, when this is committed."""
        pending = self.env.cr.precommit.data.setdefault(NOTIFICATION, set())
        if not pending:
            self.env.cr.precommit.add(self.browse()._send_statuses)
        pending.update(self.ids)

    def _send_statuses(self) -> None:
        ids = self.env.cr.precommit.data.pop(NOTIFICATION, ())
        # Sent to the company's Zoho users, whoever started it and may read it.
        for integration in self.sudo().browse(ids).exists():
            # A channel of the company, which only its Zoho users are given.
            self.env["bus.bus"]._sendone(
                (integration.company_id, CHANNEL),
                NOTIFICATION,
                integration._status_values(),
            )
