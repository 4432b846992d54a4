from contextlib import closing
from math import ceil
from time import monotonic

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, formatLang

from ...models.sync.entities import ENTITY_SELECTION, MODULES
from ...models.sync.portal_session import PortalSession
from ...models.sync.stream_time_logs import TimeLogStream, count_log_calls
from ...models.sync.zoho_integration_flow import SECONDS_FOR_A_PAGE
from ...zoho.quota import SAFE_LIMIT, WINDOW_SECONDS

OUTCOMES = [
    ("create", "New"),
    ("overwrite", "Overwritten"),
    ("clone", "Cloned"),
    ("known", "Recognised"),
    ("fetch", "Fetched"),
    ("leave", "Left Out"),
    ("fail", "Not Fetched"),
]


# A request of the browser lives for a minute or two, by Odoo's limits and by those of
# the proxies before it.
PREVIEW_SECONDS = 30


class ZohoSyncPreview(models.TransientModel):
    """What a sync would do, as it is shown before anything is written."""

    _name = "zoho.sync.preview"
    _inherit = ["caller.choice.mixin"]
    _description = "Preview of a Synchronisation"

    integration_id = fields.Many2one(
        "zoho.integration", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="integration_id.company_id")
    is_complete = fields.Boolean(readonly=True)
    message = fields.Char(readonly=True)
    unread = fields.Char(
        readonly=True, help="Modules that the preview has read in part, or not at all."
    )
    pace = fields.Char(
        readonly=True, help="How long the time logs take, where Zoho lists few at once."
    )
    api_calls = fields.Integer("API Calls", readonly=True)
    line_ids = fields.One2many("zoho.sync.preview.line", "preview_id", readonly=True)
    module_line_ids = fields.One2many(
        "zoho.sync.preview.line", "preview_id", domain=[("section", "=", "module")]
    )
    customer_line_ids = fields.One2many(
        "zoho.sync.preview.line", "preview_id", domain=[("section", "=", "customer")]
    )
    project_line_ids = fields.One2many(
        "zoho.sync.preview.line", "preview_id", domain=[("section", "=", "project")]
    )
    time_line_ids = fields.One2many(
        "zoho.sync.preview.line", "preview_id", domain=[("section", "=", "time")]
    )

    # What the flow has done, told before it is rolled back
    def _describe(self, integration, run, before, seconds):
        """Return the values of a preview.

        :param integration: what was synced.
        :param run: the run, still in the database.
        :param dict before: the newest ids of partners and links before the run.
        :param int seconds: how long it was allowed to take.
        :rtype: dict
        """
        is_done = run.status == "done"
        lines = [
            *self._describe_modules(run),
            *self._describe_customers(integration, before),
            *self._describe_projects(integration),
            *self._describe_time(integration),
        ]
        return {
            "integration_id": integration.id,
            "is_complete": is_done and not run.message,
            "message": run.message or (not is_done and self._cut_short(seconds)),
            "unread": self._describe_unread(run),
            "pace": self._describe_pace(*count_log_calls(run.integration_id)),
            "api_calls": run.api_calls,
            "line_ids": [Command.create(values) for values in lines],
        }

    def _cut_short(self, seconds):
        return self.env._(
            "The preview ends after %(seconds)s seconds; the sync itself goes on until"
            " everything is read.",
            seconds=seconds,
        )

    def _describe_unread(self, run):
        """Return which modules were not read to their end, if any."""
        labels = []
        for stream in run.integration_id.stream_ids.sorted("sequence"):
            if stream.state == "running":
                labels.append(
                    self.env._("%(module)s (in part)", module=stream.display_name)
                )
            elif stream.state == "waiting":
                labels.append(stream.display_name)
        return ", ".join(labels) or False

    def _describe_pace(self, level, count, calls):
        """Return how long a full comparison of the time logs takes, if it is long.

        :param level: ``project`` or ``item``: for what Zoho lists time; or nothing.
        :param int count: of such records, as far as they were read.
        """
        if not level:
            return False
        minutes = ceil(calls * WINDOW_SECONDS / SAFE_LIMIT / 60)
        time = self.env._("%(minutes)s minutes", minutes=minutes)
        if minutes > 120:
            hours = formatLang(self.env, minutes / 60, digits=1)
            time = self.env._("%(hours)s hours", hours=hours)
        values = {"count": count, "calls": calls, "time": time}
        if level == "project":
            return self.env._(
                "Zoho lists the time of this portal for one project at a time only. For"
                " the %(count)s that were read, the first sync and each full comparison"
                " make %(calls)s calls: %(time)s at the pace that Zoho allows.",
                **values,
            )
        return self.env._(
            "Zoho lists the time of this portal for one task or issue at a time only."
            " For the %(count)s that were read, the first sync and each full comparison"
            " make %(calls)s calls: %(time)s at the pace that Zoho allows.",
            **values,
        )

    def _describe_modules(self, run):
        names = ("fetched", "created", "updated", "unchanged", "skipped", "failed")
        return [
            {
                "section": "module",
                "entity": line.entity,
                **{name: line[name] for name in names},
            }
            # The run is rolled back: it is nobody's but the administrator's who asks.
            for line in run.sudo().line_ids
        ]


class ZohoSyncPreviewLine(models.TransientModel):
    """One line of a preview: a module, a customer, a project or a kind of time."""

    _name = "zoho.sync.preview.line"
    _inherit = ["caller.choice.mixin"]
    _description = "Line of a Preview of a Synchronisation"
    _order = "id"

    preview_id = fields.Many2one(
        "zoho.sync.preview", required=True, ondelete="cascade", index=True
    )
    section = fields.Selection(
        [
            ("module", "Module"),
            ("customer", "Customer"),
            ("project", "Project"),
            ("time", "Time"),
        ],
        required=True,
        readonly=True,
        export_string_translation=False,
    )
    outcome = fields.Selection(OUTCOMES, "What Happens", readonly=True)
    name = fields.Char(readonly=True)
    detail = fields.Char("Why, or What Changes", readonly=True)
    entity = fields.Selection(ENTITY_SELECTION, "Module", readonly=True)
    fetched = fields.Integer("Listed", readonly=True)
    created = fields.Integer("New", readonly=True)
    updated = fields.Integer("Changed", readonly=True)
    unchanged = fields.Integer(readonly=True)
    skipped = fields.Integer("Left Out", readonly=True)
    failed = fields.Integer("Not Fetched", readonly=True)
    count = fields.Integer("Logs", readonly=True)
    hours = fields.Float(readonly=True)


class ZohoIntegration(models.Model):
    """What a sync would do: the flow itself, and then nothing of it is kept."""

    _inherit = "zoho.integration"

    def action_preview(self):
        """Show what the first sync would do, without writing any of it.

        :raise UserError: naming what is missing, or why Zoho does not answer.
        """
        self._check_manager()
        self._check_set_up()
        with self._user_errors():
            values = self._rehearse()
        preview = self.env["zoho.sync.preview"].create(values)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What the First Sync Would Do"),
            "res_model": "zoho.sync.preview",
            "res_id": preview.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _rehearse(self, entities=MODULES, seconds=PREVIEW_SECONDS, **preferences):
        """Return what a full sync would do.

        It is run and rolled back. What is kept is what Zoho keeps as well: the access
        token, and how many calls were made.

        :param entities: the modules to look at, from the first one on.
        :param int seconds: after which no other page is read.
        :param preferences: values of the integration to suppose.
        :return: values of a `zoho.sync.preview`.
        :rtype: dict
        :raise UserError: while a sync is under way.
        :raise ZohoError: when nobody is signed in any more.
        """
        self._lock_for_rehearsal()
        # Renewed before, so that it is not rolled back.
        self._zoho_client().session.close()
        quota = self.env["zoho.quota"].sudo()
        with closing(self.env.cr.savepoint()):
            self.sudo().write(preferences)
            values = self._run_and_describe(entities, seconds)
            calls = quota._calls_of(self)
        quota._put_back(self, calls)
        return values

    def _lock_for_rehearsal(self) -> None:
        """Keep a sync from starting meanwhile, and refuse when one is under way.

        :raise UserError: with the way out.
        """
        # Checked before; the lock must not depend on rights to the rows.
        locked = self.sudo().try_lock_for_update(allow_referencing=True)
        if not locked or locked._open_run():
            raise UserError(
                self.env._("A sync is under way: press Stop, and preview it then.")
            )

    def _run_and_describe(self, entities, seconds):
        """Run the flow as the schedule does, for a while, and describe the outcome."""
        cron = self._cron()
        own = self.with_user(cron.user_id).with_company(self.company_id)
        own = own.with_context(allowed_company_ids=self.company_id.ids, lang=None)
        before = own._marks()
        own._prepare_streams()
        own._queue_run("setup", True, self.env.user)
        run = own._open_run()
        deadline = monotonic() + seconds
        with PortalSession(own) as session:
            for _done in own._sync_steps(session):
                self.env.flush_all()
                self.env.invalidate_all()
                left = deadline - monotonic()
                session.may_fetch_ahead = left > SECONDS_FOR_A_PAGE
                stream = run._current_stream()
                if left <= 0 or (stream and stream.entity not in entities):
                    break
            if "timelog" in entities and session.is_connected:
                own._probe_log_lists(session)
        preview = self.env["zoho.sync.preview"]
        return preview._describe(self, run.with_env(self.env), before, seconds)

    def _probe_log_lists(self, session: PortalSession) -> None:
        """Find out how much time Zoho lists at once, unless that is known by now."""
        stream = self.stream_ids.filtered(lambda one: one.entity == "timelog")
        if stream.state == "waiting":
            TimeLogStream(stream, session).find_lists()

    def _marks(self):
        """Return the newest ids of what a sync tells apart into old and new."""
        [(partner, link)] = self.env.execute_query(
            SQL(
                """SELECT coalesce((SELECT max(id) FROM res_partner), 0),
                          coalesce((SELECT max(id) FROM zoho_link), 0)"""
            )
        )
        return {"partner": partner, "link": link}
