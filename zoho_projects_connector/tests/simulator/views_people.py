"""Handlers of portals, customers, contacts, CRM accounts and users.

:source: sections 3, 5 and 8.1.
"""

from collections.abc import Iterable
from typing import Any

from . import render_people as render
from . import render_work
from .call import Call, Listing
from .entities import Customer, User
from .errors import extra_param, no_rule, not_found
from .voice import Body


def portals(call: Call) -> Listing:
    """List the portals of the signed-in user: a bare array, no paging."""
    rows = list(call.portals.values())
    return Listing(
        "portals",
        rows,
        lambda row: render.portal(call.voice, row, row.users.get(call.access.user)),
        paged=False,
    )


def portal(call: Call) -> Body:
    """Return one portal."""
    return render.portal(call.voice, call.portal, call.viewer)


def _customer_key(call: Call, older: bool) -> str:
    dialect = call.dialect
    if dialect.customers_shape == "array":
        return ""
    if dialect.customers_shape == "data":
        return "data"
    return "clients" if older else dialect.customers_key


def _require(available: bool) -> None:
    if not available:
        raise no_rule()


def _customers(call: Call, older: bool) -> Listing:
    return Listing(
        "customers",
        call.query("customers", lambda: call.by_change(call.portal.customers.values())),
        lambda row: render.customer(call.voice, row, call.portal),
        _customer_key(call, older),
    )


def customers(call: Call) -> Listing:
    """List the customers of the portal."""
    _require(call.dialect.customers_available)
    return _customers(call, older=False)


def clients(call: Call) -> Listing:
    """List the customers by the older path."""
    _require(call.dialect.clients_available)
    return _customers(call, older=True)


def _of_project(call: Call, older: bool) -> Listing:
    project = call.project()
    known = call.portal.customers
    rows = [known[c] for c in project.customers if c in known]

    def body(row: Customer) -> Body:
        whole = render.customer(call.voice, row, call.portal)
        return render.project_customer(call.voice, whole, row.id == project.primary)

    key = _customer_key(call, older)
    return Listing("project_customers", rows, body, key)


def project_customers(call: Call) -> Listing:
    """List the customers of a project; a flag may tell the primary one."""
    _require(call.dialect.customers_available)
    return _of_project(call, older=False)


def project_clients(call: Call) -> Listing:
    """List the customers of a project by the older path."""
    _require(call.dialect.clients_available)
    return _of_project(call, older=True)


def customer_projects(call: Call) -> Listing:
    """List the projects of a customer; a dialect tells the primary flag here too.

    Without it, who is primary among several shows in the project's customers only.
    """
    _require(call.dialect.clients_available)
    company = _company(call)

    def build() -> Iterable[Any]:
        for project in call.portal.projects.values():
            if company.id in project.customers and call.sees_project(project.id):
                yield project

    def body(project: Any) -> Body:
        whole = render_work.project(call.voice, project, call.portal)
        if not call.dialect.primary_in_projects:
            return whole
        return render.project_customer(call.voice, whole, project.primary == company.id)

    key = "projects" if call.dialect.projects_shape == "envelope" else ""
    return Listing(
        "customer_projects", call.query("customer_projects", build), body, key
    )


def _company(call: Call) -> Customer:
    company = call.portal.customers.get(call.ids["client"])
    if not company:
        raise not_found(call.dialect)
    return company


def _people(call: Call, kinds: tuple[str, ...], company: str = "") -> list[User]:
    return [
        user
        for user in call.portal.users.values()
        if user.kind in kinds and user.customer and company in ("", user.customer)
    ]


def client_users(call: Call) -> Listing:
    """List the client users, grouped by customer."""
    return _client_users(call, list(call.portal.customers.values()))


def project_client_users(call: Call) -> Listing:
    """List the client users of a project's customers."""
    project = call.project()
    known = call.portal.customers
    return _client_users(call, [known[c] for c in project.customers if c in known])


def _client_users(call: Call, companies: list[Customer]) -> Listing:
    people = {c.id: _people(call, ("client_user",), c.id) for c in companies}
    if call.dialect.client_users == "flat":
        flat = [person for group in people.values() for person in group]
        return Listing(
            "client_users",
            flat,
            lambda row: render.client_user(call.voice, row),
            "users",
        )
    return Listing(
        "client_users",
        [company for company in companies if people[company.id]],
        lambda row: render.client_user_group(call.voice, row, people[row.id]),
        "clients",
    )


def contacts(call: Call) -> Listing:
    """List the contacts of a customer (with singular ``client`` in the path)."""
    company = _company(call)
    rows = _people(call, ("contact", "client_user"), company.id)
    key = "contacts" if call.dialect.contacts_shape == "envelope" else ""
    return Listing("contacts", rows, lambda row: render.contact(call.voice, row), key)


def contact(call: Call) -> Body:
    """Return one contact."""
    person = call.portal.users.get(call.ids["contact"])
    if not person or not person.customer:
        raise not_found(call.dialect)
    return render.contact(call.voice, person)


def crm_accounts(call: Call) -> Listing:
    """List the CRM accounts that are linked to a project."""
    _require(call.dialect.crm_available)
    form = call.dialect.crm_key
    return Listing(
        "crm_accounts",
        call.project().crm_accounts,
        lambda row: render.crm_account(call.voice, row),
        "" if form == "array" else form,
    )


def _view(call: Call) -> str:
    """Return which users are asked for: ``active``, ``inactive`` or both (``""``)."""
    dialect = call.dialect
    wanted = call.params.get("view_type", "")
    if wanted and "view_type_users" in dialect.refused_params:
        raise extra_param("view_type")
    if wanted in ("active", "inactive") and dialect.users_view_type == "honoured":
        return wanted
    return "active" if dialect.users_inactive_hidden else ""


def _users(call: Call, render_user: Any) -> Listing:
    view = _view(call)

    def build() -> Iterable[User]:
        for user in call.portal.users.values():
            if not view or user.active is (view == "active"):
                yield user

    name = "users_inactive" if view == "inactive" else "users_active"
    return Listing(
        name,
        call.query("users", build),
        lambda row: render_user(call.voice, row),
        "users",
        count_word="count",
    )


def users(call: Call) -> Listing:
    """List portal users, client users and contacts; v3.1 and v3 differ in shape."""
    if call.version == "v3.1":
        _require(call.dialect.users_v31)
        return _users(call, render.user)
    return _users(call, render.old_user)


def user(call: Call) -> Body:
    """Return a user by zpuid or e-mail, also one who is inactive."""
    wanted = call.ids["user"]
    found = call.portal.users.get(wanted) or next(
        (u for u in call.portal.users.values() if u.email and u.email == wanted), None
    )
    if not found:
        raise not_found(call.dialect)
    if call.version == "v3.1":
        return render.user(call.voice, found)
    return render.old_user(call.voice, found)


def project_users(call: Call) -> Listing:
    """List the members of a project."""
    project = call.project()
    rows = [u for u in call.portal.users.values() if u.id in project.members]
    body = render.user if call.version == "v3.1" else render.old_user
    return Listing(
        "project_users",
        rows,
        lambda row: body(call.voice, row),
        "users",
        count_word="count",
    )
