"""``make run`` shows a hint: Zoho's rule calls, and Odoo has the change."""

from types import SimpleNamespace

import pytest

from tools import portal_hint
from tools.portal_hint import follow_a_hint

URL = "http://127.0.0.1:8069"


class Worlds:
    """A portal with one log, and an Odoo that hears of changes, or does not."""

    def __init__(self, hears, logs=({"id": 7, "zoho_id": "70"},)):
        self.hears, self.logs, self.name = hears, logs, "Work"
        self.hook, self.calls, self.written = None, 10, {}
        self.browser = SimpleNamespace(
            last=lambda *_: self.logs[0] if self.logs else {},
            row=lambda *_: {"name": self.name},
        )

    def write(self, values):
        self.written = values

    def read(self, what):
        return {"hint_token": "secret"} if what == "hint_token" else {"total": 10}

    def change(self, what, **values):
        if what == "hook":
            self.hook = values
        elif self.hook and self.hears:
            self.name = values["notes"]


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(portal_hint, "SECONDS_BETWEEN_LOOKS", 0)


def test_a_changed_log_is_in_odoo():
    world = Worlds(hears=True)
    said = follow_a_hint(world, world, URL)
    assert said.startswith("✓ a changed log was in Odoo after 0.")
    assert world.written == {"hints_enabled": True}
    assert world.hook["url"] == f"{URL}/zoho_projects/hint"
    assert world.hook["parameters"]["token"] == "secret"
    assert world.hook["parameters"]["module"] == "timelog"


def test_one_that_does_not_come_is_said():
    world = Worlds(hears=False)
    assert follow_a_hint(world, world, URL, patience=0.01).startswith("✗")


def test_without_a_log_nothing_is_switched_on():
    world = Worlds(hears=True, logs=())
    assert follow_a_hint(world, world, URL) == ""
    assert world.written == {}
