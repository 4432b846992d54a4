"""Handlers of time logs and their reports.

:source: section 7.
"""

import json
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, timedelta, timezone
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from . import render_logs as render
from .call import Call, Listing
from .entities import Log
from .errors import bad_value, missing_param, no_rule, not_found
from .filters import Getter, matcher
from .voice import Body

KINDS = ("task", "issue", "general")
MAX_DAYS = 184  # six months
_VIEWS = ("day", "week", "month", "customdate", "projectspan")
_GETTERS: dict[str, Getter] = {
    "user": lambda row: row.owner,
    "assignee": lambda row: row.owner,
    "project": lambda row: row.project,
    "billtype": lambda row: "billable" if row.billable else "nonbillable",
    "approvaltype": lambda row: row.approval,
}


def _module(call: Call) -> dict[str, Any]:
    """Return the ``module`` parameter.

    :raise ApiError: when it is missing, no JSON, or of a type that is not known.
    """
    text = call.params.get("module", "")
    if not text:
        raise missing_param("module")
    try:
        module = json.loads(text)
    except ValueError as error:
        raise bad_value("module", "JSON_PARSE_ERROR") from error
    if not isinstance(module, dict) or module.get("type") not in KINDS:
        raise bad_value("module")
    required = call.dialect.module_id_required
    if required == "portal":
        required = "project" not in call.ids
    needs_id = required and module["type"] != "general"
    if needs_id and not module.get("id"):
        raise missing_param("id")
    return module


def _day(call: Call, name: str) -> date | None:
    text = call.params.get(name, "")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise bad_value(name) from error


def _six_months_after(start: date) -> date:
    months = start.month + 5
    year, month = start.year + months // 12, months % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def _custom_range(call: Call, start: date | None, end: date | None) -> Any:
    if not start or not end:
        raise missing_param("end_date" if start else "start_date")
    if end < start:
        raise bad_value("end_date", "INVALID_PARAMETER_VALUE")
    latest = _six_months_after(start)
    if end > latest:
        if call.dialect.long_range == "refused":
            raise bad_value("end_date", "INVALID_PARAMETER_VALUE")
        end = latest
    return start, end


def _range(call: Call) -> tuple[date, date]:
    """Return the days asked for, both inclusive.

    Without ``customdate`` it is silently the week of ``start_date``.

    :source: section 7.2.
    """
    view = call.params.get("view_type", "week")
    if view not in _VIEWS:
        raise bad_value("view_type")
    start, end = _day(call, "start_date"), _day(call, "end_date")
    if view == "customdate":
        found: tuple[date, date] = _custom_range(call, start, end)
        return found
    if view == "projectspan" and "project" in call.ids:
        return date.min, date.max
    first = start or call.portal.clock.today()
    if view == "day":
        return first, first
    if view == "month":
        days = monthrange(first.year, first.month)[1]
        return first.replace(day=1), first.replace(day=days)
    monday = first - timedelta(days=first.weekday())
    return monday, monday + timedelta(days=6)


def _modified_day(call: Call) -> Callable[[Log], date]:
    zone = (
        ZoneInfo(call.portal.timezone)
        if call.dialect.modified_zone == "portal"
        else timezone.utc
    )
    return lambda row: row.modified.astimezone(zone).date()


def _by_modified(call: Call) -> bool:
    wanted = call.params.get("fetch_by_modified_time", "").lower() == "true"
    return wanted and call.dialect.modified_fetch == "honoured"


def _sorted_logs(call: Call, kind: str, project: str, by_modified: bool) -> list[Any]:
    """Return ``(day, id, log)`` of every visible log of a kind, in order."""
    day = _modified_day(call) if by_modified else (lambda row: row.day)
    hides = call.dialect.trashed_hides_logs
    key = ("sorted logs", kind, project, by_modified, call.dialect.modified_zone, hides)

    def build() -> list[Any]:
        portal = call.portal
        return sorted(
            (
                (day(row), row.id, row)
                for row in portal.logs.values()
                if row.kind == kind
                and project in ("", row.project)
                and portal.log_visible(row, hides)
            ),
            key=lambda entry: entry[:2],
        )

    return call.portal.cached(key, build)


def _allowed(call: Call) -> Callable[[Log], bool]:
    if call.sees_all:
        return lambda row: True
    return lambda row: row.owner == call.access.user


def _select(call: Call, module: dict[str, Any]) -> list[Log]:
    """Return the logs that a list call asks for."""
    first, last = _range(call)
    by_modified = _by_modified(call)
    if by_modified and call.dialect.modified_end == "exclusive":
        last -= timedelta(days=1)
    project = call.ids.get("project", "")
    rows = _sorted_logs(call, module["type"], project, by_modified)
    start = bisect_left(rows, first, key=lambda entry: entry[0])
    stop = bisect_right(rows, last, key=lambda entry: entry[0])
    text = call.params.get("filter", "")
    tests = [_allowed(call)]
    if text:
        tests.append(matcher(text, _GETTERS))
    if module.get("id"):
        tests.append(lambda row: row.item == str(module["id"]))
    return [
        row for _day, _id, row in rows[start:stop] if all(test(row) for test in tests)
    ]


def timelogs(call: Call) -> Listing:
    """List the logs of one kind, of the portal or of a project."""
    call.refuse_params("fetch_by_modified_time")
    if "project" in call.ids:
        call.project()
    module = _module(call)
    return Listing(
        f"timelogs_{module['type']}",
        call.query("timelogs", lambda: _select(call, module)),
        partial(_body, call),
        "time_logs",
        group=partial(_group, call),
    )


def _body(call: Call, log: Log) -> Body:
    return render.log(call.voice, log, call.portal)


def _group(call: Call, logs: Sequence[Log]) -> Body:
    return render.page(call.voice, logs, call.portal)


def timelog(call: Call) -> Body:
    """Return one log by the path known before.

    :source: section 7.1.
    """
    return _timelog(call, ("plain", "both"))


def new_timelog(call: Call) -> Body:
    """Return one log by the path that the documentation names now."""
    return _timelog(call, ("new", "both"))


def _timelog(call: Call, forms: Sequence[str]) -> Body:
    """Return one log; ``type`` is mandatory and must be the log's own.

    :param forms: the dialects that have the path.
    """
    if call.dialect.log_path == "lost":
        raise not_found(call.dialect)
    if call.dialect.log_path not in forms:
        raise no_rule()
    kind = call.params.get("type", "")
    if not kind:
        raise missing_param("type")
    if kind not in KINDS:
        raise bad_value("type")
    log: Log = call.record("log", "log")
    hidden = not call.portal.log_visible(log, call.dialect.trashed_hides_logs)
    if log.kind != kind or hidden or not _allowed(call)(log):
        raise not_found(call.dialect)
    return _body(call, log)


def report(call: Call) -> Body:
    """Return the total hours of the logs asked for.

    :source: section 7.1, aggregates (body not seen: the totals of a list).
    """
    if "project" in call.ids:
        call.project()
    if "report_type" not in call.params:
        raise missing_param("report_type")
    if call.dialect.report_needs_module and "module" not in call.params:
        raise missing_param("module")
    kinds = [_module(call)["type"]] if "module" in call.params else list(KINDS)
    logs = [row for kind in kinds for row in _select(call, {"type": kind})]
    return {"log_hours": render.totals(call.voice, logs), "count": len(logs)}
