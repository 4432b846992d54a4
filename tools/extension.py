"""``make extension``: the extension of Zoho Projects, and Zoho's own packager."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

from tools.settings import Settings
from tools.shell import ToolError, run, say, stamp_is, write_stamp

MAKER = "zoho_projects_connector_inside/extension_zip.py"
PACKAGER = "zoho-extension-toolkit@1.0.24"
NO_PACKAGER = (
    "Zoho's packager cannot be had: it needs npm (Node.js 18 or newer) and a network."
)
# What it says when a manifest is right; its exit code is 0 also where it breaks down.
PASSED = "Validation Rules passed successfully"


def load_maker(repository: Path) -> ModuleType:
    """Return the module of the addon that makes the zip, without Odoo."""
    spec = importlib.util.spec_from_file_location("extension_zip", repository / MAKER)
    if not spec or not spec.loader:
        raise ToolError(f"{MAKER} is missing.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_extension(settings: Settings) -> int:
    """Write the zip that an administrator uploads to Zoho; print where it is.

    :return: the exit code.
    :raise ToolError: when Odoo itself is to serve the pages.
    """
    maker = load_maker(settings.repository)
    url = os.environ.get("ODOO_URL", "")
    if not url:
        say(
            "without ODOO_URL=https://… the address of Odoo is asked for in Zoho, in "
            "the settings of the extension"
        )
    pages = os.environ.get("PAGES_URL", "")
    if pages and urlsplit(pages).netloc == urlsplit(url).netloc:
        raise ToolError(
            "PAGES_URL is Odoo's own address: a script of Zoho's would run there."
        )
    target = settings.home / "zoho_extension.zip"
    target.write_bytes(maker.extension_zip(url or maker.PLACEHOLDER, pages))
    print(target)
    return 0


def ensure_packager(settings: Settings) -> Path:
    """Return Zoho's packager, installed when it is missing.

    :raise ToolError: when this machine has no npm, or it reaches no packages.
    """
    folder = settings.home / "zet"
    stamp = folder / "stamp"
    if not stamp_is(stamp, PACKAGER):
        npm = shutil.which("npm")
        if not npm:
            raise ToolError(NO_PACKAGER)
        say(f"fetching {PACKAGER}: about two minutes, once")
        words = ["--no-audit", "--no-fund", "--ignore-scripts", f"--prefix={folder}"]
        folder.mkdir(parents=True, exist_ok=True)
        run([npm, "install", *words, PACKAGER], failure=NO_PACKAGER)
        write_stamp(stamp, PACKAGER)
    return folder / "node_modules/.bin/zet"


def judge(packager: Path, folder: Path) -> Path:
    """Let Zoho's packager validate and pack an extension.

    :return: the zip that it makes.
    :raise ToolError: with what it says is wrong.
    """
    said = run([packager, "validate"], failure="Zoho refuses it.", cwd=folder)
    if PASSED not in said:
        raise ToolError(said)
    run([packager, "pack"], failure="Zoho cannot pack it.", cwd=folder)
    return folder / "dist" / f"{folder.name}.zip"
