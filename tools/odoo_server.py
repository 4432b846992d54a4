"""Odoo as a subprocess: its configuration, its start and its end."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from tools.postgres import port_is_free
from tools.settings import Server, Settings
from tools.shell import ToolError, say, write_stamp


def odoo_environment(settings: Settings) -> dict[str, str]:
    """Return the variables of an Odoo process: its venv first on the path."""
    path = f"{settings.venv / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("PG")
    }
    return {**kept, "PATH": path}


def write_configuration(
    settings: Settings,
    server: Server,
    database: str,
    *,
    extra: dict[str, str] | None = None,
) -> Path:
    """Write the configuration of Odoo for one database.

    :param extra: options that replace or follow the usual ones.
    :return: the file to give to ``odoo -c``.
    """
    options = {
        "addons_path": f"{settings.repository},{settings.oca_addons}",
        "data_dir": str(settings.data),
        "db_name": database,
        "dbfilter": f"^{database}$",
        "db_host": server.host,
        "db_port": server.port,
        "db_user": server.user,
        "db_password": server.password or "False",
        "list_db": "False",
        "with_demo": "False",
        "max_cron_threads": "1",
        "limit_time_cpu": "3600",
        "limit_time_real": "3600",
        "limit_time_real_cron": "3600",
        "http_interface": "127.0.0.1",
        "http_port": str(settings.http_port),
        **(extra or {}),
    }
    lines = ["[options]", *(f"{name} = {value}" for name, value in options.items())]
    path = settings.home / "conf" / f"{database}.conf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n")
    return path


def run_odoo(
    settings: Settings,
    configuration: Path,
    *words: str,
    failure: str,
    command: Sequence[str] = (),
) -> None:
    """Run Odoo until it ends, its log going to a file.

    :param words: options and arguments, after the configuration.
    :param command: a command of Odoo's other than the server, with its own.
    :param failure: the sentence a person reads when it ends with an error.
    :raise ToolError: Odoo ended with an error.
    """
    log = settings.home / "log" / f"{configuration.stem}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        ended = subprocess.run(
            _command(settings, configuration, *words, command=command),
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=odoo_environment(settings),
            cwd=settings.home,
        )
    if ended.returncode:
        raise ToolError(f"{failure}{log_tail(log)}")


def _command(
    settings: Settings,
    configuration: Path,
    *words: str,
    command: Sequence[str] = (),
) -> list[str]:
    odoo = [str(settings.venv_python), "-m", "odoo", *command]
    return [*odoo, "-c", str(configuration), *words]


def install_modules(
    settings: Settings, server: Server, database: str, modules: Sequence[str]
) -> None:
    """Install modules in a database, which is made when it is missing."""
    configuration = write_configuration(settings, server, database)
    names = ",".join(modules)
    words = ["-i", names, "--stop-after-init", "--no-http", "--max-cron-threads=0"]
    quiet = ["--log-level=warn"]
    failure = f"Odoo cannot install {names}."
    run_odoo(settings, configuration, *words, *quiet, failure=failure)


class OdooServer:
    """A running Odoo; as a context it is stopped at the end.

    :param configuration: the file of ``write_configuration``.
    """

    def __init__(self, settings: Settings, configuration: Path, port: int) -> None:
        self.settings = settings
        self.configuration = configuration
        self.port = port
        self.log = settings.home / "log" / f"{configuration.stem}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the address to open."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """Return the process id while Odoo runs."""
        return self._process.pid if self._process else None

    def __enter__(self) -> OdooServer:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def start(self, timeout: float = 180) -> None:
        """Start Odoo and wait until it answers.

        :raise ToolError: the port is taken, or Odoo ends or stays silent.
        """
        if not port_is_free(self.port):
            raise ToolError(f"Port {self.port} is taken; set HTTP_PORT to a free one.")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        words = ["--http-interface=127.0.0.1", f"--http-port={self.port}"]
        with self.log.open("w") as output:
            self._process = subprocess.Popen(
                _command(self.settings, self.configuration, *words),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=odoo_environment(self.settings),
                cwd=self.settings.home,
                start_new_session=True,
            )
        write_stamp(_pid_file(self.settings, self.configuration), str(self.pid))
        self._wait(timeout)

    def _wait(self, timeout: float) -> None:
        end = time.monotonic() + timeout
        while not self._answers():
            if self._process and self._process.poll() is not None:
                raise ToolError(f"Odoo ended while starting.{log_tail(self.log)}")
            if time.monotonic() > end:
                self.stop()
                raise ToolError(f"Odoo does not answer.{log_tail(self.log)}")
            time.sleep(0.2)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/web/health", timeout=5):
                return True
        except OSError:
            return False

    def stop(self, timeout: float = 20) -> None:
        """End Odoo, the hard way when it does not listen."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        _pid_file(self.settings, self.configuration).unlink(missing_ok=True)

    def wait(self) -> None:
        """Wait until Odoo ends by itself or somebody else stops it."""
        if self._process:
            self._process.wait()

    def kill(self) -> None:
        """End Odoo as a power failure would."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


def _pid_file(settings: Settings, configuration: Path) -> Path:
    return settings.home / "run" / f"{configuration.stem}.pid"


def stop_servers(settings: Settings) -> None:
    """Stop the Odoo servers that these tools started and nobody stopped."""
    for path in sorted((settings.home / "run").glob("*.pid")):
        pid = path.read_text()
        if _is_ours(settings, pid):
            say(f"stopping Odoo of {path.stem}")
            os.kill(int(pid), signal.SIGTERM)
        path.unlink()


def _is_ours(settings: Settings, pid: str) -> bool:
    """Tell whether a process is an Odoo of this checkout."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return os.fsencode(settings.home / "conf") in command


def log_tail(log: Path, lines: int = 25) -> str:
    """Return a pointer to a log and its last lines."""
    last = "\n".join(log.read_text().strip().splitlines()[-lines:])
    return f" Its log is {log} and ends with:\n{last}"
