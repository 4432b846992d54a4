"""The commands of the tools: ``python3 -m tools COMMAND``."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

from tools.odoo_server import stop_servers
from tools.odoo_source import ensure_source, site_of
from tools.postgres import cluster_of
from tools.settings import Settings, read_settings
from tools.shell import ToolError, locked
from tools.venv import ensure_venv

# Commands that are a function of a module, which the environment alone can import.
IN_VENV = {
    "run": "run_portal.run_portal",
    "lint": "lint.count_complaints",
    "test-all": "run_tests.run_all_tests",
    "suites": "suites.run_suites",
    "mutants": "mutants.run_mutants",
    "terms": "terms.write_terms",
    "bench": "bench.run_benches",
    "pictures": "pictures.take_pictures",
    "extension": "extension.write_extension",
}


def main() -> int:
    """Run one command; what goes wrong is one sentence, not a traceback."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    arguments = _parser().parse_args()
    try:
        settings = read_settings()
        if arguments.command not in ("stop", "clean"):
            _install(settings)
            _continue_in_venv(settings)
        return _run(settings, arguments) or 0
    except ToolError as error:
        print(f"✗ {error}", file=sys.stderr)
    except OSError as error:
        said = error.strerror or f"no answer any more ({type(error).__name__})"
        print(f"✗ {error.filename or 'The system'}: {said}", file=sys.stderr)
    except KeyboardInterrupt:
        print("✗ interrupted; the next run goes on from here", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m tools", description=__doc__)
    own = ["install", "env", "db", "test", "stop", "clean"]
    parser.add_argument("command", choices=[*own, *IN_VENV])
    parser.add_argument("words", nargs="*", help="of test: paths; of db: its name")
    parser.add_argument("-k", dest="expression", default="", help="of test")
    parser.add_argument("--addons", action="store_true", help="of db: with the addons")
    return parser


def _install(settings: Settings) -> None:
    """Bring Odoo and its packages to this machine, each only when it is missing."""
    settings.home.mkdir(parents=True, exist_ok=True)
    # Two lines to wait for, of Debian and of the package index: at the same time.
    with locked(settings.home / "lock"), ThreadPoolExecutor(max_workers=1) as beside:
        source = beside.submit(ensure_source, settings)
        ensure_venv(settings, site_of(settings))
        source.result()


def _continue_in_venv(settings: Settings) -> None:
    """Go on with the interpreter that has Odoo's packages."""
    if os.path.realpath(sys.prefix) != os.path.realpath(settings.venv):
        python = str(settings.venv_python)
        os.environ["PATH"] = f"{settings.venv / 'bin'}:{os.environ.get('PATH', '')}"
        os.execv(python, [python, "-m", "tools", *sys.argv[1:]])


def _run(settings: Settings, arguments: argparse.Namespace) -> int | None:
    """Run a command in the environment that it needs."""
    command = arguments.command
    if command in IN_VENV:
        module, _dot, function = IN_VENV[command].partition(".")
        code: int = getattr(import_module(f"tools.{module}"), function)(settings)
        return code
    if command == "env":
        _print_variables(settings)
    elif command == "db":
        from tools.templates import ADDONS, BASE, open_workshop

        kind = ADDONS if arguments.addons else BASE
        for name in arguments.words:
            print(open_workshop(settings).copy(name, kind))
    elif command == "test":
        from tools.run_tests import run_tests

        code = run_tests(settings, arguments.words, arguments.expression)
        if os.environ.get("CI"):
            _stop(settings)
        return code
    elif command == "stop":
        _stop(settings)
    elif command == "clean":
        _clean(settings)
    return None


def _print_variables(settings: Settings) -> None:
    """Print what a shell needs to work with Odoo and its databases."""
    from tools.templates import open_workshop

    print(f"export PATH={shlex.quote(str(settings.venv / 'bin'))}:$PATH")
    for name, value in open_workshop(settings).server.environment().items():
        print(f"export {name}={shlex.quote(value)}")


def _stop(settings: Settings) -> None:
    stop_servers(settings)
    if cluster := cluster_of(settings):
        cluster.stop()


def _clean(settings: Settings) -> None:
    if settings.server and settings.venv_python.exists():
        _continue_in_venv(settings)
        from tools.templates import open_workshop

        open_workshop(settings).drop_all()
    _stop(settings)
    if cluster := cluster_of(settings):
        shutil.rmtree(cluster.folder, ignore_errors=True)
    shutil.rmtree(settings.home, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
