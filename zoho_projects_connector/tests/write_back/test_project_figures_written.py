"""What is unbilled and invoiced of a project stands in fields of Zoho, if wanted."""

from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...models.sync.stream_cursor import Sources
from ...models.write_back import project_figures
from .write_back_common import FIELDS, WriteBackCase


@tagged("post_install", "-at_install")
class TestProjectFigures(WriteBackCase):
    def field(self, name):
        return self.integration.mapping_ids.filtered(
            lambda one: one.entity == "project" and one.zoho_field == name
        )

    def choose(self, **figures):
        for figure, name in figures.items():
            self.field(name).figure = figure

    def calls_of_a_sync(self):
        before = self.sim.ledger.calls.copy()
        self.advance(minutes=20)
        self.sync()
        return self.sim.ledger.calls - before

    def told(self):
        """Return what the golden project says in Zoho."""
        custom = self.portal.projects[self.golden].custom
        return {name: custom[name] for name, _label, _kind in FIELDS if name in custom}

    def test_written_when_it_changes_and_never_by_an_echo(self):
        self.assertFalse(self.write_back())
        usual = self.calls_of_a_sync()
        self.choose(unbilled="cf_unbilled", invoiced="cf_invoiced", link="cf_odoo")
        self.assertIn("projects.UPDATE", self.integration.scopes_wanted)
        projects = self.env["zoho.link"].search_count(
            [("integration_id", "=", self.integration.id), ("entity", "=", "project")]
        )
        self.assertEqual(self.write_back(), {"project_write": projects})
        unbilled = f"{self.project.amount_unbilled:.2f}"
        told = self.told()
        self.assertEqual((told["cf_unbilled"], told["cf_invoiced"]), (unbilled, "0.00"))
        self.assertTrue(told["cf_odoo"].endswith(f"/odoo/project/{self.project.id}"))
        self.assertFalse(self.write_back())
        with self.business_writes() as statements:
            asked = self.calls_of_a_sync() - usual
        # Somebody may have changed them just before us. Nothing else is asked for, but
        # users: in the usual sync a project that waits had its turn instead.
        changed = {"customer_projects", "project_customers", "users"}
        self.assertEqual(set(asked), changed)
        self.assertEqual(statements, [])
        self.assertFalse(self.write_back())
        move = self.invoice("pending")
        self.assertEqual(self.write_back(), {"project_write": 1})
        self.assertEqual(self.told()["cf_invoiced"], "100.00")
        self.assertEqual(float(self.told()["cf_unbilled"]), float(unbilled) - 100)
        move.button_cancel()
        self.write_back()
        self.assertEqual(self.told(), told)
        # What is no longer chosen stays in Zoho as it is.
        self.field("cf_odoo").figure = False
        self.assertFalse(self.write_back())

    def test_what_fits(self):
        for name, figure in (
            ("cf_unbilled", "link"),
            ("cf_odoo", "unbilled"),
            ("cf_go_live", "unbilled"),
        ):
            with self.subTest(name), self.assertRaises(ValidationError):
                self.field(name).figure = figure
        self.assertFalse(self.field("cf_go_live").takes_figure)
        text = self.field("cf_po_number")
        self.assertTrue(text.takes_figure)
        text.figure = "unbilled"
        self.env["zoho.field.mapping"].flush_model()
        with self.assertRaises(ValidationError):
            text.action_create_field()
        self.write_back()
        currency = self.project.billing_currency_id.name
        said = self.portal.projects[self.golden].custom["cf_po_number"]
        self.assertEqual(said, f"{self.project.amount_unbilled:.2f} {currency}")

    def test_what_zoho_refuses_and_what_is_gone(self):
        self.choose(link="cf_odoo", unbilled="cf_unbilled")
        self.sim.fault("gone", "project_write", times=1)
        self.write_back()
        error = self.errors(code="figures_refused")
        self.assertIn("not taken: 1 (", error.why)
        self.assertFalse(self.write_back())
        stream = self.integration.stream_ids[:1]
        self.assertNotIn(error.zoho_id, Sources(stream).ids("known_project"))
        error.action_retry()
        self.assertEqual(self.write_back(), {"project_write": 1})
        self.assertTrue(error.resolved_at)
        self.invoice("rejected")
        self.sim.fault("gone", "project_write", times=1)
        self.write_back()
        self.advance(hours=23)
        self.assertFalse(self.write_back())
        self.advance(hours=2)
        self.assertEqual(self.write_back(), {"project_write": 1}, "the next day")
        self.assertFalse(self.errors(code="figures_refused"))
        self.portal.remove_custom_field("cf_odoo")
        self.integration.action_fetch_fields()
        self.assertEqual(self.field("cf_odoo").problem, "gone")
        self.assertTrue(self.errors(code="mapping_invalid"))
        self.invoice("pending")
        self.assertEqual(self.write_back(), {"project_write": 1}, "the rest goes on")
        self.field("cf_odoo").figure = False
        self.assertFalse(self.errors(code="mapping_invalid"))

    def test_one_that_may_not_be_changed(self):
        self.choose(link="cf_odoo")
        self.sim.fault("module_disabled", "project_write", times=1)
        with patch.object(project_figures, "READ_AT_ONCE", 1):
            calls = self.write_back()["project_write"]
        self.assertGreater(calls, 1, "the others are written")
        self.assertIn("not taken: 1 (", self.errors(code="figures_refused").why)
        # Another field is another question.
        self.choose(unbilled="cf_unbilled")
        self.assertEqual(self.write_back()["project_write"], calls)
        self.assertFalse(self.errors(code="figures_refused"))

    def test_none_may_be_changed(self):
        self.choose(link="cf_odoo")
        self.sim.fault("licence", "project_write", times=0)
        self.write_back()
        self.assertTrue(self.errors(code="licence"))
        self.assertFalse(self.errors(code="figures_refused"))

    def test_a_customer_changed_just_before(self):
        self.choose(unbilled="cf_unbilled")
        self.write_back()
        self.calls_of_a_sync()
        customer = self.portal.add_customer("Just Before").id
        self.portal.set_customers(self.golden, [customer])
        self.invoice("pending")
        self.assertEqual(self.write_back(), {"project_write": 1})
        self.assertTrue(self.calls_of_a_sync()["project_customers"])

    def test_without_the_permission(self):
        self.choose(link="cf_odoo")
        self.sim.fault("scope_missing", "project_write", times=1)
        self.write_back()
        error = self.errors(code="scope_missing")
        self.assertIn("does not let Odoo change projects", error.why)
        self.write_back()
        self.assertTrue(error.resolved_at)
        self.assertIn("cf_odoo", self.told())

    def test_one_writer_for_a_field(self):
        other = self.env["res.company"].create({"name": "Other"})
        integration = self.env["zoho.integration"].create(
            {"name": "Other", "company_id": other.id}
        )
        portal = self.integration.portal_id
        theirs = self.env["zoho.portal"].create(
            {"integration_id": integration.id, "zoho_id": portal.zoho_id, "name": "P"}
        )
        integration.portal_id = theirs
        self.choose(link="cf_odoo")
        with self.assertRaises(ValidationError):
            self.env["zoho.field.mapping"].create(
                {
                    "integration_id": integration.id,
                    "entity": "project",
                    "zoho_field": "cf_odoo",
                    "zoho_label": "In Odoo",
                    "zoho_type": "url",
                    "figure": "link",
                }
            )
