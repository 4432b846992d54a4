"""A module of a portal that loses records, and lies, as much as Zoho may.

The rule of two signals (``Deletions``) is the product's own; what it reads from the
database and what Zoho answers is a world of sets here, in which ten thousand runs take
a minute.
"""

from dataclasses import dataclass, field, replace
from types import SimpleNamespace

from ...models.sync.stream_cursor import Cursor
from ...models.sync.stream_deletions import Deletions
from ...zoho.errors import ZohoRefused, ZohoRetryLater, ZohoUnreadable
from ...zoho.paging import Page

FIRST_RUNS = 3
ANSWERS = ("refused", "unreadable", "empty", "another")


@dataclass(frozen=True)
class Link:
    """One record that was fetched."""

    world: "World" = field(compare=False, repr=False)
    id: int = 0
    project_zoho_id: str = ""
    portal_zoho_id: str = "1"
    entity: str = "task"

    @property
    def zoho_id(self):
        return str(self.id)

    def _parent_is_withdrawn(self):
        return self.project_zoho_id in self.world.gone_projects


class Links(tuple):
    """As much of a recordset as the rule uses."""

    def __new__(cls, links=()):
        return super().__new__(cls, sorted(set(links), key=lambda link: link.id))

    def browse(self):
        return Links()

    def filtered(self, is_wanted):
        return Links(link for link in self if is_wanted(link))

    def mapped(self, name):
        return [getattr(link, name) for link in self]

    def __getitem__(self, key):
        found = super().__getitem__(key)
        return Links(found) if isinstance(key, slice) else found

    def __or__(self, other):
        more = [other] if isinstance(other, Link) else other
        return Links([*self, *more])

    def __sub__(self, other):
        return Links(set(self) - set(other))

    def __lt__(self, other):
        return set(self) < set(other)

    def _withdraw(self, _reason):
        for link in self:
            link.world.withdraw(link)
        return self


class Record(SimpleNamespace):
    """The row that keeps where the module stands."""

    @property
    def record_count(self):
        return len(self.world.linked)

    # No model of Odoo: nothing is above it.
    def write(self, values):  # pylint: disable=method-required-super
        vars(self).update(values)

    def _finish(self, _run):
        self.write({"state": "idle", "cursor": False})


class World:
    """Records of Zoho, what is linked of them, and how Zoho answers today.

    :param dice: a ``random.Random``.
    """

    def __init__(self, dice):
        self.dice = dice
        count = dice.randint(1, 60)
        projects = [str(number) for number in range(1000, 1000 + dice.randint(1, 5))]
        self.linked = Links(
            Link(self, number, dice.choice(projects)) for number in range(1, count + 1)
        )
        self.there = {link.zoho_id for link in self.linked}
        self.projects, self.gone_projects = set(projects), set()
        self.trash, self.wrong = set(), set()
        self.record = Record(
            world=self, asked_until=0, accepted_loss=0, state="idle", cursor=False
        )
        self.is_honest = False
        # Whether the rule is replaced by one that believes any "not found".
        self.believes_all = False

    def withdraw(self, link):
        """Take a record out of sight; it must be gone in Zoho."""
        if link.zoho_id in self.there:
            self.wrong.add(link.zoho_id)
        self.linked -= Links([link])

    # What happens in Zoho

    def change(self):
        """Let some records go, one by one or with their project."""
        dice = self.dice
        for zoho_id in sorted(self.there):
            if dice.random() < dice.choice((0, 0, 0.02, 0.1)):
                self.there.discard(zoho_id)
                if dice.random() < 0.5:
                    self.trash.add(zoho_id)
        if len(self.projects) > 1 and dice.random() < 0.1:
            gone = dice.choice(sorted(self.projects))
            self.projects.discard(gone)
            self.gone_projects.add(gone)
            lost = [one for one in self.linked if one.project_zoho_id == gone]
            self.there -= {one.zoho_id for one in lost}

    # How Zoho answers in this run

    def begin(self):
        """Read the list, which may pass over some, and throw the dice for the rest."""
        dice = self.dice
        skipped = 0 if self.is_honest else dice.choice((0, 0, 0.05, 0.3, 1))
        self.listed = {one for one in self.there if dice.random() >= skipped}
        # From the n-th call on, a path finds nothing, or begins to find something.
        self.paths = {}
        self.calls = 0
        self.trouble = 0 if self.is_honest else dice.choice((0, 0, 0.1, 0.5))
        self.has_trash = self.is_honest or dice.random() < 0.7
        self.record.state = "running"

    def answers(self, form):
        """Return whether a path finds now what is there."""
        dice = self.dice
        if form not in self.paths:
            kind = "open" if self.is_honest else dice.choice(("open", "deaf", "turns"))
            self.paths[form] = (kind, dice.randint(0, 30), dice.random() < 0.5)
        kind, turn, is_open_first = self.paths[form]
        if kind == "turns":
            return (self.calls < turn) == is_open_first
        return kind == "open"

    def find(self, form, ids):
        """Answer for a single record."""
        self.calls += 1
        zoho_id = ids["task"]
        if self.dice.random() < self.trouble:
            return self.stumble()
        if not self.answers(form) or zoho_id not in self.there:
            raise ZohoRefused("Gone.", code="not_found")
        return {"id": zoho_id}

    def stumble(self):
        kind = self.dice.choice(("later", *ANSWERS))
        if kind == "later":
            raise ZohoRetryLater("Later.")
        if kind == "refused":
            raise ZohoRefused("No.", code="access_denied")
        if kind == "unreadable":
            raise ZohoUnreadable("What?")
        return None if kind == "empty" else {"id": "999999"}

    def page(self, request):
        """Answer for a page of the trash."""
        if self.dice.random() < self.trouble:
            self.stumble()
        rows = (
            sorted(self.trash)[(request.page - 1) * 5 :][:5] if self.has_trash else []
        )
        return Page([{"id": one, "module": "tasks"} for one in rows], len(rows) == 5)

    # A run

    def run(self):
        """Look for deletions to the end; a step that has to wait is done again."""
        self.begin()
        stream = WorldStream(self)
        for _step in range(300):
            if self.record.state != "running":
                return
            before = vars(self.record).copy(), stream.cursor, self.linked
            try:
                list(WorldDeletions(stream).step())
            except ZohoRetryLater:
                vars(self.record).update(before[0])
                stream.cursor, self.linked = before[1:]
        raise AssertionError("the module never ends")


class WorldStream:
    """What the rule asks of its module."""

    name = "task"
    portal = "1"

    def __init__(self, world):
        self.world, self.record = world, world.record
        self.cursor = Cursor(phase="reconcile", is_full=True)
        line = SimpleNamespace(_add=lambda counts: None)
        run = SimpleNamespace(_line=lambda entity: line)
        self.session = SimpleNamespace(
            page=world.page, record=world.find, run=run, integration=None
        )
        self.env = {"zoho.link": Links()}
        self.integration = None

    def move(self, **values):
        self.cursor = replace(self.cursor, **values)


class WorldDeletions(Deletions):
    """The rule; what it reads from tables is read from the world."""

    @property
    def world(self):
        return self.stream.world

    def _missing(self):
        return self.world.linked.filtered(
            lambda link: link.zoho_id not in self.world.listed
        )

    def _count_unexplained(self, links):
        gone = self.world.gone_projects
        return sum(link.project_zoho_id not in gone for link in links)

    def _refuse_loss(self, lost, known):
        self.record.write({"state": "error", "cursor": False})

    def _forget_unlisted(self):
        """Nothing was left out here."""

    def _known_records(self, links):
        listed = self.world.linked.filtered(
            lambda link: link.zoho_id in self.world.listed
        )
        return listed[-3:]

    def _finds_known(self, form, known):
        return self.world.believes_all or super()._finds_known(form, known)

    def _note_module(self, code, **details):
        """Nobody reads it here."""

    def _note_deaf(self):
        """Nobody reads it here."""
