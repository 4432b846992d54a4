"""Debian packages: unpacked privately from sid, or installed from the own release."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tools.shell import ToolError, is_root, run, say

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
NO_MIRROR = (
    "The apt configuration of this machine names no Debian mirror; "
    "set ODOO_PATH to an Odoo 19 you have."
)
# What apt keeps of its own, below a folder of ours.
PRIVATE = {
    "Dir::Etc::sourcelist": "sources.list",
    "Dir::Etc::preferencesparts": "preferences.d",
    "Dir::State::lists": "lists",
    "Dir::State::status": "status",
    "Dir::Cache": "cache",
}
OPTIONS = {
    "Dir::Etc::sourceparts": "/dev/null",
    "Dir::Etc::preferences": "/dev/null",
    "Acquire::Languages": "none",
    "Acquire::Retries": "3",
    "APT::Update::Error-Mode": "any",
    # The folder may lie where apt's own sandbox user cannot look.
    "APT::Sandbox::User": "root",
}


def debian_mirror() -> str:
    """Return where the machine has Debian from, as apt itself reads its sources.

    :raise ToolError: no source is one of Debian's own.
    """
    uris = run(["apt-get", "--print-uris", "update"], failure=NO_MIRROR)
    own = ["sh", "-c", '. /etc/os-release; echo "$VERSION_CODENAME"']
    release = run(own, failure=NO_MIRROR).strip()
    suites = {release, "stable", "testing", "unstable", "sid"}
    for mirror, suite in re.findall(r"'(\S+)/dists/([^/']+)/InRelease'", uris):
        if suite in suites:
            return str(mirror)
    raise ToolError(NO_MIRROR)


def fetch(
    folder: Path, suites: Sequence[str], packages: Sequence[str], target: Path
) -> None:
    """Fetch packages of other suites, beside the machine's own apt.

    :param folder: where the private tree of apt lies.
    :param packages: each ``name/suite``.
    :param target: the folder that the files come to.
    :raise ToolError: the mirror cannot be reached or has not these packages.
    """
    for path in (folder / "lists/partial", folder / "cache/archives/partial", target):
        path.mkdir(parents=True, exist_ok=True)
    (folder / "preferences.d").mkdir(exist_ok=True)
    (folder / "status").touch()
    signed = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
    start = f"deb {signed}{debian_mirror()}"
    lines = [f"{start} {suite} main\n" for suite in suites]
    (folder / "sources.list").write_text("".join(lines))
    options = {**OPTIONS, **{key: folder / name for key, name in PRIVATE.items()}}
    apt = ["apt-get", "-qq", *(f"-o{key}={value}" for key, value in options.items())]
    say(f"reading the package lists of {' and '.join(suites)}")
    run([*apt, "update"], failure="The package lists of Debian cannot be read.")
    say(f"fetching {' '.join(packages)}")
    failure = "The packages of Odoo 19 cannot be fetched."
    run([*apt, "download", *packages], failure=failure, cwd=target)


def install_missing(packages: Sequence[str], why: str) -> None:
    """Install packages of the machine's own release.

    :param why: what the packages are for, as in "PostgreSQL is needed".
    :raise ToolError: apt or the right to use it is missing, or apt fails.
    """
    names = " ".join(packages)
    if not shutil.which("apt-get"):
        raise ToolError(f"{why}: install it by hand, there is no apt here.")
    prefix = [] if is_root() else ["sudo", "-n"]
    if prefix and not _may_sudo():
        raise ToolError(f"{why}: ask an administrator for `apt-get install {names}`.")
    say(f"installing {names} from the machine's own release")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y"]
    install = [*apt, "--no-install-recommends", "install", *packages]
    failure = f"{why}, and `apt-get install {names}` failed."
    try:
        run(install, failure=failure)
    except ToolError:
        run([*apt, "update"], failure="`apt-get update` failed.")
        run(install, failure=failure)


def _may_sudo() -> bool:
    """Tell whether commands can be run as root without a password."""
    ask = ["sudo", "-n", "true"]
    return (
        bool(shutil.which("sudo"))
        and not subprocess.run(ask, check=False, capture_output=True).returncode
    )
