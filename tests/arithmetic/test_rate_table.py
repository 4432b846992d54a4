"""Which rate an hour has: the precedence, a scope and a day at a time."""

from datetime import date

import pytest

JAN, FEB, MAR = (date(2026, month, 1) for month in (1, 2, 3))
P, TASK, ANN, BEN, CUSTOMER, ROLE, CHIEF = range(1, 8)


@pytest.fixture
def market(rates):
    return rates.Market(1, 1, "hour")


@pytest.fixture
def table(rates, market):
    """Return what makes a table of one project."""

    def make(method=False, hours_per_day=0.0, market=market):
        made = rates.RateTable()
        terms = rates.ProjectTerms(method, hours_per_day, market, CUSTOMER)
        made.add_project(P, terms)
        return made

    return make


def rate_of(table, task=TASK, employee=ANN, day=FEB, below=""):
    return tuple(table.find(P, task, employee, day, below))


def fill(table, market):
    """Add a rate on every level, each with a number of its own."""
    table.add_rate(P, 10)
    table.add_rate(P, 20, task_id=TASK)
    table.add_rate(P, 30, employee_id=ANN)
    table.add_rate(P, 40, task_id=TASK, employee_id=ANN)
    defaults = {"person": ANN, "role": ROLE, "customer": CUSTOMER, "company": 0}
    for number, (scope, record) in enumerate(defaults.items()):
        table.add_default(market, scope, record, 50 + 10 * number)
    table.add_role(ANN, ROLE, JAN)


@pytest.mark.parametrize(
    ("method", "found"),
    [
        (False, [(40, "task"), (20, "task"), (30, "employee"), (10, "project")]),
        ("project_hours", [(10, "project")]),
        ("fixed_cost", [(10, "project")]),
        ("task_hours", [(40, "task"), (20, "task"), (10, "project")]),
    ],
)
def test_own_rates_from_the_best_down(table, market, method, found):
    made = table(method)
    fill(made, market)
    ways = {
        (40, "task"): {},
        (20, "task"): {"employee": BEN},
        (30, "employee"): {"task": 0},
        (10, "project"): {"task": 0, "employee": BEN},
    }
    for expected in found:
        assert rate_of(made, **ways[expected]) == expected


def test_staff_rates(table, market):
    made = table("staff_hours")
    fill(made, market)
    assert rate_of(made) == (40, "employee")
    assert rate_of(made, task=0) == (30, "employee")
    assert rate_of(made, employee=BEN) == (10, "default")
    assert rate_of(made, employee=0) == (10, "default")


@pytest.mark.parametrize("method", [False, "staff_hours", "staff_days"])
def test_defaults_from_the_best_down(table, market, method):
    made = table(method)
    fill(made, market)
    below = "default" if method else "project"
    found = [rate_of(made, below=below)]
    for scope in ("person", "role", "customer"):
        found.append(rate_of(made, below=scope))
    assert found == [(50, "person"), (60, "role"), (70, "customer"), (80, "company")]
    last = "default" if method else "project"
    assert rate_of(made, below="company") == (None, last)


@pytest.mark.parametrize("method", ["project_hours", "task_hours", "task_days"])
def test_nobodys_own_rate_where_the_method_is_not_staff(table, market, method):
    made = table(method)
    fill(made, market)
    assert rate_of(made, below="project") == (70, "customer")
    assert rate_of(made, below="customer") == (80, "company")


def test_defaults_hold_in_their_market_only(table, market, rates):
    other = rates.Market(1, 2, "hour")
    for made_for in (other, None):
        made = table(market=made_for)
        made.add_default(market, "company", 0, 80)
        assert rate_of(made) == (None, "project")


def test_defaults_of_nobody_hold_for_nobody(table, market, rates):
    made = rates.RateTable()
    made.add_project(P, rates.ProjectTerms(market=market))
    for scope in ("person", "role", "customer"):
        made.add_default(market, scope, 0, 70)
    assert rate_of(made, employee=0) == (None, "project")


def test_an_unknown_project_has_no_terms(rates):
    assert rates.ProjectTerms() == (False, 0.0, None, 0)


def test_rates_of_a_day_are_kept_per_hour(table):
    made = table("project_days", hours_per_day=8.0)
    made.add_rate(P, 800)
    assert rate_of(made) == (100.0, "project")


def test_zero_is_a_rate_and_none_is_not(table, rates):
    made = table()
    made.add_rate(P, 10)
    made.add_rate(P, 0.0, task_id=TASK)
    made.add_rate(P, None, task_id=TASK, employee_id=ANN)
    assert rate_of(made) == (0.0, "task")
    assert rates.own_rate(0.0, is_free=False) is None
    assert rates.own_rate(0.0, is_free=True) == 0.0
    assert rates.own_rate(5.0, is_free=True) == 5.0


def test_a_rate_holds_from_its_first_day(table):
    made = table()
    made.add_rate(P, 30, date_from=FEB)
    made.add_rate(P, 20, date_from=MAR)
    made.add_rate(P, 31, date_from=FEB)
    days = [date(2026, 1, 31), FEB, date(2026, 2, 28), MAR]
    assert [rate_of(made, day=day)[0] for day in days] == [None, 31, 31, 20]
    key = ("own", P, 0, 0)
    assert made.history(key) == [(FEB, 30), (FEB, 31), (MAR, 20)]
    assert made.history(("own", 99, 0, 0)) == []
    assert made.valid_on(("own", 99, 0, 0), FEB) is None


def test_a_rate_without_a_day_holds_for_ever(table):
    made = table()
    made.add_rate(P, 10)
    assert rate_of(made, day=date.min) == (10, "project")


def test_roles_of_the_day(table):
    made = table()
    assert made.role_on(ANN, FEB) == 0
    made.add_role(ANN, CHIEF, MAR)
    made.add_role(ANN, ROLE, FEB)
    # Before the first one, that.
    days = [JAN, FEB, date(2026, 2, 28), MAR]
    assert [made.role_on(ANN, day) for day in days] == [ROLE, ROLE, ROLE, CHIEF]


def test_dated_by_own_rates(table):
    made = table()
    assert not made.is_dated(P)
    made.add_rate(P, None, date_from=FEB)
    made.add_rate(P, 10, task_id=TASK)
    assert not made.is_dated(P)
    made.add_rate(P, 10, date_from=FEB)
    assert made.is_dated(P)
    assert made.is_dated(99) is False


@pytest.mark.parametrize(
    ("scope", "record", "dated"),
    [("company", 0, True), ("customer", CUSTOMER, True), ("customer", 99, False)],
)
def test_dated_by_defaults(table, market, scope, record, dated):
    for day in (None, FEB):
        made = table("project_hours")
        made.add_default(market, scope, record, 10, day)
        made.add_default(market, "company", 0, None, FEB)
        assert made.is_dated(P) == (dated and bool(day))
    # What is set for the whole project leaves nothing to defaults.
    made.add_rate(P, 5)
    assert not made.is_dated(P)


def test_dated_by_persons_where_the_method_is_staff(table, market):
    for method, dated in (("staff_hours", True), ("project_hours", False)):
        made = table(method)
        made.add_default(market, "person", ANN, 10, FEB)
        assert made.is_dated(P) is dated


def test_dated_by_promotions(table, market):
    for method, dated in (("staff_hours", True), ("project_hours", False)):
        made = table(method)
        made.add_role(BEN, ROLE, JAN)
        made.add_role(ANN, ROLE, JAN)
        assert not made.is_dated(P)
        made.add_role(ANN, CHIEF, FEB)
        assert made.is_dated(P) is dated
        assert not table(method, market=None).is_dated(P)


def test_personal(table, market, rates):
    made = table()
    made.add_rate(P, 10)
    made.add_rate(99, 10, employee_id=ANN)
    made.add_default(rates.Market(2, 1, "hour"), "person", ANN, 10)
    made.add_default(market, "customer", CUSTOMER, 10)
    assert not made.has_personal(P)
    for scope in rates.PERSONAL:
        made = table()
        made.add_default(market, scope, 7, 10)
        assert made.has_personal(P)
    made = table()
    made.add_rate(P, 10)
    made.add_rate(P, 10, employee_id=ANN)
    assert made.has_personal(P)
