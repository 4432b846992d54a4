"""Preferences that are changed after the set-up, and what they say before they do."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..settle.test_sync_invoiced import InvoicedCase

BEFORE, DAY, AFTER = "2026-10-31", "2026-11-01", "2026-11-02"


@tagged("post_install", "-at_install")
class TestCutoffChange(InvoicedCase):
    """Four logs stand between the two cut-offs that are tried.

    Of 1 November: 1:00 h, 1:30 h that is excluded, 2:00 h on an invoice. Of the 2nd:
    0:45 h. Everything else is older.
    """

    def make_portal(self):
        portal = super().make_portal()
        task = portal.add_task(self.golden, "Between the cut-offs")
        for name, minutes, day in (
            ("plain", 60, DAY),
            ("excluded", 90, DAY),
            ("invoiced", 120, DAY),
            ("later", 45, AFTER),
        ):
            log = portal.add_log(self.golden, task.id, minutes, day, notes=name)
            self.logs[name] = log.id
        return portal

    def setUp(self):
        super().setUp()
        self.line("excluded").sudo().billing_exclusion = "Our mistake"
        self.bill = self.invoice(timesheet_ids=[Command.set(self.line("invoiced").ids)])
        self.apply(self.dialog(cutoff=DAY))

    def dialog(self, cutoff):
        """Open the dialog, and choose a day, or none."""
        action = self.integration.action_change_cutoff()
        with Form(
            self.env[action["res_model"]].with_context(**action["context"])
        ) as form:
            form.timesheet_cutoff = "date" if cutoff else "unbilled"
            if cutoff:
                form.timesheet_cutoff_date = cutoff
        return form.record

    def apply(self, dialog):
        """Apply it, and check that the states change as the figures said."""
        lines = self.lines()
        before = {line: (line.billing_state, line.billed_elsewhere) for line in lines}
        told = {
            name: (dialog[f"{name}_count"], dialog[f"{name}_hours"])
            for name in ("elsewhere", "unbilled", "closed")
        }
        dialog.action_apply()
        found = {name: lines.browse() for name in told}
        for line, (state, was_elsewhere) in before.items():
            if line.billed_elsewhere == was_elsewhere:
                self.assertEqual(line.billing_state, state)
            elif line.billing_state == state:
                found["closed"] += line
            elif line.billing_state in ("billed_elsewhere", "unbilled"):
                name = line.billing_state.removeprefix("billed_")
                found[name] += line
            else:
                found["closed"] += line
        for name, (count, hours) in told.items():
            self.assertEqual(len(found[name]), count, name)
            self.assertAlmostEqual(sum(found[name].mapped("unit_amount")), hours)

    def test_what_was_billed_is_in_the_figures_first(self):
        dialog = self.dialog(cutoff=AFTER)
        self.assertEqual((dialog.elsewhere_count, dialog.elsewhere_hours), (1, 1.0))
        self.assertEqual((dialog.unbilled_count, dialog.unbilled_hours), (0, 0.0))
        self.assertEqual((dialog.closed_count, dialog.closed_hours), (1, 1.5))
        self.assertEqual((dialog.kept_count, dialog.kept_hours), (1, 2.0))
        self.assertIn(self.bill.display_name, dialog.kept_message)
        self.assertIn("1 logs, 01:00 h", dialog.elsewhere_message)
        self.assertEqual(self.line("plain").billing_state, "unbilled")

    def test_it_moves_at_once_and_the_next_sync_agrees(self):
        self.apply(self.dialog(cutoff=AFTER))
        self.assertEqual(self.line("plain").billing_state, "billed_elsewhere")
        self.assertEqual(self.line("invoiced").billing_state, "draft")
        self.assertEqual(self.line("later").billing_state, "unbilled")
        self.assertEqual(self.line("excluded").billing_state, "non_billable")
        rows = self.business_rows()
        with self.business_writes() as statements:
            self.sync(full=True)
        self.assertEqual(statements, [])
        self.assertEqual(self.business_rows(), rows)
        self.assertFalse(self.differences())

    def test_and_back(self):
        self.apply(self.dialog(cutoff=AFTER))
        dialog = self.dialog(cutoff=DAY)
        self.assertEqual((dialog.unbilled_count, dialog.unbilled_hours), (1, 1.0))
        self.assertEqual((dialog.closed_count, dialog.closed_hours), (1, 1.5))
        self.assertEqual(dialog.kept_count, 0)
        self.apply(dialog)
        self.assertEqual(self.line("plain").billing_state, "unbilled")

    def test_its_choices_are_those_of_the_integration_in_each_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        [choice] = self.env["ir.model.fields.selection"].search(
            [
                ("field_id.model", "=", "zoho.integration"),
                ("field_id.name", "=", "timesheet_cutoff"),
                ("value", "=", "unbilled"),
            ]
        )
        choice.update_field_translations("name", {"fr_FR": "Importer tout"})
        wizard = self.env["zoho.cutoff.change"].with_context(lang="fr_FR")
        told = wizard.fields_get(["timesheet_cutoff"])["timesheet_cutoff"]
        self.assertIn(("unbilled", "Importer tout"), told["selection"])

    def test_without_a_cutoff_everything_is_unbilled(self):
        dialog = self.dialog(cutoff=None)
        elsewhere = self.lines().filtered("billed_elsewhere")
        told = dialog.unbilled_count + dialog.closed_count
        self.assertEqual(told, len(elsewhere))
        self.assertTrue(dialog.unbilled_count)
        self.apply(dialog)
        self.assertFalse(self.lines().filtered("billed_elsewhere"))

    def test_time_of_a_fixed_price_is_not_called_unbilled(self):
        """2:00 h are on the invoice; 1:00, 1:30 and 0:45 h go with the project."""
        self.apply(self.dialog(cutoff="2026-11-03"))
        self.project.billing_method = "fixed_cost"
        dialog = self.dialog(cutoff=DAY)
        self.assertEqual((dialog.unbilled_count, dialog.closed_count), (0, 3))
        self.assertEqual(dialog.closed_hours, 3.25)
        self.apply(dialog)

    def test_what_is_freed_later_follows_the_cutoff(self):
        self.apply(self.dialog(cutoff=AFTER))
        self.bill.unlink()
        self.assertEqual(self.line("invoiced").billing_state, "unbilled")
        self.sync(full=True)
        self.assertEqual(self.line("invoiced").billing_state, "billed_elsewhere")

    def test_nothing_changes(self):
        dialog = self.dialog(cutoff=DAY)
        names = ("unbilled", "elsewhere", "closed", "kept")
        self.assertEqual([dialog[f"{name}_count"] for name in names], [0] * 4)
        self.assertFalse(dialog.unbilled_message)

    def test_a_date_is_asked_for(self):
        dialog = self.env["zoho.cutoff.change"].create(
            {"integration_id": self.integration.id, "timesheet_cutoff": "date"}
        )
        self.assertEqual(dialog.elsewhere_count, 0)
        with self.assertRaisesRegex(ValidationError, "from which date"):
            dialog.action_apply()

    def test_many_invoices_are_counted(self):
        self.assertEqual(self.bill.display_name, self.dialog(AFTER).kept_invoices)
        dialog = self.dialog(cutoff=AFTER)
        module = "odoo.addons.zoho_projects_connector.wizards.sync.zoho_cutoff_change"
        self.patch(__import__(module, fromlist=["x"]), "INVOICES_NAMED", 0)
        self.assertEqual(
            dialog._name_invoices(self.line("invoiced")).strip(), "and 1 more"
        )

    def test_other_integrations_keep_their_logs(self):
        other = self.env["zoho.integration"].create(
            {"name": "Other", "company_id": self.company.id}
        )
        dialog = self.env["zoho.cutoff.change"].create(
            {
                "integration_id": other.id,
                "timesheet_cutoff": "date",
                "timesheet_cutoff_date": "2030-01-01",
            }
        )
        self.assertEqual(dialog.elsewhere_count, 0)
        dialog.action_apply()
        self.assertEqual(self.line("plain").billing_state, "unbilled")

    def test_the_dialog_offers_a_date(self):
        self.integration.write(
            {"timesheet_cutoff": "unbilled", "timesheet_cutoff_date": False}
        )
        action = self.integration.action_change_cutoff()
        today = fields.Date.context_today(self.integration)
        with Form(
            self.env[action["res_model"]].with_context(**action["context"])
        ) as form:
            form.timesheet_cutoff = "date"
            self.assertEqual(form.timesheet_cutoff_date, today.replace(day=1))

    def test_duplicates_are_changed_in_place(self):
        """It holds for matches to come: what is linked stays linked."""
        rows = self.business_rows()
        with Form(self.integration) as form:
            form.duplicate_customers = "clone"
        self.sync(full=True)
        self.assertEqual(self.integration.duplicate_customers, "clone")
        self.assertEqual(self.business_rows(), rows)

    def test_the_schedule_is_changed_in_place(self):
        """The form says when it syncs next before it is saved."""
        integration = self.integration
        self.cron.nextcall = integration.last_sync
        due = integration.last_sync + timedelta(minutes=30)
        with Form(integration) as form:
            form.quick_interval, form.full_interval = 30, 2
            self.assertEqual(form.next_sync, due)
        self.assertEqual(integration.next_sync, due)

    def test_the_settings_change_them_too(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.zoho_integration_id, self.integration)
        settings.write(
            {
                "zoho_quick_interval": 30,
                "zoho_full_interval": 2,
                "zoho_duplicate_customers": "clone",
            }
        )
        settings.execute()
        self.assertEqual(
            (self.integration.quick_interval, self.integration.full_interval), (30, 2)
        )
        self.assertEqual(self.integration.duplicate_customers, "clone")
        mapping = settings.action_zoho_mapping()
        self.assertEqual(mapping["res_model"], "zoho.field.mapping")
        cutoff = settings.action_zoho_change_cutoff()
        self.assertEqual(cutoff["res_model"], "zoho.cutoff.change")

    def test_intervals_that_make_no_schedule(self):
        for minutes, hours, sentence in (
            (0, 24, "every 1 to 1440 minutes"),
            (-5, 24, "every 1 to 1440 minutes"),
            (1441, 48, "every 1 to 1440 minutes"),
            (15, 0, "every 1 to 744 hours"),
            (15, 745, "every 1 to 744 hours"),
            (90, 1, "cannot come every 1 h when syncs come every 90 minutes"),
        ):
            with (
                self.subTest(minutes=minutes, hours=hours),
                self.assertRaisesRegex(ValidationError, sentence),
            ):
                self.integration.write(
                    {"quick_interval": minutes, "full_interval": hours}
                )

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.models")
    def test_only_managers_change_them(self):
        user = self.env["res.users"].create(
            {
                "name": "Looker",
                "login": "zoho_looker",
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [
                    Command.link(
                        self.env.ref("zoho_projects_connector.group_zoho_user").id
                    )
                ],
            }
        )
        own = self.integration.with_user(user)
        with self.assertRaises(AccessError):
            own.action_change_cutoff()
        with self.assertRaises(AccessError):
            own.quick_interval = 30
