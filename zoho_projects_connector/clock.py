"""Stored times beside a clock that may have been set back."""

from datetime import datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from odoo import fields

# Clocks of two servers differ by this much at most; what is later is wrong.
SKEW = timedelta(minutes=5)


def is_ahead(moment: datetime | None) -> bool:
    """Return whether something is said to have happened in the future."""
    return bool(moment) and moment > fields.Datetime.now() + SKEW


def is_over(since: datetime | None, span: timedelta) -> bool:
    """Return whether so much time has passed since then.

    A time in the future tells nothing: it counts as over.
    """
    if not since or is_ahead(since):
        return True
    return fields.Datetime.now() >= since + span


def is_put_off(cron: Any) -> bool:
    """Return whether the next run is further away than a clock that runs allows."""
    interval = relativedelta(**{cron.interval_type: cron.interval_number})
    return is_ahead(cron.nextcall - interval)
