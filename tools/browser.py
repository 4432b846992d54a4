"""What tours need: a browser, and axe-core to look at its pages with."""

from __future__ import annotations

import hashlib
import shutil

from tools.apt import install_missing
from tools.settings import Settings
from tools.shell import ToolError, run, say

BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
AXE = "axe-core@4.14.1"
# Where the tests look for it, below the environment that runs them.
AXE_FILE = "lib/node_modules/axe-core/axe.min.js"
AXE_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"


def ensure_browser() -> None:
    """Install Chromium for the tours, unless a browser that Odoo knows is there."""
    if not any(map(shutil.which, BROWSERS)):
        install_missing(["chromium"], "A browser is needed for the tours")


def ensure_axe(settings: Settings) -> None:
    """Put axe-core beside Odoo's Python packages, unless it is there.

    :raise ToolError: npm cannot fetch it, or what it fetched is another file.
    """
    script = settings.venv / AXE_FILE
    if script.is_file() and _is_pinned(script.read_bytes()):
        return
    if not shutil.which("npm"):
        install_missing(["npm"], "npm is needed to fetch axe-core")
    say(f"fetching {AXE}")
    npm = ["npm", "install", "--global", "--ignore-scripts", "--no-audit", "--no-fund"]
    failure = f"npm cannot fetch {AXE}; is its registry within reach?"
    run([*npm, "--prefix", settings.venv, AXE], failure=failure)
    if not _is_pinned(script.read_bytes()):
        raise ToolError(f"What npm fetched as {AXE} is another file.")


def _is_pinned(content: bytes) -> bool:
    return hashlib.sha256(content).hexdigest() == AXE_SHA256
