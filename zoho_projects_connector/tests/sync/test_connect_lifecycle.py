from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...hooks import uninstall_hook
from .common_connect import PORTALS_PATH, REVOKE_PATH, ConnectCase, portal_row


@tagged("post_install", "-at_install")
class TestLifeCycle(ConnectCase):
    def setUp(self):
        super().setUp()
        self.sign_in()

    def _set_up(self):
        self.integration.action_save_and_sync()
        self.integration.status = "active"

    def test_nothing_syncs_before_it_is_set_up(self):
        for action in ("action_sync", "action_full_sync", "action_disable"):
            with self.subTest(action), self.assertRaises(UserError):
                getattr(self.integration, action)()

    def test_save_and_sync_wants_a_sign_in(self):
        integration = self._new_integration(name="Fresh")
        with self.assertRaisesRegex(UserError, "Sign in"):
            integration.action_save_and_sync()

    def test_save_and_sync_queues_a_run(self):
        self.integration.action_save_and_sync()
        self.assertEqual(self.integration.run_ids.trigger, "setup")
        self.assertTrue(self.integration.stream_ids)
        self.assertEqual(self.integration.status, "active")

    def test_instant_sync_and_full_comparison(self):
        self._set_up()
        self.integration.run_ids.unlink()
        self.integration.action_full_sync()
        self.assertTrue(self.integration.run_ids.is_full)
        self.integration.run_ids.unlink()
        self.integration.action_sync()
        self.assertEqual(self.integration.run_ids.trigger, "button")

    def test_stop(self):
        self._set_up()
        self.integration.action_stop()
        self.assertEqual(self.integration.run_ids.status, "stopped")

    def test_refresh_only_looks(self):
        action = self.integration.with_user(self.user).action_refresh()
        self.assertEqual(action["tag"], "soft_reload")

    def test_disabled_means_quiet(self):
        self._set_up()
        self.integration.action_disable()
        self.assertEqual(self.integration.status, "disabled")
        self.assertFalse(self.integration.next_sync)
        self.assertEqual(self.integration.run_ids.status, "stopped")
        with self.assertRaisesRegex(UserError, "disabled"):
            self.integration.action_sync()

    def test_enable_compares_everything(self):
        self._set_up()
        self.integration.action_disable()
        self.integration.run_ids.unlink()
        self.integration.action_enable()
        self.assertEqual(self.integration.status, "active")
        self.assertTrue(self.integration.run_ids.is_full)

    def test_enable_wants_the_same_portal(self):
        self._set_up()
        self.integration.action_disable()
        self.zoho.will_answer(PORTALS_PATH, [portal_row("7", "other")])
        with self.assertRaisesRegex(UserError, "no longer sees the portal northlight"):
            self.integration.action_enable()
        self.assertEqual(self.integration.status, "disabled")

    def test_enable_what_is_not_disabled(self):
        self._set_up()
        with self.assertRaisesRegex(UserError, "not disabled"):
            self.integration.action_enable()

    def test_delete_keeps_the_links(self):
        self._set_up()
        project = self.env["project.project"].create({"name": "Harbour"})
        link = self.env["zoho.link"].create(
            {
                "integration_id": self.integration.id,
                "company_id": self.company.id,
                "portal_zoho_id": self.integration.portal_zoho_id,
                "entity": "project",
                "zoho_id": "192",
                "res_model": "project.project",
                "res_id": project.id,
            }
        )
        error = self.env["zoho.sync.error"].create(
            {
                "integration_id": self.integration.id,
                "entity": "task",
                "zoho_id": "1",
                "code": "odoo_refused",
            }
        )
        credential, portal = self.credential(), self.integration.portal_id
        runs, streams = self.integration.run_ids, self.integration.stream_ids
        self.integration.action_delete()
        for gone in (credential, portal, error, runs, streams):
            self.assertFalse(gone.exists())
        self.assertTrue(project.exists())
        self.assertFalse(link.integration_id)
        self.assertEqual(link.portal_zoho_id, "60118842377")
        [form] = self.zoho.asked(REVOKE_PATH)
        self.assertEqual(form, {})

    def test_delete_goes_on_when_zoho_does_not_revoke(self):
        self.zoho.will_answer(REVOKE_PATH, (500, "{}"))
        self.integration.action_delete()
        self.assertFalse(self.integration.exists())

    def test_delete_a_draft(self):
        integration = self._new_integration(name="Never signed in")
        integration.action_delete()
        self.assertFalse(integration.exists())
        self.assertFalse(self.zoho.asked(REVOKE_PATH))

    def test_uninstalling_gives_the_sign_in_back(self):
        others = self.env["zoho.credential"].search([]) - self.credential()
        others.unlink()
        uninstall_hook(self.env)
        self.assertEqual(len(self.zoho.asked(REVOKE_PATH)), 1)
        self.assertFalse(self.integration.is_signed_in)

    def test_two_portals_in_one_company(self):
        self.zoho.will_answer(PORTALS_PATH, [portal_row("7", "other")])
        other = self.sign_in(self._new_integration(name="Other"))
        other.flush_recordset()
        self.assertNotEqual(other.portal_zoho_id, self.integration.portal_zoho_id)

    def test_connected_again_after_delete(self):
        self._set_up()
        self.integration.action_delete()
        again = self.sign_in(self._new_integration(name="Again"))
        self.assertEqual(again.portal_zoho_id, "60118842377")

    def test_the_binding_is_kept(self):
        self._set_up()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaisesRegex(UserError, "bound to its portal"):
            self.integration.company_id = other
        with self.assertRaisesRegex(UserError, "bound to its portal"):
            self.integration.portal_id = False

    def test_selecting_otherwise_reads_everything_again(self):
        self._set_up()
        for values in (
            {"sync_general_timesheets": True},
            {"require_approval": False},
            {"include_closed_projects": True},
            {"timesheet_cutoff": "date", "timesheet_cutoff_date": "2026-01-01"},
            {"timesheet_cutoff_date": "2026-02-01"},
            {"crm_first": True},
            {"sync_timesheets": False},
        ):
            with self.subTest(values):
                self.integration.full_sync_requested = False
                self.integration.write(values)
                self.assertTrue(self.integration.full_sync_requested)
                self.integration.full_sync_requested = False
                self.integration.write(values)
                self.assertFalse(self.integration.full_sync_requested)

    def test_next_sync(self):
        self._set_up()
        now = fields.Datetime.now()
        cron = self.env.ref("zoho_projects_connector.ir_cron_zoho_sync")
        cron.nextcall = now
        self.integration.write({"last_sync": now, "quick_interval": 20})
        self.assertEqual(self.integration.next_sync, now + timedelta(minutes=20))
        self.integration.write(
            {"status": "waiting", "retry_at": now + timedelta(minutes=9)}
        )
        self.assertEqual(self.integration.next_sync, now + timedelta(minutes=9))

    def test_a_record_in_zoho_has_an_address(self):
        portal = self.integration.portal_id
        base = "https://projects.zoho.eu/portal/northlight"
        self.assertEqual(
            portal._record_url("project", "5", False), f"{base}#zp/projects/5"
        )
        self.assertEqual(
            portal._record_url("task", "7", "5"),
            f"{base}#zp/projects/5/tasks/task-detail/7",
        )
        self.assertEqual(portal._record_url("bug", "7", "5"), f"{base}#buginfo/5/7")
        self.assertEqual(
            portal._record_url("timelog", "7", "5"), f"{base}#zp/projects/5"
        )
        self.assertEqual(portal._record_url("customer", "7", False), base)
        self.assertFalse(portal.browse()._record_url("task", "7", "5"))

    def test_an_address_that_is_no_address(self):
        self.zoho.will_answer(
            PORTALS_PATH, [portal_row(portal_url="javascript:alert(1)")]
        )
        self.integration.action_fetch_portals()
        self.assertFalse(self.integration.portal_id.url)
