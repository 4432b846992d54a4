"""Time logs, the bin and fields in every dialect: sections 7 to 9."""

from dataclasses import replace
from datetime import date

import pytest

from zoho import endpoints as e
from zoho import queries as q
from zoho import records as r
from zoho.errors import ZohoRefused
from zoho.paging import iter_rows

# The modules that have fields, and whose records they describe.
MODULES = {
    "projects": "project",
    "tasks": "task",
    "issues": "issue",
    "timelogs": "time_log",
}
NORMAL = {
    "singleline": "text",
    "picklist": "picklist",
    "Date": "date",
    "percentage": "percent",
    "multiline": "long_text",
    "Numeric": "number",
    "userpicklist": "user",
    "checkbox": "boolean",
    "url": "url",
    "multipicklist": "multi_picklist",
    "email": "email",
    "dateandtime": "datetime",
    "Double": "decimal",
    "currency": "currency",
}


def person_id(person):
    return person.zoho_id if person else ""


def log_facts(log, read):
    """Return what a log must be read as, in a dialect."""
    dialect, portal = read.dialect, read.portal
    told = dialect.approval != "absent" and (
        log.approval != "pending" or dialect.pending != ""
    )
    approval = log.approval if told else ""
    approver = portal.person(log.approver) if approval else None
    item = portal.log_item(log)
    in_object = dialect.approval.startswith(("object", "nested"))
    return {
        "project_id": log.project,
        "kind": {"issue": "bug"}.get(log.kind, log.kind),
        "item_id": log.item,
        "day": log.day,
        "minutes": log.minutes,
        "notes": log.notes,
        "title": item.name if item else log.title,
        "is_billable": log.billable,
        "approval": approval,
        "approver": approver.full_name
        if approver and dialect.approval != "string"
        else "",
        "approved_at": read.utc(log.approved_at) if approver and in_object else None,
        "owner": log.owner,
        "modified": read.utc(log.modified) if dialect.log_modified else None,
        "custom": log.custom,
    }


def test_time_logs(read):
    dialect, portal = read.dialect, read.portal
    expected = {
        log.id: log_facts(log, read)
        for log in portal.logs.values()
        if portal.log_visible(log, dialect.trashed_hides_logs)
        and (log.kind == "general" or not dialect.module_id_required or log.item)
    }
    found = {
        key: replace(one, owner=person_id(one.owner)) for key, one in read.logs.items()
    }
    read.assert_same(found, expected)
    assert 7950 in {log.minutes for log in read.logs.values()}


def test_hours_per_project_agree_with_the_simulators_own_sums(read):
    sums = {}
    for log in read.logs.values():
        sums[log.project_id] = sums.get(log.project_id, 0) + log.minutes
    assert sums == {key: one["total"] for key, one in read.simulator.expected().items()}


def test_logs_changed_since(tiny, client):
    day = date(2026, 9, 14)
    params = q.time_log_params("task", day, day, by_modified=True)
    rows = [r.parse_time_log(row) for row in iter_rows(client, e.TIME_LOGS, params)]
    expected = {
        log.id
        for log in tiny.logs.values()
        if log.kind == "task"
        and log.modified.date() == day
        and tiny.log_visible(log, True)
    }
    assert {log.zoho_id for log in rows} == expected


def test_bin(read):
    if read.dialect.bin_form == "absent":
        with pytest.raises(ZohoRefused) as caught:
            read.rows(e.BIN)
        assert caught.value.code == "module_disabled"
        return
    words = {"issue": "bug", "log": "timelog", "customer": ""}
    found = {one.zoho_id: one for one in map(r.parse_trash_item, read.rows(e.BIN))}
    expected = {
        one.id: {"entity": words.get(one.kind, one.kind), "name": one.name}
        for one in read.portal.bin.values()
    }
    assert expected
    read.assert_same(found, expected)


def test_fields(read):
    """Where Zoho flags no field, one that records do not always have is custom."""
    listing = e.MODULE_FIELDS
    if read.dialect.field_listing == "settings":
        with pytest.raises(ZohoRefused):
            read.rows(listing, module="tasks")
        listing = e.SETTINGS_FIELDS
    for module, entity in MODULES.items():
        rows = _field_rows(read, listing, module)
        fields = [r.parse_field_meta(row, entity) for row in rows]
        expected = {
            one.id: {
                "name": one.api_name,
                "label": one.label,
                "type": NORMAL[one.type],
                "options": tuple(one.options),
            }
            for one in read.portal.custom_fields
            if one.module == module
        }
        found = {one.zoho_id: one for one in fields if one.is_custom}
        read.assert_same(found, expected)
        assert len(fields) > len(found)


def _field_rows(read, listing, module):
    if listing is e.MODULE_FIELDS:
        return read.rows(listing, module=module)
    return read.rows(listing, params={"module": module})
