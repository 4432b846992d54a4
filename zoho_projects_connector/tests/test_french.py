"""What a French accountant and a French customer read."""

from odoo.tests import Form, tagged

from .billing.billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestFrench(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.env["ir.module.module"]._load_module_terms(
            ["base", "zoho_projects_connector"], ["fr_FR"]
        )
        cls.accountant.lang = "fr_FR"
        cls.customer.lang = "fr_FR"
        cls.wizards = (
            cls.env["project.invoice.create"]
            .with_user(cls.accountant)
            .with_context(
                lang="fr_FR",
                active_model="project.project",
                active_ids=cls.project.ids,
            )
        )

    def _labels(self, model, field):
        fields = self.wizards.env[model].fields_get([field], ["selection"])
        return dict(fields[field]["selection"])

    def test_modes_and_states(self):
        self.assertEqual(
            self._labels("project.invoice.create", "mode"),
            {
                "time": "Temps",
                "items": "Éléments à prix convenu",
                "fixed": "Forfait",
                "expenses": "Dépenses",
            },
        )
        states = self._labels("account.analytic.line", "billing_state")
        self.assertEqual(
            [states[state] for state in ("unbilled", "draft", "invoiced", "paid")],
            ["Non facturé", "Sur facture brouillon", "Facturé", "Payé"],
        )

    def test_invoice_of_the_fixed_cost(self):
        """A quarter of 12,345.60 is 3,086.40; Odoo writes 12 345,60 in French."""
        self.project.write({"billing_method": "fixed_cost", "fixed_cost": 12345.6})
        with Form(self.wizards) as form:
            form.fixed_part = "percent"
            form.fixed_percent = 25
        action = form.record.action_create_invoice()
        line = self.env["account.move"].browse(action["res_id"]).invoice_line_ids
        self.assertEqual(line.price_subtotal, 3086.4)
        self.assertRegex(
            line.name,
            r"^Golden Project\s: part du forfait de .*12\s345,60",
        )

    def test_invoice_of_time(self):
        self._log(1.5, day="2026-02-01", name="Croquis")
        with Form(self.wizards) as form:
            form.group_by = "entry"
        action = form.record.action_create_invoice()
        invoice = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(invoice.ref, "Golden Project · février 2026")
        self.assertEqual(
            invoice.invoice_line_ids.sorted("sequence").mapped("name"),
            ["Golden Project · février 2026", "01/02/2026 - Ann - Design - Croquis"],
        )
