"""The addons of the OCA that a companion builds on, in a folder of their own."""

from __future__ import annotations

import shutil

from tools.settings import Settings
from tools.shell import run, say, stamp_is, write_stamp

REQUIREMENTS = "requirements-oca.txt"


def oca_pins(settings: Settings) -> str:
    """Return the text that names the addons and their versions."""
    return (settings.repository / "tools" / REQUIREMENTS).read_text()


def ensure_oca_addons(settings: Settings) -> None:
    """Install the pinned addons, when they are missing or the pins changed.

    Odoo is not on the package index, so nothing that they depend on is asked for.

    :raise ToolError: pip cannot fetch them.
    """
    stamp, wanted = settings.stamps / "oca", oca_pins(settings)
    if stamp_is(stamp, wanted) and settings.oca_addons.is_dir():
        return
    say("installing addons of the OCA")
    shutil.rmtree(settings.oca, ignore_errors=True)
    requirements = settings.repository / "tools" / REQUIREMENTS
    pip = [settings.venv_python, "-m", "pip", "install", "--quiet", "--no-deps"]
    run(
        [*pip, "--target", settings.oca, "-r", requirements],
        failure="pip cannot install the OCA's addons; is a package index within reach?",
    )
    write_stamp(stamp, wanted)
