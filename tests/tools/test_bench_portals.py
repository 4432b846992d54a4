"""The limit that portals side by side are held to."""

import pytest

from tools.bench_portals import limits


@pytest.mark.parametrize(
    ("two", "cores", "holds", "said"),
    [
        (55.0, 4, True, "two workers take 0.55 x the time of one, 0.6 allowed"),
        (61.0, 4, False, "two workers take 0.61 x the time of one, 0.6 allowed"),
        (61.0, 2, True, "where there are 4 cores; here are 2"),
    ],
)
def test_the_limit_is_for_who_has_the_cores(two, cores, holds, said):
    [(is_kept, sentence)] = limits(100.0, two, cores)
    assert is_kept is holds
    assert said in sentence
