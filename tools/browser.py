"""The browser that runs Odoo's tours."""

from __future__ import annotations

import shutil

from tools.apt import install_missing

NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def ensure_browser() -> None:
    """Install Chromium unless a browser that Odoo knows is there."""
    if not any(map(shutil.which, NAMES)):
        install_missing(["chromium"], "A browser is needed for the tours")
