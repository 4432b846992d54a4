"""The rates that Zoho tells are shown, and only what is ticked is taken over."""

from dataclasses import replace

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..sync.sync_common import SyncCase


@tagged("post_install", "-at_install")
class TestRateProposals(SyncCase):
    """The golden portal: Ada at 100.00, Ben at 50.00, Cleo at 75.00 an hour."""

    def setUp(self):
        super().setUp()
        self.sim.dialect = replace(self.sim.dialect, rates_shown=True)
        self.sync()
        self.user = new_test_user(
            self.env,
            "rates_administrator",
            "zoho_projects_connector.group_zoho_manager,"
            "zoho_projects_connector.group_zoho_billing",
            company_id=self.company.id,
            company_ids=[self.company.id],
        )

    def _proposals(self, user=None):
        integration = self.integration.with_user(user or self.user)
        action = integration.with_company(self.company).action_open_rate_proposals()
        return (
            self.env[action["res_model"]].with_user(self.user).browse(action["res_id"])
        )

    def _defaults(self, **subject):
        return self.env["project.billing.rate"].search(
            [
                ("project_id", "=", False),
                ("company_id", "=", self.company.id),
                *((name, "=", value) for name, value in subject.items()),
            ]
        )

    def _line(self, wizard, kind, name):
        [line] = wizard.line_ids.filtered(
            lambda one: one.kind == kind and one.name == name
        )
        return line

    def test_what_is_ticked_is_taken_over(self):
        wizard = self._proposals()
        ada = self._line(wizard, "person", "Ada Hundred")
        ben = self._line(wizard, "person", "Ben Fifty")
        self.assertEqual((ada.zoho_rate, ada.rate, ada.is_chosen), (100, 100, True))
        ben.is_chosen = False
        ada.rate = 110
        wizard.company_rate = 60
        wizard.action_take_over()
        rate = self._defaults(employee_id=ada.employee_id.id)
        self.assertEqual((rate.rate, rate.currency_id.name), (110, "USD"))
        self.assertFalse(self._defaults(employee_id=ben.employee_id.id))
        company = self._defaults(employee_id=False, partner_id=False, job_id=False)
        self.assertEqual(company.rate, 60)
        # Looked at again, what was set here is not overwritten unasked.
        wizard = self._proposals()
        ada = self._line(wizard, "person", "Ada Hundred")
        self.assertIn("110.00", ada.present)
        self.assertFalse(ada.is_chosen)
        self.assertEqual(wizard.company_rate, 60)
        wizard.action_take_over()
        self.assertEqual(rate.rate, 110)

    def test_what_is_known_is_not_proposed(self):
        wizard = self._proposals()
        self.assertIn("Ada Hundred", wizard.line_ids.mapped("name"))
        wizard.action_take_over()
        wizard = self._proposals()
        self.assertNotIn("Ada Hundred", wizard.line_ids.mapped("name"))

    def test_two_of_one_name_are_told_apart(self):
        ben = self.env["hr.employee"].search([("name", "=", "Ben Fifty")])
        ben.name = "Ada Hundred"
        names = self._proposals().line_ids.mapped("name")
        self.assertIn(f"Ada Hundred ({ben.work_email})", names)
        self.assertNotIn("Ada Hundred", names)

    def test_the_rate_of_a_project_is_proposed_when_it_differs(self):
        project = self.env["project.project"].search(
            [("name", "=", "Golden staff example")]
        )
        project.sudo().zoho_billing_rate = 90
        project.billing_rate = 80
        line = self._line(self._proposals(), "project", project.name)
        self.assertIn("80.00", line.present)
        self.assertFalse(line.is_chosen)
        line.is_chosen = True
        line.wizard_id.action_take_over()
        self.assertEqual(project.billing_rate, 90)
        self.assertFalse(self._proposals().line_ids.filtered("project_id"))

    def test_a_role_becomes_a_job_position_by_who_may_make_one(self):
        self.assertFalse(
            self._proposals().line_ids.filtered(lambda one: one.kind == "role")
        )
        self.user.group_ids += self.env.ref("hr.group_hr_user")
        line = self._line(self._proposals(), "role", "Developer")
        self.assertFalse(line.is_chosen)
        line.write({"is_chosen": True, "rate": 0})
        with self.assertRaisesRegex(UserError, "have no rate: Developer. Type one"):
            line.wizard_id.action_take_over()
        line.rate = 70
        line.wizard_id.action_take_over()
        job = self.env["hr.job"].search(
            [("name", "=", "Developer"), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(self._defaults(job_id=job.id).rate, 70)
        ada = self.env["hr.employee"].search([("name", "=", "Ada Hundred")])
        self.assertEqual(ada.job_id, job)
        line = self._line(self._proposals(), "role", "Developer")
        self.assertIn("70.00", line.present)

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_only_the_billing_of_the_company_takes_over(self):
        for groups in (
            "zoho_projects_connector.group_zoho_manager",
            "zoho_projects_connector.group_zoho_billing",
        ):
            other = new_test_user(self.env, groups, groups)
            with self.assertRaises(AccessError):
                self._proposals(other)
        wizard = self._proposals()
        self.user.group_ids -= self.env.ref(
            "zoho_projects_connector.group_zoho_billing"
        )
        with self.assertRaises(AccessError):
            wizard.action_take_over()
