"""Odoo as a subprocess: its configuration, its start and its end."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from tools.postgres import free_port
from tools.settings import Server, Settings
from tools.shell import ToolError, run, say, tail

# Not ``-m odoo``: with workers Odoo starts itself again, as the script that it is.
SCRIPT = Path(__file__).parent / "bin" / "odoo"
QUIET = ("--stop-after-init", "--no-http", "--max-cron-threads=0")


def odoo_environment(settings: Settings) -> dict[str, str]:
    """Return the variables of an Odoo process: its venv first on the path."""
    path = f"{settings.venv / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("PG")
    }
    return {**kept, "PATH": path}


def write_configuration(
    settings: Settings, server: Server, database: str, addons: Path | None = None
) -> Path:
    """Write the configuration of Odoo for one database.

    :param addons: the folder of the addons, if not the repository.
    :return: the file to give to ``odoo -c``.
    """
    options = {
        "addons_path": addons or settings.repository,
        "data_dir": settings.data,
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
        "http_port": settings.http_port,
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
    typed: str = "",
) -> None:
    """Run Odoo until it ends, its log going to a file.

    :param words: options and arguments, after the configuration.
    :param command: a command of Odoo's other than the server, with its own.
    :param failure: the sentence a person reads when it ends with an error.
    :param typed: what it reads, as its shell does.
    :raise ToolError: Odoo ended with an error.
    """
    run(
        [*_command(settings, configuration, *command), *words],
        failure=failure,
        cwd=settings.home,
        env=odoo_environment(settings),
        log=settings.log(configuration.stem),
        typed=typed,
    )


def _command(settings: Settings, configuration: Path, *command: str) -> list[str]:
    odoo = [str(settings.venv_python), str(SCRIPT), *command]
    return [*odoo, "-c", str(configuration)]


def bring_modules(
    settings: Settings, configuration: Path, modules: Sequence[str], failure: str
) -> None:
    """Install modules, or update those that are there already."""
    names = ",".join(modules)
    words = [f"--init={names}", f"--update={names}", *QUIET]
    run_odoo(settings, configuration, *words, failure=failure)


class OdooServer:
    """Odoo answering on a port of loopback; as a context it stops at the end.

    :param words: further options of the server.
    """

    def __init__(
        self,
        settings: Settings,
        configuration: Path,
        port: int,
        words: Sequence[str] = (),
    ) -> None:
        self.settings = settings
        self.configuration = configuration
        self.port = port
        self.words = words
        self.log = settings.log(configuration.stem)
        self.process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{port}"

    def __enter__(self) -> OdooServer:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def start(self, timeout: float = 180) -> None:
        """Start Odoo and wait until it answers.

        :raise ToolError: the port is taken, or Odoo ends or stays silent.
        """
        require_port(self.port)
        command = _command(self.settings, self.configuration)
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [*command, f"--http-port={self.port}", *self.words],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=odoo_environment(self.settings),
                cwd=self.settings.home,
                start_new_session=True,
            )
        end = time.monotonic() + timeout
        while not self._answers():
            if self.process.poll() is not None:
                raise ToolError(f"Odoo ended while starting. {self._tail()}")
            if time.monotonic() > end:
                self.stop()
                raise ToolError(f"Odoo does not answer. {self._tail()}")
            time.sleep(0.2)

    def _tail(self) -> str:
        return f"Its log is {self.log} and ends with:\n{tail(self.log.read_text())}"

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/web/health", timeout=5):
                return True
        except OSError:
            return False

    def stop(self, timeout: float = 20) -> None:
        """End Odoo, the hard way when it does not listen."""
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process = None

    def wait(self) -> None:
        """Wait until Odoo ends by itself or somebody else stops it."""
        if self.process:
            self.process.wait()

    def kill(self, timeout: float = 20) -> None:
        """End Odoo as a power failure would, its workers too."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
            end = time.monotonic() + timeout
            # Workers are nobody's children now; they have the port until they end.
            while not free_port(self.port) and time.monotonic() < end:
                time.sleep(0.05)


def require_port(port: int) -> None:
    """Refuse a port that somebody listens on.

    :raise ToolError: it is taken.
    """
    if not free_port(port):
        raise ToolError(f"Port {port} is taken; set HTTP_PORT to a free one.")


def stop_servers(settings: Settings) -> None:
    """Stop every Odoo of this checkout, whoever started it."""
    ours = os.fsencode(settings.home / "conf") + b"/"
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if ours in command.read_bytes():
                say(f"stopping Odoo, process {command.parent.name}")
                os.kill(int(command.parent.name), signal.SIGTERM)
        except OSError:
            # It has ended meanwhile, or is none of ours to look at.
            continue
