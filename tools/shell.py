"""Commands, messages, stamps and the lock that every tool shares."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path


class ToolError(Exception):
    """Something cannot be had; the message is one sentence for a person."""


def say(message: str) -> None:
    """Print one progress line where the output of the command does not go."""
    print(f"» {message}", file=sys.stderr, flush=True)


def run(
    command: Sequence[object],
    *,
    failure: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: str | None = None,
) -> str:
    """Run a command quietly and return what it printed.

    :param failure: the sentence a person reads when the command fails.
    :param env: variables added to the environment of this process.
    :param user: run it as this user instead, which only root may.
    :return: the standard output.
    :raise ToolError: the command is missing or ended with an error.
    """
    try:
        done = subprocess.run(
            [str(word) for word in command],
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            cwd=cwd,
            user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=[] if user else None,
            env={**os.environ, **(env or {})},
        )
    except OSError as error:
        raise ToolError(f"{failure} ({command[0]}: {error.strerror})") from error
    if done.returncode:
        raise ToolError(f"{failure}\n{_tail(done.stderr or done.stdout)}")
    return done.stdout


def _tail(text: str, lines: int = 15) -> str:
    """Return the last lines of an output, indented under a message."""
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-lines:])


def is_root() -> bool:
    """Tell whether this process may do everything."""
    return os.geteuid() == 0


def require_space(folder: Path, megabytes: int) -> None:
    """Stop early when a disk is too full for what comes.

    :raise ToolError: less than ``megabytes`` are free.
    """
    free = shutil.disk_usage(folder).free // 2**20
    if free < megabytes:
        raise ToolError(
            f"{folder} has {free} MB free and {megabytes} MB are needed; "
            "make room or point ODOO_HOME at another disk."
        )


def stamp_is(path: Path, value: str) -> bool:
    """Tell whether a step was finished earlier for the same input."""
    try:
        return path.read_text() == value
    except OSError:
        return False


def write_stamp(path: Path, value: str) -> None:
    """Note that a step is finished; written last, and in one go."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(value)
    fresh.replace(path)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock on a file, so that two runs do not install at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another run of the tools to finish")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
