"""``make bench``: measures that must hold, each printed beside its limit."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from tools.bench_billing import bench_billing
from tools.bench_sync import bench_sync
from tools.portal_options import read_options
from tools.settings import Settings, read_settings
from tools.shell import ToolError

# Each prints its figures and returns whether they hold; others join here.
BENCHES: dict[str, Callable[[Settings, str], bool]] = {
    "billing": bench_billing,
    "sync": bench_sync,
}


def main() -> int:
    """Run the benchmark of ``BENCH``, or all; the size is ``SIZE``, large by default.

    :return: the exit code; 1 when a limit is broken.
    """
    os.environ.setdefault("SIZE", "large")
    try:
        settings, size = read_settings(), read_options().size
        hold = [bench(settings, size) for bench in _chosen(os.environ.get("BENCH", ""))]
    except ToolError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1
    return 0 if all(hold) else 1


def _chosen(name: str) -> list[Callable[[Settings, str], bool]]:
    if name and name not in BENCHES:
        raise ToolError(f"BENCH={name} is not known; choose {', '.join(BENCHES)}.")
    return [BENCHES[name]] if name else list(BENCHES.values())


if __name__ == "__main__":
    sys.exit(main())
