"""Commands, messages, stamps and the lock that every tool shares."""

from __future__ import annotations

import fcntl
import os
import pwd
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
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
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    log: Path | None = None,
    typed: str = "",
) -> str:
    """Run a command quietly and return what it printed.

    :param failure: the sentence a person reads when the command fails.
    :param user: run it as this user instead, which only root may.
    :param log: the file that keeps all that it says.
    :param typed: what it reads.
    :raise ToolError: the command is missing or ended with an error.
    """
    try:
        with log.open("w") if log else nullcontext(subprocess.PIPE) as output:
            done = subprocess.run(
                [str(word) for word in command],
                check=False,
                input=typed,
                stdout=output,
                stderr=subprocess.STDOUT if log else subprocess.PIPE,
                text=True,
                cwd=cwd,
                env=env,
                user=user,
                group=pwd.getpwnam(user).pw_gid if user else None,
                extra_groups=[] if user else None,
            )
    except OSError as error:
        raise ToolError(f"{failure} ({command[0]}: {error.strerror})") from error
    if done.returncode and log:
        said = tail(log.read_text())
        raise ToolError(f"{failure} Its log is {log} and ends with:\n{said}")
    if done.returncode:
        raise ToolError(f"{failure}\n{tail(done.stderr or done.stdout)}")
    return done.stdout


def tail(text: str, lines: int = 20) -> str:
    """Return the last lines of an output, indented under a message."""
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-lines:])


def is_root() -> bool:
    """Tell whether this process may do everything."""
    return os.geteuid() == 0


def stamp_is(path: Path, value: str) -> bool:
    """Tell whether a step was finished earlier for the same input."""
    return path.is_file() and path.read_text() == value


def write_stamp(path: Path, value: str) -> None:
    """Note that a step is finished; written last, and in one go."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(value)
    fresh.replace(path)


@contextmanager
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
