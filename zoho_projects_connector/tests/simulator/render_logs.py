"""Time logs as JSON bodies, alone and in the groups of a list.

:source: sections 7.3 and 12.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from .entities import Log
from .portal import Portal
from .voice import Body, Voice

_V2_GROUPS = {"task": "tasklogs", "issue": "buglogs", "general": "generallogs"}


def _hours(voice: Voice, log: Log) -> Body:
    form = voice.dialect.hours_form
    if form == "total_minutes":
        return {"total_minutes": log.minutes}
    if form == "parts":
        hours, minutes = divmod(log.minutes, 60)
        shown = f"{hours:02d}:{minutes:02d}"
        return {"hours": hours, "minutes": minutes, "hours_display": shown}
    return {voice.dialect.log_hours_key: voice.hours(log.minutes)}


def _day(voice: Voice, log: Log) -> Body:
    form = voice.dialect.log_date
    if form == "datetime":
        return {"date": f"{log.day.isoformat()}T00:00:00.000Z"}
    return voice.day("log_date" if form == "log_date" else "date", log.day)


def _word(voice: Voice, log: Log) -> str:
    words = {"approved": "Approved", "rejected": "Rejected"}
    if log.approval == "pending":
        return voice.dialect.pending
    return words.get(log.approval, "")


def _approval(voice: Voice, log: Log) -> Body:
    """Return the approval keys in the form of the dialect.

    :source: section 14, "Inner shape of a log's ``approval``".
    """
    form = voice.dialect.approval
    word = _word(voice, log)
    if not word or form == "absent":
        return {}
    if form == "string":
        return {"approval": word}
    approver = voice.person(log.approver)
    if form == "flat":
        flat: Body = {"approval_status": word}
        if approver:
            flat["approver_name"] = approver["full_name"]
            flat["approver_zpuid"] = approver["zpuid"]
        return flat
    status: dict[str, Any] = {
        "object": {"status": word},
        "object_approval_status": {"approval_status": word},
        "object_name": {"name": word},
        "nested": {"status": {"id": voice.derived(word, 9), "name": word}},
    }
    body: Body = dict(status[form])
    if approver:
        body["approver"] = approver
        body.update(voice.moment("approved_time", log.approved_at))
    if log.reason:
        body["reason"] = log.reason
    return {"approval": body}


def _item(voice: Voice, log: Log, store: Portal) -> Body:
    """Return ``module_detail``; issues are called ``bug``.

    :source: section 7.3.
    """
    if log.kind == "general":
        title = voice.text(voice.dialect.log_title, log.title)
        if voice.dialect.log_general_detail == "own_id":
            detail = {**voice.ref(log.id, log.title), "type": "general"}
            return {**title, "module_detail": detail}
        return title
    item = store.log_item(log)
    name = item.name if item else ""
    kind = voice.dialect.log_issue_type if log.kind == "issue" else "task"
    return {"module_detail": {**voice.ref(log.item, name), "type": kind}}


def log(voice: Voice, log: Log, store: Portal) -> Body:
    """Return one time log."""
    dialect = voice.dialect
    project = store.projects.get(log.project)
    kind = dialect.log_issue_type if log.kind == "issue" else log.kind
    body: Body = {
        **voice.ident(log.id),
        **_day(voice, log),
        **_hours(voice, log),
        **voice.text(dialect.log_notes, log.notes),
        dialect.log_billing_key: "Billable" if log.billable else dialect.non_billable,
        "type": kind,
        "owner": voice.person(log.owner) or {"zpuid": voice.number(log.owner)},
        "added_by": voice.person(store.owner),
        "project": voice.ref(log.project, project.name if project else ""),
        **_item(voice, log, store),
        **_approval(voice, log),
        **voice.moment("created_time", log.created),
        **log.custom,
    }
    if dialect.log_modified:
        body.update(voice.moment(dialect.log_modified, log.modified))
    return body


def totals(voice: Voice, logs: Iterable[Log]) -> Body:
    """Return the hours of some logs, as lists and reports show them."""
    rows = list(logs)
    billable = sum(row.minutes for row in rows if row.billable)
    everything = sum(row.minutes for row in rows)
    return {
        "total_hours": voice.hours(everything),
        "billable_hours": voice.hours(billable),
        "non_billable_hours": voice.hours(everything - billable),
    }


def _by_day(logs: Sequence[Log]) -> list[list[Log]]:
    groups: dict[Any, list[Log]] = {}
    for row in logs:
        groups.setdefault(row.day, []).append(row)
    return list(groups.values())


def page(voice: Voice, logs: Sequence[Log], store: Portal) -> Body:
    """Return the groups of one page: by day, in the V3 or the V2 form."""
    if voice.dialect.log_shape == "v2":
        return _old_page(voice, logs, store)
    groups = [
        {
            **voice.day("date", rows[0].day),
            "log_hours": {"total_hours": voice.hours(sum(r.minutes for r in rows))},
            "log_details": [log(voice, row, store) for row in rows],
        }
        for rows in _by_day(logs)
    ]
    if voice.dialect.log_empty_groups and logs:
        groups.append(voice.day("date", logs[-1].day + timedelta(days=1)))
    return {"log_hours": totals(voice, logs), "time_logs": groups}


def _old_page(voice: Voice, logs: Sequence[Log], store: Portal) -> Body:
    groups = []
    for rows in _by_day(logs):
        group: Body = {
            "date": rows[0].day.strftime("%m-%d-%Y"),
            "totalhours": voice.hours(sum(row.minutes for row in rows)),
        }
        for row in rows:
            body = log(voice, row, store)
            group.setdefault(_V2_GROUPS[row.kind], []).append(body)
        groups.append(group)
    total = voice.hours(sum(row.minutes for row in logs))
    return {"timelogs": {"grandtotal": total, "date": groups}}
