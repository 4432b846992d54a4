"""The simulated portal as a process."""

import socket
import sys
from dataclasses import replace
from pathlib import Path

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
    folder = settings.home / "venv" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").symlink_to(Path(sys.executable))


def test_it_serves_until_the_end_of_the_context(settings):
    with SimulatedPortal(settings, "tiny") as portal:
        assert portal.client_id.startswith("1000.")
        assert portal.client_secret
        assert portal.read("state")["golden_project"]
        portal.change("limit", limit=5)
        assert portal.read("lower_bound")["total"] > 0
    with pytest.raises(requests.ConnectionError):
        portal.read("state")


def test_it_comes_back_at_the_same_address(settings):
    with SimulatedPortal(settings, "tiny") as portal:
        first = portal.url
    with SimulatedPortal(settings, "tiny") as portal:
        assert portal.url == first
    with socket.socket() as taken:
        # Connections that the portal has closed still linger at its address.
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", int(first.rpartition(":")[2])))
        taken.listen()
        with SimulatedPortal(settings, "tiny") as portal:
            assert portal.url != first


def test_it_says_why_it_does_not_start(settings):
    with pytest.raises(ToolError, match=r"(?s)does not start.*invalid choice"):
        SimulatedPortal(settings, "huge").start()
