"""Customers and people in every dialect: section 5 and 8.1."""

import pytest

from zoho import endpoints as e
from zoho import records as r
from zoho.errors import ZohoRefused


def test_users(read):
    dialect, portal = read.dialect, read.portal
    asked = dialect.users_view_type == "honoured" and not (
        "view_type_users" in dialect.refused_params or not dialect.users_v31
    )
    told = dialect.user_state != "absent"
    expected = {
        one.id: {
            "zuid": str(one.zuid or ""),
            "name": one.full_name or (one.email if not dialect.users_v31 else ""),
            "email": one.email,
            "is_active": one.active if told else True,
            "is_client": one.kind != "portal_user",
            "kind": one.kind,
            "customer_id": one.customer,
            "modified": read.utc(one.modified),
            "cost_rate": float(one.cost_rate)
            if one.cost_rate and dialect.user_rates != "absent"
            else None,
            "custom": {},
        }
        for one in portal.users.values()
        if one.active or asked or not dialect.users_inactive_hidden
    }
    read.assert_same(read.users, expected)


def customer_facts(one, read):
    dialect = read.dialect
    facts = {"name": one.name, "custom": {}}
    if dialect.customer_modified:
        facts["modified"] = read.utc(one.modified)
    if not dialect.customer_details:
        return {**facts, "email": "", "city": "", "currency": ""}
    return {
        **facts,
        "email": one.email,
        "phone": one.phone,
        "website": one.website,
        "street": one.address.street,
        "city": one.address.city,
        "state": one.address.state,
        "country": one.address.country,
        "zip_code": one.address.zip_code,
        "currency": one.currency,
    }


def test_customers(read):
    dialect = read.dialect
    if not (dialect.customers_available or dialect.clients_available):
        pytest.skip("no listing of customers is left")
    expected = {
        one.id: customer_facts(one, read) for one in read.portal.customers.values()
    }
    read.assert_same(read.customers, expected)


def test_customers_of_projects(read):
    dialect = read.dialect
    for project in read.cases:
        rows = read.either(e.PROJECT_CUSTOMERS, project=project.id)
        customers = r.parse_customers(rows)
        assert [one.zoho_id for one in customers] == project.customers
        primary = r.primary_customer(customers)
        unique = project.customers[0] if len(project.customers) == 1 else ""
        expected = project.primary if dialect.primary_flag else unique
        assert (primary.zoho_id if primary else "") == expected


def test_projects_of_customers(read):
    dialect = read.dialect
    if not dialect.clients_available:
        with pytest.raises(ZohoRefused) as caught:
            read.rows(e.CUSTOMER_PROJECTS, customer="1")
        assert caught.value.code == "module_disabled"
        return
    for customer in read.portal.customers:
        rows = read.rows(e.CUSTOMER_PROJECTS, customer=customer)
        found = {one.zoho_id: one for one in map(r.parse_project, rows)}
        theirs = read.portal.projects.values()
        assert set(found) == {one.id for one in theirs if customer in one.customers}
        for zoho_id, one in found.items():
            primary = read.portal.projects[zoho_id].primary == customer
            told = dialect.primary_flag and dialect.primary_in_projects
            assert one.is_primary == (primary if told else None)


def test_contacts(read):
    people = read.portal.users.values()
    for customer in read.portal.customers:
        rows = read.rows(e.CUSTOMER_CONTACTS, customer=customer)
        found = {one.zoho_id: one for one in map(r.parse_contact, rows)}
        expected = {
            one.id: {
                "name": one.full_name,
                "email": one.email,
                "customer_id": customer,
            }
            for one in people
            if one.customer == customer
        }
        read.assert_same(found, expected)


def test_client_users(read):
    if not read.dialect.clients_available:
        pytest.skip("the listing is not there")
    contacts = r.parse_client_users(read.rows(e.CLIENT_USERS))
    found = {(one.zoho_id, one.customer_id, one.name, one.email) for one in contacts}
    assert found == {
        (one.id, one.customer, one.full_name, one.email)
        for one in read.portal.users.values()
        if one.kind == "client_user" and one.customer
    }


def test_crm_accounts(read):
    if not read.dialect.crm_available:
        pytest.skip("the listing is not there")
    for project in read.cases:
        rows = read.rows(e.PROJECT_CRM_ACCOUNTS, project=project.id)
        found = {one.zoho_id: one for one in map(r.parse_crm_account, rows)}
        expected = {
            one.id: {"name": one.name, "city": one.address.city, "email": one.email}
            for one in project.crm_accounts
        }
        read.assert_same(found, expected)


def test_portals(read):
    (portal,) = read.client.portals()
    assert portal.zoho_id == read.portal.id
    assert portal.name == read.portal.name
    assert portal.timezone == read.portal.timezone
    assert portal.role == "Portal Owner"
    assert portal.is_owner and portal.is_admin
