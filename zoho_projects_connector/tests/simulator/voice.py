"""How a dialect writes ids, dates, hours, booleans and missing values.

:source: sections 2.1, 12 and 14 (general rules).
"""

from datetime import date, datetime, timedelta, timezone
from typing import Any

from .dialect import Dialect
from .entities import User
from .store import Store

Body = dict[str, Any]
_INDIA = timezone(timedelta(hours=5, minutes=30))


def _epoch_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


class Voice:
    """Writes plain values; one for each request.

    :param store: gives the names behind ids.
    """

    def __init__(self, dialect: Dialect, store: Store) -> None:
        self.dialect = dialect
        self.store = store

    def number(self, value: str) -> str | int:
        """Return an id alone, as text or number."""
        as_text = self.dialect.id_form == "string" or not value.isdigit()
        return value if as_text else int(value)

    def ident(self, value: str) -> Body:
        """Return the ``id`` keys of a record."""
        if self.dialect.id_form == "id_string":
            return {"id": int(value), "id_string": value}
        return {"id": self.number(value)}

    def ref(self, value: str, name: str) -> Body:
        """Return a reference, ``{"id", "name"}``."""
        return {**self.ident(value), "name": name}

    def derived(self, value: str, offset: int) -> str:
        """Return an id of a pick-list value, made from a name; stable everywhere."""
        code = sum(ord(char) * (index + 1) for index, char in enumerate(value))
        return str(192004000000500000 + offset * 100000 + code % 100000)

    def day(self, key: str, value: date | None) -> Body:
        """Return a calendar day under its key."""
        if value is None:
            return self.missing(key)
        if self.dialect.date_form == "mdy_long":
            midnight = datetime(value.year, value.month, value.day, tzinfo=timezone.utc)
            text = value.strftime("%m-%d-%Y")
            return {key: text, f"{key}_long": _epoch_ms(midnight)}
        return {key: value.isoformat()}

    def moment(self, key: str, value: datetime | None) -> Body:
        """Return a date-time under its key."""
        if value is None:
            return self.missing(key)
        form = self.dialect.datetime_form
        if form == "long":
            text = value.strftime("%m-%d-%Y")
            return {key: text, f"{key}_long": _epoch_ms(value)}
        if form == "offset":
            local = value.astimezone(_INDIA)
            return {key: local.isoformat(timespec="milliseconds")}
        stem = value.strftime("%Y-%m-%dT%H:%M:%S")
        return {key: f"{stem}.{value.microsecond // 1000:03d}Z"}

    def flag(self, value: bool) -> bool | str:
        """Return a boolean, maybe as text."""
        if self.dialect.bool_form == "string":
            return "true" if value else "false"
        return value

    def hours(self, minutes: int) -> str:
        """Return a duration as text; hours may exceed 24."""
        hours, rest = divmod(minutes, 60)
        form = self.dialect.hours_form
        if form == "h_mm":
            return f"{hours}:{rest:02d}"
        return f"{hours:02d}:{rest:02d}" + (":00" if form == "hhmmss" else "")

    def missing(self, key: str) -> Body:
        """Return what stands for a value that is not there."""
        form = self.dialect.missing_values
        if form == "absent":
            return {}
        return {key: {"null": None, "blank": "", "dash": "-"}[form]}

    def text(self, key: str, value: str) -> Body:
        """Return a text under its key, or what stands for a missing one."""
        return {key: value} if value else self.missing(key)

    def person(self, user_id: str) -> Body | None:
        """Return the card of a user: owner, approver, author.

        :source: samples of sections 4, 6.1 and 7.3.
        """
        user = self.store.person(user_id)
        return self.card(user) if user else None

    def card(self, user: User) -> Body:
        """Return the card of a known user."""
        return {
            "zpuid": self.number(user.id),
            "zuid": user.zuid,
            "name": user.short_name,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "full_name": user.full_name,
            "email": user.email,
        }
