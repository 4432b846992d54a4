"""Debian packages: unpacked privately from sid, or installed from the own release."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.shell import ToolError, is_root, run, say

ETC_APT = Path("/etc/apt")
OS_RELEASE = Path("/etc/os-release")


@dataclass(frozen=True)
class Source:
    """One entry of the machine's apt configuration."""

    uris: tuple[str, ...]
    suites: tuple[str, ...]
    signed_by: str


def parse_deb822(text: str) -> list[Source]:
    """Read the entries of a ``.sources`` file."""
    sources = []
    for paragraph in re.split(r"\n\s*\n", text):
        fields = _deb822_fields(paragraph)
        if "deb" not in fields.get("types", "").split():
            continue
        if fields.get("enabled", "yes").lower() in ("no", "false", "0"):
            continue
        signed_by = fields.get("signed-by", "")
        sources.append(
            Source(
                tuple(fields.get("uris", "").split()),
                tuple(fields.get("suites", "").split()),
                signed_by if signed_by.startswith("/") else "",
            )
        )
    return sources


def _deb822_fields(paragraph: str) -> dict[str, str]:
    """Return the fields of one paragraph, names in lower case."""
    fields: dict[str, str] = {}
    name = ""
    for line in paragraph.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line[0].isspace():
            fields[name] = f"{fields.get(name, '')}\n{line.strip()}".strip()
            continue
        name, _colon, value = line.partition(":")
        name = name.strip().lower()
        fields[name] = value.strip()
    return fields


def parse_one_line(text: str) -> list[Source]:
    """Read the entries of a ``.list`` file."""
    pattern = re.compile(
        r"^deb\s+(?:\[(?P<options>[^]]*)\]\s*)?(?P<uri>\S+)\s+(?P<suite>\S+)"
    )
    sources = []
    for line in text.splitlines():
        match = pattern.match(line.strip())
        if not match:
            continue
        options = dict(
            option.split("=", 1)
            for option in (match["options"] or "").split()
            if "=" in option
        )
        signed_by = options.get("signed-by", "")
        sources.append(Source((match["uri"],), (match["suite"],), signed_by))
    return sources


def machine_sources(etc_apt: Path = ETC_APT) -> list[Source]:
    """Return all entries of the machine's apt configuration."""
    sources: list[Source] = []
    lists = [etc_apt / "sources.list", *sorted((etc_apt / "sources.list.d").glob("*"))]
    for path in lists:
        if not path.is_file():
            continue
        if path.suffix == ".sources":
            sources += parse_deb822(path.read_text())
        elif path.suffix == ".list":
            sources += parse_one_line(path.read_text())
    return sources


def own_release(os_release: Path = OS_RELEASE) -> str:
    """Return the code name of the machine's release, empty when it has none."""
    try:
        text = os_release.read_text()
    except OSError:
        return ""
    match = re.search(r'^VERSION_CODENAME="?([\w-]+)', text, re.MULTILINE)
    return match[1] if match else ""


def main_source(sources: Iterable[Source], release: str) -> Source:
    """Pick the entry that leads to the machine's Debian mirror.

    :raise ToolError: no entry is one of Debian's own.
    """
    wanted = {release, "stable", "testing", "unstable", "sid"} - {""}
    for source in sources:
        if source.uris and wanted & set(source.suites):
            return source
    raise ToolError(
        "The apt configuration of this machine names no Debian mirror; "
        "set ODOO_PATH to an Odoo 19 you have."
    )


class PrivateApt:
    """An apt tree of its own: the machine's mirror, other suites, own state."""

    def __init__(self, folder: Path, suites: Sequence[str]) -> None:
        self.folder = folder
        self.suites = suites

    def update(self) -> None:
        """Fetch the lists of the suites into the private tree.

        :raise ToolError: the mirror cannot be reached or has not these suites.
        """
        for name in ("lists/partial", "cache/archives/partial", "preferences.d"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        self._write_sources()
        say(f"reading the package lists of {' and '.join(self.suites)}")
        self._apt("update", failure="The package lists of Debian cannot be read.")

    def download(self, packages: Sequence[str], target: Path) -> None:
        """Fetch packages, each ``name`` or ``name/suite``, into a folder."""
        target.mkdir(parents=True, exist_ok=True)
        say(f"fetching {' '.join(packages)}")
        self._apt(
            "download",
            *packages,
            failure="The packages of Odoo 19 cannot be fetched.",
            cwd=target,
        )

    def _write_sources(self) -> None:
        source = main_source(machine_sources(), own_release())
        option = f" [signed-by={source.signed_by}]" if source.signed_by else ""
        lines = [f"deb{option} {source.uris[0]} {suite} main" for suite in self.suites]
        (self.folder / "sources.list").write_text("\n".join(lines) + "\n")

    def _apt(self, *words: str, failure: str, cwd: Path | None = None) -> str:
        options = {
            "Dir::Etc::sourcelist": self.folder / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": self.folder / "preferences.d",
            "Dir::State::lists": self.folder / "lists",
            "Dir::State::status": self.folder / "status",
            "Dir::Cache": self.folder / "cache",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "APT::Update::Error-Mode": "any",
            # The folder may lie where apt's own sandbox user cannot look.
            "APT::Sandbox::User": "root",
        }
        flags = [f"-o{name}={value}" for name, value in options.items()]
        return run(["apt-get", "-qq", *flags, *words], failure=failure, cwd=cwd)


def install_missing(packages: Sequence[str], why: str) -> None:
    """Install packages of the machine's own release.

    :param why: what the packages are for, as in "PostgreSQL is needed".
    :raise ToolError: apt or the right to use it is missing, or apt fails.
    """
    names = " ".join(packages)
    if not shutil.which("apt-get"):
        raise ToolError(f"{why}: install it by hand, there is no apt here.")
    prefix = _root_prefix(f"{why}: ask an administrator for `apt-get install {names}`.")
    say(f"installing {names} from the machine's own release")
    env = ["env", "DEBIAN_FRONTEND=noninteractive"]
    install = [*prefix, *env, "apt-get", "-qq", "-y", "--no-install-recommends"]
    failure = f"{why}, and `apt-get install {names}` failed."
    try:
        run([*install, "install", *packages], failure=failure)
    except ToolError:
        run([*prefix, "apt-get", "-qq", "update"], failure="`apt-get update` failed.")
        run([*install, "install", *packages], failure=failure)


def _root_prefix(refusal: str) -> list[str]:
    """Return the words that make a command run as root."""
    if is_root():
        return []
    if shutil.which("sudo") and os.system("sudo -n true 2>/dev/null") == 0:
        return ["sudo", "-n"]
    raise ToolError(refusal)
