"""The figures of the benchmark of invoicing, and what they are held to."""

import pytest

pytest.importorskip("psycopg2")

from tools import bench_load
from tools.bench import verdict
from tools.bench_billing import ORDER, PLAIN, WIZARD, Invoicing, figures, limits


def runs(*seconds, amount=100.0):
    return [
        Invoicing(each, each / 2, 50, 1.0, amount, posting=each, crediting=each)
        for each in seconds
    ]


def test_medians_stand_side_by_side():
    found = {WIZARD: runs(1.0, 9.0, 2.0), ORDER: runs(3.0), PLAIN: runs(2.5)}
    said = figures(found).splitlines()
    assert said[1].split() == ["seconds", "2.00", "3.00", "2.50"]
    assert said[2].split() == ["of", "the", "processor", "1.00", "1.50", "1.25"]
    assert said[3].split() == ["fastest", "run", "1.00", "3.00", "2.50"]


def test_the_wizard_may_take_as_long_as_the_order(capsys):
    assert verdict(limits({WIZARD: runs(3.0), ORDER: runs(3.0), PLAIN: runs(2.0)}))
    assert "✗" not in capsys.readouterr().out


def test_a_slower_wizard_is_said(capsys):
    assert not verdict(limits({WIZARD: runs(3.1), ORDER: runs(3.0), PLAIN: runs(2.0)}))
    assert "✗ the wizard takes 1.6 s, an order 1.5 s" in capsys.readouterr().out


def test_what_the_addon_costs_is_said(capsys):
    assert not verdict(limits({WIZARD: runs(4.0), ORDER: runs(4.0), PLAIN: runs(2.0)}))
    said = capsys.readouterr().out
    assert "✗ Odoo without the addon takes 1.0 s, the wizard 2.0 times that" in said


def test_a_sync_is_held_to_an_import_by_odoo(capsys):
    assert verdict(bench_load.limits(3.0, 1.0))
    assert not verdict(bench_load.limits(2.9, 1.0))
    assert "✗ the sync is 2.9 times as fast" in capsys.readouterr().out
    said = bench_load.figures(300.0, 100.0).splitlines()
    assert said[1].split()[-2:] == ["300.00", "100.00"]


def test_ways_that_differ_are_said(capsys):
    other = runs(3.0, amount=99.0)
    assert not verdict(limits({WIZARD: runs(2.0), ORDER: other, PLAIN: other}))
    assert "✗ all ways invoice the same" in capsys.readouterr().out
