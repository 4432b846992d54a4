"""What ``make mutants`` makes wrong, and the table of what cannot be found."""

from tools.mutants import TARGETS, mutants_of
from tools.mutants_explained import EXPLAINED
from tools.settings import REPOSITORY

SOURCE = '''
from odoo.models import Model


def half(hours: float = 2) -> float:
    """Return half of the hours, at least one."""
    if not hours or hours < 2:
        return 1.0
    return max(hours / 2, 1)


def read_rates(projects):
    return projects.rates + 1
'''


def test_one_mistake_at_a_time():
    found = [f"{one.before} -> {one.after}" for one in mutants_of("half.py", SOURCE)]
    assert found == [
        *("2 -> 3", "not hours or hours < 2 -> not hours and hours < 2"),
        *("not hours -> not not hours", "hours < 2 -> hours <= 2", "2 -> 3"),
        *("return 1.0 -> return None", "1.0 -> 2.0"),
        *("return max(hours / 2, 1) -> return None", "max -> min"),
        *("hours / 2 -> hours * 2", "2 -> 3", "1 -> 2"),
    ]


def test_a_mistake_leaves_the_rest_as_it_is():
    sources = [one.source for one in mutants_of("half.py", SOURCE)]
    assert len(set(sources)) == len(sources)
    assert all("projects.rates + 1" in source for source in sources)


def test_what_is_explained_can_still_be_made():
    made = {
        mutant.name
        for path in TARGETS
        for mutant in mutants_of(path, (REPOSITORY / path).read_text())
    }
    assert made >= EXPLAINED.keys()
