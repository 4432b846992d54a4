"""Portals, users, customers, contacts and CRM accounts as JSON bodies.

:source: sections 3, 5 and 8.1.
"""

from typing import Any

from .entities import Address, CrmAccount, Customer, User
from .portal import Portal
from .voice import Body, Voice

_PROFILES = ("Portal Owner", "Administrator", "Manager", "Employee", "Contractor")


def _profile_number(name: str) -> int:
    known = _PROFILES.index(name) if name in _PROFILES else len(_PROFILES)
    return 192004000000011111 + known


def portal(voice: Voice, portal: Portal, viewer: User | None) -> Body:
    """Return the body of a portal as the viewer's list shows it.

    :source: section 3; ``profile.id`` is a JSON number.
    """
    owner = portal.users.get(portal.owner)
    profile = viewer.profile if viewer else "Administrator"
    body: Body = {
        **voice.ident(portal.id),
        "portal_name": portal.name,
        "org_name": portal.org_name,
        "is_default_portal": voice.flag(True),
        "portal_url": f"https://projects.zoho.com/portal/{portal.name}",
        "portal_owner": str(owner.zuid) if owner else "",
        "portal_type": "company",
        "project_plan": portal.plan,
        "bug_plan": portal.plan,
        "timezone": portal.timezone,
        "zsoid": "20088812345",
        "profile": {"id": _profile_number(profile), "name": profile},
        "profile_id": str(_profile_number(profile)),
    }
    if owner:
        body["owner"] = {**voice.card(owner), "is_client_user": voice.flag(False)}
    if voice.dialect.portal_name == "name":
        body["name"] = body.pop("portal_name")
    return body


def _state(voice: Voice, user: User) -> Body:
    status = {"status": "active" if user.active else "inactive"}
    active = {"is_active": voice.flag(user.active)}
    forms: dict[str, Body] = {
        "both": {**status, **active},
        "status": status,
        "is_active": active,
        "active": {"active": voice.flag(user.active)},
        "absent": {},
    }
    return forms[voice.dialect.user_state]


def _cost(voice: Voice, user: User) -> Body:
    form = voice.dialect.user_rates
    if not user.cost_rate or form == "absent":
        return {}
    if form == "string":
        return {"budget": user.cost_rate, "currency_code": user.currency}
    amount = {
        "currency_code": user.currency,
        "currency_id": "192004000000014001",
        "amount": user.cost_rate,
        "formatted_amount": f"{user.currency} {user.cost_rate}",
    }
    return {"budget": {"cost_per_hour": amount}}


def user(voice: Voice, user: User) -> Body:
    """Return a user of the v3.1 list; ``id`` is the zpuid, ``zuid`` a number."""
    profile = {
        "id": str(_profile_number(user.profile)),
        "name": user.profile,
        "type": 2,
        "is_default": voice.flag(True),
    }
    body: Body = {
        **voice.ident(user.id),
        "email": user.email,
        **voice.text("first_name", user.first_name),
        **voice.text("last_name", user.last_name),
        **voice.text("full_name", user.full_name),
        **voice.text("display_name", user.short_name),
        "user_type": user.kind,
        **_state(voice, user),
        "is_confirmed": voice.flag(bool(user.full_name)),
        "role": voice.ref("192004000000013002", "Developer"),
        voice.dialect.user_profile: profile,
        **_cost(voice, user),
        **voice.moment("added_time", user.created),
        **voice.moment("updated_time", user.modified),
    }
    if user.zuid:
        body["zuid"] = user.zuid
    if user.customer:
        body["company_id"] = voice.number(user.customer)
    if voice.dialect.rates_shown and user.billing_rate:
        body["invoice"] = user.billing_rate
    return body


def old_user(voice: Voice, person: User) -> Body:
    """Return a user of the older v3 list: the same with ``name`` and ``zpuid``.

    :source: section 8.1, the V2 user shape; ``[guess]`` for v3.
    """
    body = user(voice, person)
    body["name"] = person.short_name or person.email
    body["zpuid"] = voice.number(person.id)
    if person.zuid:
        body["zuid"] = str(person.zuid)
    return body


def _address(voice: Voice, address: Address) -> Body:
    return {
        **voice.text("address", address.street),
        **voice.text("city", address.city),
        **voice.text("state", address.state),
        **voice.text("country", address.country),
        **voice.text("zip_code", address.zip_code),
    }


def customer(voice: Voice, customer: Customer, store: Portal) -> Body:
    """Return a customer of the portal's list."""
    body = {**voice.ident(customer.id), voice.dialect.customer_name: customer.name}
    if voice.dialect.customer_details:
        body.update(_customer_details(voice, customer, store))
    if voice.dialect.customer_modified:
        key = voice.dialect.customer_modified
        body.update(voice.moment(key, customer.modified))
    return body


def _customer_details(voice: Voice, customer: Customer, store: Portal) -> Body:
    people = [u for u in store.users.values() if u.customer == customer.id]
    projects = [p for p in store.projects.values() if customer.id in p.customers]
    return {
        **voice.text("description", customer.description),
        **voice.text("email", customer.email),
        **voice.text("phone", customer.phone),
        **voice.text("website", customer.website),
        **_address(voice, customer.address),
        **voice.text("currency_code", customer.currency),
        "projects_count": len(projects),
        "contacts_count": len(people),
        **voice.moment("created_time", customer.created),
    }


def project_customer(voice: Voice, customer_body: Body, is_primary: bool) -> Body:
    """Return a customer of a project's list, with the flag of the dialect."""
    if not voice.dialect.primary_flag:
        return customer_body
    return {**customer_body, voice.dialect.primary_flag: voice.flag(is_primary)}


def contact(voice: Voice, person: User) -> Body:
    """Return a contact with the camelCase keys of the older help page."""
    return {
        **voice.ident(person.id),
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "displayName": person.full_name,
        "clientId": voice.number(person.customer),
        "crm_contactId": "-1",
        "invoice_rate": person.billing_rate or "0.00",
    }


def client_user(voice: Voice, person: User) -> Body:
    """Return a client user."""
    return {
        **voice.ident(person.id),
        "zuid": person.zuid,
        "name": person.full_name,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "client_id": voice.number(person.customer),
        "is_client_user": voice.flag(True),
    }


def client_user_group(voice: Voice, company: Customer, people: list[User]) -> Body:
    """Return a customer with his client users."""
    return {
        **voice.ident(company.id),
        voice.dialect.customer_name: company.name,
        "users": [client_user(voice, person) for person in people],
    }


def crm_account(voice: Voice, account: CrmAccount) -> Body:
    """Return the CRM account of a project (body not seen; names as a customer's)."""
    body: dict[str, Any] = {
        **voice.ident(account.id),
        "name": account.name,
        **voice.text("email", account.email),
        **voice.text("phone", account.phone),
        **voice.text("website", account.website),
        **_address(voice, account.address),
        **voice.text("currency_code", account.currency),
    }
    return body
