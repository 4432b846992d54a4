"""The guide: one step at a time, left and resumed at will."""

from contextlib import suppress
from unittest.mock import patch

from lxml import etree

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ...models.sync.zoho_integration import SETUP_STEPS
from ...zoho.errors import ZohoThrottled
from .sync_common import SyncCase

STEPS = [step for step, _label in SETUP_STEPS]
BUDGET = "odoo.addons.zoho_projects_connector.models.sync.log_count.COUNT_CALLS"
ACTION = "zoho_projects_connector.zoho_integration_action"
GUIDE = "zoho_projects_connector.zoho_integration_view_form_guide"


class GuideCase(SyncCase):
    def setUp(self):
        super().setUp()
        self.manager = new_test_user(
            self.env,
            "guide_manager",
            "base.group_user,zoho_projects_connector.group_zoho_manager",
            company_id=self.company.id,
            company_ids=[self.company.id],
        )
        self.guided = self.integration.with_user(self.manager).with_company(
            self.company
        )


@tagged("post_install", "-at_install")
class TestGuide(GuideCase):
    def test_steps_in_the_order_of_the_product(self):
        self.assertEqual(
            STEPS,
            "sign_in portal modules duplicates mapping preview sync rates".split(),
        )
        seen = []
        self.guided.setup_step = "sign_in"
        for _step in STEPS:
            seen.append(self.guided.setup_step)
            self.guided.action_setup_next()
        self.assertEqual(seen, STEPS)
        self.assertEqual(self.guided.setup_step, "rates")
        for _step in STEPS:
            self.guided.action_setup_back()
        self.assertEqual(self.guided.setup_step, "sign_in")

    def test_each_step_has_its_place_in_the_form(self):
        arch = self.env["zoho.integration"].get_view(self.env.ref(GUIDE).id)["arch"]
        for step in STEPS:
            # Who comes to a step by keyboard begins at its title.
            title = f"//div[@name='step_{step}']/h2[@tabindex='-1']"
            self.assertEqual(len(etree.fromstring(arch).xpath(title)), 1, step)

    def test_signing_in_leads_to_the_portal(self):
        self.assertEqual(self.guided.setup_step, "portal")
        self.assertEqual(len(self.guided.portal_ids), 1)

    def test_signing_in_again_stays_where_it_was(self):
        self.guided.setup_step = "preview"
        self.guided.grant_code = self.sim.self_client_code()
        self.guided.action_sign_in_with_code()
        self.assertEqual(self.guided.setup_step, "preview")

    def test_nobody_is_signed_in(self):
        new = self.guided.create({"name": "New", "company_id": self.company.id})
        with self.assertRaisesRegex(UserError, "Nobody is signed in to Zoho yet"):
            new.action_setup_next()
        self.assertEqual(new.setup_step, "sign_in")

    def test_no_portal(self):
        self.integration.portal_id = False
        self.assertFalse(self.guided.currency_note)
        with self.assertRaisesRegex(UserError, "Choose the portal first"):
            self.guided.action_setup_next()

    def test_a_cut_off_has_a_date(self):
        """This month is the first that Odoo bills, unless somebody says another."""
        self.guided.setup_step = "modules"
        today = fields.Date.context_today(self.guided)
        with Form(self.guided, view=GUIDE) as form:
            form.timesheet_cutoff = "date"
            self.assertEqual(form.timesheet_cutoff_date, today.replace(day=1))
            form.timesheet_cutoff_date = "2026-06-01"
            form.timesheet_cutoff = "unbilled"
            form.timesheet_cutoff = "date"
        self.assertEqual(str(self.guided.timesheet_cutoff_date), "2026-06-01")
        with self.assertRaisesRegex(ValidationError, "from which date"):
            self.guided.timesheet_cutoff_date = False

    def test_what_the_sign_in_lacks_is_named(self):
        new = self.guided.create({"name": "New", "company_id": self.company.id})
        for name, label in (
            ("client_id", "Client ID"),
            ("client_secret", "Client Secret"),
        ):
            with self.assertRaisesRegex(UserError, f"Fill in the {label}"):
                new.action_connect()
            new[name] = "1000.x"
        self.assertEqual(new.action_connect()["type"], "ir.actions.act_url")

    def test_left_and_resumed(self):
        self.guided.setup_step = "mapping"
        self.assertEqual(self.guided.action_leave_guide()["target"], "main")
        action = self.guided.action_open_guide()
        self.assertEqual(action["res_id"], self.integration.id)
        self.assertEqual(action["target"], "current")
        self.assertEqual(self.guided.setup_step, "mapping")

    def test_it_ends_with_the_first_sync(self):
        self.guided.setup_step = "sync"
        action = self.guided.action_finish_set_up()
        self.assertEqual(action["tag"], "zoho_overview")
        self.run_cron()
        self.assertEqual(self.integration.status, "active")
        self.assertEqual(self.integration.run_ids.trigger, "setup")
        self.assertEqual(self.guided.setup_step, "sync")

    def test_who_may_bill_sets_rates_while_it_syncs(self):
        self.guided.setup_step = "sync"
        self.manager.group_ids += self.env.ref(
            "zoho_projects_connector.group_zoho_billing"
        )
        self.assertIsNone(self.guided.action_finish_set_up())
        self.assertEqual(self.guided.setup_step, "rates")
        self.assertEqual(self.guided.action_end_guide()["target"], "main")

    def test_another_portal_whatever_is_selected(self):
        """A set-up that was begun goes on; else a new one begins."""
        self.assertFalse(self.guided.action_connect_portal()["res_id"])
        begun = self.guided.create({"name": "Second", "company_id": self.company.id})
        both = self.guided | begun
        self.assertEqual(both.action_connect_portal()["res_id"], begun.id)

    def test_the_empty_list_leads_into_it(self):
        """Who may only look is not led to what he may not do."""
        for group, is_led in (("manager", True), ("user", False)):
            user = new_test_user(
                self.env,
                f"guide_empty_{group}",
                f"base.group_user,zoho_projects_connector.group_zoho_{group}",
            )
            action = self.env["ir.actions.act_window"].with_user(user)
            values = action._for_xml_id(ACTION)
            self.assertIn("Connect a portal of Zoho Projects", values["help"])
            self.assertEqual("btn-primary" in values["help"], is_led, group)

    def test_who_only_looks_cannot_go_on(self):
        reader = new_test_user(
            self.env,
            "guide_reader",
            "base.group_user,zoho_projects_connector.group_zoho_user",
            company_id=self.company.id,
            company_ids=[self.company.id],
        )
        integration = self.integration.with_user(reader)
        for method in (
            "action_setup_next",
            "action_setup_back",
            "action_finish_set_up",
            "action_find_example",
            "action_count_logs",
            "action_preview",
        ):
            with self.subTest(method), self.assertRaisesRegex(Exception, "(?i)allowed"):
                getattr(integration, method)()


@tagged("post_install", "-at_install")
class TestExample(GuideCase):
    def enter(self):
        self.guided.setup_step = "modules"
        self.guided.action_setup_next()
        return str(self.guided.duplicate_example_text)

    def test_a_customer_of_the_portal_itself(self):
        customer = next(row for row in self.portal.customers.values() if row.email)
        partner = self.env["res.partner"].create(
            {"name": customer.name, "is_company": True, "email": "old@globex.example"}
        )
        text = self.enter()
        self.assertIn(customer.name, text)
        self.assertIn(f"old@globex.example → {customer.email}", text)
        self.assertIn("a second contact", text)
        self.assertEqual(partner.email, "old@globex.example")
        self.assertFalse(self.link("customer", customer.id))
        # Whoever reads it has the fields in his own language.
        self.env["res.lang"]._activate_lang("fr_FR")
        email = self.env["ir.model.fields"]._get("res.partner", "email")
        email.update_field_translations("field_description", {"fr_FR": "Courriel"})
        french = self.guided.with_context(lang="fr_FR").duplicate_example_text
        self.assertIn("Courriel old@globex.example", french)

    def test_without_a_match(self):
        self.assertIn("both choices do the same", self.enter())

    def test_it_reads_customers_only_and_once(self):
        self.enter()
        first = self.sim.ledger.total
        self.guided.action_setup_back()
        self.guided.action_setup_next()
        self.assertEqual(self.sim.ledger.total, first)
        self.guided.action_find_example()
        self.assertGreater(self.sim.ledger.total, first)

    def test_a_failure_does_not_hold_anybody_up(self):
        self.sim.store.revoke_all()
        self.credential().write({"refresh_after": False})
        self.assertIn("No example could be read", self.enter())
        self.assertEqual(self.guided.setup_step, "duplicates")


@tagged("post_install", "-at_install")
class TestCutoffCount(GuideCase):
    preferences = {"timesheet_cutoff": "date", "timesheet_cutoff_date": "2026-06-01"}

    def logs(self, is_before):
        """Return the logs of the portal on one side of the date, as a sync takes."""
        return [
            log
            for log in self.portal.logs.values()
            if log.billable
            and log.approval == "approved"
            and log.kind != "general"
            and (log.day.isoformat() < "2026-06-01") == is_before
            and self.portal.log_visible(log, self.sim.dialect.trashed_hides_logs)
        ]

    def test_it_counts_what_the_date_would_mark(self):
        self.guided.action_count_logs()
        text = self.guided.cutoff_count
        for is_before in (True, False):
            logs = self.logs(is_before)
            self.assertTrue(logs)
            self.assertIn(f"{len(logs)} logs", text)

    def test_other_dates_need_no_calls(self):
        self.guided.setup_step = "modules"
        self.guided.action_count_logs()
        calls = self.sim.ledger.total
        with Form(self.guided, view=GUIDE) as form:
            before = form.cutoff_count
            form.timesheet_cutoff_date = "2020-01-01"
            self.assertIn("0 logs with 00:00 h before", form.cutoff_count)
            self.assertNotEqual(before, form.cutoff_count)
        self.assertEqual(self.sim.ledger.total, calls)

    def test_it_says_when_it_counts_a_part_only(self):
        self.startPatcher(patch(BUDGET, 8))
        self.guided.action_count_logs()
        self.guided.timesheet_cutoff_date = self.guided.timesheet_cutoff_date.replace(
            month=10
        )
        self.assertIn("At least", self.guided.cutoff_count)
        self.guided.timesheet_cutoff_date = "2020-01-01"
        self.assertIn("could not be counted", self.guided.cutoff_count)

    def test_the_budget_is_shared(self):
        """A portal whose calls are used up is not asked; nothing is counted."""
        pattern = "/api/v3/portal/{portal}/projects"
        quota = self.env["zoho.quota"]
        with suppress(ZohoThrottled):
            for _call in range(1000):
                quota._reserve(self.integration, pattern)
        self.guided.action_count_logs()
        self.assertIn("could not be counted", self.guided.cutoff_count)

    def test_of_another_portal_nothing_is_known(self):
        self.guided.action_count_logs()
        self.integration.portal_id.zoho_id = "999"
        self.assertFalse(self.guided.cutoff_count)
