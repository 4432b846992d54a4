"""What a sync would do: the flow itself, and then nothing of it is kept."""

from collections.abc import Collection
from contextlib import closing
from time import monotonic

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.models import BaseModel
from odoo.tools import SQL

from ...zoho.errors import ZohoError
from .causes import explain
from .entities import MODULES
from .portal_session import PortalSession
from .stream_time_logs import TimeLogStream
from .zoho_integration_flow import SECONDS_FOR_A_PAGE

# A request of the browser lives for a minute or two, by Odoo's limits and by those of
# the proxies before it.
PREVIEW_SECONDS = 30
EXAMPLE_SECONDS = 10
NOTIFICATION = "zoho_projects_connector/rehearsal"


class Rehearsal:
    """A full sync of one integration that is rolled back.

    :param integration: what whoever asks may administrate.
    """

    def __init__(self, integration: BaseModel) -> None:
        self.integration = integration
        self.env = integration.env
        # What is overwritten, by customer: for an example, in any language.
        self.changes: dict[str, list] = {}

    def run(
        self,
        entities: Collection[str] = MODULES,
        seconds: int = PREVIEW_SECONDS,
        **preferences: str,
    ) -> dict:
        """Return what a full sync would do.

        It is run and rolled back. What is kept is what Zoho keeps as well: the access
        token, and how many calls were made.

        :param entities: the modules to look at, from the first one on.
        :param seconds: after which no other page is read.
        :param preferences: values of the integration to suppose.
        :return: values of a `zoho.sync.preview`.
        :raise UserError: while a sync is under way.
        :raise ZohoError: when nobody is signed in any more.
        """
        self._lock()
        credential = self.env["zoho.credential"]._get_for(self.integration)
        # Renewed before, so that it is not rolled back.
        credential._client().session.close()
        # Nobody but code has rights to the quota.
        quota = self.env["zoho.quota"].sudo()
        # Closed, a savepoint goes back; left as a context, it would keep what was done.
        with closing(self.env.cr.savepoint()):
            # Supposed, for the rights of whoever asks: it is rolled back.
            self.integration.sudo().write(preferences)
            values = self._run_and_describe(entities, seconds)
            calls = quota._calls_of(self.integration)
        # Zoho does not roll back: what it has counted is counted here again.
        quota._put_back(self.integration, calls)
        for _command, _id, line in values["line_ids"]:
            if changes := line.pop("changes", None):
                self.changes[line["name"]] = changes
        return values

    def duplicate_example(self) -> dict:
        """Return a customer of the portal that has the name of a contact in Odoo.

        It is what the sync itself would overwrite, and nothing of that is written.

        :return: ``portal``, ``count`` and ``same``: how many of them agree already;
            ``name`` and ``values`` of one that does not, if any (for whoever reads it,
            each with its field), or ``error``: why none could be read.
        """
        portal = self.integration.portal_zoho_id
        try:
            found = self.run(
                ("customer",), EXAMPLE_SECONDS, duplicate_customers="overwrite"
            )
        except ZohoError as error:
            return {"portal": portal, "count": 0, "error": explain(self.env, error)}
        lines = [values for _command, _id, values in found["line_ids"]]
        outcomes = [line.get("outcome") for line in lines]
        same = outcomes.count("same")
        count = same + outcomes.count("overwrite")
        example = {"portal": portal, "count": count, "same": same}
        changed = [line for line in lines if line.get("outcome") == "overwrite"]
        for line in sorted(changed, key=lambda one: -len(one["detail"]))[:1]:
            example |= {"name": line["name"], "values": self.changes[line["name"]]}
        return example

    def _lock(self) -> None:
        """Keep a sync from starting meanwhile, and refuse when one is under way.

        :raise UserError: with the way out.
        """
        # Checked before; the lock must not depend on rights to the rows.
        locked = self.integration.sudo().try_lock_for_update(allow_referencing=True)
        if not locked or self.env["zoho.sync.run"]._find_open(locked):
            raise UserError(
                self.env._("A sync is under way: press Stop, and preview it then.")
            )

    def _run_and_describe(self, entities: Collection[str], seconds: int) -> dict:
        """Run the flow as the schedule does, for a while, and describe the outcome."""
        cron = self.env["zoho.sync.run"]._cron()
        company = self.integration.company_id
        own = self.integration.with_user(cron.user_id).with_company(company)
        # As whoever the schedule is run by, in the source language: the preview shows
        # what a sync would write, and not what this user might.
        own = own.with_context(allowed_company_ids=company.ids, lang=None)
        before = self._marks()
        own._prepare_streams()
        runs = own.env["zoho.sync.run"]
        runs._queue_run(own, "setup", True, self.env.user)
        run = runs._find_open(own)
        deadline = monotonic() + seconds
        with PortalSession(own) as session:
            for _done in own._sync_steps(session):
                # As the schedule does with its commits, so that what is shown is what a
                # sync would read.
                run._note_progress()
                self.env.flush_all()
                self.env.invalidate_all()
                self._tell(run)
                session.pages += 1
                left = deadline - monotonic()
                session.may_fetch_ahead = left > SECONDS_FOR_A_PAGE
                stream = run._current_stream()
                if left <= 0 or (stream and stream.entity not in entities):
                    break
            if "timelog" in entities and session.is_connected:
                self._probe_log_lists(own, session)
        run = run.with_env(self.env)
        preview = self.env["zoho.sync.preview"]
        return preview._describe(self.integration, run, before, seconds)

    def _tell(self, run: BaseModel) -> None:
        """Tell the browser of whoever asks how far it is.

        In a cursor of its own: all that is written in this one is rolled back.
        """
        with self.env.registry.cursor() as cr:
            bus = self.env(cr=cr, user=SUPERUSER_ID)["bus.bus"]
            progress = run._progress_values() or False
            message = {"id": self.integration.id, "progress": progress}
            bus._sendone(self.env.user.partner_id, NOTIFICATION, message)

    def _probe_log_lists(self, own: BaseModel, session: PortalSession) -> None:
        """Find out how much time Zoho lists at once, unless that is known by now.

        :param own: the integration, as the schedule reads it.
        """
        stream = own.stream_ids.filtered(lambda one: one.entity == "timelog")
        if stream.state == "waiting":
            TimeLogStream(stream, session).find_lists()

    def _marks(self) -> dict[str, int]:
        """Return the newest ids of what a sync tells apart into old and new."""
        [(partner, link)] = self.env.execute_query(
            SQL(
                """SELECT coalesce((SELECT max(id) FROM res_partner), 0),
                          coalesce((SELECT max(id) FROM zoho_link), 0)"""
            )
        )
        return {"partner": partner, "link": link}
