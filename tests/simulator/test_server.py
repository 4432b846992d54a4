"""The simulator over a real socket."""

import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests

import simulator
from simulator.server import address, serve


@pytest.fixture
def base(sim):
    """The address of a running server."""
    server = serve(sim)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield address(server)
    server.shutdown()
    server.server_close()
    thread.join()


def get(base, sim, path, **options):
    """Call the API over the socket."""
    access, _refresh = sim.tokens()
    headers = {"Authorization": f"Zoho-oauthtoken {access}"}
    url = f"{base}/api/v3/portal/{sim.portal.id}/{path}"
    return requests.get(url, headers=headers, timeout=10, **options)


def test_lists_over_a_socket(base, sim):
    assert get(base, sim, "projects").json()
    assert requests.get(f"{base}/health", timeout=10).json()["portals"]
    assert requests.get(f"{base}/nothing", timeout=10).status_code == 404


def test_the_callback_names_the_server(base, sim):
    answer = requests.get(
        f"{base}/oauth/v2/auth",
        params={
            "response_type": "code",
            "client_id": sim.client_id,
            "scope": "ZohoProjects.portals.READ",
            "redirect_uri": "http://localhost:8069/back",
        },
        allow_redirects=False,
        timeout=10,
    )
    wanted = base.replace(":", "%3A").replace("/", "%2F")
    assert f"accounts-server={wanted}" in answer.headers["Location"]


def test_broken_lines_over_a_socket(base, sim):
    sim.fault("reset", "projects")
    with pytest.raises(requests.ConnectionError):
        get(base, sim, "projects")
    sim.fault("timeout", "projects", seconds=0)
    with pytest.raises(requests.ConnectionError):
        get(base, sim, "projects")
    sim.fault("cut_body", "projects")
    with pytest.raises((requests.exceptions.ChunkedEncodingError, ValueError)):
        get(base, sim, "projects").json()
    assert get(base, sim, "projects").status_code == 200


def test_many_at_once(base, sim):
    answers = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(get(base, sim, "tasks").status_code)
        )
        for _ in range(8)
    ]
    sim.store.limits.refresh_per_minute = 0
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 8


@pytest.mark.parametrize("size", ["tiny", "golden"])
def test_as_a_program(size):
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", "--size", size, "--dialect", "third_party"],
        cwd=Path(simulator.__file__).parent.parent,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, line
        state = requests.get(f"{found[0]}/_control/state", timeout=10).json()
        assert state["dialect"]["portal_name"] == "name"
    finally:
        process.terminate()
        process.wait(timeout=10)
