"""The one way to change invoiced time: what somebody settled of a difference."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Correction:
    """Invoiced timesheets that the current call corrects.

    It travels in the context past the guards of invoiced time. A remote call cannot
    forge it: its values are never instances of this class.
    """

    timesheet_ids: frozenset[int]


def is_correction(timesheets) -> bool:
    """Return whether the current call corrects just these timesheets."""
    correction = timesheets.env.context.get("billing_correction")
    return isinstance(correction, Correction) and (
        correction.timesheet_ids.issuperset(timesheets.ids)
    )
