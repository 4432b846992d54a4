from datetime import timedelta

from markupsafe import escape

from odoo import api, fields, models
from odoo.tools import format_datetime

from .clock import is_over

FAILING_AFTER = timedelta(days=1)
# In one of these, somebody expects the sync to work.
WATCHED_STATUSES = ("syncing", "active", "waiting", "stalled", "sign_in_again")
ACTIVITY = "zoho_projects_connector.activity_type_sync_failing"


class ZohoIntegration(models.Model):
    """Who is told when the sync has been failing for a day: once, and when it works."""

    _name = "zoho.integration"
    _inherit = ["zoho.integration", "mail.thread", "mail.activity.mixin"]

    failing_since = fields.Datetime(
        readonly=True,
        copy=False,
        help="The last success before a failure of which the administrators were told.",
    )

    def _end_watch(self, vals: dict) -> None:
        """Close the activity when the sync works again, or is no longer wanted."""
        if vals.get("last_sync"):
            self._tell_end(self.env._("The sync works again."))
        if vals.get("status") == "disabled":
            self._tell_end(self.env._("The integration was disabled."))

    @api.model
    def _cron_watch(self) -> None:
        """Show stalled runs, and tell of what has been failing for a day."""
        for integration in self.search([("status", "in", WATCHED_STATUSES)]):
            # Whoever holds the integration is syncing it just now.
            if integration.try_lock_for_update(allow_referencing=True):
                integration._watch()

    def _watch(self) -> None:
        run = self._open_run()
        if self._has_stalled(run):
            sentence = self.env._(
                "Nothing has moved since %(time)s, as if the server had been stopped.",
                time=format_datetime(self.env, run._last_moment()),
            )
            self._set_status("stalled", sentence)
            self._cron()._trigger()
        if not self.failing_since and self._is_failing():
            self._tell_failing()

    def _is_failing(self) -> bool:
        """Return whether no sync has ended well for a day, or two of its intervals."""
        since = self._working_until()
        patience = max(FAILING_AFTER, 2 * timedelta(minutes=self.quick_interval))
        is_at_work = self.status == "syncing" and not self._has_stalled(
            self._open_run()
        )
        return (
            self.status in WATCHED_STATUSES
            and bool(since)
            and not is_at_work
            and is_over(since, patience)
        )

    def _working_until(self):
        """Return the last success, or when the first run was started (naive UTC)."""
        first = self.env["zoho.sync.run"].search(
            [("integration_id", "=", self.id)], order="id", limit=1
        )
        return self.last_sync or first.create_date

    def _administrators(self):
        """Return the users who may put the sync of this company right.

        :rtype: res.users
        """
        group = self.env.ref("zoho_projects_connector.group_zoho_manager").sudo()
        return group.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )

    def _tell_failing(self) -> None:
        """Give each administrator one activity and one e-mail, in his language."""
        self.failing_since = self._working_until()
        # The activity's own e-mail would be a second one.
        quiet = self.with_context(mail_activity_quick_update=True)
        for lang, people in self._administrators().grouped("lang").items():
            for user in people:
                spoken = quiet.with_context(lang=lang, tz=user.tz)
                note = escape(spoken._failing_sentence())
                spoken.activity_schedule(ACTIVITY, user_id=user.id, note=note)
            self._send_failing(lang, people.partner_id.filtered("email"))

    def _send_failing(self, lang: str, partners) -> None:
        if partners:
            template = self.env.ref("zoho_projects_connector.mail_template_failing")
            # Mail to administrators; a sync has no user with rights to templates.
            template.sudo().with_context(lang=lang).send_mail(
                self.id, email_values={"recipient_ids": partners.ids}
            )

    def _failing_sentence(self) -> str:
        """Return since when the sync fails, why, and what to do."""
        advice = [
            line["advice"] for line in self._health_of_working() if line["advice"]
        ]
        return self.env._(
            "No sync of %(integration)s has ended well since %(time)s. %(advice)s",
            integration=self.name,
            time=format_datetime(self.env, self.failing_since),
            advice=" ".join(advice),
        )

    def _tell_end(self, feedback: str) -> None:
        """Close the activities of a failure that is over."""
        failing = self.filtered("failing_since")
        if failing:
            failing.failing_since = False
            # The activity is the sync's own, whoever may write it.
            failing.sudo().activity_feedback([ACTIVITY], feedback=feedback)
