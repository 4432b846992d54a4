"""Handlers of what is written: the approval of logs, custom fields of projects.

:source: sections 7.4, 7.5, 10.2 and 11.3.
"""

from typing import Any

from . import render_logs, render_work
from .call import Call, Written
from .entities import Log, Project
from .errors import ApiError, bad_value, missing_param, no_rule, not_found
from .voice import Body

KINDS = {"task": "task", "issue": "issue", "general": "general"}
KEYS = {"id", "module", "approval_status", "notes", "bill_status"}
# The words that a portal takes, by the dialect; what is read is another matter.
WORDS = {
    "unapproved": {
        "Approved": "approved",
        "Unapproved": "pending",
        "Rejected": "rejected",
    },
    "pending": {"Approved": "approved", "Pending": "pending", "Rejected": "rejected"},
    "two": {"Approved": "approved", "Rejected": "rejected"},
}
NUMBERS = ("currency", "double", "numeric", "percentage")


def never_read(_call: Call) -> Body:
    """Answer a read of a path that takes writes only.

    :raise ApiError: never reached; the route refuses the method before.
    """
    raise no_rule()


def logs(call: Call) -> Written:
    """Change logs in bulk; one that is refused spoils the call, or itself alone."""
    if call.dialect.approval_words == "off":
        raise ApiError("FORBIDDEN", 403, [{"message": "Enable the timesheet approval"}])
    if not isinstance(call.body, list) or not call.body:
        raise bad_value("body", "JSON_PARSE_ERROR")
    checked: list[tuple[Body, Log | None, ApiError | None]] = []
    for row in call.body:
        try:
            checked.append((row, _checked(call, row), None))
        except ApiError as error:
            if call.dialect.bulk_refusal == "whole":
                raise
            checked.append((row, None, error))
    for row, log, _error in checked:
        if log:
            _change(call, log, row)
    return _answer(call, checked)


def _checked(call: Call, row: Any) -> Log:
    """Return the log of a row.

    :raise ApiError: when the row cannot be, or the log may not be changed.
    """
    if not isinstance(row, dict) or not row.get("id"):
        raise missing_param("id")
    if row.keys() - KEYS:
        raise bad_value(min(row.keys() - KEYS), "EXTRA_KEY_FOUND_IN_JSON")
    # A plain string here: an object, as in the lists, is refused.
    kind = row.get("module")
    if not isinstance(kind, str) or kind not in KINDS:
        raise bad_value("module")
    words = WORDS[call.dialect.approval_words]
    if row.get("approval_status", "Approved") not in words:
        raise bad_value("approval_status")
    log = call.portal.logs.get(str(row["id"]))
    if not log or log.kind != kind or not call.portal.log_visible(log):
        raise not_found(call.dialect)
    is_edit = bool(row.keys() & {"notes", "bill_status"})
    if is_edit and log.approval == "approved":
        raise ApiError("APPROVED_LOG_CANNOT_BE_EDITED", 400)
    if log.id in call.portal.unjudged_logs:
        raise ApiError(
            "APPROVER_MISMATCH", 400, [{"message": "This log has another approver"}]
        )
    return log


def _change(call: Call, log: Log, row: Body) -> None:
    portal = call.portal
    state = WORDS[call.dialect.approval_words].get(str(row.get("approval_status")))
    if "notes" in row:
        portal.edit_log(log.id, notes=row["notes"])
    if "bill_status" in row:
        portal.set_billable(log.id, row["bill_status"] == "Billable")
    if state == "approved":
        portal.approve_log(log.id, call.access.user)
    elif state == "rejected":
        portal.reject_log(log.id, "")
    elif state == "pending":
        portal.withdraw_log(log.id)


def _answer(
    call: Call, checked: list[tuple[Body, Log | None, ApiError | None]]
) -> Written:
    """Return the answer in the form of the dialect; none was seen."""
    done = [log for _row, log, _error in checked if log]
    rows: list[Any] = [render_logs.log(call.voice, log, call.portal) for log in done]
    failed = [
        {"id": row["id"], **error.body(call.dialect, "PATCH", "")}
        for row, _log, error in checked
        if error
    ]
    if failed and call.dialect.bulk_refusal == "lists":
        return Written({"success": rows, "failed": [row["id"] for row in failed]})
    if failed:
        return Written({"time_logs": [*rows, *failed]}, 207)
    forms: dict[str, Any] = {
        "rows": {"time_logs": [{"log_details": rows}]},
        "array": rows,
        "sentence": {"message": "Time logs updated successfully"},
        "none": None,
    }
    return Written(forms[call.dialect.bulk_answer])


def project(call: Call) -> Written:
    """Change custom fields of a project, named by their API names."""
    record: Project = call.project()
    if not isinstance(call.body, dict) or not call.body:
        raise bad_value("body", "JSON_PARSE_ERROR")
    known = {one.api_name: one for one in call.portal.custom_fields}
    for name, value in call.body.items():
        field = known.get(name)
        if not field or field.module != "projects":
            raise bad_value(name, "EXTRA_KEY_FOUND_IN_JSON")
        if not _fits(field.type.lower(), value):
            raise bad_value(name, "INVALID_PARAMETER_VALUE")
    record.custom.update(call.body)
    call.portal.touch(record)
    if call.dialect.project_answer == "none":
        return Written()
    return Written(render_work.project(call.voice, record, call.portal))


def _fits(kind: str, value: Any) -> bool:
    if kind == "url":
        return str(value).startswith(("http://", "https://"))
    if kind in NUMBERS:
        return str(value).replace(".", "", 1).lstrip("-").isdigit()
    return True
