"""A company that keeps its time in days: an hour of Zoho is an eighth of one.

:source: product.md, section 5: hours are exact to the minute.
"""

from datetime import date

from odoo.tests import tagged

from ...models.sync.hours_check import HoursCheck
from .resolve_common import ResolveCase


@tagged("post_install", "-at_install")
class TestTimeInDays(ResolveCase):
    def setUp(self):
        super().setUp()
        self.company.project_time_mode_id = self.env.ref("uom.product_uom_day")

    def make_portal(self):
        portal = super().make_portal()
        self.site = portal.add_project("Site", self.harbour.id)
        self.task = portal.add_task(self.site.id, "Build", planned_minutes=90)
        ann = portal.add_user("Ann", "A", "ann@site.example")
        ben = portal.add_user("Ben", "B", "ben@site.example")
        self.logs = [
            portal.add_log(
                self.site.id,
                self.task.id,
                minutes,
                "2026-10-05",
                who.id,
                approval="approved",
            )
            for minutes, who in ((120, ann), (60, ann), (180, ben))
        ]
        return portal

    def timesheets(self):
        """Return the timesheets of the three logs, as they were logged."""
        lines = self.env["account.analytic.line"]
        return lines.concat(*(self.record("timelog", log.id) for log in self.logs))

    def synced_minutes(self):
        """Return the minutes of the site that the reconciliation finds in Odoo."""
        check = HoursCheck(self.integration)
        books = check.books(date(2026, 10, 1), date(2026, 10, 31))
        entries = books[self.site.id, date(2026, 10, 1)]
        return {entry.kind: entry.minutes for entry in entries}

    def test_hours_stay_hours(self):
        """2 + 1 + 3 h at 100.00 are 600.00; the native time is 0.75 days."""
        self.sync()
        lines = self.timesheets()
        self.assertEqual(lines.mapped("unit_amount"), [0.25, 0.125, 0.375])
        self.assertEqual(lines.mapped("logged_hours"), [2, 1, 3])
        self.assertEqual(lines.mapped("unbilled_hours"), [2, 1, 3])
        task = self.record("task", self.task.id)
        self.assertEqual(task.allocated_hours, 1.5 / 8)
        self.assertEqual(task._planned_hours(task.browse()), 1.5)
        self.assertEqual(self.synced_minutes(), {"synced": 360})
        ann = self.link("user", self.logs[0].owner)
        self.assertEqual((ann.log_count, ann.log_hours), (2, 3))
        project = self.record("project", self.site.id)
        self.invoice(project)
        invoice = lines.timesheet_invoice_id
        self.assertEqual(invoice.amount_untaxed, 600)
        self.assertEqual(sum(invoice.invoice_line_ids.mapped("quantity")), 6)
        self.assertEqual(project.hours_logged, 6)
        run = self.full_sync_of_all()
        self.assertFalse(self.env["zoho.difference"].search([]))
        [counts] = run.line_ids.filtered(lambda one: one.entity == "timelog")
        self.assertEqual((counts.updated, counts.created), (0, 0))

    def full_sync_of_all(self):
        """Compare all after every stored digest is forgotten."""
        links = self.env["zoho.link"].search([("entity", "=", "timelog")])
        links.fingerprint = False
        self.advance(days=1)
        return self.sync(full=True)

    def test_what_zoho_says_of_invoiced_time(self):
        """3 h become 1 h: 200.00 too much, and just 2 h are credited."""
        self.sync()
        project = self.record("project", self.site.id)
        self.invoice(project)
        *_others, line = self.timesheets()
        self.portal.edit_log(self.logs[2].id, minutes=60)
        self.advance(hours=1)
        self.sync()
        [difference] = self.env["zoho.difference"].search([])
        self.assertEqual((difference.hours_before, difference.hours_after), (3, 1))
        self.assertEqual(
            (difference.amount_before, difference.amount_after), (300, 100)
        )
        self.assertEqual(difference._excess_hours(), 2)
        self.assertEqual(self.synced_minutes(), {"synced": 360, "differing": -120})
        difference._settle_by("credit", "Too much")
        self.assertEqual((line.unit_amount, line.billed_hours), (0.125, 1))
        self.assertEqual(line.timesheet_invoice_id.amount_untaxed, 400)

    def test_each_entry_keeps_its_unit(self):
        """The company's unit of tomorrow is not that of yesterday's entries."""
        self.sync()
        [line, *_others] = self.timesheets()
        self.company.project_time_mode_id = self.env.ref("uom.product_uom_hour")
        self.portal.edit_log(self.logs[0].id, minutes=95)
        late = self.portal.add_log(
            self.site.id,
            self.task.id,
            45,
            "2026-10-06",
            self.logs[0].owner,
            approval="approved",
        )
        self.advance(hours=1)
        self.sync()
        self.assertEqual(line.product_uom_id, self.env.ref("uom.product_uom_day"))
        self.assertEqual(line.logged_hours, 95 / 60)
        late = self.record("timelog", late.id)
        self.assertEqual((late.unit_amount, late.logged_hours), (0.75, 0.75))
        line.employee_id.hourly_cost = 48
        self.portal.edit_log(self.logs[0].id, minutes=120)
        self.advance(hours=1)
        self.sync()
        self.assertEqual((line.unit_amount, line.amount), (0.25, -96))
