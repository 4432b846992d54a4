"""``make run``: Odoo, connected to a portal, synced, with an invoice from a project."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tools.databases import key_of_files
from tools.odoo_server import (
    OdooServer,
    bring_modules,
    require_port,
    write_configuration,
)
from tools.portal_browser import Browser
from tools.portal_connection import (
    connect_account,
    connect_simulator,
    wait_for_run,
)
from tools.portal_hint import follow_a_hint
from tools.portal_invoice import (
    ensure_accountant,
    ensure_printer,
    invoice_a_project,
    print_invoice,
)
from tools.portal_options import Options, read_options
from tools.portal_simulator import SimulatedPortal
from tools.portal_summary import (
    describe_check,
    describe_errors,
    describe_hours,
    describe_lost,
    describe_run,
    unaccounted,
)
from tools.settings import Settings
from tools.shell import say, stamp_is, write_stamp
from tools.templates import Workshop, addons_of, open_workshop

ADMINISTRATOR = "admin"
FIRST_LOOK = """\
  Open {url} and look first at
    Zoho Projects → Overview                  as admin / admin: everything
    Invoicing → Customers → Month End         as accountant / accountant: billing only\
"""


def run_portal(settings: Settings) -> int:
    """Do the whole job and serve until interrupted.

    :return: the exit code; 1 when not every record and hour is accounted for.
    """
    options = read_options()
    require_port(settings.http_port)
    # A proxy of the machine knows nothing of what listens on loopback.
    os.environ["NO_PROXY"] = f"127.0.0.1,{os.environ.get('NO_PROXY', '')}"
    # Odoo looks for it when it starts.
    unprinted = ensure_printer()
    configuration = ensure_database(open_workshop(settings), options.database)
    with ExitStack() as lent:
        portal = None
        if not options.account:
            say(f"starting the simulated portal, size {options.size}")
            portal = lent.enter_context(
                SimulatedPortal(settings, options.size, has_terms=True)
            )
        say(f"starting Odoo on port {settings.http_port}")
        server = OdooServer(settings, configuration, settings.http_port)
        url = lent.enter_context(server).url
        printed = settings.home / "invoice.pdf"
        code = _work(
            url, options, portal, lambda who: unprinted or print_invoice(who, printed)
        )
        if not options.once:
            say("serving until Ctrl-C or `make stop`")
            try:
                server.wait()
            except KeyboardInterrupt:
                say("stopping")
    return code


def ensure_database(workshop: Workshop, name: str) -> Path:
    """Make the database, or bring the addons in it to the state of their files.

    :return: the configuration of Odoo for it.
    """
    settings = workshop.settings
    addons = addons_of(settings.repository)
    stamp = settings.stamps / f"{workshop.server.host}_{name}"
    key = key_of_files(addons)
    if name not in workshop.databases.names():
        say(f"making the database {name}")
        configuration = workshop.copy(name)
    else:
        configuration = write_configuration(settings, workshop.server, name)
        if not stamp_is(stamp, key):
            say(f"updating the addons in {name}")
            failure = f"Odoo cannot update {name}; `make clean` begins anew."
            names = [folder.name for folder in addons]
            bring_modules(settings, configuration, names, failure)
    write_stamp(stamp, key)
    return configuration


def _work(
    url: str,
    options: Options,
    portal: SimulatedPortal | None,
    describe_pdf: Callable[[Browser], str],
) -> int:
    """Connect, sync, invoice and print the summary."""
    administrator = Browser(url)
    administrator.log_in(ADMINISTRATOR, ADMINISTRATOR)
    accountant = ensure_accountant(administrator)
    if portal:
        portal.change("reset_ledger")
        connection = connect_simulator(administrator, portal)
    elif options.account:
        connection = connect_account(administrator, options.account)
    run = wait_for_run(connection, connection.start_sync())
    bound = portal.read("lower_bound", used_only=1)["total"] if portal else 0
    golden = portal.read("state")["golden_project"] if portal else ""
    invoice = invoice_a_project(administrator, accountant, golden)
    lost = describe_lost(administrator, run)
    listed = portal.read("expected") if portal else {}
    differing = unaccounted(administrator, listed) if portal else {}
    hinted = follow_a_hint(connection, portal, url) if portal else ""
    parts = [
        describe_run(administrator, run, bound),
        lost,
        describe_hours(administrator),
        describe_check(listed, differing) if portal else "",
        describe_errors(administrator),
        "\n".join(
            f"  {line}" for line in (invoice, describe_pdf(accountant), hinted) if line
        ),
        FIRST_LOOK.format(url=url),
    ]
    print("\n" + "\n\n".join(filter(None, parts)) + "\n", flush=True)
    return 1 if lost or differing else 0
