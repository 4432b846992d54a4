"""Time logs, the bin and fields: sections 7.3, 8.2 and 9.4."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho import records as r
from zoho.aliases import ALIASES
from zoho.errors import ZohoUnreadable

LOG = {
    "id": "192004000000120445",
    "date": "2026-03-09",
    "log_hour": "06:15",
    "start_time": "09:00 AM",
    "end_time": "03:15 PM",
    "notes": "<div>Content review</div>",
    "billing_status": "Billable",
    "type": "task",
    "owner": {
        "zpuid": "192004000000011002",
        "zuid": "7781200999",
        "name": "Joost V.",
        "first_name": "Joost",
        "last_name": "Vink",
        "email": "joost@example.eu",
    },
    "added_by": {"zpuid": "192004000000011001", "name": "Mila K."},
    "project": {"id": "192004000000073021", "name": "Harbour website"},
    "module_detail": {
        "id": "192004000000081077",
        "name": "Write release notes",
        "type": "task",
    },
    "approval": {
        "status": "Approved",
        "approver": {"zpuid": "192004000000011001", "name": "Mila K."},
    },
    "created_time": "2026-03-09T16:02:10.000Z",
    "last_modified_time": "2026-03-10T07:45:31.000Z",
    "cf_activity": "Writing",
}
BARE = {"id": "1", "date": "2026-03-09", "log_hour": "06:15", "type": "task"}


def without(*keys, **changes):
    return {key: one for key, one in BARE.items() if key not in keys} | changes


def test_the_log_of_the_reference():
    assert r.parse_time_log(LOG) == r.TimeLog(
        "192004000000120445",
        modified=datetime(2026, 3, 10, 7, 45, 31),
        custom={"cf_activity": "Writing"},
        project_id="192004000000073021",
        kind="task",
        item_id="192004000000081077",
        day=date(2026, 3, 9),
        minutes=375,
        notes="<div>Content review</div>",
        title="Write release notes",
        is_billable=True,
        approval="approved",
        approver="Mila K.",
        owner=r.Person(
            "192004000000011002", name="Joost Vink", email="joost@example.eu"
        ),
    )


def test_notes_beyond_measure_are_cut():
    """Odoo's parser of HTML loses ten megabytes as a whole; the beginning is kept."""
    log = r.parse_time_log(LOG | {"notes": "word " * 2**21})
    assert len(log.notes) < 2**20 + 10
    assert log.notes.startswith("word word")
    assert log.notes.endswith(" […]")
    assert r.parse_time_log(LOG | {"notes": "x" * 2**20}).notes == "x" * 2**20


def test_an_old_log():
    row = {
        "id": 192004000000120445,
        "id_string": "192004000000120445",
        "hours": 132,
        "minutes": 30,
        "hours_display": "132:30",
        "total_minutes": 7950,
        "bill_status": "Non Billable",
        "approval_status": "Rejected",
        "approver_name": "Mila K.",
        "owner_name": "Joost V.",
        "owner_id": "7781200999",
        "owner_zpuid": "192004000000011002",
        "log_date": "03-04-2026",
        "log_date_long": 1775174400000,
        "bug": {"id": 90, "title": "Menu overlaps"},
        "type": "bug",
    }
    log = r.parse_time_log(row, project_id="73")
    assert (log.minutes, log.day) == (7950, date(2026, 4, 3))
    assert (log.kind, log.item_id, log.title) == ("bug", "90", "Menu overlaps")
    assert (log.is_billable, log.approval, log.approver) == (
        False,
        "rejected",
        "Mila K.",
    )
    assert log.owner == r.Person("192004000000011002", name="Joost V.")
    assert (log.project_id, log.custom) == ("73", {})


@pytest.mark.parametrize(
    ("hours", "minutes"),
    [
        ({"log_hour": "132:30"}, 7950),
        ({"log_hour": "6:15"}, 375),
        ({"log_hour": "06:15:00"}, 375),
        ({"log_time": "06:15"}, 375),
        ({"hours": "06:15"}, 375),
        ({"hours_display": "06:15", "hours": 6}, 375),
        ({"total_minutes": 375}, 375),
        ({"total_minutes": "375", "hours": 6}, 375),
        ({"hours": 6, "minutes": 15}, 375),
        ({"hours": "6", "minutes": "15"}, 375),
        ({"hours": 0, "minutes": 0}, 0),
        ({"log_hour": "", "hours_display": "00:20"}, 20),
        ({"decimal_hours": "6.25"}, 375),
        ({"hours_in_decimal": "0,33"}, 20),
    ],
)
def test_hours_in_every_form(hours, minutes):
    assert r.parse_time_log(without("log_hour", **hours)).minutes == minutes


@pytest.mark.parametrize(
    ("hours", "why"),
    [
        ({"log_hour": 6}, "may be hours or minutes"),
        ({"log_hour": "6"}, "may be hours or minutes"),
        ({"hours": 6}, "may be hours or minutes"),
        ({"log_hour": "6.25"}, "may be hours or minutes"),
        ({"log_hour": "06:75"}, "not a duration"),
        ({"log_hour": "six"}, "not a duration"),
        ({"log_hour": "-1:00"}, "not a duration"),
        ({"decimal_hours": "-6.25"}, "not a number of hours"),
        ({}, "no hours"),
        ({"log_hour": "-"}, "no hours"),
        ({"log_hour": None, "minutes": 15}, "no hours"),
    ],
)
def test_doubtful_hours_are_flagged_never_guessed(hours, why):
    with pytest.raises(ZohoUnreadable, match=why) as caught:
        r.parse_time_log(without("log_hour", **hours))
    assert caught.value.field == "log_hour"
    assert "log_hour" in caught.value.message


@pytest.mark.parametrize(
    "day",
    [
        {"date": "2026-03-09"},
        {"date": "2026-03-09T23:00:00.000Z"},
        {"date": "2026-03-09T00:00:00+05:30"},
        {"log_date": "2026-03-09"},
        {"date": "03-09-2026"},
        {"date": "09-03-2026", "date_long": 1773014400000},
        {"date_long": 1773010800000},
    ],
)
def test_the_day_is_never_shifted(day):
    assert r.parse_time_log(without("date", **day)).day == date(2026, 3, 9)


@pytest.mark.parametrize("day", [{}, {"date": ""}, {"date": "soon"}, {"date": 9}])
def test_a_log_without_a_day_is_flagged(day):
    with pytest.raises(ZohoUnreadable) as caught:
        r.parse_time_log(without("date", **day))
    assert caught.value.field == "date"


@pytest.mark.parametrize(
    ("row", "asked", "kind"),
    [
        ({"type": "task"}, None, "task"),
        ({"type": "bug"}, None, "bug"),
        ({"type": "issue"}, None, "bug"),
        ({"type": "general"}, None, "general"),
        ({"type": "Generic"}, None, "general"),
        ({"module_detail": {"type": "bug"}, "type": "issue"}, None, "bug"),
        ({"module": "task"}, None, "task"),
        ({"module": {"type": "issue", "id": "5"}}, None, "bug"),
        ({"component_type": "bug"}, None, "bug"),
        ({"type": "task"}, "issue", "task"),
        ({}, "issue", "bug"),
        ({}, "bug", "bug"),
        ({}, "general", "general"),
        ({"type": "something new"}, "task", "task"),
        ({"type": "something new", "module": "task"}, "general", "task"),
        ({"task": {"id": 5}}, None, "task"),
        ({"bug_id": 5}, None, "bug"),
    ],
)
def test_type_of_a_log(row, asked, kind):
    assert r.parse_time_log(without("type", **row), kind=asked).kind == kind


@pytest.mark.parametrize("row", [{}, {"type": "something new"}])
def test_a_log_without_a_type_is_flagged(row):
    with pytest.raises(ZohoUnreadable) as caught:
        r.parse_time_log(without("type", **row))
    assert caught.value.field == "module_detail.type"


@pytest.mark.parametrize(
    ("row", "item"),
    [
        ({"module_detail": {"id": 5, "type": "task"}}, "5"),
        ({"type": "task", "task": {"id": "5"}}, "5"),
        ({"type": "task", "task_id": 5}, "5"),
        ({"type": "bug", "bug": {"id_string": "5"}}, "5"),
        ({"type": "bug", "issue_id": "5"}, "5"),
        ({"module": {"type": "task", "id": "5"}}, "5"),
        ({"type": "task"}, ""),
        ({"type": "general", "module_detail": {"id": "1", "type": "general"}}, ""),
    ],
)
def test_item_of_a_log(row, item):
    assert r.parse_time_log(without("type", **row)).item_id == item


@pytest.mark.parametrize(
    ("row", "billable"),
    [
        ({"billing_status": "Billable"}, True),
        ({"billing_status": "billable"}, True),
        ({"billing_status": "Non Billable"}, False),
        ({"billing_status": "Non-Billable"}, False),
        ({"bill_status": "Billable"}, True),
        ({"is_billable": True}, True),
        ({"is_billable": "false"}, False),
        ({"billing_status": ""}, False),
        ({}, False),
    ],
)
def test_billable(row, billable):
    assert r.parse_time_log({**BARE, **row}).is_billable is billable


@pytest.mark.parametrize(
    ("row", "approval"),
    [
        ({"approval": {"status": "Approved"}}, "approved"),
        ({"approval": {"approval_status": "approved"}}, "approved"),
        ({"approval": {"name": "APPROVED"}}, "approved"),
        ({"approval": {"status": {"id": "1", "name": "Approved"}}}, "approved"),
        ({"approval": "Approved"}, "approved"),
        ({"approval_status": "Approved"}, "approved"),
        ({"approval_status": {"name": "Approved"}}, "approved"),
        ({"approval": {"status": "Rejected", "reason": "x"}}, "rejected"),
        ({"approval": {"status": "Pending"}}, "pending"),
        ({"approval": {"status": "Unapproved"}}, "pending"),
        ({"approval": {"status": "Submitted"}}, "pending"),
        ({"approval": {"status": "Something new"}}, "pending"),
        ({"approval": {"approver": {"name": "Mila"}}}, "pending"),
        ({"approval": {"status": None, "approver": {}}}, ""),
        ({"approval": {}}, ""),
        ({"approval": None}, ""),
        ({"approval": "-"}, ""),
        ({}, ""),
    ],
)
def test_approval(row, approval):
    assert r.parse_time_log({**BARE, **row}).approval == approval


@pytest.mark.parametrize(
    "row",
    [
        {"approval": {"approver": {"name": "Mila K."}}},
        {"approval": {"approver": "Mila K."}},
        {"approval": {"approver_name": "Mila K."}},
        {"approver_name": "Mila K."},
        {"approver": {"full_name": "Mila K."}},
    ],
)
def test_approver(row):
    assert r.parse_time_log({**BARE, **row}).approver == "Mila K."


def test_time_of_approval():
    moment = "2026-03-10T07:45:31.000Z"
    expected = datetime(2026, 3, 10, 7, 45, 31)
    for row in ({"approval": {"approved_time": moment}}, {"approved_time": moment}):
        assert r.parse_time_log({**BARE, **row}).approved_at == expected
    assert r.parse_time_log(BARE).approved_at is None


def test_title_of_general_time():
    row = without("type", type="general", log_name="Travel", name="other")
    assert r.parse_time_log(row).title == "Travel"


def test_the_owner_is_who_worked_not_who_typed():
    row = {**BARE, "added_by": {"zpuid": "1"}, "owner": {"name": "Unassigned User"}}
    assert r.parse_time_log(row).owner is None


def test_trash():
    row = {"id": "5", "name": "Old task", "module": "tasks", "deleted_by": {}}
    item = r.parse_trash_item({**row, "deleted_time": "2026-03-10T07:45:31.000Z"})
    assert item == r.TrashItem(
        "5", entity="task", name="Old task", modified=datetime(2026, 3, 10, 7, 45, 31)
    )


def test_trash_with_an_id_of_its_own():
    row = {
        "id": "900",
        "entity_id": "5",
        "entity_type": "Milestone",
        "entity_name": "x",
    }
    assert r.parse_trash_item(row) == r.TrashItem("5", entity="phase", name="x")


@pytest.mark.parametrize(
    ("word", "entity"),
    [
        ("project", "project"),
        ("Projects", "project"),
        ("Task", "task"),
        ("bug", "bug"),
        ("issues", "bug"),
        ("Phase", "phase"),
        ("milestones", "phase"),
        ("TaskList", "task_list"),
        ("task_list", "task_list"),
        ("tasklists", "task_list"),
        ("time_logs", "timelog"),
        ("Timelog", "timelog"),
        ("timesheets", "timelog"),
        ({"api_name": "tasks", "id": "1"}, "task"),
        ({"name": "Bugs"}, "bug"),
        ("document", ""),
        (None, ""),
    ],
)
def test_modules_of_the_bin(word, entity):
    assert r.parse_trash_item({"id": 1, "module": word}).entity == entity


def test_a_module_that_says_nothing_gives_way_to_another_word():
    row = {"id": 1, "module": "data", "type": "task"}
    assert r.parse_trash_item(row).entity == "task"


def test_a_field():
    row = {
        "id": "30",
        "api_name": "cf_po_number",
        "display_name": "PO number",
        "field_type": "singleline",
        "is_custom_field": True,
        "is_mandatory": False,
    }
    assert r.parse_field_meta(row) == r.FieldMeta(
        "30",
        name="cf_po_number",
        label="PO number",
        type="text",
        raw_type="singleline",
        is_custom=True,
    )


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("singleline", "text"),
        ("multiline", "long_text"),
        ("email", "email"),
        ("Numeric", "number"),
        ("Double", "decimal"),
        ("Date", "date"),
        ("dateandtime", "datetime"),
        ("checkbox", "boolean"),
        ("picklist", "picklist"),
        ("multipicklist", "multi_picklist"),
        ("userpicklist", "user"),
        ("multiuserpicklist", "multi_user"),
        ("Phone", "phone"),
        ("URL", "url"),
        ("percentage", "percent"),
        ("Currency", "currency"),
        ("date_time", "datetime"),
        ({"name": "Pick List"}, "picklist"),
        ("formula", "other"),
        ("lookup", "other"),
        (None, "other"),
    ],
)
def test_types_of_fields(raw, expected):
    assert r.parse_field_meta({"id": 1, "field_type": raw}).type == expected


def test_options_of_a_field():
    row = {
        "id": 1,
        "picklist_values": [{"id": 1, "value": "A"}, "B", {"name": "C"}, "A"],
    }
    assert r.parse_field_meta(row).options == ("A", "B", "C")
    assert r.parse_field_meta({"id": 1, "options": [1, {"x": 1}, None]}).options == (
        "1",
    )


@pytest.mark.parametrize(
    ("row", "custom"),
    [
        ({"is_custom_field": "true"}, True),
        ({"is_default": False}, True),
        ({"is_default": True}, False),
        ({"is_custom": False, "is_default": False}, False),
        ({}, False),
    ],
)
def test_custom_fields_of_a_module(row, custom):
    assert r.parse_field_meta({"id": 1, **row}).is_custom is custom


def test_a_field_without_an_id_goes_by_its_name():
    field = r.parse_field_meta({"field_name": "gate_code", "i18n_display_name": "Gate"})
    assert (field.zoho_id, field.name, field.label) == (
        "gate_code",
        "gate_code",
        "Gate",
    )


PARSERS = {
    "person": r.parse_person,
    "portal": r.parse_portal,
    "customer": r.parse_customer,
    "contact": r.parse_contact,
    "user": r.parse_user,
    "project": r.parse_project,
    "task_list": r.parse_task_list,
    "phase": r.parse_phase,
    "task": r.parse_task,
    "issue": r.parse_issue,
    "time_log": r.parse_time_log,
    "crm_account": r.parse_crm_account,
    "trash_item": r.parse_trash_item,
    "field_meta": r.parse_field_meta,
}
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.sampled_from(["-", "", "06:15", "2026-03-09", "true", "None", "x", "7"])
)
KEYS = "id name full_name zpuid email status value type owners amount street".split()
VALUES = SCALARS | st.lists(
    SCALARS | st.dictionaries(st.sampled_from(KEYS), SCALARS, max_size=3), max_size=2
)
VALUES |= st.dictionaries(
    st.sampled_from(KEYS),
    SCALARS | st.dictionaries(st.sampled_from(KEYS), SCALARS, max_size=2),
    max_size=3,
)


@pytest.mark.parametrize("entity", sorted(PARSERS))
@given(data=st.data())
def test_no_row_breaks_a_parser(entity, data):
    names = [path for paths in ALIASES[entity].values() for path in paths]
    keys = sorted({path.split(".")[0] for path in names} | {"cf_x"})
    row = data.draw(st.dictionaries(st.sampled_from(keys), VALUES, max_size=8))
    if data.draw(st.booleans()):
        row["id"] = "5"
    try:
        PARSERS[entity](row)
    except ZohoUnreadable as error:
        assert error.message


def test_every_alias_table_has_a_parser():
    assert set(PARSERS) == set(ALIASES)
