from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.tools import SQL

from ...zoho.errors import ZohoThrottled
from ...zoho.quota import Quota

WINDOW = Quota()
BUCKET_SECONDS = 10


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
    def _reserve(self, integration: models.BaseModel, pattern: str) -> None:
        """Count one call that is about to be sent.

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
