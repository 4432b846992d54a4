"""Unbilled time over all projects: age, worth in company currency, rights."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.tests import Form, new_test_user, tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-30 12:00:00")
class TestUnbilledTime(BillingCommon):
    """Ann is 100.00 an hour, Ben 50.00, Cid 75.00; it is 30 April 2026."""

    def _report(self, user=None):
        self.env.flush_all()
        return self.env["project.unbilled.time"].with_user(user or self.accountant)

    def _totals(self, groupby, domain=(), user=None):
        return {
            key: (hours, amount)
            for key, hours, amount in self._report(user)._read_group(
                [("project_id", "in", self._projects().ids), *domain],
                [groupby],
                ["hours:sum", "amount:sum"],
            )
        }

    def _projects(self):
        return self.env["project.project"].search(
            [("partner_id", "=", self.customer.id)]
        )

    def test_the_age_is_counted_from_today(self):
        """30 April less 30 days is 31 March, less 60 is 1 March, less 90 30 January."""
        for day, hours in [
            ("2026-05-02", 0.5),
            ("2026-03-31", 1),
            ("2026-03-30", 2),
            ("2026-03-01", 4),
            ("2026-02-28", 8),
            ("2026-01-30", 16),
            ("2026-01-29", 32),
        ]:
            self._log(hours, day=day)
        self.assertEqual(
            self._totals("ageing"),
            {
                "0_30": (1.5, 150.0),
                "31_60": (6.0, 600.0),
                "61_90": (24.0, 2400.0),
                "over_90": (32.0, 3200.0),
            },
        )
        with freeze_time("2026-05-01 12:00:00"):
            self.assertEqual(self._totals("ageing")["0_30"], (0.5, 50.0))

    def test_it_is_grouped_by_customer_project_and_person(self):
        self._golden()
        self.assertEqual(self._totals("partner_id"), {self.customer: (45.0, 3125.0)})
        self.assertEqual(self._totals("project_id"), {self.project: (45.0, 3125.0)})
        self.assertEqual(
            self._totals("employee_id"),
            {
                self.ann: (10.0, 1000.0),
                self.ben: (20.0, 1000.0),
                self.cid: (15.0, 1125.0),
            },
        )

    def test_it_agrees_with_the_project(self):
        """The three entries of 20 minutes are 100.00 together."""
        for _number in range(3):
            self._log(1 / 3)
        [[amount]] = self._report()._read_group(
            [("project_id", "=", self.project.id)], [], ["amount:sum"]
        )
        self.assertAlmostEqual(amount, 100.0, 6)
        self.assertEqual(self.project.amount_unbilled, 100.0)

    def test_only_what_is_unbilled(self):
        logs = self._golden()
        logs[0].sudo().billing_exclusion = "Our mistake"
        logs[1].sudo().billed_elsewhere = True
        self.assertEqual(self._totals("partner_id"), {self.customer: (15.0, 1125.0)})
        self._invoice()
        self.assertFalse(self._totals("partner_id"))

    def test_a_missing_rate_is_hours_and_no_amount(self):
        self._log(2, self.ann)
        self.project.billing_rate_ids.filtered(
            lambda rate: rate.employee_id == self.ben
        ).unlink()
        lacking = self._log(3, self.ben)
        row = self._report().browse(lacking.id)
        self.assertEqual((row.hours, row.hours_missing_rate), (3.0, 3.0))
        self.assertEqual(self._totals("partner_id"), {self.customer: (5.0, 200.0)})
        report = self._report()
        query = report._search([("id", "=", lacking.id)])
        asked = report._field_to_sql(report._table, "amount", query)
        [amount] = self.env.execute_query(query.select(asked))
        self.assertEqual(amount, (None,))
        # Without the table of prices, as a sum or a count that asks for none.
        self.assertNotIn("unnest", report._search([("hours", ">", 2)]).select().code)

    def test_prices_are_asked_of_what_is_shown_alone(self):
        """Not to count the time, nor to find it; of two of four entries, once."""
        logs = [self._log(hours) for hours in (1, 2, 3, 4)]
        report = self._report()
        asked = []
        projects, prices = type(self.project), type(self.project)._hour_prices

        def listen(records, domain, *words):
            asked.append(self.env["account.analytic.line"].search_count(domain))
            return prices(records, domain, *words)

        mine = [("project_id", "=", self.project.id)]
        with patch.object(projects, "_hour_prices", listen):
            self.assertEqual(report.search_count(mine), 4)
            found = report.search_fetch(mine, ["hours", "amount"], limit=2)
            self.assertEqual(asked, [2])
            self.assertEqual(found.mapped("amount"), [400.0, 300.0])
            self.assertEqual(asked, [2])
            # Where they decide what is shown, those of all.
            dear = report.search([*mine, ("amount", ">", 150)], order="amount desc")
            self.assertEqual(dear.ids, [log.id for log in logs[:0:-1]])
            self.assertEqual(asked, [2, 4])

    def test_a_rate_that_changes_changes_the_worth_at_once(self):
        self._log(2, self.ann)
        self.project.billing_rate_ids.filtered(
            lambda rate: rate.employee_id == self.ann
        ).rate = 110
        self.assertEqual(self._totals("partner_id"), {self.customer: (2.0, 220.0)})

    def test_dated_rates_hold_by_the_day_of_work(self):
        """Ann is 100.00, from 1 March 130.00."""
        self.env["project.billing.rate"].create(
            {
                "project_id": self.project.id,
                "employee_id": self.ann.id,
                "rate": 130,
                "date_from": "2026-03-01",
            }
        )
        self._log(1, day="2026-02-28")
        self._log(1, day="2026-03-01")
        self.assertEqual(
            self._totals("ageing"), {"31_60": (1.0, 130.0), "61_90": (1.0, 100.0)}
        )

    def test_other_currencies_are_converted_at_todays_rate(self):
        """2 h at 100.00 euros, 2 of which are one of the company's currency."""
        euro = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        self.project.billing_currency_id = euro
        log = self._log(2)
        row = self._report().browse(log.id)
        self.assertEqual(row.currency_id, self.env.company.currency_id)
        self.assertEqual(row.amount, 100.0)

    def test_what_an_order_sells_counts_at_its_price(self):
        """3 h of Design on an order at 120.00, 1 h of Build at 100.00."""
        self._flat_rate(100)
        wizard = self.env["project.quotation.create"].create(
            {"project_id": self.project.id, "task_ids": [Command.set(self.design.ids)]}
        )
        wizard.line_ids.write({"hours": 5.0, "rate": 120.0})
        order = self.env["sale.order"].browse(
            wizard.action_create_quotation()["res_id"]
        )
        order.action_confirm()
        sold, free = self._log(3), self._log(1, task=self.build)
        rows = self._report().browse((sold | free).ids)
        self.assertEqual(rows.mapped("amount"), [360.0, 100.0])
        self.assertEqual(rows[0].order_line_id, order.order_line)
        self.assertFalse(rows[1].order_line_id)
        # Partly invoiced time beside new time of the same order line: each once.
        invoice = order._create_invoices()
        invoice.action_post()
        credit_note = self._credit_note(invoice)
        self._set_line(credit_note.invoice_line_ids, quantity=1)
        credit_note.action_post()
        self._log(2)
        self.assertEqual(self._totals("task_id")[self.design], (3.0, 360.0))

    def test_only_the_companies_of_the_accountant(self):
        other = self.setup_other_company()["company"]
        both = new_test_user(
            self.env,
            "both_companies",
            groups="zoho_projects_connector.group_zoho_billing",
            company_id=self.env.company.id,
            company_ids=[Command.set((self.env.company | other).ids)],
        )
        employee = self.env["hr.employee"].create(
            {"name": "Dan", "company_id": other.id}
        )
        project = self._project("Abroad", company_id=other.id)
        self._flat_rate(10, project)
        self._log(1, employee, self._task("Far", project), company_id=other.id)
        self._log(1)
        self.assertEqual(self._totals("company_id"), {self.env.company: (1.0, 100.0)})
        companies = (self.env.company | other).ids
        report = self._report(both).with_context(allowed_company_ids=companies)
        found = report.search([("project_id", "in", self._projects().ids)])
        self.assertEqual(found.company_id, self.env.company | other)

    def test_nobody_else_sees_it(self):
        clerk = new_test_user(self.env, "unbilled_clerk", "project.group_project_user")
        self.assertFalse(self._report(clerk).has_access("read"))

    def test_a_row_opens_its_project(self):
        log = self._log(1)
        action = self._report().browse(log.id).action_open_project()
        self.assertEqual(action["res_id"], self.project.id)

    def _rows_of(self, *timesheets):
        ids = [timesheet.id for timesheet in timesheets]
        return self._report().search([("id", "in", ids)])

    def test_ticked_rows_are_invoiced(self):
        """Of 10 h × 100, 20 h × 50 and 15 h × 75, the first and the last."""
        first, second, third = self._golden()
        action = self._rows_of(first, third).action_invoice()
        wizards = self.env["project.invoice.create"].with_user(self.accountant)
        with Form(wizards.with_context(**action["context"])) as form:
            self.assertEqual((form.mode, form.total_amount), ("time", 2125))
        form.record.action_create_invoice()
        self.assertStates(first + second + third, "draft", "unbilled", "draft")

    def test_rows_of_several_customers_are_not_invoiced_together(self):
        other = self._project(
            "Other", partner_id=self.env["res.partner"].create({"name": "Two"}).id
        )
        euro = self._project("Euro", billing_currency_id=self.other_currency.id)
        log = self._log(1)
        for project, sentence in ((other, "one customer"), (euro, "one currency")):
            time = self._log(1, task=self._task("Call", project))
            with self.assertRefused(sentence):
                self._rows_of(log, time).action_invoice()

    def test_rows_of_several_companies_are_not_invoiced_together(self):
        other = self.setup_other_company()["company"]
        self.accountant.company_ids |= other
        shared = self._project("Shared", company_id=False)
        task = self._task("Call", shared)
        guest = self.env["hr.employee"].create({"name": "G", "company_id": other.id})
        log = self._log(1, task=task)
        logs = task.timesheet_ids.with_context(
            allowed_company_ids=[self.env.company.id, other.id]
        )
        time = log.with_env(logs.env).copy(
            {"employee_id": guest.id, "company_id": other.id}
        )
        self.assertEqual(time.company_id, other)
        self.env.flush_all()
        rows = self._report().with_context(**logs.env.context)
        found = rows.search([("id", "in", [log.id, time.id])])
        self.assertEqual(len(found), 2)
        with self.assertRefused("one company"):
            found.action_invoice()

    def test_every_view_opens_for_the_accountant(self):
        self._log(1)
        report = self._report()
        views = [
            (False, kind) for kind in ("list", "kanban", "pivot", "graph", "search")
        ]
        self.assertEqual(set(report.get_views(views)["views"]), {v[1] for v in views})
        rows = report.search([("project_id", "=", self.project.id)])
        read = rows.web_read({"partner_id": {"fields": {"display_name": {}}}})
        self.assertEqual(read[0]["partner_id"]["display_name"], "Golden Customer")

    def test_more_time_costs_no_more_queries(self):
        self._more_projects(2)
        few = self._queries()
        self._more_projects(10)
        self.assertLessEqual(self._queries(), few)

    def _more_projects(self, count):
        for number in range(count):
            project = self._project(f"More {number}")
            self._staff_rates(project)
            task = self._task("Task", project)
            for employee in (self.ann, self.ben):
                self._log(1, employee, task)

    def _queries(self):
        self._totals("partner_id")  # what Odoo caches for good
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._totals("partner_id")
        return self.env.cr.sql_log_count - before
