"""Odoo 19 itself: the Debian package unpacked beside the project."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tools.apt import PrivateApt
from tools.settings import Settings
from tools.shell import ToolError, require_space, run, say, stamp_is, write_stamp

SERIES = "19.0"
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
    """Return the series of the Odoo below a folder, empty when there is none."""
    try:
        release = (site / "odoo" / "release.py").read_text()
    except OSError:
        return ""
    match = re.search(r"^version_info = \((\d+), (\d+)", release, re.MULTILINE)
    return f"{match[1]}.{match[2]}" if match else ""


def ensure_source(settings: Settings) -> Path:
    """Return the folder to import Odoo 19 from, fetched when it is missing.

    :raise ToolError: ``ODOO_PATH`` is no Odoo 19, or Odoo cannot be fetched.
    """
    if settings.odoo_path:
        return _given_source(settings.odoo_path)
    site = settings.home / "root" / SITE
    stamp = settings.stamps / "source"
    wanted = " ".join(PACKAGES)
    if not stamp_is(stamp, wanted):
        _unpack(settings.home)
        _check_series(site)
        write_stamp(stamp, wanted)
    return site


def _given_source(path: Path) -> Path:
    """Check an Odoo that the person has already."""
    if series_of(path) != SERIES:
        found = series_of(path) or "no Odoo"
        raise ToolError(f"ODOO_PATH={path} holds {found}; Odoo {SERIES} is needed.")
    return path


def _unpack(home: Path) -> None:
    """Fetch and unpack the packages below one prefix: their links are relative."""
    home.mkdir(parents=True, exist_ok=True)
    require_space(home, 2500)
    apt = PrivateApt(home / "apt", SUITES)
    debs = home / "debs"
    for leftover in (debs, home / "root"):
        shutil.rmtree(leftover, ignore_errors=True)
    apt.update()
    apt.download(PACKAGES, debs)
    say("unpacking Odoo 19")
    for package in sorted(debs.glob("*.deb")):
        unpack = ["dpkg-deb", "-x", package, home / "root"]
        run(unpack, failure=f"{package.name} cannot be unpacked.")
        package.unlink()
    _write_stub(home / "root" / SITE / STUB)


def _check_series(site: Path) -> None:
    if series_of(site) != SERIES:
        raise ToolError(
            f"The Debian package holds {series_of(site) or 'no Odoo'} and {SERIES} "
            "is needed; set ODOO_PATH to an Odoo 19 you have."
        )


def _write_stub(stub: Path) -> None:
    """Put an empty script where Debian removed one."""
    if not stub.exists():
        stub.parent.mkdir(parents=True, exist_ok=True)
        stub.write_text("/* Not part of the Debian package. */\n")
