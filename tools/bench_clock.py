"""The clock of benchmarks: it counts what a sync takes of the processor."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from odoo import fields
from odoo.sql_db import Cursor


class ProcessorClock:
    """The time of a sync on a processor of its own: it leaps where the sync waits.

    It counts what Odoo and the connections of its database take of the processor, so
    that other work on the machine does not change it.

    :param database: the name of the database.
    :param began: the moment that it begins with: now.
    """

    def __init__(self, database: str, began: datetime | None = None) -> None:
        self.leapt = self.postgres = 0.0
        self.leaps = 0
        self._database = f" {database} "
        self._known: dict[str, float] = {}
        self._looked = 0.0
        self._began = began or datetime.now()
        self._before = time.process_time() + self._of_postgres()

    def seconds(self) -> float:
        """Return how much time has gone by."""
        self.postgres = self._of_postgres()
        return time.process_time() + self.postgres - self._before + self.leapt

    def leap(self, seconds: float) -> None:
        """Let time go by that is only waited for."""
        self.leaps += 1
        self.leapt += seconds

    def now(self) -> datetime:
        """Return the moment as Odoo does."""
        moment = self._began + timedelta(seconds=self.seconds())
        return moment.replace(microsecond=0)

    def rule(self) -> None:
        """Tell Odoo the time from now on: the moment, and when a transaction began."""

        def began(cr: Any) -> datetime:
            moment: datetime = cr._now or self.now()
            cr._now = moment
            return moment

        fields.Datetime.now, Cursor.now = staticmethod(self.now), began

    def _of_postgres(self) -> float:
        if time.monotonic() - self._looked > 1:
            self._looked = time.monotonic()
            for process in Path("/proc").glob("[0-9]*"):
                if self._is_ours(process):
                    self._known.setdefault(process.name, 0.0)
        tick = os.sysconf("SC_CLK_TCK")
        for pid in self._known:
            try:
                words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                # It has ended: what it took stays counted.
                continue
            self._known[pid] = (int(words[11]) + int(words[12])) / tick
        return sum(self._known.values())

    def _is_ours(self, process: Path) -> bool:
        try:
            said = (process / "cmdline").read_text()
        except OSError:
            return False
        return said.startswith("postgres:") and self._database in said
