from contextlib import closing, suppress
from time import monotonic

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...const import ENTITIES
from ...models.sync.portal_session import SyncSession
from ...models.sync.zoho_integration_flow import SECONDS_FOR_A_PAGE
from ...zoho.errors import ZohoError, ZohoRefused

# A request of the browser lives for a minute or two, by Odoo's limits and by those of
# the proxies before it.
PREVIEW_SECONDS = 30


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

    def _rehearse(self, entities=ENTITIES, seconds=PREVIEW_SECONDS, **preferences):
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

    def _lock_for_rehearsal(self):
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
        with SyncSession() as session:
            for _done in own._sync_steps(session):
                self.env.flush_all()
                self.env.invalidate_all()
                left = deadline - monotonic()
                session.may_fetch_ahead = left > SECONDS_FOR_A_PAGE
                stream = run._current_stream()
                if left <= 0 or (stream and stream.entity not in entities):
                    break
            if "timelog" in entities and session.client:
                own._probe_log_lists(session, run)
        preview = self.env["zoho.sync.preview"]
        return preview._describe(self, run.with_env(self.env), before, seconds)

    def _probe_log_lists(self, session, run):
        """Find out how much time Zoho lists at once, unless that is known by now."""
        stream = self.stream_ids.filtered(lambda one: one.entity == "timelog")
        if stream.state != "waiting":
            return
        today = fields.Date.today()
        passes = stream._plan_days(today, today)
        stream.cursor = {"passes": passes, "index": 0, "page": 1, "is_full": True}
        with suppress(ZohoError):
            while request := stream._request():
                try:
                    self._fetch_page(session, run, request)
                except ZohoRefused as error:
                    if stream._plan_around(error):
                        continue
                return

    def _marks(self):
        """Return the newest ids of what a sync tells apart into old and new."""
        [(partner, link)] = self.env.execute_query(
            SQL(
                """SELECT coalesce((SELECT max(id) FROM res_partner), 0),
                          coalesce((SELECT max(id) FROM zoho_link), 0)"""
            )
        )
        return {"partner": partner, "link": link}
