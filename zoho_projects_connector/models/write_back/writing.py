"""What both kinds of writing share: the line to Zoho, and who is told of a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...zoho.endpoints import Endpoint, PageRequest
from ...zoho.errors import ZohoRefused, ZohoUnreadable
from ...zoho.paging import JsonRow, Page
from ..sync.causes import cause_of
from ..sync.portal_session import budgeted_call

# Of the sign-in, whatever the record.
WHOLE_CODE = "scope_missing"
# Of the whole portal, or of one record that this user may not change: that shows when
# others are taken.
PORTAL_CODES = frozenset(
    {"access_denied", "licence", "module_disabled", "scope_missing"}
)
# After so many of single records in one go, the others are not even asked for.
MOST_REFUSED = 10


class Writing:
    """One kind of what is written to a portal, step by step.

    :param integration: the ``zoho.integration``, in the rights of the schedule.
    :cvar key: names its row in the error summary.
    """

    key = ""

    def __init__(self, integration: Any) -> None:
        self.integration = integration
        self.env = integration.env
        self.refused = 0

    def steps(self) -> Iterator[None]:
        """Do what is due; yields whenever all may be committed.

        :raise ZohoError: when all has to wait; what was written until then stands.
        """
        try:
            yield from self._steps()
        except (ZohoRefused, ZohoUnreadable) as error:
            self._note_whole(cause_of(error))
            yield

    def _steps(self) -> Iterator[None]:
        raise NotImplementedError

    def fetch(self, request: PageRequest) -> Page:
        """Return a page of a listing, within the portal's limits."""
        return budgeted_call(
            self.integration,
            request.listing.pattern,
            lambda client: client.fetch(request),
        )

    def get(self, endpoint: Endpoint, ids: dict[str, str]) -> JsonRow | None:
        """Return one record, within the portal's limits."""
        return budgeted_call(
            self.integration,
            endpoint.pattern,
            lambda client: client.get(endpoint, **ids),
        )

    def update(self, endpoint: Endpoint, body: Any, **ids: str) -> Any:
        """Write, within the portal's limits, and return what Zoho answers."""
        try:
            return budgeted_call(
                self.integration,
                endpoint.pattern,
                lambda client: client.update(endpoint, body, **ids),
            )
        except ZohoUnreadable as error:
            # Words instead of JSON, with a status that says it was taken.
            if error.code == "unreadable" and (error.status or 400) < 300:
                return None
            raise

    def _note_whole(self, cause: dict[str, str]) -> None:
        """Say in the error summary that Zoho lets nobody write this.

        :param cause: as `cause_of` returns it.
        """
        code = cause["code"]
        details = {"variant": f"{self.key}_{code}", "cause": cause}
        errors = self.env["zoho.sync.error"]
        errors._note_writing(self.integration, self.key, code, details)

    def _note_refused(self, key: str, code: str, rows: Any, is_any_taken: bool) -> None:
        """Say in the error summary what Zoho has refused, or that nothing is any more.

        :param rows: records with ``name`` and ``refusal``.
        :param is_any_taken: whether Zoho has taken any other.
        """
        codes = {row.refusal["code"] for row in rows or ()}
        if not is_any_taken and len(codes) == 1 and codes <= PORTAL_CODES:
            self._note_whole(rows[0].refusal)
            return
        details = rows and {
            "variant": key,
            "count": len(rows),
            "names": ", ".join(filter(None, rows[:3].mapped("name"))) or "–",
            "cause": rows[0].refusal,
        }
        errors = self.env["zoho.sync.error"]
        errors._note_writing(self.integration, key, code, details or {})
