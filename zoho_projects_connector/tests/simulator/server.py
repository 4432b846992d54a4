"""The simulator on loopback, for other processes: ``python -m simulator``."""

import argparse
import logging
import sys
from dataclasses import replace
from datetime import date
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from .app import Simulator
from .clock import Clock
from .dialects import DIALECTS
from .generator import SIZES, TODAY, generate
from .golden import golden
from .oauth_store import CLIENT_SECRET, Client
from .terms import add_terms

LOOPBACK = "127.0.0.1"


class QuietHandler(WSGIRequestHandler):
    """Keeps connections open, writes no line for each request.

    A broken line on order closes the socket below the handler; that is no mishap.
    """

    protocol_version = "HTTP/1.1"

    def log_request(self, *args: Any, **kwargs: Any) -> None:
        """Write nothing: the ledger counts."""

    def handle(self) -> None:
        """Answer the requests of one connection."""
        try:
            return super().handle()
        except OSError:
            self.close_connection = True


def serve(simulator: Simulator, port: int = 0) -> BaseWSGIServer:
    """Return a threaded server on loopback; ``server.port`` tells the port.

    The caller runs ``serve_forever``, in a thread or not, and ``shutdown``.
    """
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    return make_server(
        LOOPBACK, port, simulator, threaded=True, request_handler=QuietHandler
    )


def address(server: BaseWSGIServer) -> str:
    """Return the address of a server, for the accounts and the API alike."""
    return f"http://{LOOPBACK}:{server.port}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--size", choices=[*SIZES, "golden"], default="small")
    parser.add_argument("--logs", type=int, default=0, help="instead of the size's")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dialect", choices=sorted(DIALECTS), default="default")
    parser.add_argument("--limit", type=int, default=100, help="0: no rate limit")
    parser.add_argument("--currency", default="USD")
    parser.add_argument("--other-currency", default="EUR")
    parser.add_argument("--today", type=date.fromisoformat, default=TODAY)
    parser.add_argument("--redirect-uri", action="append", default=[])
    parser.add_argument("--terms", action="store_true", help="rates and budgets")
    parser.add_argument("--interactive", action="store_true", help="consent page")
    return parser.parse_args()


def build(options: argparse.Namespace) -> Simulator:
    """Return the simulator that the command line asks for."""
    clock = Clock()
    if options.size == "golden":
        portal = golden(clock, options.currency)
    else:
        counts = SIZES[options.size]
        portal = generate(
            replace(counts, logs=options.logs or counts.logs),
            options.seed,
            clock,
            options.currency,
            options.other_currency,
            options.today,
        )
    if options.terms:
        add_terms(portal)
    simulator = Simulator(portal, DIALECTS[options.dialect], clock, options.limit)
    simulator.oauth.interactive = options.interactive
    uris = frozenset(options.redirect_uri)
    secrets = {simulator.store.home: CLIENT_SECRET}
    simulator.store.register(Client(secrets=secrets, redirect_uris=uris))
    return simulator


def main() -> None:
    """Serve until interrupted."""
    options = _arguments()
    simulator = build(options)
    server = serve(simulator, options.port)
    sys.stdout.write(
        f"simulator listens on {address(server)}\n"
        f"client id {simulator.client_id}\n"
        f"client secret {simulator.client_secret}\n"
    )
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
