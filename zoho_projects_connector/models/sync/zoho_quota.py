import hashlib
import json
import zlib
from datetime import datetime, timedelta, timezone
from typing import Any

from odoo import api, fields, models
from odoo.tools import SQL

from ...zoho.endpoints import PageRequest
from ...zoho.errors import ZohoThrottled
from ...zoho.paging import Page, row_id
from ...zoho.quota import Quota

WINDOW = Quota()
BUCKET_SECONDS = 2


class ZohoQuota(models.Model):
    """Calls per endpoint, counted for all workers that use a portal.

    :source: Zoho Projects API reference, section 10.1.
    """

    _name = "zoho.quota"
    _inherit = ["code.only.mixin"]
    _description = "Calls to Zoho Projects"
    # Who and when would be four more columns of a row that each call writes.
    _log_access = False

    portal_key = fields.Char(required=True, readonly=True)
    # Each integration counts in rows of its own, so that two of them on one portal
    # never wait for each other; the sum over the portal is what Zoho counts.
    integration_ref = fields.Integer(required=True, readonly=True)
    pattern = fields.Char("Endpoint", required=True, readonly=True)
    bucket = fields.Datetime(required=True, readonly=True)
    calls = fields.Integer(readonly=True)
    announced = fields.Integer("Announced Limit", readonly=True)

    _quota_uniq = models.UniqueIndex("(portal_key, pattern, bucket, integration_ref)")

    @api.model
    def _reserve(self, integration: models.BaseModel, pattern: str) -> datetime:
        """Count one call that is about to be sent.

        :return: when (naive UTC).
        :raise ZohoThrottled: when the endpoint's budget is used up; nothing was sent.
        """
        now = fields.Datetime.now()
        # By SQL: other workers count in the same table, and a cache would hide them.
        # What they have counted since this transaction began shows after its next
        # commit; the budget leaves room for that.
        rows = self._recent(integration, now, pattern)
        # A call counts as made at the end of its bucket: never too early.
        counts = [
            (bucket + timedelta(seconds=BUCKET_SECONDS), calls)
            for _pattern, bucket, calls, _announced in rows
        ]
        announced = max((row[3] for row in rows), default=0)
        retry_at = WINDOW.retry_at(now, counts, announced)
        if retry_at:
            raise ZohoThrottled(
                "The calls that Zoho allows in two minutes are used up.",
                code="own_budget",
                endpoint=pattern,
                retry_at=retry_at.replace(tzinfo=timezone.utc),
            )
        self._add(integration, pattern, now, 1, 0)
        return now

    @api.model
    def _portal_key(self, integration: models.BaseModel) -> str:
        """Return what names the portal for Zoho's limits, whoever asks."""
        return f"{integration.api_url}|{integration.portal_zoho_id}"

    @api.model
    def _recent(
        self, integration: models.BaseModel, now: datetime, pattern: str | None = None
    ) -> list[tuple]:
        """Return what the portal was asked in the window that ends now.

        :param str pattern: one endpoint; all when it is not given.
        :return: ``(pattern, start of the bucket, calls, announced limit)``.
        :rtype: list[tuple]
        """
        return self.env.execute_query(
            SQL(
                """SELECT pattern, bucket, sum(calls)::int, max(announced)
                     FROM zoho_quota
                    WHERE portal_key = %s AND %s
                      AND bucket > %s AND bucket <= %s
                 GROUP BY pattern, bucket""",
                self._portal_key(integration),
                SQL("pattern = %s", pattern) if pattern else SQL("TRUE"),
                now - timedelta(seconds=WINDOW.window + BUCKET_SECONDS),
                now,
            )
        )

    @api.model
    def _usage(self, integration: models.BaseModel) -> list[dict]:
        """Return how much of the budget of each endpoint is used just now.

        :return: ``pattern``, ``calls`` of the last two minutes, ``limit`` that is
            kept to, and ``announced``: what Zoho itself has named, or 0.
        :rtype: list[dict]
        """
        usage = {}
        for pattern, _bucket, calls, announced in self._recent(
            integration, fields.Datetime.now()
        ):
            row = usage.setdefault(pattern, {"calls": 0, "announced": 0})
            row["calls"] += calls
            row["announced"] = max(row["announced"], announced)
        return [
            {"pattern": pattern, **row, "limit": WINDOW.budget(row["announced"])}
            for pattern, row in sorted(usage.items())
        ]

    @api.model
    def _announce(
        self, integration: models.BaseModel, pattern: str, limit: int
    ) -> None:
        """Remember the limit that an answer of Zoho announced."""
        self._add(integration, pattern, fields.Datetime.now(), 0, limit)

    @api.model
    def _add(
        self,
        integration: models.BaseModel,
        pattern: str,
        now: datetime,
        calls: int,
        announced: int,
    ) -> None:
        bucket = now.replace(
            second=now.second - now.second % BUCKET_SECONDS, microsecond=0
        )
        # One statement: two workers that search, find nothing and create would meet at
        # the unique index. `execute_query` fetches, so that it has to return something.
        self.env.execute_query(
            SQL(
                """INSERT INTO zoho_quota AS q
                     (portal_key, integration_ref, pattern, bucket, calls, announced)
                   VALUES (%s, %s, %s, %s, %s, %s)
                   ON CONFLICT (portal_key, pattern, bucket, integration_ref)
                   DO UPDATE SET calls = q.calls + excluded.calls,
                             announced = greatest(q.announced, excluded.announced)
                   RETURNING 1""",
                self._portal_key(integration),
                integration.id,
                pattern,
                bucket,
                calls,
                announced,
            )
        )

    @api.model
    def _calls_of(self, integration: models.BaseModel) -> list[tuple]:
        """Return the counted calls of an integration, before they are rolled back.

        :return: rows of pattern, bucket, calls and announced limit.
        :rtype: list[tuple]
        """
        return self.env.execute_query(
            SQL(
                """SELECT pattern, bucket, calls, announced FROM zoho_quota
                    WHERE portal_key = %s AND integration_ref = %s""",
                self._portal_key(integration),
                integration.id,
            )
        )

    @api.model
    def _count_again(
        self, integration: models.BaseModel, asked: list[tuple[str, datetime]]
    ) -> None:
        """Count calls whose count was rolled back: Zoho has not forgotten them.

        :param list asked: endpoint and moment of each.
        """
        for pattern, moment in asked if integration.exists() else ():
            self._add(integration, pattern, moment, 1, 0)

    @api.model
    def _put_back(self, integration: models.BaseModel, rows: list[tuple]) -> None:
        """Count again what was rolled back: Zoho has counted it as well.

        :param list rows: as :meth:`_calls_of` returns them.
        """
        known = {(row[0], row[1]): row[2] for row in self._calls_of(integration)}
        for pattern, bucket, calls, announced in rows:
            more = calls - known.get((pattern, bucket), 0)
            self._add(integration, pattern, bucket, more, announced or 0)

    @api.autovacuum
    def _gc_old_calls(self) -> None:
        """Forget calls that no window can reach, or that a wrong clock has dated."""
        now, hour = fields.Datetime.now(), timedelta(hours=1)
        self.search(
            ["|", ("bucket", "<", now - hour), ("bucket", ">", now + hour)]
        ).unlink()


class ZohoPage(models.Model):
    """A page of a list that was read before the turn of its module.

    It is committed with the page that was written meanwhile and taken in the
    transaction that writes its records, so a run may be killed anywhere. It belongs to
    the run in hand: with the module, or with the run, it is forgotten.
    """

    _name = "zoho.page"
    _inherit = ["code.only.mixin"]
    _description = "Page Read Ahead"
    _log_access = False

    stream_id = fields.Many2one(
        "zoho.stream", "Module", required=True, ondelete="cascade", readonly=True
    )
    request = fields.Char(required=True, readonly=True)
    content = fields.Char(readonly=True, help="Which records it holds, in a digest.")
    asked_at = fields.Datetime(required=True, readonly=True)
    # Compressed, and empty once it was taken: the digest is still needed.
    body = fields.Binary(attachment=False, readonly=True, groups="base.group_system")

    _request_uniq = models.UniqueIndex("(stream_id, request)")

    @api.model
    def _keep(
        self, stream: Any, request: PageRequest, page: Page, asked_at: datetime
    ) -> bool:
        """Keep a page.

        :return: whether its records are others than those of all pages before: of a
            list that goes round in circles no more is read.
        """
        content = _digest(*map(row_id, page.rows))
        body = zlib.compress(json.dumps(vars(page)).encode(), 1)
        [[is_new]] = self.env.execute_query(
            SQL(
                """INSERT INTO zoho_page (stream_id, request, content, asked_at, body)
                   VALUES (%s, %s, %s, %s, %s)
                   ON CONFLICT (stream_id, request) DO UPDATE
                   SET content = excluded.content, asked_at = excluded.asked_at,
                       body = excluded.body
                   RETURNING NOT EXISTS (
                       SELECT FROM zoho_page other
                        WHERE other.stream_id = zoho_page.stream_id
                          AND other.content = zoho_page.content
                          AND other.request <> zoho_page.request)""",
                *(stream.id, _name(request), content, asked_at, body),
            )
        )
        return bool(page.rows) and is_new

    @api.model
    def _take(self, stream: Any, request: PageRequest) -> tuple[Page, datetime] | None:
        """Return a page that was kept, once, and when it was asked for."""
        for body, asked_at in self.env.execute_query(
            SQL(
                """UPDATE zoho_page page SET body = NULL FROM (
                       SELECT id, body, asked_at FROM zoho_page
                        WHERE stream_id = %s AND request = %s AND body IS NOT NULL
                   ) kept WHERE page.id = kept.id RETURNING kept.body, kept.asked_at""",
                *(stream.id, _name(request)),
            )
        ):
            return Page(**json.loads(zlib.decompress(body))), asked_at
        return None

    @api.model
    def _is_kept(self, stream: Any, request: PageRequest) -> bool:
        """Return whether a page is kept and was not taken yet."""
        return bool(
            self.env.execute_query(
                SQL(
                    """SELECT FROM zoho_page WHERE stream_id = %s AND request = %s
                          AND body IS NOT NULL""",
                    *(stream.id, _name(request)),
                )
            )
        )

    @api.model
    def _count(self, streams: Any) -> int:
        """Return how many pages wait for their modules."""
        [[count]] = self.env.execute_query(
            SQL(
                """SELECT count(*) FROM zoho_page
                    WHERE stream_id = ANY(%s) AND body IS NOT NULL""",
                streams.ids,
            )
        )
        return int(count)

    @api.model
    def _overtaken(
        self, stream: Any, records: list[Any], asked_at: datetime
    ) -> set[str]:
        """Return the ids of records that are known in a newer state by now.

        Somebody has had them fetched alone since the page was asked for.
        """
        integration = stream.integration_id
        modified = {one.zoho_id: one.modified for one in records if one.modified}
        known = self.env.execute_query(
            SQL(
                """SELECT zoho_id, remote_modified FROM zoho_link
                    WHERE portal_zoho_id = %s AND company_id = %s AND entity = %s
                      AND zoho_id = ANY(%s) AND write_date >= %s
                      AND remote_modified IS NOT NULL""",
                integration.portal_id.zoho_id,
                integration.company_id.id,
                stream.entity,
                list(modified),
                asked_at,
            )
        )
        return {zoho_id for zoho_id, moment in known if moment > modified[zoho_id]}

    @api.model
    def _forget(self, streams: Any) -> None:
        """Drop what was read ahead of these modules."""
        streams = streams.filtered("ahead")
        if streams:
            # `execute_query` fetches: a statement has to return something.
            self.env.execute_query(
                SQL(
                    "DELETE FROM zoho_page WHERE stream_id = ANY(%s) RETURNING 1",
                    streams.ids,
                )
            )
            streams.ahead = False


def _digest(*words: str) -> str:
    """Return a short text that differs where the words do."""
    text = json.dumps(words)
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def _name(request: PageRequest) -> str:
    """Return what names a request: the list, what it is asked for, and the page."""
    return _digest(request.key, str(request.page))
