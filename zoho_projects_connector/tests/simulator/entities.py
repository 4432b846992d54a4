"""The records of a simulated portal, as plain dataclasses.

Every ``id`` is the text of an 18-digit number; every moment is an aware UTC
date-time; time is whole minutes; references are ids.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timezone

EPOCH = datetime(2025, 1, 6, 9, 0, tzinfo=timezone.utc)


@dataclass
class Address:
    """Where a customer or a CRM account lives.

    :source: section 5, customer fields listed by third parties.
    """

    street: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    zip_code: str = ""


@dataclass
class User:
    """A person with a place in the portal; ``id`` is the zpuid.

    ``kind`` is ``portal_user``, ``client_user`` or ``contact``. ``profile`` decides
    what a token of this user may see.

    :source: section 8.1.
    """

    id: str
    first_name: str
    last_name: str
    email: str
    zuid: int | None = None
    kind: str = "portal_user"
    active: bool = True
    profile: str = "Employee"
    customer: str = ""
    cost_rate: str = ""
    billing_rate: str = ""
    currency: str = ""
    created: datetime = EPOCH
    modified: datetime = EPOCH

    @property
    def full_name(self) -> str:
        """First and last name; empty for people who were only invited."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def short_name(self) -> str:
        """The display name, like ``Joost V.``."""
        initial = f"{self.last_name[:1]}." if self.last_name else ""
        return f"{self.first_name} {initial}".strip()


@dataclass
class Customer:
    """A client company.

    :source: section 5.
    """

    id: str
    name: str
    email: str = ""
    phone: str = ""
    website: str = ""
    currency: str = ""
    description: str = ""
    address: Address = field(default_factory=Address)
    created: datetime = EPOCH
    modified: datetime = EPOCH


@dataclass
class CrmAccount:
    """The account of Zoho CRM that is linked to a project.

    :source: section 4, ``crm/accounts`` (body not seen).
    """

    id: str
    name: str
    email: str = ""
    phone: str = ""
    website: str = ""
    currency: str = ""
    address: Address = field(default_factory=Address)


@dataclass
class Project:
    """A project. ``type`` is ``active``, ``archived`` or ``template``.

    :source: sections 4 and 5.
    """

    id: str
    key: str
    name: str
    description: str = ""
    type: str = "active"
    status: str = "In Progress"
    closed: bool = False
    owner: str = ""
    start: date | None = None
    end: date | None = None
    currency: str = ""
    customers: list[str] = field(default_factory=list)
    primary: str = ""
    members: set[str] = field(default_factory=set)
    crm_accounts: list[CrmAccount] = field(default_factory=list)
    issues_enabled: bool = True
    billing_method: str = ""
    billing_rate: str = ""
    budget_hours: str = ""
    budget_amount: str = ""
    percent: int = 0
    tags: list[str] = field(default_factory=list)
    custom: dict[str, object] = field(default_factory=dict)
    created: datetime = EPOCH
    modified: datetime = EPOCH


@dataclass
class Phase:
    """A milestone of a project.

    :source: section 6.3.
    """

    id: str
    name: str
    project: str
    owner: str = ""
    start: date | None = None
    end: date | None = None
    status: str = "Active"
    closed: bool = False
    flag: str = "internal"
    created: datetime = EPOCH
    modified: datetime = EPOCH


@dataclass
class TaskList:
    """A task list; ``general`` is the hidden one.

    :source: section 6.2.
    """

    id: str
    name: str
    project: str
    phase: str = ""
    flag: str = "internal"
    closed: bool = False
    general: bool = False
    created: datetime = EPOCH
    modified: datetime = EPOCH


@dataclass
class Task:
    """A task or, with a ``parent``, a subtask.

    :source: section 6.1.
    """

    id: str
    key: str
    name: str
    project: str
    task_list: str = ""
    phase: str = ""
    parent: str = ""
    depth: int = 0
    description: str = ""
    status: str = "Open"
    closed: bool = False
    priority: str = "none"
    owners: list[str] = field(default_factory=list)
    start: datetime | None = None
    end: datetime | None = None
    planned_minutes: int = 0
    percent: int = 0
    billing_type: str = "billable"
    tags: list[str] = field(default_factory=list)
    custom: dict[str, object] = field(default_factory=dict)
    created: datetime = EPOCH
    modified: datetime = EPOCH


@dataclass
class Issue:
    """An issue (bug) of a project.

    :source: section 6.4.
    """

    id: str
    key: str
    name: str
    project: str
    phase: str = ""
    description: str = ""
    status: str = "Open"
    closed: bool = False
    severity: str = "Minor"
    classification: str = "Other bug"
    owner: str = ""
    due: date | None = None
    tags: list[str] = field(default_factory=list)
    custom: dict[str, object] = field(default_factory=dict)
    created: datetime = EPOCH
    modified: datetime = EPOCH


@dataclass
class Log:
    """A time log. ``kind`` is ``task``, ``issue`` or ``general`` (then no ``item``).

    ``approval`` is ``approved``, ``pending``, ``rejected`` or empty: no approval data.

    :source: section 7.
    """

    id: str
    project: str
    kind: str
    item: str
    day: date
    minutes: int
    owner: str
    notes: str = ""
    title: str = ""
    billable: bool = True
    approval: str = "approved"
    approver: str = ""
    approved_at: datetime | None = None
    reason: str = ""
    custom: dict[str, object] = field(default_factory=dict)
    created: datetime = EPOCH
    modified: datetime = EPOCH


@dataclass
class Trashed:
    """An entry of the portal's bin, with the record it would bring back.

    :source: section 9.4 (body not seen).
    """

    id: str
    kind: str
    name: str
    project: str
    at: datetime
    by: str
    record: object


@dataclass
class CustomField:
    """The metadata of one custom field of a module.

    :source: section 8.2.
    """

    id: str
    module: str
    api_name: str
    label: str
    type: str
    options: list[str] = field(default_factory=list)


Record = User | Customer | Project | Phase | TaskList | Task | Issue | Log
