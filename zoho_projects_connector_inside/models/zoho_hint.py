import logging
from collections.abc import Iterator
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, consteq

from odoo.addons.zoho_projects_connector.models.sync.stream_retry import retry

_logger = logging.getLogger(__name__)

# Zoho's words, and some that people would write, by the entity that they mean.
MODULES = {
    **dict.fromkeys(("project", "projects"), "project"),
    **dict.fromkeys(("tasklist", "tasklists", "task_list"), "task_list"),
    **dict.fromkeys(("phase", "phases", "milestone", "milestones"), "phase"),
    **dict.fromkeys(("task", "tasks"), "task"),
    **dict.fromkeys(("issue", "issues", "bug", "bugs"), "bug"),
    **dict.fromkeys(("timelog", "timelogs", "timesheet", "log", "logs"), "timelog"),
}
# What a person tries the address with: it is noted, and nothing is fetched.
TEST = "test"
# What a record may cost: two forms of its address, and the customers of a project.
COSTS = {"project": 5}
COST = 2
# At most so many calls in any minute; one is left for a token that has run out.
MOST_CALLS = 9
PAUSE = timedelta(minutes=1)
PAUSE_WHILE_SYNCING = timedelta(seconds=20)
# Beyond these, the next synchronisation is the quicker way.
MOST_HINTS = 100
# So many of all portals are looked at in one go.
LIMIT = 1000
# The code of a row of the error summary that only says what to ask Zoho for.
HINTED = "hinted"
# These are fetched alone, and cover no other record.
SINGLE = ("retry", "webhook")


class ZohoHint(models.Model):
    """A record of which Zoho says that it has changed: a reason to look, never data."""

    _name = "zoho.hint"
    _description = "Hint from Zoho Projects"
    _log_access = False

    integration_id = fields.Many2one(
        "zoho.integration", required=True, readonly=True, ondelete="cascade"
    )
    entity = fields.Char(required=True, readonly=True)
    zoho_id = fields.Char(required=True, readonly=True)
    project_zoho_id = fields.Char(readonly=True)
    kind = fields.Char(readonly=True)
    received_at = fields.Datetime(required=True, readonly=True)

    _record_uniq = models.Constraint(
        "UNIQUE(integration_id, entity, zoho_id)", "A record is hinted at once."
    )

    # Receiving

    @api.model
    def _receive(self, texts: dict[str, str]) -> None:
        """Note what a hint names, if its token is that of an integration.

        :param texts: ``token``, ``module``, ``id``, ``project`` and, for a time log,
            ``type``: what it was logged on.
        """
        integration = self._listening(texts.get("token", ""))
        module = texts.get("module", "").strip().lower()
        entity = TEST if module == TEST else MODULES.get(module)
        zoho_id, project = texts.get("id", ""), texts.get("project", "")
        if not integration or not entity or not self._is_id(zoho_id):
            return
        project = project if self._is_id(project) else ""
        project = project or self._link(integration, entity, zoho_id).project_zoho_id
        if entity not in ("project", TEST) and not project:
            return
        own = [("integration_id", "=", integration.id)]
        own += [("entity", "=" if entity == TEST else "!=", TEST)]
        if self.search_count(own) >= MOST_HINTS:
            return
        is_new = self.env.execute_query(
            SQL(
                "INSERT INTO zoho_hint (integration_id, entity, zoho_id,"
                " project_zoho_id, kind, received_at) VALUES (%s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (integration_id, entity, zoho_id) DO NOTHING"
                " RETURNING id",
                *(integration.id, entity, zoho_id, project or None),
                *(texts.get("type") or None, fields.Datetime.now()),
            )
        )
        # For each: the row of the one before may be gone in a moment, with a fetch that
        # has not seen this one. What is due together is one run.
        if is_new and entity != TEST:
            self._cron()._trigger(at=self._next_time(integration, COST))

    @api.model
    def _listening(self, token: str) -> models.BaseModel:
        """Return the integration that a token belongs to, empty for none."""
        listening = self.env["zoho.integration"].search([("hints_enabled", "=", True)])
        if not token or not token.isascii():
            return listening.browse()
        # Compared one by one: how long it takes says nothing of any.
        return listening.filtered(lambda one: consteq(one.hint_token or "", token))[:1]

    @staticmethod
    def _is_id(text: str) -> bool:
        return text.isascii() and text.isdecimal() and len(text) <= 30

    @api.model
    def _link(
        self, integration: models.BaseModel, entity: str, zoho_id: str
    ) -> models.BaseModel:
        """Return the link of a record, empty for one that is not here."""
        return self.env["zoho.link"].search(
            [
                ("integration_id", "=", integration.id),
                ("entity", "=", entity),
                ("zoho_id", "=", zoho_id),
            ],
            limit=1,
        )

    @api.model
    def _cron(self) -> models.BaseModel:
        # The schedule's record needs system rights; who hints has none to anything.
        return self.env.ref("zoho_projects_connector_inside.ir_cron_zoho_hint").sudo()

    @api.model
    def _take_tests(self, integration: models.BaseModel) -> list[str]:
        """Return which tests have arrived, and forget them.

        They come by requests of their own: this one began before, and sees none.
        """
        with self.env.registry.cursor() as cursor:
            cursor.execute(
                SQL(
                    "DELETE FROM zoho_hint WHERE integration_id = %s AND entity = %s"
                    " RETURNING zoho_id",
                    *(integration.id, TEST),
                )
            )
            return [zoho_id for (zoho_id,) in cursor.fetchall()]

    @api.model
    def _calls_of_last_minute(self, integration: models.BaseModel) -> list[list]:
        """Return when Zoho was asked because of hints, and by how many calls."""
        since = fields.Datetime.to_string(fields.Datetime.now() - PAUSE)
        return [row for row in integration.hint_calls or [] if row[0] > since]

    @api.model
    def _next_time(self, integration: models.BaseModel, cost: int) -> fields.Datetime:
        """Return when this portal may be asked so much because of hints."""
        left = MOST_CALLS - cost
        # The newest first: once those before them are a minute old, they are free.
        for moment, calls in reversed(self._calls_of_last_minute(integration)):
            left -= calls
            if left < 0:
                return fields.Datetime.to_datetime(moment) + PAUSE
        return fields.Datetime.now()

    # Fetching

    @api.model
    def _cron_fetch(self) -> None:
        """Fetch just what Zoho hinted at, so much as may be asked in a minute."""
        waiting = self.search([("entity", "!=", TEST)], limit=LIMIT)
        for integration, hints in waiting.grouped("integration_id").items():
            now = fields.Datetime.now()
            # A synchronisation holds the row only while it writes a page.
            if not integration.try_lock_for_update(allow_referencing=True):
                self._cron()._trigger(at=now + PAUSE_WHILE_SYNCING)
                continue
            integration.last_hint = max(hints.mapped("received_at"))
            hints -= hints._drop_covered(integration)
            if hints and integration.status == "syncing":
                self._cron()._trigger(at=now + PAUSE_WHILE_SYNCING)
                continue
            hints -= hints._fetch_affordable(integration)
            if hints:
                first = hints.sorted("id")[0]
                self._cron()._trigger(at=self._next_time(integration, first._cost()))

    def _fetch_affordable(self, integration: models.BaseModel) -> models.BaseModel:
        """Fetch the oldest of these, as many as may be asked for at once.

        :return: those; they are done with.
        """
        spent = self._calls_of_last_minute(integration)
        left = MOST_CALLS - sum(calls for _moment, calls in spent)
        chosen = self.browse([hint.id for hint in self._affordable(left)])
        ids = chosen.ids
        if chosen:
            moment = fields.Datetime.to_string(fields.Datetime.now())
            integration.hint_calls = [*spent, [moment, chosen._fetch(integration)]]
        # A repeat of one that came while Zoho was read found its row, and goes with it:
        # the synchronisation brings what changed in that moment. One that comes from
        # here on waits for the commit, and is new.
        chosen.unlink()
        return self.browse(ids)

    def _drop_covered(self, integration: models.BaseModel) -> models.BaseModel:
        """Forget what was synchronised since it was hinted at, or can never be.

        :return: what is forgotten.
        """
        last = self.env["zoho.sync.run"].search(
            [
                ("integration_id", "=", integration.id),
                ("status", "=", "done"),
                ("trigger", "not in", SINGLE),
            ],
            limit=1,
        )
        able = integration.status in ("active", "syncing")
        able = able and integration.hints_enabled
        gone = self.filtered(
            lambda hint: (
                not able or (last.started_at and hint.received_at < last.started_at)
            )
        )
        ids = gone.ids
        gone.unlink()
        return self.browse(ids)

    def _cost(self) -> int:
        """Return how many calls following a hint may take."""
        return COSTS.get(self.entity, COST)

    def _affordable(self, left: int) -> Iterator[models.BaseModel]:
        """Yield the oldest hints that may be followed at once.

        :param left: how many calls may be made.
        """
        for hint in self.sorted("id"):
            left -= hint._cost()
            if left < 0:
                return
            yield hint

    def _fetch(self, integration: models.BaseModel) -> int:
        """Read these records by their ids, and write them as a retry would.

        The cursors of the synchronisation stay as they are.

        :return: how many calls it took.
        """
        errors = self.env["zoho.sync.error"]
        for hint in self:
            known = errors._find_open(integration, hint.entity, [hint.zoho_id])
            errors |= known or errors.create(hint._prepare_error())
        calls = sum(hint._cost() for hint in self)
        try:
            with self.env.cr.savepoint():
                run, _done = retry(integration, errors, self.env.user, hinted=True)
                calls = run.api_calls
        except Exception:  # a hint is no reason to stop: the synchronisation tells
            _logger.exception("What Zoho hinted at could not be fetched")
        # What is still wrong has got its own code and sentence meanwhile.
        errors.filtered(lambda error: error.code == HINTED).unlink()
        return calls

    def _prepare_error(self) -> dict:
        """Return the row that says what Zoho is to be asked for."""
        kind = self.kind or (self.entity == "timelog" and self._known_kind())
        return {
            "integration_id": self.integration_id.id,
            "entity": self.entity,
            "zoho_id": self.zoho_id,
            "project_zoho_id": self.project_zoho_id,
            "code": HINTED,
            "payload": {"type": kind} if kind else False,
            "first_seen": fields.Datetime.now(),
            "last_seen": fields.Datetime.now(),
        }

    def _known_kind(self) -> str | bool:
        """Return what a time log was logged on, False where it is not here.

        A rule in Zoho need not say it, and Zoho tells no log without.
        """
        link = self._link(self.integration_id, self.entity, self.zoho_id)
        timesheet = link._record().exists() if link.state == "linked" else None
        return bool(timesheet) and (timesheet.task_id.zoho_kind or "general")
