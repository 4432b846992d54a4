"""What a sync has brought into Odoo, and what the portal says it must bring."""

import re
from html import unescape

from odoo.tools import html2plaintext

from ..simulator.entities import Log
from ..simulator.expected import fate

MODEL_FIELDS = {
    "customer": ("name", "email", "phone", "website", "street", "city", "zip"),
    "contact": ("name", "email", "phone"),
    "user": ("name", "work_email", "zoho_staff", "active"),
    "project": ("name", "active", "date_start", "date", "allow_billable"),
    "phase": ("name", "deadline", "is_reached"),
    "task_list": ("name", "is_closed", "active"),
    "task": ("name", "state", "allocated_hours", "priority", "active"),
    "bug": ("name", "state", "zoho_severity", "zoho_classification", "active"),
    "timelog": ("date", "name", "unit_amount", "billed_elsewhere", "active"),
}
RELATIONS = {
    "customer": {},
    "contact": {"parent_id": "customer"},
    "user": {},
    "project": {"partner_id": "customer"},
    "phase": {"project_id": "project"},
    "task_list": {"project_id": "project", "milestone_id": "phase"},
    "task": {
        "project_id": "project",
        "parent_id": "task",
        "zoho_task_list_id": "task_list",
        "milestone_id": "phase",
    },
    "bug": {"project_id": "project", "milestone_id": "phase"},
    "timelog": {"project_id": "project", "task_id": "task", "employee_id": "user"},
}
LOG_KINDS = {"task": "task", "issue": "bug", "general": "general"}


def content_of(integration):
    """Return ``{entity: {Zoho id: {field: value}}}`` of all that is linked.

    Relations are given by the Zoho ids that they stand for.
    """
    env = integration.env
    links = env["zoho.link"].search([("integration_id", "=", integration.id)])
    ids = {(link.res_model, link.res_id): set() for link in links}
    for link in links:
        ids[link.res_model, link.res_id].add(link.zoho_id)
    content = {entity: {} for entity in MODEL_FIELDS}
    for link in links.filtered(lambda one: one.state == "linked"):
        record = link._record().with_context(active_test=False)
        content[link.entity][link.zoho_id] = {
            **{name: record[name] for name in MODEL_FIELDS[link.entity]},
            **{name: _zoho_ids(record[name], ids) for name in RELATIONS[link.entity]},
            **_special(link.entity, record),
        }
    return content


def _zoho_ids(record, ids):
    return frozenset(ids.get((record._name, record.id), ())) if record else frozenset()


def _special(entity, record):
    if entity == "customer":
        country, pricelist = (
            record.country_id,
            record.specific_property_product_pricelist,
        )
        return {"country": country.name, "currency": pricelist.currency_id.name}
    if entity == "project":
        return {
            "currency": record.billing_currency_id.name,
            "tags": set(record.tag_ids.mapped("name")),
            "text": html2plaintext(record.description or "").strip(),
        }
    if entity in ("task", "bug"):
        return {
            "stage": (record.stage_id.name, record.stage_id.fold),
            "deadline": record.date_deadline and record.date_deadline.date(),
            "tags": set(record.tag_ids.mapped("name")),
            "text": html2plaintext(record.description or "").strip(),
        }
    if entity == "timelog":
        return {
            "kind": record.zoho_log_kind,
            "approver": record.zoho_approver,
            "approved_at": record.zoho_approved_at,
        }
    return {}


class Expected:
    """What must be in Odoo after a sync, told from the portal's own data.

    :param simulator: whose portal is read.
    :param closed: whether closed and archived projects are fetched too.
    :param general: whether general logs are fetched.
    :param unapproved: whether logs need no approval.
    :param cut_off: first day that is not billed elsewhere.
    """

    def __init__(
        self, simulator, closed=False, general=False, unapproved=False, cut_off=None
    ):
        self.portal = simulator.portal
        self.closed, self.general = closed, general
        self.unapproved, self.cut_off = unapproved, cut_off
        self.projects = {
            one.id: one for one in self.portal.projects.values() if self._is_wanted(one)
        }

    def _is_wanted(self, project):
        is_over = project.closed or project.type == "archived"
        return (
            project.primary
            and project.type != "template"
            and (self.closed or not is_over)
        )

    def _is_log_wanted(self, log: Log):
        if log.kind == "general":
            has_item = self.general
        else:
            has_item = self.portal.log_item(log) is not None
        found = fate(log)
        is_due = found in ("billable_approved", "general")
        if self.unapproved:
            is_due = found != "non_billable"
        return log.project in self.projects and has_item and is_due

    def content(self):
        """Return the same as :func:`content_of`."""
        portal = self.portal
        logs = [log for log in portal.logs.values() if self._is_log_wanted(log)]
        return {
            "customer": {
                one.id: self._customer(one) for one in portal.customers.values()
            },
            "contact": {
                one.id: self._contact(one)
                for one in portal.users.values()
                if one.kind == "client_user"
            },
            "user": self._users(logs),
            "project": {one.id: self._project(one) for one in self.projects.values()},
            "phase": {one.id: self._phase(one) for one in self._inside(portal.phases)},
            "task_list": {
                one.id: self._task_list(one) for one in self._inside(portal.task_lists)
            },
            "task": {one.id: self._task(one) for one in self._inside(portal.tasks)},
            "bug": {one.id: self._bug(one) for one in self._inside(portal.issues)},
            "timelog": {log.id: self._log(log) for log in logs},
        }

    def _inside(self, table):
        return [one for one in table.values() if one.project in self.projects]

    def _customer(self, one):
        home, address = self.portal.currency, one.address
        return {
            "name": one.name,
            "email": one.email or False,
            "phone": one.phone or False,
            "website": one.website or False,
            "street": address.street or False,
            "city": address.city or False,
            "zip": address.zip_code or False,
            "country": address.country or False,
            "currency": one.currency if one.currency not in ("", home) else False,
        }

    def _contact(self, one):
        return {
            "name": one.full_name,
            "email": one.email or False,
            "phone": False,
            "parent_id": frozenset({one.customer}),
        }

    def _users(self, logs):
        people = [
            one for one in self.portal.users.values() if one.kind == "portal_user"
        ]
        people += [self.portal.person(log.owner) for log in logs]
        return {
            one.id: {
                "name": one.full_name or one.email,
                "work_email": one.email or False,
                "zoho_staff": "inactive",
                "active": True,
            }
            for one in people
        }

    def _project(self, one):
        has_days = one.start and one.end and one.start <= one.end
        return {
            "name": one.name,
            "active": one.type != "archived",
            "allow_billable": True,
            "date_start": has_days and one.start or False,
            "date": has_days and one.end or False,
            "partner_id": frozenset({one.primary}),
            "currency": one.currency,
            "tags": set(one.tags),
            "text": _visible(one.description),
        }

    def _phase(self, one):
        return {
            "name": one.name,
            "deadline": one.end or False,
            "is_reached": one.closed,
            "project_id": frozenset({one.project}),
        }

    def _task_list(self, one):
        return {
            "name": one.name,
            "is_closed": one.closed,
            "active": True,
            "project_id": frozenset({one.project}),
            "milestone_id": _ids(one.phase),
        }

    def _work(self, one):
        return {
            "name": one.name,
            "state": "1_done" if one.closed else "01_in_progress",
            "active": True,
            "stage": (one.status, one.closed),
            "project_id": frozenset({one.project}),
            "milestone_id": _ids(one.phase),
            "tags": set(one.tags),
            "text": _visible(one.description),
        }

    def _task(self, one):
        return {
            **self._work(one),
            "allocated_hours": one.planned_minutes / 60,
            "priority": {"medium": "1", "high": "2"}.get(one.priority, "0"),
            "parent_id": _ids(one.parent),
            "zoho_task_list_id": _ids(one.task_list),
            "deadline": one.end.date() if one.end else False,
        }

    def _bug(self, one):
        return {
            **self._work(one),
            "zoho_severity": one.severity,
            "zoho_classification": one.classification,
            "deadline": one.due or False,
        }

    def _log(self, one):
        item = self.portal.log_item(one)
        text = _words(one.notes) or one.title or (item and item.name) or "/"
        return {
            "date": one.day,
            "name": text,
            "unit_amount": one.minutes / 60,
            "billed_elsewhere": bool(self.cut_off and one.day < self.cut_off),
            "active": True,
            "project_id": frozenset({one.project}),
            "task_id": _ids(one.item),
            "employee_id": frozenset({one.owner}),
            "kind": LOG_KINDS[one.kind],
            "approver": _name(self.portal.person(one.approver)),
            "approved_at": _moment(one.approved_at),
        }


def _name(person):
    return person.full_name if person else False


def _moment(moment):
    return moment.replace(tzinfo=None, microsecond=0) if moment else False


def _ids(zoho_id):
    return frozenset({zoho_id} if zoho_id else ())


def _visible(html):
    return html2plaintext(_without_scripts(html)).strip()


def _words(html):
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", _without_scripts(html))).split())


def _without_scripts(html):
    return re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
