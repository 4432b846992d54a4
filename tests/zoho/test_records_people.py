"""Portals, customers, contacts and users: sections 3, 5 and 8.1."""

from datetime import datetime

import pytest

from zoho import records as r
from zoho.errors import ZohoUnreadable

PORTAL = {
    "id": "60118842377",
    "portal_name": "northlight",
    "org_name": "Northlight Studio BV",
    "is_default_portal": True,
    "portal_url": "https://projects.zoho.eu/portal/northlight",
    "portal_owner": "7781200456",
    "portal_type": "company",
    "project_plan": "Enterprise",
    "bug_plan": "Enterprise",
    "timezone": "Europe/Amsterdam",
    "zsoid": "20088812345",
    "owner": {"zpuid": "192004000000011001", "name": "Mila K."},
    "profile": {"id": 192004000000011111, "name": "Administrator"},
    "profile_id": "192004000000011111",
}
CUSTOMER = {
    "id": "192004000000060011",
    "name": "Harbour Authority",
    "currency_code": "EUR",
    "website": "https://harbour.example",
    "phone": "+31 20 555 0101",
    "is_primary": True,
}
USER = {
    "id": "192004000000011002",
    "zuid": 7781200999,
    "email": "joost@example.eu",
    "first_name": "Joost",
    "last_name": "Vink",
    "full_name": "Joost Vink",
    "display_name": "Joost V.",
    "user_type": "portal_user",
    "status": "active",
    "is_active": True,
    "is_confirmed": True,
    "role": {"id": "192004000000013002", "name": "Developer", "type": "custom"},
    "profile": {"id": "192004000000011113", "name": "Employee", "type": 2},
    "budget": {
        "cost_per_hour": {
            "currency_code": "EUR",
            "currency_id": "192004000000014001",
            "amount": "42.50",
            "formatted_amount": "€ 42,50",
        }
    },
    "added_time": "2025-01-03T09:00:00.000Z",
    "updated_time": "2026-02-01T12:00:00.000Z",
    "last_accessed_on": "2026-03-09T07:00:00.000Z",
}


def test_the_portal_of_the_reference():
    portal = r.parse_portal(PORTAL)
    assert portal == r.Portal(
        "60118842377",
        name="northlight",
        role="Administrator",
        timezone="Europe/Amsterdam",
        plan="Enterprise",
        is_owner=False,
        is_admin=True,
        url="https://projects.zoho.eu/portal/northlight",
    )
    assert portal.raw == PORTAL
    assert portal.custom == {}


@pytest.mark.parametrize(
    ("row", "owner", "admin"),
    [
        ({"profile": {"name": "Portal Owner"}}, True, True),
        ({"role": "admin"}, False, True),
        ({"profile": {"name": "Employee"}}, False, False),
        ({"is_portal_owner": "true"}, True, True),
        ({}, False, False),
    ],
)
def test_owner_and_administrator_of_a_portal(row, owner, admin):
    portal = r.parse_portal({"id": 1, **row})
    assert (portal.is_owner, portal.is_admin) == (owner, admin)


def test_a_portal_by_its_other_names():
    assert r.parse_portal({"id": 1, "name": "x"}).name == "x"
    assert r.parse_portal({"id": 1, "org_name": "x"}).name == "x"


def test_the_customer_of_the_reference():
    customer = r.parse_customer(CUSTOMER)
    assert customer == r.Customer(
        "192004000000060011",
        name="Harbour Authority",
        currency="EUR",
        website="https://harbour.example",
        phone="+31 20 555 0101",
        is_primary=True,
    )


@pytest.mark.parametrize(
    "key", ["name", "client_name", "company_name", "customer_name"]
)
def test_names_of_a_customer(key):
    assert r.parse_customer({"id": 1, key: "Acme"}).name == "Acme"


@pytest.mark.parametrize(
    "key", ["is_primary", "primary", "is_primary_client", "is_primary_customer"]
)
@pytest.mark.parametrize(("value", "expected"), [("true", True), (False, False)])
def test_flags_of_the_primary_customer(key, value, expected):
    assert r.parse_customer({"id": 1, key: value}).is_primary is expected


def test_no_flag_is_no_answer():
    assert r.parse_customer({"id": 1, "is_primary": None}).is_primary is None


def test_address_as_an_object_or_flat():
    nested = {"id": 1, "address": {"street": "1 Quay", "city": "Delft", "zip": "2611"}}
    flat = {"id": 1, "address": "1 Quay", "city": "Delft", "zip_code": 2611}
    for row in (nested, flat):
        customer = r.parse_customer(row)
        assert (customer.street, customer.city, customer.zip_code) == (
            "1 Quay",
            "Delft",
            "2611",
        )


def test_people_that_come_with_a_customer():
    row = {"id": 1, "users": [{"id": 5, "name": "Ann", "email": "a@b.c"}, {"x": 1}, 7]}
    (contact,) = r.parse_customer(row).contacts
    assert (contact.zoho_id, contact.name, contact.customer_id) == ("5", "Ann", "1")


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ([True], 0),
        ([None], 0),
        ([False], None),
        ([False, True], 1),
        ([None, None], None),
        ([True, True], None),
        ([], None),
    ],
)
def test_the_primary_customer(flags, expected):
    customers = [r.Customer(str(i), is_primary=flag) for i, flag in enumerate(flags)]
    found = r.primary_customer(customers)
    assert found == (None if expected is None else customers[expected])


def test_customers_without_an_id_are_left_out():
    assert [c.zoho_id for c in r.parse_customers([{"name": "x"}, CUSTOMER, None])] == [
        CUSTOMER["id"]
    ]


def test_the_contact_of_the_older_help_page():
    row = {
        "id": 192004000000060501,
        "email": "ann@harbour.example",
        "first_name": "Ann",
        "last_name": "Boat",
        "displayName": "Ann B.",
        "clientId": "192004000000060011",
        "crm_contactId": "-1",
        "invoice_rate": "0.00",
    }
    contact = r.parse_contact(row)
    assert contact == r.Contact(
        "192004000000060501",
        name="Ann Boat",
        email="ann@harbour.example",
        customer_id="192004000000060011",
    )


def test_a_contact_takes_the_customer_whose_list_was_read():
    assert r.parse_contact({"id": 1}, customer_id="7").customer_id == "7"
    assert r.parse_contact({"id": 1, "client_id": 8}, "7").customer_id == "8"


@pytest.mark.parametrize(
    "rows",
    [
        [{"id": "7", "name": "Acme", "users": [{"id": "1"}, {"id": "2"}]}],
        [{"client": {"id": 7, "name": "Acme"}, "users": [{"id": 1}, {"id": 2}]}],
        [{"client_id": "7", "client_users": [{"id": 1}, {"id": 2}]}],
        [{"id": 1, "client_id": "7"}, {"id": 2, "client": {"id": "7"}}],
    ],
)
def test_client_users_grouped_or_flat(rows):
    found = r.parse_client_users(rows)
    assert [(one.zoho_id, one.customer_id) for one in found] == [("1", "7"), ("2", "7")]


def test_client_users_leave_out_empty_groups_and_rubbish():
    rows = [{"id": "7", "users": []}, None, "x", {"name": "no id"}, {"id": "3"}]
    assert [one.zoho_id for one in r.parse_client_users(rows)] == ["3"]


def test_the_user_of_the_reference():
    user = r.parse_user(USER)
    assert user == r.User(
        "192004000000011002",
        zuid="7781200999",
        name="Joost Vink",
        email="joost@example.eu",
        is_active=True,
        is_client=False,
        kind="portal_user",
        cost_rate=42.5,
        currency="EUR",
        role="Developer",
        modified=datetime(2026, 2, 1, 12),
    )


def test_the_old_user_whose_id_is_his_account():
    row = {
        "id": "7781200999",
        "zpuid": "192004000000011002",
        "name": "Joost V.",
        "active": "false",
        "invoice": "80.00",
        "cost_per_hour": "42.50",
        "currency_code": "EUR",
    }
    user = r.parse_user(row)
    assert (user.zoho_id, user.name) == ("192004000000011002", "Joost V.")
    assert (user.billing_rate, user.cost_rate, user.is_active) == (80.0, 42.5, False)


@pytest.mark.parametrize(
    ("row", "active"),
    [
        ({}, True),
        ({"status": "inactive"}, False),
        ({"status": {"name": "Deleted"}}, False),
        ({"status": "inactive", "is_active": True}, True),
        ({"is_active": "false"}, False),
        ({"active": 0}, False),
        ({"is_active": None, "status": "active"}, True),
    ],
)
def test_active_users(row, active):
    assert r.parse_user({"id": 1, **row}).is_active is active


@pytest.mark.parametrize(
    ("row", "client"),
    [
        ({"user_type": "client_user"}, True),
        ({"type": "contact"}, True),
        ({"user_type": {"name": "Client User"}}, True),
        ({"is_client_user": "true"}, True),
        ({"user_type": "resource"}, False),
        ({"user_type": 1}, False),
        ({}, False),
    ],
)
def test_client_users_among_users(row, client):
    assert r.parse_user({"id": 1, **row}).is_client is client


def test_rates_in_their_forms():
    assert r.parse_user({"id": 1, "budget": "42.50"}).cost_rate == 42.5
    assert r.parse_user({"id": 1, "budget": {}}).cost_rate is None
    rate = {"budget": {"billing_rate": {"amount": 99}}}
    assert r.parse_user({"id": 1, **rate}).billing_rate == 99.0
    assert r.parse_user({"id": 1, "role": {"name": "Developer"}}).role == "Developer"


def test_invited_people_have_no_name():
    assert r.parse_user({"id": 1, "first_name": "", "email": "a@b.c"}).name == ""


def test_a_crm_account_in_both_spellings():
    ours = {"id": 1, "name": "Acme", "city": "Delft", "phone": "1"}
    theirs = {"id": 1, "Account_Name": "Acme", "Billing_City": "Delft", "Phone": "1"}
    for row in (ours, theirs):
        account = r.parse_crm_account(row)
        assert (account.name, account.city, account.phone) == ("Acme", "Delft", "1")


@pytest.mark.parametrize(
    "value",
    [
        None,
        "Unassigned User",
        {},
        {"name": "Unassigned User"},
        {"name": "Unassigned", "zpuid": "0"},
        {"name": "Unassigned User", "zpuid": "-1", "email": ""},
        {"name": "None", "id": "-"},
        {"name": "Somebody without id or e-mail"},
        [],
        [{"name": "Unassigned User"}],
        7,
    ],
)
def test_nobody(value):
    assert r.parse_person(value) is None


def test_a_person_really_called_so():
    person = r.parse_person({"zpuid": 5, "name": "Unassigned"})
    assert person == r.Person("5", name="Unassigned")


def test_a_person_is_known_by_zpuid_and_never_by_zuid():
    row = {"zpuid": 192004000000011001, "zuid": 7781200456, "name": "Mila K."}
    assert r.parse_person({**row, "id": 7781200456}).zoho_id == "192004000000011001"
    assert r.parse_person({"zuid": 7781200456, "name": "Mila K."}) is None


def test_a_person_without_an_id_is_kept_for_the_email():
    person = r.parse_person({"name": "Mila", "email": "mila@example.eu"})
    assert person == r.Person("", name="Mila", email="mila@example.eu")


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"full_name": "Mila Koster", "name": "Mila K."}, "Mila Koster"),
        ({"first_name": "Mila", "last_name": "Koster", "name": "M"}, "Mila Koster"),
        ({"first_name": "Mila", "name": "Mila K."}, "Mila"),
        ({"name": "Mila K."}, "Mila K."),
        ({"display_name": "Mila K."}, "Mila K."),
    ],
)
def test_the_fullest_name_of_a_person(row, name):
    assert r.parse_person({"zpuid": 1, **row}).name == name


def test_people_of_a_list():
    people = r.parse_people([{"zpuid": 1}, {"name": "Unassigned"}, None, {"zpuid": 2}])
    assert [person.zoho_id for person in people] == ["1", "2"]
    assert r.parse_person([{"zpuid": 1}, {"zpuid": 2}]).zoho_id == "1"


PARSERS = [
    r.parse_portal,
    r.parse_customer,
    r.parse_contact,
    r.parse_user,
    r.parse_crm_account,
    r.parse_project,
    r.parse_task_list,
    r.parse_phase,
    r.parse_task,
    r.parse_issue,
    r.parse_time_log,
    r.parse_trash_item,
    r.parse_field_meta,
]


@pytest.mark.parametrize("parse", PARSERS)
@pytest.mark.parametrize("row", [{}, {"id": ""}, {"id": "0"}, {"id": None}, {"id": {}}])
def test_no_record_without_an_id(parse, row):
    with pytest.raises(ZohoUnreadable) as caught:
        parse(row)
    assert caught.value.field == "id"
    assert "without an id" in caught.value.message


@pytest.mark.parametrize("parse", PARSERS)
@pytest.mark.parametrize("row", [None, "x", 5, [], True])
def test_no_record_of_what_is_no_object(parse, row):
    with pytest.raises(ZohoUnreadable, match="not a JSON object"):
        parse(row)


def test_id_string_is_preferred():
    assert r.parse_customer(
        {"id": 192.5, "id_string": "192004000000060011"}
    ).zoho_id == ("192004000000060011")


def test_records_are_frozen_hashable_and_compared_by_what_they_say():
    one, other = r.parse_user(USER), r.parse_user({**USER, "photo_url": "x"})
    assert one == other
    assert hash(one) == hash(other)
    assert r.parse_user({**USER, "cf_team": "A"}) != one
    assert "raw" not in repr(one)
    with pytest.raises(AttributeError):
        one.name = "x"


def test_custom_fields_old_and_new():
    listed = [
        {"label_name": "Team", "column_name": "UDF_CHAR1", "value": "A"},
        {"api_name": "cf_x", "value": 2},
        {"value": 3},
        "rubbish",
    ]
    user = r.parse_user({**USER, "gate_code": "G7", "custom_fields": listed})
    assert user.custom == {"gate_code": "G7", "UDF_CHAR1": "A", "cf_x": 2}
    assert user.field_value("gate_code") == "G7"
    assert user.field_value("email") == "joost@example.eu"
    assert user.field_value("nothing") is None


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"currency": {"code": "EUR", "symbol": "€"}}, "EUR"),
        ({"currency": "EUR"}, "EUR"),
        ({"data": {"currency_code": "EUR"}}, "EUR"),
        (
            {
                "currencies": [
                    {"currency_code": "USD"},
                    {"currency_code": "EUR", "is_base_currency": "true"},
                ]
            },
            "EUR",
        ),
        ([{"currency_code": "USD"}, {"currency_code": "EUR"}], ""),
        ({"currency": {"name": "Euro"}}, ""),
        (None, ""),
        ("EUR", "EUR"),
        ("€", ""),
    ],
)
def test_currency_of_a_portal(payload, code):
    assert r.parse_currency(payload) == code
