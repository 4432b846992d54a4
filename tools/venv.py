"""The virtual environment that runs Odoo, with pinned packages."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

from tools.apt import install_missing
from tools.settings import Settings
from tools.shell import ToolError, run, say, stamp_is, write_stamp

REQUIREMENTS = ("requirements-odoo.txt", "requirements-tests.txt")
# Odoo is not on the package index, so nothing that these depend on is asked for.
OCA = "requirements-oca.txt"
CHECK = "import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))"


def ensure_venv(settings: Settings, site: Path) -> None:
    """Make the virtual environment, or what of it is missing.

    :param site: the folder that holds Odoo.
    """
    stamp = settings.stamps / "venv"
    folder = settings.repository / "tools"
    texts = [(folder / name).read_text() for name in (*REQUIREMENTS, OCA)]
    wanted = hashlib.sha256("\n".join([str(site), *texts]).encode()).hexdigest()
    if stamp_is(stamp, wanted) and settings.venv_python.exists():
        return
    if not _runs(settings.venv_python, "-m", "pip", "--version"):
        _make(settings, find_python(settings.python))
    say("installing Odoo's Python packages and the addons of the OCA")
    _install(settings, folder)
    # Let the environment import Odoo from where it lies.
    (packages,) = (settings.venv / "lib").glob("python3.*/site-packages")
    (packages / "odoo19.pth").write_text(f"{site}\n")
    write_stamp(stamp, wanted)


def find_python(given: str) -> str:
    """Return an interpreter that Odoo 19 runs on, the given one if it fits.

    :raise ToolError: none fits.
    """
    names = [given, "python3", *(f"python3.{minor}" for minor in range(13, 9, -1))]
    for path in filter(None, map(shutil.which, names)):
        if _runs(path, "-c", CHECK):
            return path
    raise ToolError(
        "Odoo 19 runs on Python 3.10 to 3.13 and none was found; "
        "set PYTHON to such an interpreter."
    )


def _runs(python: str | Path, *words: str) -> bool:
    """Tell whether an interpreter is there and does something without an error."""
    try:
        run([python, *words], failure="")
    except ToolError:
        return False
    return True


def _make(settings: Settings, python: str) -> None:
    """Make the environment; Debian keeps what that needs in a package of its own."""
    say(f"making a virtual environment with {python}")
    make = [python, "-m", "venv", "--clear", settings.venv]
    failure = "The virtual environment cannot be made."
    try:
        run(make, failure=failure)
    except ToolError:
        if not Path(python).resolve().is_relative_to("/usr/bin"):
            raise
        install_missing(["python3-venv"], "Python's venv module is needed")
        run(make, failure=failure)


def _install(settings: Settings, folder: Path) -> None:
    """Install the pins, or what this Python can have of them."""
    pip = [settings.venv_python, "-m", "pip", "install", "--quiet"]
    failure = "pip cannot install Odoo's packages; is a package index within reach?"
    files = [folder / name for name in REQUIREMENTS]
    try:
        run([*pip, *(f"--requirement={file}" for file in files)], failure=failure)
    except ToolError:
        loose = settings.home / "requirements.txt"
        loose.write_text(loosened("\n".join(file.read_text() for file in files)))
        run([*pip, f"--requirement={loose}"], failure=failure)
    run([*pip, "--no-deps", f"--requirement={folder / OCA}"], failure=failure)


def loosened(requirements: str) -> str:
    """Turn each pin into an upper bound, for a Python that the pin is too new for."""
    return re.sub(r"==(?=\d)", "<=", requirements)
