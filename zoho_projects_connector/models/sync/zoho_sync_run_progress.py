from datetime import timedelta

from odoo import fields, models

# Pages of each module in a portal of which nothing is known yet.
USUAL_PAGES = {
    "customer": 2,
    "user": 1,
    "project": 5,
    "phase": 2,
    "task_list": 3,
    "task": 15,
    "bug": 5,
    "timelog": 30,
}
PER_PAGE = 200
# No end is foretold from less than this.
SOONEST_ESTIMATE = timedelta(seconds=5)
LEAST_SHARE = 0.05


class ZohoSyncRun(models.Model):
    """How far a run has come: a few numbers, written with the page itself."""

    _inherit = "zoho.sync.run"

    progress = fields.Json(
        readonly=True,
        copy=False,
        help="Module, phase, page, records and percentage while the run is in hand.",
    )

    def _note_progress(self) -> None:
        """Keep how far the run has come; nothing is asked of Zoho for it."""
        stream = self._current_stream()
        if not stream:
            return
        before = self.progress or {"expected": self._expected()}
        if before.get("entity") != stream.entity:
            before |= {
                "entity": stream.entity,
                "since": self._moment(),
                "calls": self.api_calls - 1,
            }
        line = self.line_ids.filtered(lambda line: line.entity == stream.entity)
        share = stream._share(line, before["expected"].get(stream.entity))
        percent = round(100 * self._whole_share(stream, share, before["expected"]))
        phase = (stream.cursor or {}).get("phase", "waiting")
        values = {
            **before,
            "phase": phase,
            "page": max(1, self.api_calls - before["calls"]),
            "records": line.fetched,
            "percent": min(99, max(percent, before.get("percent", 0))),
            "at": self._moment(),
        }
        values["ends_at"] = self._estimate_end(stream, share, values)
        self.progress = values

    def _progress_values(self) -> dict:
        """Return what the screens show of the progress, empty when there is none."""
        progress = self.progress
        if not progress:
            return {}
        names = ("entity", "phase", "page", "records", "percent", "ends_at")
        total = progress["expected"].get(progress["entity"], 0)
        return {
            **{name: progress[name] for name in names},
            "total": total if total >= progress["records"] else 0,
        }

    def _last_moment(self):
        """Return when this run was last worked on (naive UTC), or False."""
        at = (self.progress or {}).get("at")
        return fields.Datetime.to_datetime(at) or self.started_at

    def _expected(self) -> dict:
        """Return how many records each module had in the last run of this kind."""
        last = self.search(
            [
                ("integration_id", "=", self.integration_id.id),
                ("status", "=", "done"),
                ("is_full", "=", self.is_full),
            ],
            limit=1,
        )
        return {line.entity: line.fetched for line in last.line_ids}

    def _whole_share(self, current, share: float, expected: dict) -> float:
        """Return how much of the whole run is done, by the pages of its modules."""
        done = whole = 0.0
        for stream in self._enabled_streams():
            pages = USUAL_PAGES.get(stream.entity, 1)
            if expected:
                pages = 1 + expected.get(stream.entity, 0) / PER_PAGE
            whole += pages
            if stream == current:
                done += pages * share
            elif stream.sequence < current.sequence:
                done += pages
        return done / whole if whole else 0.0

    def _estimate_end(self, stream, share: float, values: dict):
        """Return when the run should end, or False while nobody can know.

        The first run knows only in its last module how much there is.

        :return: naive UTC, as text.
        """
        start, done = self.started_at, values["percent"] / 100
        if not values["expected"]:
            if stream != self._enabled_streams()[-1:]:
                return False
            start, done = fields.Datetime.to_datetime(values["since"]), share
        now = fields.Datetime.now()
        if done < LEAST_SHARE or now - start < SOONEST_ESTIMATE:
            return False
        left = (now - start).total_seconds() * (1 - done) / done
        return fields.Datetime.to_string(now + timedelta(seconds=round(left)))

    def _enabled_streams(self):
        return self.integration_id.stream_ids.filtered(
            lambda stream: stream._is_enabled()
        )

    @staticmethod
    def _moment() -> str:
        return fields.Datetime.to_string(fields.Datetime.now())
