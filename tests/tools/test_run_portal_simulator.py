"""The simulated portal as a process."""

import sys
from dataclasses import replace

import pytest
import requests

from tools.portal_simulator import SimulatedPortal
from tools.settings import read_settings
from tools.shell import ToolError


@pytest.fixture
def settings(tmp_path):
    return replace(read_settings({}), home=tmp_path)


@pytest.fixture(autouse=True)
def same_python(settings):
    settings.venv_python.parent.mkdir(parents=True)
    settings.venv_python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    settings.venv_python.chmod(0o700)


def test_it_serves_until_the_end_of_the_context(settings):
    with SimulatedPortal(settings, "tiny") as portal:
        assert portal.client_id.startswith("1000.")
        assert portal.client_secret
        assert portal.read("state")["golden_project"]
        portal.change("limit", limit=5)
        assert portal.read("lower_bound")["total"] > 0
    with pytest.raises(requests.ConnectionError):
        portal.read("state")


def test_people_and_projects_have_rates_where_it_is_asked_for(settings):
    with SimulatedPortal(settings, "tiny", has_terms=True) as portal:
        assert portal.read("state")["dialect"]["rates_shown"]


def test_it_says_why_it_does_not_start(settings):
    with pytest.raises(ToolError, match=r"(?s)does not start.*invalid choice"):
        SimulatedPortal(settings, "enormous").start()
