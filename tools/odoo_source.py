"""Odoo 19 itself: the Debian package unpacked beside the project."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tools.apt import fetch
from tools.settings import Settings
from tools.shell import ToolError, run, say, stamp_is, write_stamp

SERIES = "19.0"
MEGABYTES = 2500
SUITES = ("sid", "bookworm")
PACKAGES = (
    "odoo-19/sid",
    # Odoo's links lead into these; bookworm has the file names that it expects.
    "libjs-jquery/sid",
    "libjs-jquery-form/sid",
    "libjs-underscore/sid",
    "fonts-roboto-unhinted/sid",
    "fonts-montserrat/sid",
    "fonts-ocr-b/sid",
    "fonts-font-awesome/bookworm",
    "fonts-inconsolata/bookworm",
)
SITE = Path("usr/lib/python3/dist-packages")
# Debian removes this minified file, and a missing asset fails every browser tour.
STUB = Path("odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js")


def series_of(site: Path) -> str:
    """Return the series of the Odoo below a folder, "no Odoo" when there is none."""
    release = site / "odoo" / "release.py"
    text = release.read_text() if release.is_file() else ""
    match = re.search(r"^version_info = \((\d+), (\d+)", text, re.MULTILINE)
    return f"{match[1]}.{match[2]}" if match else "no Odoo"


def site_of(settings: Settings) -> Path:
    """Return the folder to import Odoo 19 from, fetched already or not."""
    return settings.odoo_path or settings.home / "root" / SITE


def ensure_source(settings: Settings) -> Path:
    """Return the folder to import Odoo 19 from, fetched when it is missing.

    :raise ToolError: ``ODOO_PATH`` is no Odoo 19, or Odoo cannot be fetched.
    """
    if path := settings.odoo_path:
        if (found := series_of(path)) != SERIES:
            raise ToolError(f"ODOO_PATH={path} holds {found}; Odoo {SERIES} is needed.")
        return path
    site = site_of(settings)
    stamp, wanted = settings.stamps / "source", " ".join(PACKAGES)
    if not stamp_is(stamp, wanted):
        _unpack(settings.home)
        if (found := series_of(site)) != SERIES:
            raise ToolError(
                f"The Debian package holds {found} and {SERIES} is needed; "
                "set ODOO_PATH to an Odoo 19 you have."
            )
        write_stamp(stamp, wanted)
    return site


def _unpack(home: Path) -> None:
    """Fetch and unpack the packages below one prefix: their links are relative."""
    debs, root = home / "debs", home / "root"
    for leftover in (debs, root):
        shutil.rmtree(leftover, ignore_errors=True)
    if (free := shutil.disk_usage(home).free // 2**20) < MEGABYTES:
        raise ToolError(
            f"{home} has {free} MB free and {MEGABYTES} MB are needed; "
            "make room or point ODOO_HOME at another disk."
        )
    fetch(home / "apt", SUITES, PACKAGES, debs)
    say("unpacking Odoo 19")
    for package in sorted(debs.glob("*.deb")):
        failure = f"{package.name} cannot be unpacked."
        run(["dpkg-deb", "-x", package, root], failure=failure)
    shutil.rmtree(debs)
    stub = root / SITE / STUB
    if not stub.exists():
        stub.parent.mkdir(parents=True, exist_ok=True)
        stub.write_text("/* Not part of the Debian package. */\n")
