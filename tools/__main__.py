"""The commands of the tools: ``python3 -m tools COMMAND``."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
from collections.abc import Callable

from tools.install import install
from tools.odoo_server import stop_servers
from tools.postgres import remove_cluster, stop_cluster
from tools.settings import Settings, read_settings
from tools.shell import ToolError

Command = Callable[[Settings, argparse.Namespace], int | None]


def main() -> int:
    """Run one command; what goes wrong is one sentence, not a traceback."""
    arguments = _parser().parse_args()
    try:
        settings = read_settings()
        if arguments.needs_venv:
            install(settings)
            _continue_in_venv(settings)
        return int(arguments.command(settings, arguments) or 0)
    except ToolError as error:
        print(f"✗ {error}", file=sys.stderr)
    except OSError as error:
        print(f"✗ {error.filename or 'The system'}: {error.strerror}", file=sys.stderr)
    except KeyboardInterrupt:
        print("✗ interrupted; the next run goes on from here", file=sys.stderr)
    return 1


def _continue_in_venv(settings: Settings) -> None:
    """Go on with the interpreter that has Odoo's packages."""
    if os.path.realpath(sys.prefix) != os.path.realpath(settings.venv):
        python = str(settings.venv_python)
        os.execv(python, [python, "-m", "tools", *sys.argv[1:]])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m tools", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, about: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=about)
        needs_venv = command not in (_stop, _clean)
        added.set_defaults(command=command, needs_venv=needs_venv)
        return added

    add("install", _install, "bring Odoo and its packages here")
    add("env", _env, "print the variables of a shell for Odoo")
    add("lint", _lint, "run the linters")
    add("stop", _stop, "stop Odoo and PostgreSQL")
    add("clean", _clean, "stop everything and remove what was made")
    database = add("db", _db, "make a database from a template; print its file")
    database.add_argument("name")
    database.add_argument("--addons", action="store_true", help="with the addons")
    test = add("test", _test, "run linters and tests, or some tests")
    test.add_argument("paths", nargs="*")
    test.add_argument("-k", dest="expression", default="")
    add("test-all", _test_all, "all checks at length, and Odoo's own suites")
    return parser


def _install(settings: Settings, _arguments: argparse.Namespace) -> None:
    """Nothing more to do: the installation ran already."""
    print(settings.venv_python)


def _env(settings: Settings, _arguments: argparse.Namespace) -> None:
    from tools.templates import open_workshop

    print(f"export PATH={shlex.quote(str(settings.venv / 'bin'))}:$PATH")
    for name, value in open_workshop(settings).server.environment().items():
        print(f"export {name}={shlex.quote(value)}")


def _db(settings: Settings, arguments: argparse.Namespace) -> None:
    from tools.odoo_server import write_configuration
    from tools.templates import open_workshop

    workshop = open_workshop(settings)
    copy = workshop.copy_of_addons if arguments.addons else workshop.copy_of_base
    copy(arguments.name)
    print(write_configuration(settings, workshop.server, arguments.name))


def _lint(settings: Settings, _arguments: argparse.Namespace) -> int:
    from tools.lint import lint

    return 1 if lint(settings) else 0


def _test(settings: Settings, arguments: argparse.Namespace) -> int:
    from tools.run_tests import run_tests

    code = run_tests(settings, arguments.paths, arguments.expression)
    if os.environ.get("CI"):
        _stop(settings, arguments)
    return code


def _test_all(settings: Settings, _arguments: argparse.Namespace) -> int:
    from tools.run_tests import run_all_tests

    return run_all_tests(settings)


def _stop(settings: Settings, _arguments: argparse.Namespace) -> None:
    stop_servers(settings)
    stop_cluster(settings)


def _clean(settings: Settings, arguments: argparse.Namespace) -> None:
    if settings.server and settings.venv_python.exists():
        _continue_in_venv(settings)
        from tools.templates import open_workshop

        open_workshop(settings).drop_all()
    _stop(settings, arguments)
    remove_cluster(settings)
    shutil.rmtree(settings.home, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
