"""Quotations: of several projects of one customer, and all the way to the invoice."""

from odoo import Command
from odoo.tests import Form, tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestQuotationProjects(BillingCommon):
    """Design is planned with 10 h, Build with 20 h, Calls of Support with 4 h.

    An hour costs 100.00, of Support 60.00.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["product.product"].search([("type", "=", "service")]).taxes_id = False
        cls.env.company.account_sale_tax_id = False
        cls.project.allow_milestones = True
        cls._flat_rate(100)
        cls.design.allocated_hours = 10
        cls.build.allocated_hours = 20
        cls.support = cls._project("Support")
        cls._flat_rate(60, cls.support)
        cls.calls = cls._task("Calls", cls.support, allocated_hours=4)
        cls.task_list = cls.env["zoho.task.list"].create(
            {"name": "Front end", "project_id": cls.project.id}
        )
        cls.milestone = cls.env["project.milestone"].create(
            {"name": "Go-live", "project_id": cls.project.id}
        )

    def _quotation(self, projects, **chosen):
        values = {key: [Command.set(v.ids)] for key, v in chosen.items()}
        return (
            self.env["project.quotation.create"]
            .with_user(self.accountant)
            .create({"project_ids": [Command.set(projects.ids)], **values})
        )

    def _order(self, wizard):
        order = self.env["sale.order"].browse(
            wizard.action_create_quotation()["res_id"]
        )
        return order.with_user(self.accountant)

    def _confirmed(self, wizard):
        order = self._order(wizard)
        order.action_confirm()
        return order

    def _invoice_order(self, order):
        """Invoice the order with Odoo's own wizard, as the accountant."""
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_user(self.accountant)
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "delivered"})
        )
        wizard.create_invoices()
        return order.sudo().invoice_ids.sorted("id")[-1:]

    def _figures(self, record):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = record.with_user(self.accountant).billing_figures
        return {row["key"]: (row["hours"], row.get("amount")) for row in rows}

    def _offered(self, project):
        wizard = self.env["project.invoice.create"].with_user(self.accountant)
        return wizard.create({"project_ids": [Command.set(project.ids)]})

    def test_several_projects_on_one_quotation(self):
        projects = self.project | self.support
        wizard = self._quotation(projects, task_ids=self.design | self.calls)
        self.assertEqual(wizard.project_id, self.project)
        order = self._order(wizard).sudo()
        self.assertRecordValues(
            order.order_line,
            [
                {
                    "name": "Golden Project - Design",
                    "product_uom_qty": 10,
                    "price_unit": 100,
                    "project_id": self.project.id,
                    "analytic_distribution": {str(self.project.account_id.id): 100},
                },
                {
                    "name": "Support - Calls",
                    "product_uom_qty": 4,
                    "price_unit": 60,
                    "project_id": self.support.id,
                    "analytic_distribution": {str(self.support.account_id.id): 100},
                },
            ],
        )
        self.assertEqual(order.amount_untaxed, 1240.0)

    def test_the_time_of_each_project_is_delivered_by_its_line(self):
        projects = self.project | self.support
        wizard = self._quotation(projects, task_ids=self.design | self.calls)
        order = self._confirmed(wizard).sudo()
        self._log(3, task=self.design)
        self._log(2, task=self.calls)
        self.assertEqual(order.order_line.mapped("qty_delivered"), [3.0, 2.0])
        for project, amount in ((self.project, 300.0), (self.support, 120.0)):
            items = project._get_profitability_items(with_action=False)
            self.assertEqual(items["revenues"]["total"]["to_invoice"], amount)
            self.assertEqual(self._figures(project)["unbilled"][1], amount)

    def test_the_form_takes_what_the_menu_gives(self):
        projects = self.project | self.support
        action = projects.with_user(self.accountant).action_new_quotation()
        wizard = self.env["project.quotation.create"].with_user(self.accountant)
        with Form(wizard.with_context(**action["context"])) as form:
            form.task_ids.add(self.calls)
        self.assertEqual(form.record.project_ids, projects)
        self.assertEqual(form.record.line_ids.rate, 60.0)

    def test_projects_of_several_customers_are_refused_with_their_names(self):
        self.support.partner_id = self.partner_a
        projects = self.project | self.support
        wizard = self._quotation(projects, task_ids=self.design)
        with self.assertRefused("one customer.*Golden Customer.*partner_a"):
            wizard.action_create_quotation()

    def test_one_that_is_not_billable_is_named(self):
        wizard = self._quotation(self.project | self.support, task_ids=self.design)
        self.support.allow_billable = False
        with self.assertRefused("Support is not billable"):
            wizard.action_create_quotation()

    def test_a_task_list_from_quotation_to_paid_invoice(self):
        """Design and Build are the task list; 4 h and 6 h of 30 h are worked."""
        (self.design | self.build).zoho_task_list_id = self.task_list
        order = self._confirmed(
            self._quotation(self.project, task_list_ids=self.task_list)
        )
        self.assertEqual(order.sudo().amount_untaxed, 3000.0)
        self._log(4, task=self.design)
        self._log(6, task=self.build)
        self.assertEqual(self._figures(self.project)["on_orders"], (10.0, 1000.0))
        wizard = self._offered(self.project)
        self.assertFalse(wizard.preview_line_ids)
        self.assertEqual(wizard.left_out_ids.mapped("reason"), ["order"])
        self.assertEqual(sum(wizard.left_out_ids.mapped("hours")), 10.0)
        invoice = self._invoice_order(order)
        self.assertEqual(invoice.amount_untaxed, 1000.0)
        self.assertEqual(self._figures(self.project)["draft"], (10.0, 1000.0))
        invoice.with_user(self.accountant).action_post()
        self._pay(invoice)
        figures = self._figures(self.project)
        self.assertEqual(figures["invoiced"], (10.0, 1000.0))
        self.assertEqual(figures["paid"], (10.0, 1000.0))
        self.assertEqual(figures["unbilled"], (0.0, 0.0))
        self.assertEqual(self._figures(self.task_list)["invoiced"], (10.0, 1000.0))

    def test_a_milestone_at_an_amount_covers_its_time(self):
        """2,000.00 for the milestone: 5 h of its task are at a fixed price."""
        self.design.milestone_id = self.milestone
        wizard = self._quotation(self.project, milestone_ids=self.milestone)
        wizard.line_ids.fixed_amount = 2000.0
        order = self._confirmed(wizard)
        log = self._log(5, task=self.design)
        self.assertStates(log, "fixed_price")
        self.assertFalse(self._offered(self.project).preview_line_ids)
        self.milestone.is_reached = True
        invoice = self._invoice_order(order)
        self.assertEqual(invoice.amount_untaxed, 2000.0)
        invoice.action_post()
        figures = self._figures(self.project)
        self.assertEqual(figures["fixed_price"][0], 5.0)
        self.assertEqual(figures["unbilled"], (0.0, 0.0))

    def test_hours_of_a_milestone_are_the_orders(self):
        """Design is planned with 10 h, 3 h are worked: the order bills them."""
        self.design.milestone_id = self.milestone
        order = self._confirmed(
            self._quotation(self.project, milestone_ids=self.milestone)
        )
        log = self._log(3, task=self.design)
        self.assertEqual(log.so_line, order.sudo().order_line)
        self.assertFalse(self._offered(self.project).preview_line_ids)
        invoice = self._invoice_order(order)
        self.assertEqual(invoice.amount_untaxed, 300.0)
        self.assertStates(log, "draft")
