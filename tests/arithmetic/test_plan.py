"""What a plan says of its lines."""

from dataclasses import FrozenInstanceError
from datetime import date
from types import SimpleNamespace

import pytest


def time(plan, hours, factor=1.0):
    return plan.PlannedTime(1, hours, 100.0, "project", factor)


def test_hours_of_a_line(plan):
    """Three thirds are one hour, not 0.9999…"""
    lines = plan.BillingPlan({7: [time(plan, 1 / 3 + 1e-9)] * 3, 8: [time(plan, 2)]})
    assert lines.quantity(7) == 1.0
    assert lines.quantity(8) == 2.0


def test_hours_that_are_rounded(plan):
    assert plan.PlannedTime(1, 1.5, 100.0, "project").invoiced_hours == 1.5
    assert time(plan, 1.25, 1.2).invoiced_hours == 1.5
    assert time(plan, 1 / 3, 3 + 1e-9).invoiced_hours == 1.0


def test_order_of_the_lines(plan):
    lines = plan.BillingPlan({3: [], 1: []}, {2: plan.PlannedAmount("fixed", {})})
    assert lines.sale_line_ids() == [3, 1, 2]
    assert not plan.BillingPlan().has_sections


def test_what_was_planned_is_not_changed_on_the_way(plan):
    for made in (
        plan.BillingPlan(),
        plan.OfferedTime({}, {}),
        plan.Correction(frozenset()),
    ):
        with pytest.raises(FrozenInstanceError):
            made.times = {}


def test_only_code_makes_plans(plan):
    """What a remote call may send is never taken for a plan."""
    made = {
        "billing_plan": (plan.plan_of, plan.BillingPlan()),
        "billing_offer": (plan.offer_of, plan.OfferedTime({}, {})),
    }
    for key, (read, value) in made.items():
        for sent, taken in ((value, value), ({"times": {}}, None), (None, None)):
            assert read(SimpleNamespace(context={key: sent})) is taken
        assert read(SimpleNamespace(context={})) is None


@pytest.mark.parametrize(
    ("month", "before"),
    [
        ((date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 2, 1), date(2026, 2, 28))),
        (
            (date(2026, 1, 1), date(2026, 1, 31)),
            (date(2025, 12, 1), date(2025, 12, 31)),
        ),
    ],
)
def test_month_before(plan, month, before):
    assert plan.month_before(plan.Period(*month)) == before


def test_name_of_a_period(plan, monkeypatch):
    monkeypatch.setattr(plan, "name_months", lambda env, days: days)
    month = plan.Period(date(2026, 3, 1), None)
    assert month.name(None) == [date(2026, 3, 1)]
    assert plan.Period(None, None).name(None) == []
