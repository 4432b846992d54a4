from odoo import models

# What is fetched is not yet healed and compared; what is staged is not yet written.
FETCHED_SHARE = 0.95
STAGED_SHARE = 0.5


class ZohoStream(models.Model):
    """How much of one module is done, as far as its cursor tells."""

    _inherit = "zoho.stream"

    def _share(self, line, total) -> float:
        """Return how much of this module is done, from 0 to 1.

        :param line: what the run has counted in this module so far.
        :param total: records of the last run of this kind, None when unknown.
        """
        cursor = self.cursor
        if not cursor:
            return 0.0
        fetch_share = STAGED_SHARE if self.entity == "project" else FETCHED_SHARE
        if cursor["phase"] == "fetch":
            return fetch_share * self._fetched_share(cursor, line, total)
        if cursor["phase"] == "apply" and line.fetched:
            written = line.created + line.updated + line.unchanged
            share = min(1.0, (written + line.skipped + line.failed) / line.fetched)
            return fetch_share + (FETCHED_SHARE - fetch_share) * share
        return FETCHED_SHARE

    def _fetched_share(self, cursor, line, total) -> float:
        """Return how much of the listings is read: by records, by passes, by pages."""
        passes = len(cursor["passes"])
        if total:
            return min(1.0, line.fetched / total)
        if passes > 1:
            return cursor["index"] / passes
        return 1.0 - 1.0 / cursor["page"]
