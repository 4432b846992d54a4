"""What the dialogs say of disabling, enabling, signing in again and deleting."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .sync_common import SyncedCase


@tagged("post_install", "-at_install")
class TestDialogs(SyncedCase):
    def dialog(self, way):
        """Press the button of the form, and return the dialog that opens."""
        action = getattr(self.integration, f"action_ask_{way}")()
        dialog = self.env[action["res_model"]].with_context(**action["context"])
        return dialog.create({})

    def records(self):
        """Return the business rows; the integration's own messages go with it."""
        rows = self.business_rows()
        return {key: row for key, row in rows.items() if key[0] != "mail_message"}

    def test_the_figures_are_those_of_the_portal(self):
        """What the first sync brought: counted here, and by the dialog."""
        dialog = self.dialog("delete")
        projects = self.env["project.project"].with_context(active_test=False)
        self.assertEqual(
            dialog.project_count,
            projects.search_count([("company_id", "=", self.company.id)])
            - len(self.company.internal_project_id),
        )
        lines = self.lines()
        self.assertEqual(dialog.timesheet_count, len(lines))
        self.assertAlmostEqual(dialog.timesheet_hours, sum(lines.mapped("unit_amount")))
        self.assertAlmostEqual(
            dialog.unbilled_hours, sum(lines.mapped("unbilled_hours"))
        )
        self.assertGreater(dialog.unbilled_hours, 0)
        self.assertEqual(dialog.error_count, len(self.errors()))
        self.assertEqual(dialog.run_count, len(self.integration.run_ids))
        self.assertIn(f"{len(lines)} timesheets", dialog.stays)
        self.assertIn(f"Errors: {dialog.error_count};", dialog.goes)

    def test_disable_and_enable(self):
        self.dialog("disable").action_confirm()
        self.assertEqual(self.integration.status, "disabled")
        self.assertTrue(self.lines())
        self.dialog("enable").action_confirm()
        self.assertEqual(self.integration.status, "active")
        self.assertTrue(self.integration.run_ids[0].is_full)

    def test_disabled_time_can_be_billed(self):
        self.dialog("disable").action_confirm()
        unbilled = self.lines().filtered(lambda line: line.billing_state == "unbilled")
        wizard = self.env["project.invoice.create"].create(
            {"project_ids": [Command.set(unbilled[0].project_id.ids)]}
        )
        self.assertTrue(wizard.preview_line_ids or wizard.left_out_ids)

    def test_sign_in_again_leaves_for_zoho(self):
        self.assertEqual(
            self.dialog("sign_in").action_confirm()["type"], "ir.actions.act_url"
        )

    def test_the_first_sign_in_asks_nothing(self):
        draft = self.connect(name="Draft")
        self.assertEqual(draft.action_ask_sign_in()["type"], "ir.actions.act_url")

    def test_delete_does_what_it_says(self):
        dialog = self.dialog("delete")
        told = dialog.timesheet_count, dialog.link_count
        lines, links = self.lines(), self.integration.id
        rows = self.records()
        action = dialog.action_confirm()
        self.assertEqual(action["res_model"], "zoho.integration")
        self.assertEqual(self.records(), rows)
        self.assertFalse(self.env["zoho.integration"].browse(links).exists())
        kept = self.env["zoho.link"].search(
            [("company_id", "=", self.company.id), ("integration_id", "=", False)]
        )
        self.assertEqual((len(lines.exists()), len(kept)), told)
        self.integration = self.connect(name="Again")
        self.sync()
        self.assertEqual(kept.integration_id, self.integration)
        self.assertEqual(self.lines(), lines)
        self.assertEqual(set(self.records()), set(rows))

    def test_another_portal_after_delete(self):
        """The old portal's records are left alone by the new one's first sync."""
        lines = self.lines()
        self.dialog("delete").action_confirm()
        portal = self.make_portal()
        portal.id = "777"
        self.open_portal(portal)
        self.sync()
        self.assertEqual(self.integration.portal_zoho_id, "777")
        self.assertFalse(self.lines() & lines)
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        self.assertEqual(lines.exists(), lines)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.models")
    def test_who_only_looks_gets_no_dialog(self):
        user = new_test_user(
            self.env,
            "zoho_looker",
            "zoho_projects_connector.group_zoho_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        for way in ("disable", "enable", "sign_in", "delete"):
            with self.subTest(way), self.assertRaises(AccessError):
                getattr(self.integration.with_user(user), f"action_ask_{way}")()

    def test_a_draft_cannot_be_disabled(self):
        self.integration = self.connect(name="Draft")
        with self.assertRaisesRegex(UserError, "not been set up"):
            self.dialog("disable").action_confirm()
