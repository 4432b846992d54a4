import json

from odoo import models

from ...zoho import endpoints
from ...zoho.endpoints import PageRequest
from ...zoho.paging import PAGE_CAP


class ZohoStream(models.Model):
    """Where a stream stands: in which pass, at which record, on which page."""

    _inherit = "zoho.stream"

    def _move(self, **values):
        """Move the cursor; committed with what the step has written."""
        self.cursor = {**self.cursor, **values}

    def _request(self, cursor=None):
        """Return the request that the cursor stands at, or None after the last.

        :rtype: PageRequest | None
        """
        cursor = cursor or self.cursor
        if cursor["index"] >= len(cursor["passes"]):
            return None
        step = cursor["passes"][cursor["index"]]
        params = dict(step.get("params", {}))
        if cursor.get("size"):
            params["per_page"] = str(cursor["size"])
        path_ids = {"portal": self.integration_id.portal_id.zoho_id}
        if step.get("path"):
            path_ids[step["path"]] = step["at"]
        elif step.get("each"):
            params["module"] = json.dumps({"type": step["kind"], "id": step["at"]})
        return PageRequest(
            endpoints.LISTINGS[step["listing"]], cursor["page"], params, path_ids
        )

    def _settled(self, cursor):
        """Return the cursor moved past passes that have nothing to ask for.

        A pass over each customer, project … stands at one of them (``at``).
        """
        passes, index = list(cursor["passes"]), cursor["index"]
        while index < len(passes):
            step = passes[index]
            if not step.get("each") or step.get("at"):
                break
            first = self._next_of(step["each"], "")
            if first:
                passes[index] = {**step, "at": first}
                break
            index += 1
        return {**cursor, "passes": passes, "index": index}

    def _after(self, page, step, fresh, records):
        """Return the cursor behind a page.

        A pass ends with a page that says so, that is empty, that brings no new id, or
        that lies behind the last change already known.
        """
        cursor = self.cursor
        ends = not page.more or not fresh or cursor["page"] >= PAGE_CAP
        if not ends and not self._passed(step, records):
            # The pages behind are counted in the size that Zoho took.
            return {**cursor, "page": cursor["page"] + 1, "size": page.asked}
        return self._after_step(cursor, {**step, "is_answered": True})

    def _after_step(self, cursor, step):
        """Return the cursor at the next record of a pass, or at the next pass."""
        cursor = {**cursor, "page": 1, "size": None}
        following = step.get("each") and self._next_of(step["each"], step["at"])
        if not following:
            return self._settled({**cursor, "index": cursor["index"] + 1})
        passes = list(cursor["passes"])
        passes[cursor["index"]] = {**step, "at": following}
        return {**cursor, "passes": passes}

    def _fetch_ahead(self, session, run, cursor):
        """Let the next page come while this one is written, if the budget allows."""
        if not session.may_fetch_ahead:
            return
        request = self._request(cursor)
        if request and self.integration_id._may_call(request.listing.pattern):
            session.fetch_ahead(request)
