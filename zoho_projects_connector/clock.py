"""Stored times: beside a clock that may have been set back, and as people read them."""

from datetime import date, datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.api import Environment
from odoo.tools import format_date, format_time

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


def say_day(env: Environment, day: date | None) -> str:
    """Return a day as fields of Odoo show it, with its year: Nov 30, 2026."""
    return format_date(env, day, date_format="medium")


def say_moment(env: Environment, moment: datetime | None) -> str:
    """Return a moment in the time zone of the reader: Nov 30, 2026, 4:27 PM."""
    if not moment:
        return ""
    local = fields.Datetime.context_timestamp(env.user, moment)
    time = format_time(env, local.time(), time_format="short")
    return f"{say_day(env, local.date())}, {time}"
