from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_datetime

from .clock import is_ahead, is_put_off

# The scheduled actions run every few minutes: one that is later is not run at all.
OVERDUE = timedelta(minutes=30)


class ZohoIntegration(models.Model):
    """The page that says whether all is well, line by line, and else what to do."""

    _inherit = "zoho.integration"

    health = fields.Json(compute="_compute_health", export_string_translation=False)
    attention_count = fields.Integer(compute="_compute_health")

    def _compute_health(self) -> None:
        for integration in self:
            lines = integration._health_lines() if integration.ids else []
            integration.health = lines
            integration.attention_count = len([one for one in lines if one["advice"]])

    def _health_lines(self) -> list[dict]:
        """Return what is shown: ``key``, ``label``, ``text``, and ``advice`` if any.

        A line without advice is well.
        """
        return [
            *self._health_of_working(),
            *(self._health_of_module(stream) for stream in self._enabled_streams()),
            self._health_of_calls(),
            self._health_of_errors(),
            self._health_of_differences(),
            self._health_of_hours(),
            self._health_of_billing(),
        ]

    def _health_of_working(self) -> list[dict]:
        """Return the lines that tell why a sync may not work at all."""
        return [
            self._health_of_sync(),
            self._health_of_sign_in(),
            self._health_of_schedule(),
        ]

    @staticmethod
    def _health_line(key: str, label: str, text: str, advice: str = "") -> dict:
        return {"key": key, "label": label, "text": text, "advice": advice}

    def _moment(self, moment) -> str:
        """Return a moment as the reader writes it, in his time zone."""
        if not moment:
            return self.env._("never")
        return format_datetime(self.env, moment, dt_format="short")

    def _health_of_sync(self) -> dict:
        text = self.env._("Last success: %(time)s", time=self._moment(self.last_sync))
        advice = ""
        if self.status == "disabled":
            advice = self.env._("The integration is disabled: press Enable.")
        elif self.status in ("waiting", "stalled"):
            advice = self.status_message or self.env._("Zoho does not answer.")
        elif self._is_failing():
            advice = self.env._("No sync has ended well for a day: see the history.")
        return self._health_line("sync", self.env._("Sync"), text, advice)

    def _health_of_sign_in(self) -> dict:
        """Tell of the token what may be told: that it is there, and how fresh."""
        label = self.env._("Sign-in")
        credential = self._find_credential()
        if self.status == "sign_in_again" or not credential.refresh_token:
            return self._health_line(
                "sign_in",
                label,
                self.env._("Nobody is signed in."),
                self.env._("Press Sign in Again, as somebody who sees the portal."),
            )
        text = self.env._(
            "Valid; access renewed: %(time)s", time=self._moment(credential.renewed_at)
        )
        return self._health_line("sign_in", label, text, self.scopes_message or "")

    def _health_of_schedule(self) -> dict:
        cron = self._cron()
        text = self.env._(
            "Last run: %(last)s; next: %(next)s",
            last=self._moment(cron.lastcall),
            next=self._moment(cron.nextcall),
        )
        advice = ""
        if not cron.active:
            advice = self.env._(
                "The scheduled action “%(name)s” is switched off: switch it on under"
                " Settings, Technical, Scheduled Actions.",
                name=cron.name,
            )
        elif cron.nextcall < fields.Datetime.now() - OVERDUE:
            advice = self.env._(
                "No worker of Odoo runs scheduled actions: the server's administrator"
                " starts some (option max_cron_threads)."
            )
        elif is_put_off(cron):
            advice = self.env._(
                "The next run is too far away, as if the server's clock had been set"
                " back: press Instant Sync, which makes it due."
            )
        elif self._has_times_ahead():
            advice = self.env._(
                "Something is noted to have happened in the future: the server's clock"
                " has been set back. The sync goes on; check the clock."
            )
        return self._health_line("schedule", self.env._("Schedule"), text, advice)

    def _has_times_ahead(self) -> bool:
        """Return whether a clock that was ahead has left its mark here."""
        last = self.run_ids[:1]
        noted = (
            *(self.last_sync, self.last_full_sync, self.waiting_since),
            *(last.started_at, last.ended_at),
            self._find_credential().renewed_at,
        )
        return any(is_ahead(moment) for moment in noted)

    def _health_of_module(self, stream) -> dict:
        text = self.env._(
            "Last success: %(time)s; records: %(count)s",
            time=self._moment(stream.last_sync),
            count=stream.record_count,
        )
        advice = stream.message if stream.state == "error" else ""
        return self._health_line(
            f"module_{stream.entity}", stream.display_name, text, advice or ""
        )

    def _health_of_calls(self) -> dict:
        text = self.env._("Today: %(count)s calls", count=self.calls_today)
        full = [one for one in self.call_budget or () if one["calls"] >= one["limit"]]
        advice = full and self.env._(
            "The calls of two minutes are used up: the sync waits a moment by itself."
        )
        return self._health_line("calls", self.env._("API Calls"), text, advice or "")

    def _health_of_errors(self) -> dict:
        text = self.env._("Open: %(count)s", count=self.error_count)
        advice = self.error_count and self.env._(
            "Open the errors: each says why, and how to resolve it."
        )
        return self._health_line("errors", self.env._("Errors"), text, advice or "")

    def _health_of_differences(self) -> dict:
        text = self.env._("Open: %(count)s", count=self.difference_count)
        advice = self.difference_count and self.env._(
            "Zoho has changed time that is invoiced: settle the differences."
        )
        return self._health_line(
            "differences", self.env._("Differences"), text, advice or ""
        )

    def _health_of_hours(self) -> dict:
        """Tell of the nightly comparison of hours with Zoho's own reports."""
        checked = self.reconciliation_ids.mapped("checked_at")
        text = self.env._(
            "Last run: %(time)s", time=self._moment(max(checked, default=False))
        )
        advice = self.unexplained_count and self.env._(
            "Hours differ from Zoho's own reports, and nothing explains it: open the"
            " reconciliation."
        )
        return self._health_line(
            "hours", self.env._("Reconciliation"), text, advice or ""
        )

    def _health_of_billing(self) -> dict:
        """Tell of the nightly comparison of the ledger with its documents."""
        # When the check runs and whether it is open: its records need system rights.
        cron = self.env.ref("zoho_projects_connector.ir_cron_billed_time").sudo()
        kind = self.env.ref("zoho_projects_connector.activity_type_billed_time")
        found = (
            self.env["mail.activity"]
            .sudo()
            .search([("activity_type_id", "=", kind.id)], limit=1)
        )
        advice = found.user_id and self.env._(
            "It has found something: %(user)s has an activity that names it.",
            user=found.user_id.name,
        )
        if not cron.active:
            advice = self.env._(
                "The scheduled action “%(name)s” is switched off: switch it on under"
                " Settings, Technical, Scheduled Actions.",
                name=cron.name,
            )
        text = self.env._("Last run: %(time)s", time=self._moment(cron.lastcall))
        return self._health_line(
            "billing", self.env._("Check of Billed Time"), text, advice or ""
        )

    def _enabled_streams(self):
        return self.stream_ids.filtered(lambda stream: stream._is_enabled())
