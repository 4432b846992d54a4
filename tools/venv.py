"""The virtual environment that runs Odoo, with pinned packages."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

from tools.apt import install_missing
from tools.settings import Settings
from tools.shell import ToolError, run, say, stamp_is, write_stamp

OLDEST, NEWEST = (3, 10), (3, 13)
REQUIREMENTS = ("requirements-odoo.txt", "requirements-tests.txt")
ASK_VERSION = "import sys; print(*sys.version_info[:3], sep='.')"


def ensure_venv(settings: Settings, site: Path) -> None:
    """Make the virtual environment, or what of it is missing.

    :param site: the folder that holds Odoo.
    """
    stamp = settings.stamps / "venv"
    folder = settings.repository / "tools"
    texts = [(folder / name).read_text() for name in REQUIREMENTS]
    wanted = hashlib.sha256("\n".join([str(site), *texts]).encode()).hexdigest()
    if stamp_is(stamp, wanted) and settings.venv_python.exists():
        return
    if not _works(settings.venv_python):
        _make(settings, find_python(settings.python))
    _install(settings, texts)
    _point_to(settings, site)
    write_stamp(stamp, wanted)


def find_python(given: str) -> str:
    """Return an interpreter that Odoo 19 runs on, the given one if it fits.

    :raise ToolError: none fits.
    """
    names = [given, "python3", *(f"python3.{minor}" for minor in range(13, 9, -1))]
    for name in names:
        path = shutil.which(name)
        if path and fits(_version(path)):
            return path
    raise ToolError(
        "Odoo 19 runs on Python 3.10 to 3.13 and none was found; "
        "set PYTHON to such an interpreter."
    )


def fits(version: str) -> bool:
    """Tell whether Odoo 19 runs on a version of Python."""
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    return OLDEST <= numbers <= NEWEST


def _version(python: str | Path) -> str:
    return run([python, "-c", ASK_VERSION], failure=f"{python} does not start.").strip()


def _works(python: Path) -> bool:
    """Tell whether the environment has a pip that starts."""
    try:
        run([python, "-m", "pip", "--version"], failure="")
    except ToolError:
        return False
    return True


def _make(settings: Settings, python: str) -> None:
    """Make the environment; Debian keeps what that needs in a package of its own."""
    say(f"making a virtual environment with Python {_version(python)}")
    make = [python, "-m", "venv", "--clear", settings.venv]
    failure = "The virtual environment cannot be made."
    try:
        run(make, failure=failure)
    except ToolError:
        if not _of_the_system(python):
            raise
        install_missing(["python3-venv"], "Python's venv module is needed")
        run(make, failure=failure)


def _of_the_system(python: str) -> bool:
    return Path(python).resolve().is_relative_to("/usr/bin")


def _install(settings: Settings, texts: list[str]) -> None:
    """Install the pins, or what this Python can have of them."""
    say("installing Odoo's Python packages")
    pinned = settings.home / "requirements.txt"
    pinned.write_text("\n".join(texts))
    pip = [settings.venv_python, "-m", "pip", "install", "--quiet"]
    failure = "pip cannot install Odoo's packages; is a package index within reach?"
    try:
        run([*pip, "-r", pinned], failure=failure)
    except ToolError:
        pinned.write_text(loosened("\n".join(texts)))
        run([*pip, "-r", pinned], failure=failure)


def loosened(requirements: str) -> str:
    """Turn each pin into an upper bound, for a Python that the pin is too new for."""
    return re.sub(r"==(?=\d)", "<=", requirements)


def _point_to(settings: Settings, site: Path) -> None:
    """Let the environment import Odoo from where it lies."""
    (packages,) = (settings.venv / "lib").glob("python3.*/site-packages")
    (packages / "odoo19.pth").write_text(f"{site}\n")
