import logging

from odoo import api, fields, models
from odoo.tools import SQL

from ...const import CONFIRMATIONS_PER_RUN
from ...zoho import endpoints
from ...zoho.endpoints import PageRequest
from ...zoho.errors import ZohoError, ZohoRefused, ZohoUnreadable
from ...zoho.paging import row_id
from ...zoho.values import is_storable
from .portal_session import SyncSession
from .stream_deletions import PATH_NAMES

_logger = logging.getLogger(__name__)
# Whoever presses Retry waits for these.
ASKED_AT_ONCE = 30


class ZohoStream(models.Model):
    """Single records that Zoho is asked for, because no listing answers for them.

    A normal run asks so for nothing but projects that others belong to and that no
    listing holds, each once.
    """

    _inherit = "zoho.stream"

    # Projects that no listing holds

    def _next_lost_project(self, run):
        """Return the next project that is to be read by its id, if any.

        What could not be read is asked for again by a full comparison only.

        :rtype: zoho.sync.error
        """
        errors = self.env["zoho.sync.error"]
        if self.entity in ("customer", "user", "project"):
            return errors
        lost = [
            ("integration_id", "=", self.integration_id.id),
            ("entity", "=", "project"),
            ("code", "=", "parent_not_fetched"),
            ("missing_entity", "=", False),
            ("resolved_at", "=", False),
        ]
        asked = [("asked_at", ">=", run.started_at)]
        if errors.search_count([*lost, *asked]) >= CONFIRMATIONS_PER_RUN:
            return errors
        due = [("asked_at", "=", False)]
        if self.cursor["is_full"]:
            due = ["|", *due, ("asked_at", "<", run.started_at)]
        return errors.search([*lost, *due], order="asked_at nulls first, id", limit=1)

    def _read_lost_project(self, session, run, error):
        """Read a project by its id, and fetch it as if it had been listed."""
        is_new = error.first_seen >= run.started_at
        if not self._ask(session, run, error):
            return
        run._line("project")._add({"fetched": 1})
        projects = self.integration_id.stream_ids.filtered(
            lambda stream: stream.entity == "project"
        )
        is_fetched = projects._retry_batch(run, "project", error)
        projects._mark_unlisted([error.zoho_id], True)
        if is_fetched and is_new and not self.cursor["is_full"]:
            # What belongs to it has not changed lately: nothing else would list it.
            later = self.integration_id.stream_ids.filtered(
                lambda stream: stream.sequence > projects.sequence
            )
            later.needs_full_sync = True

    def _mark_unlisted(self, zoho_ids, is_unlisted):
        """Keep whether projects, fetched or left out, are read by their ids."""
        for model in ("zoho.link", "zoho.skipped.record"):
            self.env[model].search(
                [
                    ("integration_id", "=", self.integration_id.id),
                    ("entity", "=", "project"),
                    ("zoho_id", "in", zoho_ids),
                    ("is_unlisted", "!=", is_unlisted),
                ]
            ).is_unlisted = is_unlisted

    def _unlisted(self, integration):
        """Return the query of projects that are read by their ids."""
        return SQL(
            """SELECT zoho_id FROM zoho_link
                WHERE integration_id = %(id)s AND entity = 'project' AND is_unlisted
                  AND state = 'linked'
                UNION SELECT zoho_id FROM zoho_skipped_record
                WHERE integration_id = %(id)s AND entity = 'project' AND is_unlisted""",
            id=integration.id,
        )

    # One record, and what must be known to fetch it

    def _ask(self, session, run, error):
        """Read the record of an error by its id, and keep what was read.

        :param SyncSession session: the line to Zoho.
        :return: whether Zoho has told it.
        :raise ZohoRetryLater: nothing was written then.
        """
        raw, lists = self._ask_record(session, run, error), []
        if raw and error.entity == "project":
            lists = [*self._ask_customers(session, run, error.zoho_id)]
        error.asked_at = fields.Datetime.now()
        if not raw:
            return False
        if kind := (error.payload or {}).get("type"):
            raw = {"type": kind, **raw}
        error.payload = raw
        for sink, rows in lists:
            self._note_customers(run, error.zoho_id, sink, rows)
        return True

    def _ask_record(self, session, run, error):
        """Return the record as Zoho wrote it, None when it does not tell it."""
        ids = {PATH_NAMES[error.entity]: error.zoho_id}
        if error.entity != "project":
            ids["project"] = error.project_zoho_id or ""
        if error.entity == "timelog":
            kind = (error.payload or {}).get("type")
            ids["type"] = endpoints.LOG_TYPES.get(kind, "task")
        for form in endpoints.FORMS[error.entity]:
            try:
                raw = self.integration_id._read_record(session, run, form, ids)
            except (ZohoRefused, ZohoUnreadable):
                continue
            if raw and row_id(raw) == error.zoho_id and is_storable(raw):
                return raw
        return None

    def _ask_customers(self, session, run, project):
        """Yield the customers of a project, and its accounts in the CRM.

        :return: pairs of what the rows are for, and the rows as Zoho wrote them.
        """
        customers = endpoints.PROJECT_CUSTOMERS
        ways = {"project_customers": [customers, endpoints.INSTEAD[customers.name]]}
        if self.integration_id.crm_first:
            ways["crm_accounts"] = [endpoints.PROJECT_CRM_ACCOUNTS]
        for sink, listings in ways.items():
            for listing in listings:
                request = PageRequest(listing, path_ids={"project": project})
                try:
                    page = self.integration_id._fetch_page(session, run, request)
                except (ZohoRefused, ZohoUnreadable):
                    continue
                yield sink, page.rows
                break

    def _note_customers(self, run, project, sink, rows):
        """Keep which customers a project has, as a listing of them would."""
        kind = "crm" if sink == "crm_accounts" else "customer"
        step = {"sink": sink, "rows": kind, "at": project}
        records, broken = self._parse(rows, step)
        for _page in self._sink(run, step, records, set()):
            pass
        self._note_broken(run, step, broken)
        if kind == "customer":
            self.env["zoho.project.customer"]._forget_others(run, [project], True)

    # What somebody wants to try again

    @api.model
    def _ask_again(self, run, errors):
        """Ask Zoho for what may have been put right there, as far as a click goes.

        :return: whether something is left that only a synchronisation finds out.
        """
        unanswered = errors[ASKED_AT_ONCE:]
        if not errors:
            return False
        try:
            with SyncSession() as session:
                session.client = run.integration_id._zoho_client()
                stream = run.integration_id.stream_ids[:1]
                for error in errors[:ASKED_AT_ONCE]:
                    if not stream._ask(session, run, error):
                        unanswered |= error
        except ZohoError as error:
            _logger.info("Nothing was asked again: %s", error.message)
            return True
        return bool(unanswered)
