"""The private cluster: its port, its place, its user, its state."""

import os
import socket
from dataclasses import replace

import pytest

from tools import postgres
from tools.postgres import (
    Cluster,
    cluster_folder,
    ensure_server,
    free_port,
    newest_binaries,
    ordinary_user,
)
from tools.settings import Server, read_settings
from tools.shell import ToolError


def test_a_taken_port_is_not_free():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert free_port(taken.getsockname()[1]) is None
    port = free_port()
    assert free_port(port) == port


def test_the_newest_server_is_taken(tmp_path):
    for version in ("9", "15", "17", "notes"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "initdb").touch()
    assert newest_binaries(tmp_path) == tmp_path / "17" / "bin"


def test_without_a_server_there_are_no_binaries(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres.shutil, "which", lambda name: None)
    assert newest_binaries(tmp_path) is None


def test_only_root_needs_another_user(monkeypatch):
    monkeypatch.setattr(postgres, "is_root", lambda: False)
    assert ordinary_user() is None
    monkeypatch.setattr(postgres, "is_root", lambda: True)
    assert ordinary_user() in ("postgres", "nobody")


def test_a_machine_with_root_alone_is_said(monkeypatch):
    monkeypatch.setattr(postgres, "is_root", lambda: True)
    monkeypatch.setattr(postgres.pwd, "getpwall", lambda: [])
    with pytest.raises(ToolError, match="refuses to run as root"):
        ordinary_user()


def test_the_cluster_lies_where_its_user_gets_to(tmp_path):
    tmp_path.chmod(0o700)
    settings = replace(read_settings({}), home=tmp_path / ".odoo")
    assert cluster_folder(settings, None) == tmp_path / ".odoo" / "pg"
    assert cluster_folder(settings, "postgres").parts[:3] == ("/", "var", "tmp")


def test_a_given_server_is_used_as_it_is():
    settings = read_settings({"PGHOST": "db.test"})
    assert ensure_server(settings) is settings.server


def test_odoo_may_not_be_the_superuser_postgres():
    with pytest.raises(ToolError, match="set PGUSER to another role"):
        ensure_server(read_settings({"PGHOST": "db.test", "PGUSER": "postgres"}))


@pytest.fixture
def cluster(tmp_path):
    cluster = Cluster(tmp_path, tmp_path / "15" / "bin", None)
    cluster.data.mkdir()
    return cluster


def test_a_cluster_half_made_does_not_exist(cluster):
    assert not cluster.exists()


def test_a_pid_of_another_program_is_no_server(cluster):
    assert not cluster.running()
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert not cluster.running()
    (cluster.data / "postmaster.pid").write_text("")
    assert not cluster.running()


def test_stopping_what_does_not_run_does_nothing(cluster):
    cluster.stop()


def test_a_cluster_moves_when_its_port_is_taken(cluster, monkeypatch):
    started = []
    monkeypatch.setattr(Cluster, "_control", lambda self, *words: started.append(words))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        cluster._note(Server("127.0.0.1", str(port), "odoo", "secret"))
        cluster.start()
        assert cluster.server().port != str(port)
    assert started[0][-1] == f"-o-p {cluster.server().port}"
