"""Lists of several pages are read to their end, however they tell that more follows.

:source: Zoho Projects API reference, sections 9.1 and 14.
"""

from odoo.tests import tagged

from ..simulator import DIALECTS, golden
from .sync_common import SyncCase
from .test_sync_dialects import each

ROWS = 205
PAGED = (
    "default",
    "gateway_yes",
    "has_next_page_absent",
    "has_next_page_always_true",
    "has_next_page_logs_always_true",
    "has_next_page_string",
    "kitchen_sink",
    "kitchen_sink_last",
    "log_shape_v2",
    "numbers_string",
    "page_info_absent",
    "page_info_array",
    "past_end_repeat_last",
    "per_page_excess_refused",
    "per_page_max_100",
    "per_page_told_requested",
    "projects_shape_envelope",
    "silent",
)
TABLES = {"project": "project", "task": "task", "issue": "bug", "log": "timelog"}


@tagged("post_install", "-at_install")
@each(PAGED)
class TestPages(SyncCase):
    """Long lists of records that have no place in Odoo: each must be accounted for."""

    def make_portal(self):
        portal = golden(clock=self.clock)
        task = next(iter(portal.tasks))
        for number in range(ROWS):
            project = portal.add_project(f"Without customer {number}")
            portal.add_task(project.id, f"Task {number}")
            portal.add_issue(project.id, f"Issue {number}")
            portal.add_log(portal.golden_project, task, number + 1, approval="pending")
        return portal

    def check(self, name):
        self.sim.dialect = DIALECTS[name]
        run = self.sync_patiently()
        self.assertEqual(run.status, "done", run.message)
        for table, entity in TABLES.items():
            self.assertEqual(self.accounted(entity), set(self.portal.table(table)))
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())

    def accounted(self, entity):
        """Return the ids that are linked, left out or in the error summary."""
        ids = set(self.errors(entity=entity).mapped("zoho_id"))
        for model in ("zoho.link", "zoho.skipped.record"):
            rows = self.env[model].search(
                [
                    ("integration_id", "=", self.integration.id),
                    ("entity", "=", entity),
                ]
            )
            ids.update(rows.mapped("zoho_id"))
        return ids - {""}
