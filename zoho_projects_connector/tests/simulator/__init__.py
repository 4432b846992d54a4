"""A simulated Zoho Projects portal, built from the API reference and nothing else.

It imports nothing of the connector: it is the independent judge of its client.
"""

from .app import Simulator
from .clock import Clock
from .dialect import Dialect
from .dialects import DIALECTS, switches
from .expected import FATES, expected, expected_cells, fate
from .faults import Fault
from .generator import CUT_OFF, SIZES, TODAY, Counts, generate
from .golden import add_golden, golden
from .ledger import lower_bound
from .oauth_store import CLIENT_ID, CLIENT_SECRET, Client
from .portal import Portal
from .scopes import READ_SCOPES
from .transport import SimulatorAdapter, mount, session_for

__all__ = [
    "CLIENT_ID",
    "CLIENT_SECRET",
    "CUT_OFF",
    "DIALECTS",
    "FATES",
    "READ_SCOPES",
    "SIZES",
    "TODAY",
    "Client",
    "Clock",
    "Counts",
    "Dialect",
    "Fault",
    "Portal",
    "Simulator",
    "SimulatorAdapter",
    "add_golden",
    "expected",
    "expected_cells",
    "fate",
    "generate",
    "golden",
    "lower_bound",
    "mount",
    "session_for",
    "switches",
]
