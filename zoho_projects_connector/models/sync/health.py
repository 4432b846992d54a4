"""The page that says whether all is well, line by line, and else what to do."""

from datetime import datetime, timedelta

from odoo import fields
from odoo.models import BaseModel

from ...clock import is_ahead, is_put_off, say_moment
from .status import Watch

# The scheduled actions run every few minutes: one that is later is not run at all.
OVERDUE = timedelta(minutes=30)


def _line(
    key: str,
    label: str,
    text: str,
    advice: str = "",
    *,
    since: object = True,
    cause: str = "",
) -> dict:
    """Return one line; what has never happened yet is neither well nor ill.

    :param since: when it was looked at last, if ever.
    :param cause: what is wrong, where that has a way out of its own.
    """
    said = {"key": key, "label": label, "text": text, "advice": advice}
    return {**said, "is_checked": bool(since), "cause": cause or key}


class Health:
    """Whether one integration works, in the words of whoever asks.

    :param integration: one saved integration.
    """

    def __init__(self, integration: BaseModel) -> None:
        self.integration = integration
        self.env = integration.env

    def lines(self) -> list[dict]:
        """Return what is shown: ``key``, ``label``, ``text``, and ``advice`` if any.

        A line without advice is well, if it was looked at (``is_checked``) at all.
        """
        return [
            *self.lines_of_working(),
            *(self._of_module(one) for one in self.integration._enabled_streams()),
            self._of_calls(),
            self._of_attention(),
            *self.lines_of_checks(),
        ]

    def lines_of_checks(self) -> list[dict]:
        """Return the lines of what is compared every night."""
        hours = [self._of_hours()] if self.integration.sync_timesheets else []
        return [*hours, self._of_billing()]

    def lines_to_resolve(self) -> list[dict]:
        """Return the lines that wait for somebody, not for time to pass.

        Hours that differ, and what could not be fetched, are counted by themselves.
        """
        status = self.integration.status
        lines = [line for line in self.lines_of_working() if line["advice"]]
        quiet = {
            "disabled": ("sync", "sign_in"),
            "sign_in_again": ("sync",),
            "waiting": ("sync",),
        }.get(status, ())
        billing = self._of_billing()
        return [
            *(line for line in lines if line["key"] not in quiet),
            *([billing] if billing["advice"] else []),
        ]

    def lines_of_working(self) -> list[dict]:
        """Return the lines that tell why a sync may not work at all."""
        return [self._of_sync(), self._of_sign_in(), self._of_schedule()]

    def failing_sentence(self) -> str:
        """Return since when the sync fails, why, and what to do."""
        advice = [line["advice"] for line in self.lines_of_working() if line["advice"]]
        return self.env._(
            "No sync of %(integration)s has ended well since %(time)s. %(advice)s",
            integration=self.integration.name,
            time=say_moment(self.env, self.integration.failing_since),
            advice=" ".join(advice),
        )

    def _say(self, moment: datetime | bool) -> str:
        """Return a moment as the reader writes it, in his time zone."""
        if not moment:
            return self.env._("never")
        return say_moment(self.env, moment)

    def _of_sync(self) -> dict:
        integration = self.integration
        text = self.env._(
            "Last success: %(time)s", time=self._say(integration.last_sync)
        )
        advice = ""
        if integration.status == "disabled":
            advice = self.env._("The integration is disabled: press Enable.")
        elif integration.status in ("waiting", "stalled"):
            advice = integration.status_message or self.env._("Zoho does not answer.")
        elif Watch(integration).is_failing():
            advice = self.env._("No sync has ended well for a day: see the history.")
        since = integration.last_sync
        return _line("sync", self.env._("Sync"), text, advice, since=since)

    def _of_sign_in(self) -> dict:
        """Tell of the token what may be told: that it is there, and how fresh."""
        label = self.env._("Sign-in")
        credential = self.env["zoho.credential"]._find_for(self.integration)
        if self.integration.status == "sign_in_again" or not credential.refresh_token:
            return _line(
                "sign_in",
                label,
                self.env._("Nobody is signed in."),
                self.env._("Press Sign in Again, as somebody who sees the portal."),
            )
        text = self.env._(
            "Valid; access renewed: %(time)s", time=self._say(credential.renewed_at)
        )
        return _line("sign_in", label, text, self.integration.scopes_message or "")

    def _of_schedule(self) -> dict:
        cron = self.env["zoho.sync.run"]._cron()
        text = self.env._(
            "Last run: %(last)s; next: %(next)s",
            last=self._say(cron.lastcall),
            next=self._say(cron.nextcall),
        )
        advice, cause = "", ""
        if not cron.active:
            advice, cause = self._say_off(cron), "schedule_off"
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
        return _line("schedule", self.env._("Schedule"), text, advice, cause=cause)

    def _say_off(self, cron: BaseModel) -> str:
        return self.env._(
            "The scheduled action “%(name)s” is switched off: switch it on under"
            " Settings, Technical, Scheduled Actions.",
            name=cron.name,
        )

    def _has_times_ahead(self) -> bool:
        """Return whether a clock that was ahead has left its mark here."""
        one, last = self.integration, self.integration.run_ids[:1]
        noted = (
            *(one.last_sync, one.last_full_sync, one.waiting_since),
            *(last.started_at, last.ended_at),
            self.env["zoho.credential"]._find_for(one).renewed_at,
        )
        return any(is_ahead(moment) for moment in noted)

    def _of_module(self, stream: BaseModel) -> dict:
        text = self.env._(
            "Last success: %(time)s; records: %(count)s",
            time=self._say(stream.last_sync),
            count=stream.record_count,
        )
        advice = stream.state == "error" and stream.message or ""
        key, since = f"module_{stream.entity}", stream.last_sync
        return _line(key, stream.display_name, text, advice, since=since)

    def _of_calls(self) -> dict:
        text = self.env._("Today: %(count)s calls", count=self.integration.calls_today)
        full = [
            one
            for one in self.integration.call_budget or ()
            if one["calls"] >= one["limit"]
        ]
        advice = full and self.env._(
            "The calls of two minutes are used up: the sync waits a moment by itself."
        )
        return _line("calls", self.env._("API Calls"), text, advice or "")

    def _of_attention(self) -> dict:
        text = self.integration.attention_text
        advice = text and self.env._(
            "Open the Overview: it leads from one to the next, each with its ways out."
        )
        text = text or self.env._("nothing")
        return _line("attention", self.env._("Needs Somebody"), text, advice or "")

    def _of_hours(self) -> dict:
        """Tell of the nightly comparison of hours with Zoho's own reports."""
        checked = self.integration.reconciliation_ids.mapped("checked_at")
        since = max(filter(None, checked), default=False)
        text = self.env._("Last run: %(time)s", time=self._say(since))
        advice = self.integration.unexplained_count and self.env._(
            "Hours differ from Zoho's own reports, and nothing explains it: open the"
            " reconciliation."
        )
        label = self.env._("Reconciliation")
        return _line("hours", label, text, advice or "", since=since)

    def _of_billing(self) -> dict:
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
        cause = "billing_found"
        if not cron.active:
            advice, cause = self._say_off(cron), "billing_off"
        text = self.env._("Last run: %(time)s", time=self._say(cron.lastcall))
        return _line(
            "billing",
            self.env._("Check of Billed Time"),
            text,
            advice or "",
            since=cron.lastcall,
            cause=cause,
        )
