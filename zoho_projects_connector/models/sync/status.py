"""Status and progress as they reach the screens of people, without a reload.

Who is told when the sync has been failing for a day: once, and when it works again.
"""

import time
from datetime import datetime, timedelta
from functools import partial

from markupsafe import escape

from odoo import fields
from odoo.api import Environment
from odoo.models import BaseModel

from ...clock import is_over
from .causes import note

CHANNEL = "zoho_sync"
NOTIFICATION = "zoho_projects_connector/status"
SHOWN_FIELDS = frozenset({"name", "retry_at", "status", "status_note"})
STALLED_MINUTES = 15
SECONDS_BETWEEN_NEWS = 2
FAILING_AFTER = timedelta(days=1)
# In one of these, somebody expects the sync to work.
WATCHED_STATUSES = ("syncing", "active", "waiting", "stalled", "sign_in_again")
ACTIVITY = "zoho_projects_connector.activity_type_sync_failing"
TEMPLATE = "zoho_projects_connector.mail_template_failing"


def sync_status(env: Environment) -> dict:
    """Return what the screens show, in the words of the user.

    :return: ``integrations``: see :func:`status_values`; ``attention``: how much waits
        for somebody in all of them; ``statuses`` and ``modules``: labels by code.
    """
    integrations = env["zoho.integration"].search([("status", "!=", "draft")])
    counts = env["zoho.settlement"]._attention_counts(integrations)
    statuses = integrations._fields["status"]
    modules = env["zoho.stream"]._fields["entity"]
    return {
        "integrations": [
            {
                **status_values(one),
                "message": one.status_message or "",
                "attention": counts[one]._asdict(),
            }
            for one in integrations
        ],
        "attention": counts[integrations.browse()]._asdict(),
        "statuses": dict(statuses._description_selection(env)),
        "modules": dict(modules._description_selection(env)),
    }


def status_values(integration: BaseModel) -> dict:
    """Return the status of one integration: codes and numbers, nothing secret.

    The same for all who hear of it, whatever their language.
    """
    # Codes and numbers of the run, for who may read the integration.
    run = integration.env["zoho.sync.run"]._find_open(integration.sudo())
    is_stalled = has_stalled(integration, run)
    return {
        "id": integration.id,
        "name": integration.name,
        "company_id": integration.company_id.id,
        "status": "stalled" if is_stalled else integration.status,
        "note": integration.status_note or False,
        "retry_at": fields.Datetime.to_string(integration.retry_at) or False,
        "last_sync": fields.Datetime.to_string(integration.last_sync) or False,
        "is_queued": run.status == "queued",
        "progress": run._progress_values() or False,
    }


def has_stalled(integration: BaseModel, run: BaseModel) -> bool:
    """Return whether a run is in hand that nobody works on.

    :param run: the open run of the integration, maybe none.
    """
    is_at_work = integration.status == "syncing" and bool(run)
    patience = timedelta(minutes=STALLED_MINUTES)
    return is_at_work and is_over(run._last_moment(), patience)


def publish(integrations: BaseModel) -> None:
    """Send the status to the users of the company, once, when this is committed."""
    env = integrations.env
    # Before the commit and not at once: the row may be written ten times within a page,
    # and what counts is how it is in the end.
    pending = env.cr.precommit.data.setdefault(NOTIFICATION, set())
    if not pending:
        env.cr.precommit.add(partial(_send, env))
    pending.update(integrations.ids)


class Progress:
    """Keeps how far the run in hand is, and publishes it now and then.

    It is kept with each page, and published at the end of a module and every other
    second: whatever goes over the bus costs PostgreSQL a connection of its own.

    :param integration: the integration whose run it is.
    """

    def __init__(self, integration: BaseModel) -> None:
        self.integration = integration
        self.published = time.monotonic()
        self.entity = ""

    def note(self, run: BaseModel, done: int | None) -> None:
        """Keep and publish what a step has done; committed with it.

        :param run: the run in hand; it may be over by now.
        :param done: number of records, None inside a page.
        """
        if done is None:
            return
        entity = run._current_stream().entity or ""
        # A runner may go on where another has stopped.
        before = self.entity or (run.progress or {}).get("entity", entity)
        self.entity = entity
        # What is kept tells of the module that has ended.
        is_end = not done and before != entity
        is_due = time.monotonic() - self.published > SECONDS_BETWEEN_NEWS
        if run.status == "running" and not is_end and (done or is_due):
            run._note_progress()
        if is_end or is_due:
            publish(self.integration)
            self.published = time.monotonic()


def retract(integrations: BaseModel) -> None:
    """Let integrations that are deleted now leave the screens of the company."""
    bus = integrations.env["bus.bus"]
    for one in integrations:
        company = one.company_id
        news = {"id": one.id, "name": one.name, "company_id": company.id}
        bus._sendone((company, CHANNEL), NOTIFICATION, {**news, "is_deleted": True})


def _send(env: Environment) -> None:
    ids = env.cr.precommit.data.pop(NOTIFICATION, ())
    # Sent to the company's Zoho users, whoever started it and may read it.
    for integration in env["zoho.integration"].sudo().browse(ids).exists():
        # A channel of the company, which only its Zoho users are given.
        env["bus.bus"]._sendone(
            (integration.company_id, CHANNEL), NOTIFICATION, status_values(integration)
        )


def administrators(integration: BaseModel) -> BaseModel:
    """Return the users who may put the sync of its company right (`res.users`)."""
    # Whoever asks: they are told, or named to nobody.
    group = integration.env.ref("zoho_projects_connector.group_zoho_manager").sudo()
    return group.all_user_ids.filtered(
        lambda user: user.active and integration.company_id in user.company_ids
    )


def end_watch(integrations: BaseModel, vals: dict) -> None:
    """Close the activity when the sync works again, or is no longer wanted.

    :param vals: what was written to the integrations.
    """
    env = integrations.env
    if vals.get("last_sync"):
        _tell_end(integrations, env._("The sync works again."))
    if vals.get("status") == "disabled":
        _tell_end(integrations, env._("The integration was disabled."))


def _tell_end(integrations: BaseModel, feedback: str) -> None:
    """Close the activities of a failure that is over."""
    failing = integrations.filtered("failing_since")
    if failing:
        failing.failing_since = False
        # The activity is the sync's own, whoever may write it.
        failing.sudo().activity_feedback([ACTIVITY], feedback=feedback)


class Watch:
    """Whether one integration has stalled or fails, and who is told.

    :param integration: one integration.
    """

    def __init__(self, integration: BaseModel) -> None:
        self.integration = integration
        self.env = integration.env
        self.run = self.env["zoho.sync.run"]._find_open(integration)

    def look(self) -> None:
        """Show a stalled run, and tell of what has been failing for a day.

        Whoever calls holds the integration's row: nobody is syncing it.
        """
        if has_stalled(self.integration, self.run):
            since = fields.Datetime.to_string(self.run._last_moment())
            self.integration._set_status("stalled", note("standing", time=since))
            self.run._cron()._trigger()
        if not self.integration.failing_since and self.is_failing():
            self._tell_failing()

    def is_failing(self) -> bool:
        """Return whether no sync has ended well for a day, or two of its intervals."""
        integration = self.integration
        since = self._working_until()
        interval = timedelta(minutes=integration.quick_interval)
        is_stalled = has_stalled(integration, self.run)
        is_at_work = integration.status == "syncing" and not is_stalled
        return (
            integration.status in WATCHED_STATUSES
            and bool(since)
            and not is_at_work
            and is_over(since, max(FAILING_AFTER, 2 * interval))
        )

    def _working_until(self) -> datetime | bool:
        """Return the last success, or when the first run was started (naive UTC)."""
        first = self.env["zoho.sync.run"].search(
            [("integration_id", "=", self.integration.id)], order="id", limit=1
        )
        return self.integration.last_sync or first.create_date

    def _tell_failing(self) -> None:
        """Give each administrator one activity and one e-mail, in his language."""
        self.integration.failing_since = self._working_until()
        # The activity's own e-mail would be a second one.
        quiet = self.integration.with_context(mail_activity_quick_update=True)
        for lang, people in administrators(self.integration).grouped("lang").items():
            for user in people:
                spoken = quiet.with_context(lang=lang, tz=user.tz)
                note = escape(spoken._failing_sentence())
                spoken.activity_schedule(ACTIVITY, user_id=user.id, note=note)
            self._send_mail(lang, people.partner_id.filtered("email"))

    def _send_mail(self, lang: str, partners: BaseModel) -> None:
        if partners:
            # Mail to administrators; a sync has no user with rights to templates.
            template = self.env.ref(TEMPLATE).sudo().with_context(lang=lang)
            template.send_mail(
                self.integration.id, email_values={"recipient_ids": partners.ids}
            )
