from ast import literal_eval
from datetime import timedelta

from markupsafe import escape

from odoo import api, fields, models
from odoo.tools import format_datetime

from ...zoho.auth import SCOPES
from .clock import is_over
from .zoho_integration_flow import STALLED_MINUTES

CHANNEL = "zoho_sync"


NOTIFICATION = "zoho_projects_connector/status"


SHOWN_FIELDS = frozenset({"name", "retry_at", "status", "status_message"})


FAILING_AFTER = timedelta(days=1)


# In one of these, somebody expects the sync to work.
WATCHED_STATUSES = ("syncing", "active", "waiting", "stalled", "sign_in_again")


ACTIVITY = "zoho_projects_connector.activity_type_sync_failing"


class ZohoIntegration(models.Model):
    """Status and progress as they reach the screens of people, without a reload."""

    _name = "zoho.integration"
    _inherit = ["zoho.integration", "mail.thread", "mail.activity.mixin"]

    failing_since = fields.Datetime(
        readonly=True,
        copy=False,
        help="The last success before a failure of which the administrators were told.",
    )
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

    # Who is told when the sync has been failing for a day: once, and when it works.

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

    # What the form shows beside the configuration, and the lists behind it.

    def _compute_scopes_wanted(self) -> None:
        self.scopes_wanted = ",".join(SCOPES)

    def _compute_counts(self) -> None:
        links = self._count("zoho.link", [])
        errors = self._count("zoho.sync.error", [("resolved_at", "=", False)])
        differences = self.env["zoho.settlement"]._open_counts(self)
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
