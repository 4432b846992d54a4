"""The world in which time is billed, built once for each test class."""

from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .. import shared_world
from .billing_steps import BillingSteps


class BillingCommon(BillingSteps, AccountTestInvoicingCommon):
    """A customer, a project of two tasks, three people and their rates.

    Ann costs the customer 100.00 an hour, Ben 50.00, Cid 75.00.
    """

    @classmethod
    def setUpClass(cls):
        if shared_world.enter(cls, BillingCommon):
            return
        super().setUpClass()
        for group in (
            "hr.group_hr_user",
            "hr_timesheet.group_timesheet_manager",
            "product.group_product_manager",
            "project.group_project_manager",
            "sales_team.group_sale_manager",
            "zoho_projects_connector.group_zoho_billing",
        ):
            cls.env.user.group_ids |= cls.env.ref(group)
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.currency = cls.env.company.currency_id
        cls.other_currency = cls.setup_other_currency("EUR")
        cls.customer = cls.env["res.partner"].create(
            {"name": "Golden Customer", "is_company": True}
        )
        cls.ann, cls.ben, cls.cid = cls.env["hr.employee"].create(
            [{"name": name} for name in ("Ann", "Ben", "Cid")]
        )
        cls.project = cls._project("Golden Project")
        cls.design = cls._task("Design")
        cls.build = cls._task("Build")
        cls._staff_rates(cls.project)
        cls.accountant = new_test_user(
            cls.env,
            "accountant",
            groups="zoho_projects_connector.group_zoho_billing",
            company_id=cls.env.company.id,
        )

    @classmethod
    def _project(cls, name, **values):
        return cls.env["project.project"].create(
            {
                "name": name,
                "partner_id": cls.customer.id,
                "company_id": cls.env.company.id,
                "allow_billable": True,
                "allow_timesheets": True,
                **values,
            }
        )

    @classmethod
    def _task(cls, name, project=None, **values):
        return cls.env["project.task"].create(
            {
                "name": name,
                "project_id": (project or cls.project).id,
                "user_ids": [],
                **values,
            }
        )

    @classmethod
    def _staff_rates(cls, project):
        project.billing_method = "staff_hours"
        cls.env["project.billing.rate"].create(
            [
                {"project_id": project.id, "employee_id": employee.id, "rate": rate}
                for employee, rate in ((cls.ann, 100), (cls.ben, 50), (cls.cid, 75))
            ]
        )

    @classmethod
    def _flat_rate(cls, rate, project=None):
        (project or cls.project).write(
            {"billing_method": "project_hours", "billing_rate": rate}
        )

    @classmethod
    def _log(cls, hours, employee=None, task=None, day="2026-01-05", **values):
        task = cls.design if task is None else task
        return cls.env["account.analytic.line"].create(
            {
                "name": "Work",
                "project_id": (task.project_id or cls.project).id,
                "task_id": task.id,
                "employee_id": (employee or cls.ann).id,
                "date": day,
                "unit_amount": hours,
                **values,
            }
        )

    def _golden(self):
        """10 h x 100 + 20 h x 50 + 15 h x 75 = 1,000 + 1,000 + 1,125 = 3,125."""
        return (
            self._log(10, self.ann)
            + self._log(20, self.ben, self.build)
            + self._log(15, self.cid, self.build, day="2026-01-06")
        )

    def _ledger(self, **conditions):
        return self.env["project.billed.time"].search(
            [(name, "in", records.ids) for name, records in conditions.items()],
            order="id",
        )

    def assertStates(self, timesheets, *states):
        self.assertEqual(timesheets.mapped("billing_state"), list(states))

    def assertHours(self, timesheet, billed, unbilled):
        """Hours on invoices and still to bill of one timesheet."""
        self.assertAlmostEqual(timesheet.billed_hours, billed, 6)
        self.assertAlmostEqual(timesheet.unbilled_hours, unbilled, 6)

    def assertNothingOnOrders(self, *invoices):
        """Odoo finds nothing to invoice on the orders behind these invoices."""
        for invoice in invoices:
            lines = invoice.invoice_line_ids.sale_line_ids
            self.assertEqual(set(lines.mapped("qty_to_invoice")), {0.0})
            self.assertEqual(
                lines.mapped("qty_delivered"), lines.mapped("qty_invoiced")
            )
            # As in Odoo, only what is posted counts as invoiced money.
            draft = invoice.amount_untaxed if invoice.state == "draft" else 0.0
            to_invoice = sum(lines.mapped("untaxed_amount_to_invoice"))
            self.assertAlmostEqual(to_invoice, draft)
            self.assertEqual(lines.order_id.invoice_status, "invoiced")

    def assertLedgerTrue(self, timesheets):
        """The invariants: net hours within the hours, lines equal to their rows."""
        rows = self._ledger(timesheet_id=timesheets)
        for timesheet in timesheets:
            own = rows & timesheet.billed_time_ids
            net = sum(row.sign * row.hours for row in own)
            self.assertGreater(net, min(timesheet.unit_amount, 0) - 1e-6)
            self.assertLess(net, max(timesheet.unit_amount, 0) + 1e-6)
            self.assertAlmostEqual(net, timesheet.billed_hours, 6)
        for line, line_rows in rows.grouped("move_line_id").items():
            # Where more was paid before, a credit note bills: negative quantities.
            sign = -1 if line_rows.origin_id else 1
            ways = [sign * row.sign for row in line_rows]
            hours, amount = (
                sum(way * row[name] for way, row in zip(ways, line_rows, strict=True))
                for name in ("invoiced_hours", "amount")
            )
            sign *= -1 if line.move_id.move_type == "out_refund" else 1
            quantity = sign * line.quantity * line._billing_unit_hours()
            self.assertAlmostEqual(hours, quantity, 6)
            self.assertAlmostEqual(amount, sign * line.price_subtotal, 6)


class ThreeEntriesCommon(BillingCommon):
    """Three entries of Ann at 100.00: 4 h, 3 h and 1 h, in this order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._log(4, day="2026-01-05")
        cls.second = cls._log(3, day="2026-01-06")
        cls.third = cls._log(1, day="2026-01-07")
        cls.logs = cls.first + cls.second + cls.third

    @classmethod
    def _portal_users(cls):
        """Return a contact of the customer and a stranger, who log in by these names.

        :rtype: res.partner
        """
        partners = cls.env["res.partner"].create(
            [{"name": "Contact", "parent_id": cls.customer.id}, {"name": "Stranger"}]
        )
        for login, partner in zip(("contact", "stranger"), partners, strict=True):
            new_test_user(
                cls.env,
                login,
                groups="base.group_portal",
                partner_id=partner.id,
                company_id=cls.env.company.id,
            )
        return partners

    def _posted(self, **values):
        invoice = self._invoice(group_by="project", **values)
        invoice.action_post()
        return invoice

    def assertNothingDue(self):
        with self.assertRefused("nothing to invoice"):
            self._invoice()
