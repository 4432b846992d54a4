"""What a form of a browser says, read as what it has to be."""

from __future__ import annotations

import math
from datetime import date

from werkzeug.datastructures import FileStorage, MultiDict

from odoo import fields
from odoo.api import Environment
from odoo.exceptions import UserError

MOST_CHARACTERS = 20_000
MAX_ID = 2**31 - 1


class Form:
    """The fields and files of a form; what cannot be read is refused in a sentence."""

    def __init__(self, values: MultiDict, files: MultiDict) -> None:
        self._values = values
        self._files = files

    def clear(self) -> None:
        """Forget what was typed, once it is done."""
        self._values = MultiDict()
        self._files = MultiDict()

    def text(self, name: str) -> str:
        """Return the text of a field, "" where it is not there."""
        return clean(self._values.get(name, ""))[:MOST_CHARACTERS].strip()

    def has(self, name: str) -> bool:
        """Return whether a field was sent, as a ticked box is."""
        return name in self._values

    def names(self, start: str) -> list[str]:
        """Return the ends of the names that begin so, of fields that say something."""
        return [
            name.removeprefix(start)
            for name, value in self._values.items()
            if name.startswith(start) and value.strip()
        ]

    def id(self, name: str) -> int:
        """Return an id, 0 for none."""
        text = self.text(name)
        number = int(text) if text.isdecimal() and len(text) <= 10 else 0
        return number if number <= MAX_ID else 0

    def ids(self, name: str) -> list[int]:
        """Return the ids of all ticked boxes of a name."""
        return [
            int(text)
            for text in self._values.getlist(name)
            if text.isdecimal() and len(text) < 10
        ]

    def number(self, env: Environment, name: str) -> float:
        """Return the number of a field, as browsers send it; 0 where it is empty.

        :raise UserError: when it is none.
        """
        text = self.text(name)
        try:
            number = float(text or 0)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise UserError(env._("%(text)s is not a number.", text=text))
        return number

    def day(self, env: Environment, name: str) -> date | None:
        """Return the day of a field, None where it is empty.

        :raise UserError: when it is none.
        """
        text = self.text(name)
        try:
            return fields.Date.to_date(text) if text else None
        except ValueError as error:
            raise UserError(env._("%(text)s is not a day.", text=text)) from error

    def file(self, name: str) -> FileStorage | None:
        """Return a file that was chosen, None for none."""
        file = self._files.get(name)
        if not file:
            return None
        file.filename = clean(file.filename or "")
        return file if file.filename else None


def clean(text: str) -> str:
    """Return a text without NUL, which no browser sends and no database takes."""
    return text.replace("\0", "")
