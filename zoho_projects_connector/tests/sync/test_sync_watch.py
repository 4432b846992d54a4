"""Who is told that the sync fails: one activity and one e-mail, once."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCase

from ...models.sync.causes import note
from .common_connect import SECRETS, ConnectCase


class WatchCase(ConnectCase, MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.watch = cls.env.ref("zoho_projects_connector.ir_cron_zoho_watch")
        cls.cron = cls.env.ref("zoho_projects_connector.ir_cron_zoho_sync")
        cls.manager.email = "manager@northlight.example"
        cls.second = cls._new_user("zoho_second", "group_zoho_manager")
        cls.second.email = "second@northlight.example"
        elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls._new_user("zoho_elsewhere", "group_zoho_manager", elsewhere)

    def setUp(self):
        super().setUp()
        self.sign_in()
        self.integration._prepare_streams()
        self.integration.status = "active"

    def succeeded(self, **ago):
        """Let the last success be so long ago."""
        self.integration.last_sync = fields.Datetime.now() - timedelta(**ago)

    def look(self):
        """Let the schedule look after the sync; return the e-mails that are queued."""
        known = self.env["mail.mail"].search([])
        self.env["zoho.integration"]._cron_watch()
        return self.env["mail.mail"].search([]) - known


@tagged("post_install", "-at_install")
class TestFailing(WatchCase):
    def test_one_activity_and_one_mail_after_a_day(self):
        self.succeeded(hours=23)
        self.integration._set_status("waiting", note("paused"))
        self.assertFalse(self.look())
        self.assertFalse(self.integration.activity_ids)
        self.integration.failing_since = False
        self.succeeded(hours=25)
        with self.mock_mail_gateway():
            mails = self.look()
            self.assertEqual(
                mails.recipient_ids, (self.manager | self.second).partner_id
            )
            self.assertEqual(set(mails.mapped("state")), {"outgoing"})
            self.assertFalse(self._mails)
            mails.send()
        self.assertEqual(
            sorted(mail["email_to"][0] for mail in self._mails),
            [
                self.manager.partner_id.email_formatted,
                self.second.partner_id.email_formatted,
            ],
        )
        for mail in self._mails:
            self.assertIn("has been failing", mail["subject"])
            self.assertIn("Zoho has asked for a pause", mail["body"])
            self.assertIn(
                f"/odoo/zoho-integrations/{self.integration.id}", mail["body"]
            )
            self.assertFalse([one for one in SECRETS if one in mail["body"]])
        activities = self.integration.activity_ids
        self.assertEqual(activities.user_id, self.manager | self.second)
        self.assertEqual(len(activities), 2)
        self.assertIn("Zoho has asked for a pause", activities[0].note)

    def test_nobody_is_told_twice(self):
        self.succeeded(hours=25)
        self.integration.status = "sign_in_again"
        self.assertTrue(self.look())
        self.assertFalse(self.look())
        self.integration.status = "waiting"
        self.assertFalse(self.look())
        self.assertEqual(len(self.integration.activity_ids), 2)

    def test_success_closes_the_activity(self):
        self.succeeded(hours=25)
        self.integration.status = "stalled"
        self.look()
        activities = self.integration.activity_ids
        self.integration.write({"last_sync": fields.Datetime.now()})
        self.assertFalse(self.integration.activity_ids)
        self.assertEqual(set(activities.mapped("feedback")), {"The sync works again."})
        self.assertFalse(self.look())
        self.succeeded(hours=25)
        self.integration.status = "waiting"
        self.assertTrue(self.look(), "A new failure is told anew")

    def test_disabling_closes_it_too(self):
        self.succeeded(hours=25)
        self.integration.status = "waiting"
        self.look()
        self.integration.with_user(self.manager).action_disable()
        self.assertFalse(self.integration.activity_ids)
        self.assertFalse(self.look())

    def test_long_intervals_have_more_patience(self):
        """Every 20 hours: two of them are 40 hours."""
        self.integration.quick_interval = 20 * 60
        self.succeeded(hours=39)
        self.integration.status = "waiting"
        self.assertFalse(self.look())
        self.succeeded(hours=41)
        self.assertTrue(self.look())

    def test_a_first_sync_that_never_ends_well(self):
        self.assertFalse(self.look(), "Nothing was started yet")
        run = self.env["zoho.sync.run"].create(
            {"integration_id": self.integration.id, "trigger": "setup"}
        )
        self.env.cr.execute(
            "UPDATE zoho_sync_run SET create_date = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(hours=25), run.id],
        )
        run.invalidate_recordset(["create_date"])
        self.integration.status = "waiting"
        self.assertTrue(self.look())

    def test_a_long_sync_at_work_is_no_failure(self):
        self.succeeded(hours=25)
        now = fields.Datetime.now()
        run = self.env["zoho.sync.run"].create(
            {
                "integration_id": self.integration.id,
                "trigger": "button",
                "status": "running",
                "started_at": now - timedelta(minutes=10),
            }
        )
        self.integration.status = "syncing"
        self.assertFalse(self.look())
        self.assertEqual(self.integration.status, "syncing")
        run.started_at = now - timedelta(minutes=20)
        self.assertTrue(self.look())
        self.assertEqual(self.integration.status, "stalled")
        self.assertIn("Nothing has moved since", self.integration.status_message)


@tagged("post_install", "-at_install")
class TestHealth(WatchCase):
    def setUp(self):
        super().setUp()
        self.succeeded(minutes=5)
        self.cron.nextcall = fields.Datetime.now() + timedelta(minutes=5)
        self.cron.active = True

    def attention(self, user=None):
        """Return the advice of the lines that are not well, by their keys."""
        integration = self.integration.with_user(user or self.user)
        integration.invalidate_recordset()
        lines = {one["key"]: one["advice"] for one in integration.health}
        self.assertIn("module_timelog", lines)
        return {key: advice for key, advice in lines.items() if advice}

    def test_all_is_well(self):
        self.assertFalse(self.attention())

    def test_nothing_secret_is_shown(self):
        self.env["zoho.quota"]._reserve(self.integration, "tasks")
        shown = str(self.integration.health) + str(self.integration.call_budget)
        self.assertIn("Valid", shown)
        self.assertIn("tasks", shown)
        self.assertFalse([secret for secret in SECRETS if secret in shown])

    def test_switched_off(self):
        self.cron.active = False
        self.assertIn("is switched off", self.attention()["schedule"])

    def test_no_worker(self):
        self.cron.nextcall = fields.Datetime.now() - timedelta(minutes=31)
        self.assertIn("No worker of Odoo", self.attention()["schedule"])

    def test_clock_that_was_set_back(self):
        self.integration.last_full_sync = fields.Datetime.now() + timedelta(days=1)
        self.assertIn("check the clock", self.attention()["schedule"])
        self.cron.nextcall = fields.Datetime.now() + timedelta(minutes=11)
        self.assertIn("press Instant Sync", self.attention()["schedule"])

    def test_sign_in(self):
        self.integration.scopes_missing = "ZohoProjects.bugs.READ"
        self.assertIn("ZohoProjects.bugs.READ", self.attention()["sign_in"])
        self.integration.status = "sign_in_again"
        self.assertIn("Press Sign in Again", self.attention()["sign_in"])

    def test_sync(self):
        for values, words in [
            ({"status": "disabled"}, "press Enable"),
            ({"status": "waiting", "status_note": note("paused")}, "for a pause"),
            ({"status": "waiting", "status_note": False}, "does not answer"),
        ]:
            self.integration.write(values)
            self.assertIn(words, self.attention()["sync"])
        self.integration.status = "active"
        self.succeeded(hours=49)
        self.assertIn("for a day", self.attention()["sync"])

    def test_module(self):
        kept = note("list_shrunk", missing=3, known=4)
        self.integration.stream_ids[2].write({"state": "error", "note": kept})
        told = "Zoho's list has lost 3 of 4 records at once."
        self.assertEqual(self.attention(), {"module_project": told})

    def test_errors_and_differences(self):
        self.env["zoho.sync.error"].create(
            {
                "integration_id": self.integration.id,
                "entity": "task",
                "code": "odoo_refused",
            }
        )
        self.env["zoho.difference"].create(
            {
                "integration_id": self.integration.id,
                "company_id": self.company.id,
                "kind": "changed",
            }
        )
        self.assertEqual(set(self.attention()), {"attention"})
        [line] = [one for one in self.integration.health if one["key"] == "attention"]
        self.assertEqual(line["text"], self.integration.attention_text)
        self.assertEqual(self.integration.attention_count, 2)

    def test_what_was_never_looked_at_is_not_well(self):
        """The hours were never compared, and no module has been synced."""
        checked = {one["key"]: one["is_checked"] for one in self.integration.health}
        self.assertFalse(checked["hours"] or checked["module_task"])
        self.assertTrue(checked["sync"] and checked["calls"])
        self.integration.sync_timesheets = False
        self.integration.invalidate_recordset(["health"])
        keys = [one["key"] for one in self.integration.health]
        self.assertNotIn("hours", keys)

    def test_billing_check(self):
        self.env["project.billed.time"]._tell_wrong(["INV/1"])
        self.assertIn("has found something", self.attention()["billing"])
        self.env["project.billed.time"]._tell_wrong([])
        self.assertFalse(self.attention())
        self.env.ref("zoho_projects_connector.ir_cron_billed_time").active = False
        self.assertIn("is switched off", self.attention()["billing"])

    def test_calls(self):
        """Zoho announces 10 calls, of which 9 are made; 90 are safe elsewhere."""
        Quota = self.env["zoho.quota"]
        Quota._announce(self.integration, "tasks", 10)
        for _number in range(9):
            Quota._reserve(self.integration, "tasks")
        Quota._reserve(self.integration, "users")
        self.env["zoho.sync.run"].create(
            {
                "integration_id": self.integration.id,
                "trigger": "button",
                "started_at": fields.Datetime.now(),
                "api_calls": 10,
            }
        )
        self.assertEqual(set(self.attention()), {"calls"})
        integration = self.integration.with_user(self.user)
        self.assertEqual(integration.calls_today, 10)
        self.assertEqual(
            integration.call_budget,
            [
                {"pattern": "tasks", "calls": 9, "announced": 10, "limit": 9},
                {"pattern": "users", "calls": 1, "announced": 0, "limit": 90},
            ],
        )
