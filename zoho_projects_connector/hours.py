"""Hours: exact to the minute, in whatever unit they were written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from odoo.tools import format_duration

if TYPE_CHECKING:
    from odoo.api import Environment
    from odoo.models import BaseModel

# Hours closer than this are the same hours: a third of a second.
SAME_HOURS = 1e-4
# What native invoicing leaves of an entry when it rounds hours to two decimals.
ROUNDED_AWAY = 0.005


class BilledHours(NamedTuple):
    """Hours as they were logged, and as the invoice shows them."""

    logged: float = 0.0
    invoiced: float = 0.0

    def plus(self, logged: float, invoiced: float) -> BilledHours:
        return BilledHours(self.logged + logged, self.invoiced + invoiced)


def exact_hours(hours: float) -> float:
    """Return hours without the noise of a sum: whole minutes stay whole minutes."""
    minutes = round(hours * 60)
    if abs(minutes - hours * 60) < 1e-6:
        return minutes / 60
    return round(hours, 10)


def clock(hours: float) -> str:
    """Return hours as the fields of Odoo show them: 7.6 is 07:36."""
    shown: str = format_duration(hours)
    return shown


def say_hours(env: Environment, hours: float) -> str:
    """Return hours as sentences have them, with their unit: 07:36 h."""
    said: str = env._("%(hours)s h", hours=clock(hours))
    return said


def clock_signed(hours: float) -> str:
    """Return hours that are more or less than others: +00:30, −02:00."""
    if not round(hours * 60):
        return clock(0.0)
    return ("−" if hours < 0 else "+") + clock(abs(hours))


def hour_unit(env: Environment) -> BaseModel:
    """Return the unit of hours, without a query.

    :rtype: uom.uom
    """
    unit_id = env["ir.model.data"]._xmlid_to_res_id("uom.product_uom_hour")
    return env["uom.uom"].browse(unit_id)


def day_unit(env: Environment) -> BaseModel:
    """Return the unit of days, without a query.

    :rtype: uom.uom
    """
    unit_id = env["ir.model.data"]._xmlid_to_res_id("uom.product_uom_day")
    return env["uom.uom"].browse(unit_id)


def to_hours(quantity: float, unit: BaseModel) -> float:
    """Return a quantity in hours; a unit that is none of time counts as hours.

    :param uom.uom unit: unit of the quantity, maybe none.
    """
    hour = hour_unit(unit.env)
    if not unit or unit == hour:
        return quantity
    hours = unit._compute_quantity(quantity, hour, round=False, raise_if_failure=False)
    return exact_hours(hours)


def from_hours(hours: float, unit: BaseModel) -> float:
    """Return hours in a unit; one that is none of time counts as hours.

    :param uom.uom unit: unit of the quantity that is returned, maybe none.
    """
    hour = hour_unit(unit.env)
    if not unit or unit == hour:
        return hours
    return float(
        hour._compute_quantity(hours, unit, round=False, raise_if_failure=False)
    )
