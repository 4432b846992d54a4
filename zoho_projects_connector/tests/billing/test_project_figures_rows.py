"""The table of figures: each hour and amount is the sum of the list that it opens."""

from odoo import Command
from odoo.tests import tagged

from .figures_common import ProjectFiguresCommon


@tagged("post_install", "-at_install")
class TestProjectFigureRows(ProjectFiguresCommon):
    """17.5 h at 100.00: 12.5 h unbilled, 4 h billed elsewhere, 1 h not billable."""

    def _rows(self, record):
        self.env.flush_all()
        self.env.invalidate_all()
        return {row["key"]: row for row in record.billing_figures}

    def _figures(self, record):
        return {
            key: (row["hours"], row.get("amount"))
            for key, row in self._rows(record).items()
        }

    def _listed(self, record, row):
        """Return the sums of the list that a row opens: hours, and amount."""
        opened = record.with_context(billing_figure=row["key"])
        action = getattr(opened, row["action"])()
        found = self.env[action["res_model"]].search(action["domain"])
        columns = action["context"].get(
            "billing_columns", ["signed_hours", "signed_amount"]
        )
        return [sum(found.mapped(name)) if name else None for name in columns]

    def assertListed(self, record):
        """Every figure of a record is what its list adds up to."""
        for row in self._rows(record).values():
            hours, *amount = self._listed(record, row)
            self.assertAlmostEqual(hours, row["hours"], 6, row["key"])
            if "amount" in row:
                self.assertAlmostEqual(amount[0], row["amount"], 2, row["key"])

    def test_a_new_project_shows_what_matters(self):
        self.assertEqual(
            self._figures(self._project("New")),
            {
                "unbilled": (0.0, 0.0),
                "draft": (0.0, 0.0),
                "invoiced": (0.0, 0.0),
                "logged": (0.0, 0.0),
            },
        )

    def test_time_that_is_on_no_document(self):
        self.assertEqual(
            self._figures(self.project),
            {
                "unbilled": (12.5, 1250.0),
                "draft": (0.0, 0.0),
                "invoiced": (0.0, 0.0),
                "elsewhere": (4.0, 400.0),
                "non_billable": (1.0, 100.0),
                "logged": (17.5, 1750.0),
            },
        )
        self.assertListed(self.project)

    def test_an_entry_on_a_posted_invoice_and_on_a_draft(self):
        """Of 10 h, 6 h at 90.00 are posted and 3 h at 80.00 are a draft."""
        self._bill(self.entry, 6.0, 90.0).action_post()
        self._bill(self.entry, 3.0, 80.0)
        figures = self._figures(self.project)
        self.assertEqual(figures["invoiced"], (6.0, 540.0))
        self.assertEqual(figures["draft"], (3.0, 240.0))
        self.assertEqual(figures["unbilled"], (3.5, 350.0))
        # 540 + 240 as invoiced, 3.5 + 4 + 1 h at 100.00
        self.assertEqual(figures["logged"], (17.5, 1630.0))
        self.assertListed(self.project)
        self.assertListed(self.design)

    def test_a_credit_lowers_what_is_paid(self):
        """10 h × 100.00 invoiced, 4 h credited, the other 600.00 paid."""
        invoice = self._invoice_of(self.project)
        invoice.action_post()
        self._credit(invoice, 4.0)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()
        figures = self._figures(self.project)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(figures["invoiced"], (8.5, 850.0))
        self.assertEqual(figures["paid"], (8.5, 850.0))
        self.assertEqual(figures["unbilled"], (4.0, 400.0))
        self.assertListed(self.project)

    def test_a_full_credit_leaves_nothing_invoiced_or_paid(self):
        invoice = self._invoice_of(self.project)
        invoice.action_post()
        self._credit(invoice, 12.5)
        figures = self._figures(self.project)
        self.assertEqual(figures["invoiced"], (0.0, 0.0))
        self.assertNotIn("paid", figures)
        self.assertEqual(figures["unbilled"], (12.5, 1250.0))
        self.assertListed(self.project)

    def _invoice_of(self, project):
        project.partner_id.property_payment_term_id = False
        self.env.company.account_sale_tax_id = False
        self.env["product.product"].search([("type", "=", "service")]).taxes_id = False
        wizard = self.env["project.invoice.create"].create(
            {
                "project_ids": [Command.set(project.ids)],
                "group_by": "project",
                "show_sections": False,
            }
        )
        return self.env["account.move"].browse(wizard.action_create_invoice()["res_id"])

    def _credit(self, invoice, hours):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        credit = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        line = credit.invoice_line_ids
        credit.write(
            {"invoice_line_ids": [Command.update(line.id, {"quantity": hours})]}
        )
        credit.action_post()
        (credit | invoice).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        ).reconcile()

    def test_time_without_a_rate_is_hours_and_no_amount(self):
        self.project.billing_rate = 0.0
        rows = self._rows(self.project)
        self.assertEqual(rows["missing_rate"]["hours"], 12.5)
        self.assertTrue(rows["missing_rate"]["is_warning"])
        self.assertNotIn("amount", rows["unbilled"])
        self.assertListed(self.project)

    def test_a_fixed_cost_is_compared_with_its_time(self):
        self.project.billing_method = "fixed_cost"
        figures = self._figures(self.project)
        self.assertEqual(figures["fixed_price"], (12.5, 1250.0))
        self.assertEqual(figures["unbilled"], (0.0, 0.0))
        self.assertListed(self.project)

    def test_the_rest_of_billed_time_that_is_no_longer_billed(self):
        """Of 10 h, 6 h are on a draft; 4 h are at a fixed price, as 2.5 h are."""
        self._bill(self.entry, 6.0, 100.0)
        self.project.billing_method = "fixed_cost"
        figures = self._figures(self.project)
        self.assertEqual(figures["non_billable"], (1.0, 100.0))
        self.assertEqual(figures["draft"], (6.0, 600.0))
        self.assertEqual(figures["fixed_price"], (6.5, 650.0))
        self.assertListed(self.project)

    def test_thirds_of_an_hour_add_up(self):
        """Three times 20 minutes at 100.00 are 100.00."""
        project = self._project("Calls")
        task = self.env["project.task"].create(
            {"name": "Call", "project_id": project.id, "user_ids": []}
        )
        for _number in range(3):
            self._log(task, self.anna, 1 / 3)
        self.assertEqual(self._rows(project)["unbilled"]["amount"], 100.0)
        self.assertListed(project)

    def test_time_that_an_order_sells_counts_at_its_price(self):
        """2.5 h on an order at 120.00, 10 h at the rate of 100.00."""
        wizard = self.env["project.quotation.create"].create(
            {"project_id": self.project.id, "task_ids": [Command.set(self.build.ids)]}
        )
        wizard.line_ids.write({"hours": 5.0, "rate": 120.0})
        order = self.env["sale.order"].browse(
            wizard.action_create_quotation()["res_id"]
        )
        order.action_confirm()
        figures = self._figures(self.project)
        self.assertEqual(figures["unbilled"], (12.5, 1300.0))
        self.assertEqual(figures["on_orders"], (2.5, 300.0))
        self.assertListed(self.project)

    def test_roll_ups_have_the_same_rows(self):
        for record in (self.build, self.task_list, self.milestone):
            self.assertEqual(
                self._figures(record),
                {
                    "unbilled": (2.5, 250.0),
                    "draft": (0.0, 0.0),
                    "invoiced": (0.0, 0.0),
                    "elsewhere": (4.0, 400.0),
                    "logged": (6.5, 650.0),
                },
            )
            self.assertListed(record)

    def test_an_item_at_a_price_counts_where_it_belongs(self):
        """The milestone at 900.00 covers the 2.5 h of its task."""
        wizard = self.env["project.invoice.create"].create(
            {
                "project_ids": [Command.set(self.project.ids)],
                "mode": "items",
                "item_ids": [
                    Command.create({"milestone_id": self.milestone.id, "amount": 900.0})
                ],
            }
        )
        self.env["account.move"].browse(
            wizard.action_create_invoice()["res_id"]
        ).action_post()
        for record in (self.project, self.milestone):
            figures = self._figures(record)
            self.assertEqual(figures["invoiced"], (0.0, 900.0))
            self.assertEqual(figures["fixed_price"], (2.5, 250.0))
            self.assertListed(record)
        self.assertEqual(self._figures(self.build)["invoiced"], (0.0, 0.0))

    def test_another_currency_is_in_the_row(self):
        euro = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        self.project.billing_currency_id = euro
        self._bill(self.entry, 10.0, 100.0)
        row = self._rows(self.project)["draft"]
        # 1,000.00 of the company's currency at 2 euros each
        self.assertEqual((row["amount"], row["currency_id"]), (2000.0, euro.id))

    def test_withdrawn_time_is_not_counted_by_lists_of_everything(self):
        self.entry.sudo().active = False
        project = self.project.with_context(active_test=False)
        self.assertEqual(self._figures(project)["logged"][0], 7.5)
