"""Handlers of the bin, fields, modules, settings and permissions.

:source: sections 3, 8.2 and 9.4; bodies that nobody recorded are marked there.
"""

from .call import Call, Listing
from .entities import CustomField, Trashed
from .errors import no_rule
from .voice import Body

MODULES = {
    "projects": ("192004000000002001", "Projects"),
    "tasks": ("192004000000002002", "Tasks"),
    "issues": ("192004000000002003", "Issues"),
    "timelogs": ("192004000000002004", "Time Logs"),
    "phases": ("192004000000002005", "Phases"),
}
STANDARD = (
    ("projects", "name", "Project Name", "singleline"),
    ("projects", "start_date", "Start Date", "Date"),
    ("tasks", "name", "Task Name", "singleline"),
    ("tasks", "priority", "Priority", "picklist"),
    ("issues", "name", "Bug Title", "singleline"),
    ("issues", "severity", "Severity", "picklist"),
    ("timelogs", "notes", "Notes", "multiline"),
    ("timelogs", "log_hour", "Hours", "singleline"),
)
_ALIASES = {"bugs": "issues", "timesheets": "timelogs", "milestones": "phases"}
_WORDS = {
    "singular": {"issue": "bug", "task_list": "tasklist", "log": "timelog"},
    "plural": {
        "project": "projects",
        "task": "tasks",
        "issue": "issues",
        "phase": "phases",
        "task_list": "tasklists",
        "log": "timelogs",
        "customer": "customers",
    },
    "caps": {
        "project": "Project",
        "task": "Task",
        "issue": "Issue",
        "phase": "Milestone",
        "task_list": "TaskList",
        "log": "TimeLog",
        "customer": "Client",
    },
}


def _trashed(call: Call, entry: Trashed) -> Body:
    word = _WORDS[call.dialect.bin_words].get(entry.kind, entry.kind)
    voice = call.voice
    deleted = {
        "deleted_by": voice.person(entry.by),
        **voice.moment("deleted_time", entry.at),
    }
    if call.dialect.bin_form == "entity":
        identity = {"entity_id": voice.number(entry.id), "entity_type": word}
        return {**identity, "entity_name": entry.name, **deleted}
    body = {**voice.ref(entry.id, entry.name), "module": word, **deleted}
    if entry.project:
        body["project"] = voice.ident(entry.project)
    return body


def trash(call: Call) -> Listing:
    """List the trashed records."""
    if call.dialect.bin_form == "absent":
        raise no_rule()
    return Listing(
        "bin",
        list(call.portal.bin.values()),
        lambda row: _trashed(call, row),
        "" if call.dialect.bin_form == "array" else "bin",
    )


def modules(call: Call) -> Listing:
    """List the modules of the portal."""
    return Listing(
        "modules",
        list(MODULES),
        lambda name: {
            **call.voice.ident(MODULES[name][0]),
            "api_name": name,
            "display_name": MODULES[name][1],
        },
        "modules",
        paged=False,
    )


def _module_name(text: str) -> str:
    for name, (identity, _label) in MODULES.items():
        if text in (name, identity):
            return name
    return _ALIASES.get(text, "")


def _field(call: Call, field: CustomField) -> Body:
    dialect = call.dialect
    kind = field.type.lower() if dialect.field_types_lower else field.type
    body: Body = {
        **call.voice.ident(field.id),
        dialect.field_names: field.api_name,
        "display_name": field.label,
        "field_type": kind,
        "is_mandatory": call.voice.flag(False),
    }
    is_custom = field.id in {one.id for one in call.portal.custom_fields}
    if dialect.field_flags == "is_custom_field":
        body["is_custom_field"] = call.voice.flag(is_custom)
    elif dialect.field_flags == "is_default":
        body["is_default"] = call.voice.flag(not is_custom)
    if field.options and dialect.field_options == "options":
        body["options"] = list(field.options)
    elif field.options:
        body["picklist_values"] = [
            {**call.voice.ident(call.voice.derived(option, 20)), "value": option}
            for option in field.options
        ]
    return body


def _standard() -> list[CustomField]:
    """Return fields that every portal has."""
    return [
        CustomField(f"1920040000000030{number:02}", module, name, label, kind)
        for number, (module, name, label, kind) in enumerate(STANDARD)
    ]


def _fields(call: Call, module: str) -> Listing:
    name = _module_name(module)
    if module and not name:
        raise no_rule()
    fields = [*_standard(), *call.portal.custom_fields]
    rows = [f for f in fields if name in ("", f.module)]
    return Listing("fields", rows, lambda row: _field(call, row), "fields", paged=False)


def module_fields(call: Call) -> Listing:
    """List the fields of a module, named by API name or id."""
    if call.dialect.field_listing == "settings":
        raise no_rule()
    return _fields(call, call.ids["module"])


def settings_fields(call: Call) -> Listing:
    """List the fields of all modules, or of the one in ``module``."""
    return _fields(call, call.params.get("module", ""))


def portal_currency(call: Call) -> Body:
    """Return the portal's own currency.

    :source: section 3; the body was not seen, hence the switch.
    """
    form, own = call.dialect.portal_currency, call.portal.currency
    if form == "refused":
        raise no_rule()
    if form == "object":
        return {"currency": {"code": own, "symbol": "$", "decimal_places": "2"}}
    other = "EUR" if own != "EUR" else "USD"
    return {
        "currencies": [
            {"currency_code": other, "is_base_currency": call.voice.flag(False)},
            {"currency_code": own, "is_base_currency": call.voice.flag(True)},
        ]
    }


def statuses(call: Call) -> Listing:
    """List the statuses that tasks use."""
    used = {(task.status, task.closed) for task in call.portal.tasks.values()}

    def body(row: tuple[str, bool]) -> Body:
        name, closed = row
        identity = call.voice.ref(call.voice.derived(name, 4), name)
        return {**identity, "is_closed_type": call.voice.flag(closed)}

    return Listing("statuses", sorted(used), body, "statuses", paged=False)


def timelog_settings(call: Call) -> Body:
    """Return the time-log settings (body not seen)."""
    enabled = any(log.approval for log in call.portal.logs.values())
    return {"timelog": {"is_approval_enabled": call.voice.flag(enabled)}}


def permissions(call: Call) -> Body:
    """Return what the connected user may do (body not seen)."""
    wide = call.sees_all
    return {"permissions": {"view_all_records": call.voice.flag(wide)}}


def profiles(call: Call) -> Listing:
    """List the profiles in use."""
    names = sorted({user.profile for user in call.portal.users.values()})
    return Listing(
        "profiles",
        names,
        lambda name: {**call.voice.ref(call.voice.derived(name, 30), name)},
        "profiles",
        paged=False,
    )
