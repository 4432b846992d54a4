"""``make run``: Odoo, connected to a portal, synced, with an invoice from a project."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

import requests

from tools.databases import key_of_files
from tools.odoo_server import OdooServer, run_odoo, write_configuration
from tools.portal_browser import Browser, Row
from tools.portal_connection import (
    Connection,
    connect_account,
    connect_simulator,
    wait_for_run,
)
from tools.portal_invoice import (
    Invoice,
    choose_project,
    ensure_accountant,
    ensure_staff_rates,
    invoice_project,
)
from tools.portal_options import Options, read_options
from tools.portal_simulator import SimulatedPortal
from tools.portal_summary import (
    describe_check,
    describe_errors,
    describe_hours,
    describe_invoice,
    describe_lost,
    describe_run,
    unaccounted,
)
from tools.postgres import port_is_free
from tools.settings import Settings, read_settings
from tools.shell import ToolError, say, stamp_is, write_stamp
from tools.templates import Workshop, addons_of, open_workshop

ADMINISTRATOR = "admin"
Connect = Callable[[Browser], Connection]


def main() -> int:
    """Run the main job; what goes wrong is one sentence, not a traceback."""
    signal.signal(signal.SIGTERM, _interrupt)
    # A proxy of the machine knows nothing of what listens on loopback.
    os.environ["NO_PROXY"] = f"127.0.0.1,{os.environ.get('NO_PROXY', '')}"
    try:
        return run_portal(read_settings(), read_options())
    except ToolError as error:
        print(f"✗ {error}", file=sys.stderr)
    except requests.RequestException as error:
        print(f"✗ No answer any more: {type(error).__name__}", file=sys.stderr)
    except KeyboardInterrupt:
        print("✗ interrupted; the next run goes on from here", file=sys.stderr)
    return 1


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def run_portal(settings: Settings, options: Options) -> int:
    """Do the whole job and serve until interrupted.

    :return: the exit code; 1 when not every hour is accounted for.
    """
    if not port_is_free(settings.http_port):
        raise ToolError(
            f"Port {settings.http_port} is taken; set HTTP_PORT to a free one."
        )
    workshop = open_workshop(settings)
    configuration = ensure_database(workshop, options.database)
    with _portal(settings, options) as (portal, connect):
        say(f"starting Odoo on port {settings.http_port}")
        with OdooServer(settings, configuration, settings.http_port) as odoo:
            code = _work(odoo.url, portal, connect)
            if not options.once:
                _serve(odoo)
    return code


def ensure_database(workshop: Workshop, name: str) -> Path:
    """Make the database, or bring the addons in it to the state of their files.

    :return: the configuration of Odoo for it.
    """
    settings = workshop.settings
    addons = addons_of(settings.repository)
    stamp = settings.stamps / f"{workshop.server.host}_{name}"
    key = key_of_files(addons)
    configuration = write_configuration(settings, workshop.server, name)
    if not workshop.databases.exists(name):
        say(f"making the database {name}")
        workshop.copy_of_addons(name)
    elif not stamp_is(stamp, key):
        say(f"updating the addons in {name}")
        names = ",".join(folder.name for folder in addons)
        words = [f"--init={names}", f"--update={names}", "--stop-after-init"]
        quiet = ["--no-http", "--max-cron-threads=0"]
        failure = f"Odoo cannot update {names}; `make clean` begins anew."
        run_odoo(settings, configuration, *words, *quiet, failure=failure)
    write_stamp(stamp, key)
    return configuration


@contextmanager
def _portal(
    settings: Settings, options: Options
) -> Iterator[tuple[SimulatedPortal | None, Connect]]:
    """Lend the simulated portal, unless a real account takes its place.

    :return: yields the portal, and what connects it or the account.
    """
    if options.account:
        yield None, partial(connect_account, account=options.account)
        return
    say(f"starting the simulated portal, size {options.size}")
    with SimulatedPortal(settings, options.size) as portal:
        yield portal, partial(connect_simulator, portal=portal)


def _work(url: str, portal: SimulatedPortal | None, connect: Connect) -> int:
    """Connect, sync, invoice and print the summary."""
    administrator = Browser(url)
    administrator.log_in(ADMINISTRATOR, ADMINISTRATOR)
    accountant = ensure_accountant(administrator, url)
    if portal:
        portal.change("reset_ledger")
    connection = connect(administrator)
    run = wait_for_run(connection, connection.start_sync())
    return _summarise(connection, run, accountant, portal)


def _summarise(
    connection: Connection,
    run: Row,
    accountant: Browser,
    portal: SimulatedPortal | None,
) -> int:
    """Make the invoice and print everything.

    :return: the exit code; 1 when records or hours are missing.
    """
    administrator = connection.browser
    bound = portal.read("lower_bound", used_only=1) if portal else None
    invoice = _invoice(administrator, accountant, portal)
    problems = [describe_lost(administrator, run)]
    checked = ""
    if portal:
        listed = portal.read("expected")
        differing = unaccounted(administrator, listed)
        checked = describe_check(listed, differing)
        problems.append(checked if differing else "")
    parts = [
        describe_run(connection, run, bound),
        problems[0],
        describe_hours(administrator),
        checked,
        describe_errors(administrator),
        describe_invoice(invoice) if invoice else "  no time to invoice",
        _doors(administrator.url),
    ]
    print("\n" + "\n\n".join(filter(None, parts)) + "\n", flush=True)
    return 1 if any(problems) else 0


def _invoice(
    administrator: Browser, accountant: Browser, portal: SimulatedPortal | None
) -> Invoice | None:
    """Invoice one project, if any has time to bill."""
    golden = portal.read("state")["golden_project"] if portal else ""
    project = choose_project(accountant, golden)
    if project is None:
        return None
    if golden:
        ensure_staff_rates(administrator, project)
    return invoice_project(accountant, project)


def _doors(url: str) -> str:
    return (
        f"  Open {url} as admin/admin (administrator) or "
        "accountant/accountant (billing only)."
    )


def _serve(odoo: OdooServer) -> None:
    """Serve until somebody presses Ctrl-C or types ``make stop``."""
    say("serving until Ctrl-C or `make stop`")
    try:
        odoo.wait()
    except KeyboardInterrupt:
        say("stopping")


if __name__ == "__main__":
    sys.exit(main())
