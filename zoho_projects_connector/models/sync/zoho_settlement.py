from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from odoo import api, models

if TYPE_CHECKING:
    from .hours_check import Entry


class AttentionCount(NamedTuple):
    """How much waits for somebody.

    :ivar to_resolve: causes, each a card of the overview.
    :ivar waiting: records that are not fetched because of them.
    :ivar hours: of the time logs among these.
    :ivar text: both in words, "" when nothing waits.
    """

    to_resolve: int = 0
    waiting: int = 0
    hours: float = 0.0
    text: str = ""


class ZohoSettlement(models.AbstractModel):
    """What the synchronisation tells of billed records, and asks about them.

    Of what an invoice bills it writes nothing; it tells what Zoho says. Whoever settles
    that extends this; nobody does by itself.
    """

    _name = "zoho.settlement"
    _description = "Settlement of Differences with Zoho"

    @api.model
    def _tell_difference(
        self,
        integration: models.BaseModel,
        record: models.BaseModel,
        kind: str,
        values: dict | None = None,
    ) -> None:
        """Tell that Zoho says otherwise of a billed timesheet, or of its project.

        :param str kind: of a timesheet: ``changed``, ``deleted``, ``unapproved``,
            ``unbillable``, ``moved``; of a project: ``customer_changed``.
        :param dict values: what Zoho would have it be; none when it offers it no more.
        """

    @api.model
    def _tell_agreement(self, records: models.BaseModel) -> None:
        """Tell that Zoho says of timesheets or projects what Odoo has."""

    @api.model
    def _tell_merge(self, merged: models.BaseModel, kept: models.BaseModel) -> None:
        """Tell that contacts are one now."""

    @api.model
    def _filter_differing(self, timesheets: models.BaseModel) -> models.BaseModel:
        """Return those of the timesheets of which Zoho is known to say otherwise."""
        return timesheets.browse()

    @api.model
    def _differing_days(
        self, integration: models.BaseModel, earliest: date
    ) -> set[tuple[str, date]]:
        """Return what to read for differences that no invoice holds up.

        :return: pairs of a kind of time and a day.
        """
        return set()

    @api.model
    def _differing_entries(
        self, integration: models.BaseModel, first: date, last: date
    ) -> list[tuple[tuple[str, date], Entry]]:
        """Return what to add to the timesheets to get what Zoho counts.

        :param first: first day of the period.
        :param last: last day of the period.
        :return: pairs of project and month, each with its :class:`Entry`.
        """
        return []

    @api.model
    def _open_counts(self, integrations: models.BaseModel) -> dict:
        """Return how much is to be settled, ``{zoho.integration: count}``."""
        return {}

    @api.model
    def _attention_counts(self, integrations: models.BaseModel) -> dict:
        """Return how much waits for somebody, as every screen shows it.

        :return: ``{zoho.integration: AttentionCount}``; that of no integration is of
            all that the user sees.
        """
        return dict.fromkeys([*integrations, integrations.browse()], AttentionCount())

    @api.model
    def _records_to_count(self) -> dict[str, tuple[str, ...]]:
        """Return what support counts: ``{title: (model, field to group by, …)}``."""
        return {}
