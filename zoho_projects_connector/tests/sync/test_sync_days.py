"""The day of a log, and on which side of the cut-off date it lies.

:source: product.md, sections 1 and 5.
"""

import os
import time
from datetime import date, timedelta
from unittest.mock import patch

from odoo.tests import tagged

from ..simulator import CUT_OFF, DIALECTS
from .sync_common import SyncCase
from .sync_content import Expected


@tagged("post_install", "-at_install")
class TestCutOff(SyncCase):
    preferences = {"timesheet_cutoff": "date", "timesheet_cutoff_date": CUT_OFF}

    def states(self):
        """Return the billing states around the cut-off, by days after it."""
        project = self.zoho("project", name="Around the cut-off")
        return {
            (log.day - CUT_OFF).days: self.record("timelog", log.id).billing_state
            for log in self.portal.logs.values()
            if log.project == project.id and log.minutes == 100
        }

    def test_day_itself_is_unbilled(self):
        self.sync()
        self.assertEqual(
            self.states(),
            {
                -31: "billed_elsewhere",
                -1: "billed_elsewhere",
                0: "unbilled",
                1: "unbilled",
            },
        )
        self.assert_content(Expected(self.sim, cut_off=CUT_OFF))
        self.assert_elsewhere(CUT_OFF)

    def assert_elsewhere(self, cut_off):
        """Hours billed elsewhere are those of the portal, project by project."""
        expected = self.sim.expected(cut_off=cut_off)
        for zoho_id, sums in expected.items():
            project = self.record("project", zoho_id)
            if project:
                self.assertAlmostEqual(project.hours_elsewhere * 60, sums["elsewhere"])

    def test_cut_off_moved(self):
        """A later preference holds for everything that is on no invoice."""
        self.sync()
        self.integration.timesheet_cutoff_date = CUT_OFF - timedelta(days=1)
        self.advance(hours=1)
        self.sync()
        self.assertEqual(
            [state for _day, state in sorted(self.states().items())],
            ["billed_elsewhere", "unbilled", "unbilled", "unbilled"],
        )
        self.assert_elsewhere(CUT_OFF - timedelta(days=1))
        self.integration.timesheet_cutoff = "unbilled"
        self.advance(hours=1)
        self.sync()
        self.assertEqual(set(self.states().values()), {"unbilled"})

    def test_log_moves_over_the_cut_off(self):
        self.sync()
        log = self.zoho("log", day=CUT_OFF, minutes=100)
        self.portal.edit_log(log.id, day=CUT_OFF - timedelta(days=2))
        self.advance(hours=1)
        self.sync()
        self.assertEqual(self.states()[-2], "billed_elsewhere")


@tagged("post_install", "-at_install")
class TestDay(SyncCase):
    """The day is the one that Zoho shows, wherever somebody sits."""

    def days(self):
        return {
            log.id: self.record("timelog", log.id).date
            for log in self.portal.logs.values()
            if self.record("timelog", log.id)
        }

    def check(self):
        self.sync()
        days = self.days()
        self.assertGreater(len(days), 25)
        for zoho_id, day in days.items():
            self.assertEqual(day, self.portal.logs[zoho_id].day)

    def test_user_far_away(self):
        for zone in ("Pacific/Auckland", "Pacific/Honolulu"):
            with self.subTest(zone), self.env.cr.savepoint() as savepoint:
                self.env.user.tz = zone
                self.env.ref("base.user_root").tz = zone
                self.env["zoho.integration"].flush_model()
                self.check()
                savepoint.rollback()
                self.env.invalidate_all()

    def test_machine_far_away(self):
        for zone in ("Pacific/Auckland", "America/Los_Angeles"):
            with (
                self.subTest(zone),
                patch.dict(os.environ, {"TZ": zone}),
                self.env.cr.savepoint() as savepoint,
            ):
                time.tzset()
                self.addCleanup(time.tzset)
                self.check()
                savepoint.rollback()
                self.env.invalidate_all()

    def test_day_as_a_moment(self):
        """A day that is told as midnight in UTC is that day."""
        self.sim.dialect = DIALECTS["log_date_datetime"]
        self.env.user.tz = "Pacific/Honolulu"
        self.check()

    def test_day_ahead(self):
        """Time that is logged for tomorrow is fetched today."""
        self.sync()
        task = self.zoho("task", name="Level 0")
        log = self.portal.add_log(task.project, task.id, 30, "2026-11-03")
        self.advance(hours=1)
        self.sync()
        self.assertEqual(self.record("timelog", log.id).date, date(2026, 11, 3))
