"""A part of the pages: one kind of document, what is shown of it and done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.models import BaseModel

if TYPE_CHECKING:
    from .page import Page

# What a document can be made from: its model, and its field in Odoo's dialogs.
SCOPES = {
    "task": ("project.task", "task_ids"),
    "task_list": ("zoho.task.list", "task_list_ids"),
    "phase": ("project.milestone", "milestone_ids"),
}
SHOWN_ITEMS = 200


class Outcome(NamedTuple):
    """What an action leads to: a page, the record that it is about, a sentence."""

    view: str = "overview"
    record_id: int = 0
    notice: str = ""


class File(NamedTuple):
    """What is shown in a window of its own, or saved by the browser."""

    content: bytes
    name: str
    mimetype: str = "application/pdf"
    is_shown: bool = True


Action = Callable[[int], Outcome]


class Part:
    """Shows and does everything in the user's own name, by Odoo's own dialogs."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.env = page.env
        self.form = page.form
        self.project = page.project
        self.item = page.item

    def views(self) -> dict[str, Callable[[int], dict]]:
        """Return what makes the values of each page, by its name."""
        raise NotImplementedError

    def actions(self) -> dict[str, Action]:
        """Return what each form does, by its name."""
        raise NotImplementedError

    def offers(self) -> list[dict]:
        """Return the pages on which this user may make something new."""
        raise NotImplementedError

    def files(self) -> dict[str, Callable[[int], File]]:
        """Return what makes each file."""
        return {}

    def _items(self, scope: str, among: Domain = Domain.TRUE) -> BaseModel:
        """Return what may be chosen of a kind: of an item, that item alone."""
        model = self.env[SCOPES[scope][0]]
        if self.item:
            return self.item if self.item._name == model._name else model
        own = Domain("project_id", "=", self.project.id)
        return model.search(own & among, limit=SHOWN_ITEMS)

    def _chosen(self, scope: str) -> BaseModel:
        """Return the items of a kind that were ticked.

        :raise UserError: when one does not belong here.
        """
        return self._check_items(scope, self.form.ids(scope))

    def _check_items(self, scope: str, ids: list[int]) -> BaseModel:
        model = self.env[SCOPES[scope][0]]
        own = Domain("project_id", "=", self.project.id)
        items = model.with_context(active_test=False).search(
            Domain("id", "in", ids) & own
        )
        if len(items) < len(set(ids)) or (self.item and items - self._items(scope)):
            raise UserError(self.env._("Choose among what the page shows."))
        return items

    def _amounts(self, scope: str, start: str) -> dict[BaseModel, float]:
        """Return the amounts that were typed beside items of a kind.

        :param start: what the names of their fields begin with.
        """
        start = f"{start}_{scope}_"
        names = [name for name in self.form.names(start) if name.isdecimal()]
        items = self._check_items(scope, [int(name[:9]) for name in names])
        return {item: self.form.number(self.env, f"{start}{item.id}") for item in items}

    def _rows(
        self,
        measure: Callable[[BaseModel], float],
        among: Mapping[str, Domain] | None = None,
    ) -> dict[str, list[dict]]:
        """Return the items that may be chosen, by kind.

        :param measure: tells the hours that stand beside each.
        :param among: which of each kind; all of the project where it is not given.
        """
        return {
            scope: [
                {
                    "id": item.id,
                    "name": item.display_name,
                    "hours": measure(item),
                    "is_ticked": self._is_ticked(scope, item),
                    "amount": self.form.text(f"amount_{scope}_{item.id}"),
                }
                for item in self._items(scope, (among or {}).get(scope, Domain.TRUE))
            ]
            for scope in SCOPES
        }

    def _shown_items(self) -> dict:
        """Return how many items of a kind are shown at most, and what to do then."""
        note = self.env._(
            "(no more than %(count)s are shown: choose others in Odoo)",
            count=SHOWN_ITEMS,
        )
        return {"most": SHOWN_ITEMS, "note": note}

    def _previewed(self, preview: Callable[[], dict]) -> dict:
        """Return what a document to come would say, or why there is none."""
        try:
            return preview()
        except UserError as error:
            return {"warning": error.args[0], "lines": [], "total": ""}

    def _is_ticked(self, scope: str, item: BaseModel) -> bool:
        """Return whether an item is chosen; at first the one of the page."""
        return item == self.item or item.id in self.form.ids(scope)

    def _check_version(self, record: BaseModel) -> None:
        """Refuse to change what somebody changed since the page was made.

        :raise UserError: then.
        """
        if self.form.text("version") != version_of(record):
            raise UserError(
                self.env._(
                    "Somebody has changed %(document)s meanwhile. Look at it again.",
                    document=record.display_name,
                )
            )

    def _new_lines(self, quantity: str) -> list[dict]:
        """Return the values of the line that was typed below the others, if any.

        :param quantity: the field that says how many.
        :raise UserError: when nobody could tell what it is about.
        """
        name = self.form.text("new_name")
        price = self.form.number(self.env, "new_price_unit")
        if not name and price:
            raise UserError(self.env._("Say what the new line is about."))
        if not name:
            return []
        many = self.form.number(self.env, f"new_{quantity}") or 1.0
        return [{"name": name, quantity: many, "price_unit": price}]

    def _line_changes(self, lines: BaseModel, quantity: str) -> list[tuple]:
        """Return the commands that bring typed values to lines, and remove some.

        What was not touched is not written: a field shows fewer decimals than it has.

        :param quantity: the field that says how many.
        """
        commands = []
        for line in lines:
            if self.form.has(f"remove_{line.id}"):
                commands.append((2, line.id, 0))
                continue
            changes = {}
            name = self.form.text(f"name_{line.id}")
            if name and name != line.name.strip():
                changes["name"] = name
            for field in (quantity, "price_unit"):
                key = f"{field}_{line.id}"
                if self.form.text(key) not in ("", plain(line[field])):
                    changes[field] = self.form.number(self.env, key)
            if changes:
                commands.append((1, line.id, changes))
        return commands


def plain(number: float) -> str:
    """Return a number as a field of a browser takes it."""
    return f"{number:.6f}".rstrip("0").rstrip(".")


def version_of(record: BaseModel) -> str:
    """Return what tells whether a record was written since."""
    return record.write_date.isoformat() if record.write_date else ""
