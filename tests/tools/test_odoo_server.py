"""Odoo's configuration, its start and its end, with a program in its place."""

import configparser
import os
import signal
import socket
import subprocess
import sys
from dataclasses import replace

import pytest

from tools import odoo_server
from tools.odoo_server import (
    OdooServer,
    odoo_environment,
    run_odoo,
    stop_servers,
    write_configuration,
)
from tools.postgres import free_port
from tools.settings import Server, read_settings
from tools.shell import ToolError

SERVER = Server("127.0.0.1", "5499", "odoo", "secret")
ANSWERS = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


@pytest.fixture
def settings(tmp_path):
    return replace(read_settings({}), home=tmp_path)


@pytest.fixture
def configuration(settings):
    return write_configuration(settings, SERVER, "one")


@pytest.fixture
def play(monkeypatch):
    def play(script, *words):
        command = [sys.executable, "-c", script, *map(str, words)]
        monkeypatch.setattr(odoo_server, "_command", lambda *_: command)

    return play


def test_the_configuration_serves_one_database_to_loopback(settings):
    path = write_configuration(settings, SERVER, "one")
    options = configparser.ConfigParser(interpolation=None)
    options.read(path)
    assert options["options"]["dbfilter"] == "^one$"
    assert options["options"]["list_db"] == "False"
    assert options["options"]["http_interface"] == "127.0.0.1"
    assert options["options"]["addons_path"] == str(settings.repository)
    assert path.stat().st_mode & 0o077 == 0


def test_odoo_sees_its_own_environment_first(settings, monkeypatch):
    monkeypatch.setenv("PGHOST", "elsewhere")
    environment = odoo_environment(settings)
    assert environment["PATH"].startswith(str(settings.venv / "bin"))
    assert "PGHOST" not in environment


def test_a_failing_run_shows_the_end_of_its_log(settings, configuration, play):
    play("print('the reason'); raise SystemExit(1)")
    with pytest.raises(ToolError, match=r"(?s)It failed\..*the reason"):
        run_odoo(settings, configuration, failure="It failed.")


def test_a_run_that_ends_well_is_silent(settings, configuration, play):
    play("print('fine')")
    run_odoo(settings, configuration, failure="It failed.")


def test_a_server_is_waited_for_and_stopped(settings, configuration, play):
    port = free_port()
    play(ANSWERS, port)
    with OdooServer(settings, configuration, port) as server:
        pid = server.process.pid
        assert server.url == f"http://127.0.0.1:{port}"
    assert server.process is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_server_can_be_killed_and_started_again(settings, configuration, play):
    port = free_port()
    play(ANSWERS, port)
    server = OdooServer(settings, configuration, port)
    server.start()
    server.kill()
    assert server.process is None
    server.start()
    server.stop()


def test_a_taken_port_is_said(settings, configuration):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = OdooServer(settings, configuration, taken.getsockname()[1])
        with pytest.raises(ToolError, match="is taken; set HTTP_PORT"):
            server.start()


def test_a_server_that_ends_while_starting_is_said(settings, configuration, play):
    play("print('the reason')")
    with pytest.raises(ToolError, match=r"(?s)ended while starting.*the reason"):
        OdooServer(settings, configuration, free_port()).start()


def test_a_server_that_stays_silent_is_stopped(settings, configuration, play):
    play("import signal; signal.pause()")
    server = OdooServer(settings, configuration, free_port())
    with pytest.raises(ToolError, match="does not answer"):
        server.start(timeout=0.3)
    assert server.process is None


def test_only_servers_of_the_checkout_are_stopped(settings):
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    ours = subprocess.Popen([*sleep, settings.home / "conf" / "one.conf"])
    other = subprocess.Popen([*sleep, settings.home / "configuration" / "one.conf"])
    try:
        stop_servers(settings)
        assert ours.wait(10) == -signal.SIGTERM
        assert other.poll() is None
    finally:
        for process in (ours, other):
            process.kill()
            process.wait()
