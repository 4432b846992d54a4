"""The page of the month's end: what is offered, and what is made of what is ticked."""

from ast import literal_eval
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, LockError
from odoo.tests import Form, new_test_user, tagged

from .billing_common import BillingCommon

UNTIL = (False, "2026-01-31")
JANUARY = ("2026-01-01", "2026-01-31")


class MonthEndCommon(BillingCommon):
    """The golden customer (3,125.00), Beta (2 h × 80 in euro), Gamma (1 h × 50)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.analytic.line"].sudo().search([]).billed_elsewhere = True
        cls.golden = cls._golden(cls)
        cls.beta = cls._customer_with_time("Beta", 2, 80)
        cls.beta.billing_currency_id = cls.other_currency
        cls.gamma = cls._customer_with_time("Gamma", 1, 50)

    @classmethod
    def _customer_with_time(cls, name, hours, rate, **values):
        customer = cls.env["res.partner"].create({"name": name, "is_company": True})
        project = cls._project(f"{name} Project", partner_id=customer.id, **values)
        cls._flat_rate(rate, project)
        cls._log(hours, task=cls._task("Work", project))
        return project

    def setUp(self):
        super().setUp()
        self.month_end = self.env["billing.month.end"].with_user(self.accountant)

    def _rows(self, period=UNTIL):
        """Return the projects of the page by name."""
        customers = self.month_end.get_month(*period)["customers"]
        return {row["name"]: row for one in customers for row in one["projects"]}

    def _states(self, row):
        """Return ``{state: (count, hours)}`` of a row."""
        return {key: (one["count"], one["hours"]) for key, one in row["states"].items()}

    def _create(self, *projects, period=UNTIL, **values):
        """Return the invoices that the page makes of projects."""
        ids = [project.id for project in projects]
        made = self.month_end.create_invoices(*period, ids, **values)
        return self.env["account.move"].browse(one["id"] for one in made)


@tagged("post_install", "-at_install")
class TestMonthEnd(MonthEndCommon):
    def test_customers_by_name_and_currency(self):
        """Small letters and accents stand where people look for them."""
        self.beta.partner_id.name = "élan"
        customers = self.month_end.get_month(*UNTIL)["customers"]
        self.assertEqual(
            [
                (one["name"], one["currency_id"], row["hours"], row["amount"])
                for one in customers
                for row in one["projects"]
            ],
            [
                ("élan", self.other_currency.id, 2, 160),
                ("Gamma", self.currency.id, 1, 50),
                ("Golden Customer", self.currency.id, 45, 3125),
            ],
        )
        self.assertFalse(any(one["note"] for one in customers))
        early = self._rows((False, "2026-01-05"))
        self.assertEqual(early["Golden Project"]["hours"], 30)
        self.assertFalse(self._rows((False, "2026-01-04")))

    def test_a_month_is_cut_on_both_sides(self):
        """Beside the 45 h of January, 3 h of December and 2 h of February."""
        self._log(3, day="2025-12-31")
        self._log(2, day="2026-02-01")
        self.assertEqual(self._rows(JANUARY)["Golden Project"]["hours"], 45)
        self.assertEqual(self._rows(UNTIL)["Golden Project"]["hours"], 48)
        self.assertEqual(
            self._create(self.project, period=JANUARY).amount_untaxed, 3125
        )
        self.assertEqual(self._rows(UNTIL)["Golden Project"]["hours"], 3)

    def test_last_month_is_meant_unless_another_is_chosen(self):
        today = "odoo.fields.Date.context_today"
        with patch(today, lambda *args: date(2026, 2, 28)):
            month = self.month_end.get_month()
        self.assertEqual(
            month["period"],
            {
                "date_from": "2026-01-01",
                "date_to": "2026-01-31",
                "name": "Last month (January 2026)",
            },
        )
        self.assertEqual(
            [one["name"] for one in month["periods"][:3]],
            [
                "Last month (January 2026)",
                "This month (February 2026)",
                "December 2025",
            ],
        )
        self.assertEqual(len({one["date_from"] for one in month["periods"]}), 12)
        until = self.month_end.get_month(False, "2026-01-15")["period"]
        self.assertEqual(until["name"], "All until Jan 15, 2026")

    def test_one_invoice_per_customer_and_currency(self):
        second = self._project("Second")
        self._flat_rate(10, second)
        self._log(1, task=self._task("Call", second))
        move = self._create(self.project, second)
        self.assertEqual((move.state, move.amount_untaxed), ("draft", 3135))
        euro = self._create(self.beta)
        self.assertEqual(
            (euro.currency_id, euro.amount_untaxed), (self.other_currency, 160)
        )
        self.assertEqual(
            {name: self._states(row) for name, row in self._rows().items()},
            {
                "Golden Project": {"draft": (3, 45)},
                "Second": {"draft": (1, 1)},
                "Beta Project": {"draft": (1, 2)},
                "Gamma Project": {"ready": (1, 1)},
            },
        )

    def test_several_customers_are_not_on_one_invoice(self):
        with self.assertRefused("several: "):
            self._create(self.project, self.gamma)

    def test_posted_at_once(self):
        [made] = self.month_end.create_invoices(*UNTIL, self.gamma.ids, to_post=True)
        move = self.env["account.move"].browse(made["id"])
        self.assertEqual((move.state, move.name), ("posted", made["name"]))
        self.assertNotIn("Gamma Project", self._rows())

    def test_what_is_odd_is_not_posted_without_a_reason(self):
        moves = type(self.env["account.move"])
        questions = patch.object(moves, "_posting_questions", lambda move: ["Odd."])
        with questions, self.assertRefused("^Odd.$"):
            self._create(self.gamma, to_post=True)

    def test_entries_are_taken_out(self):
        """Of 10 h × 100, 20 h × 50 and 15 h × 75, the second is not invoiced."""
        move = self._create(self.project, left_out_ids=[self.golden[1].id])
        self.assertEqual(move.amount_untaxed, 2125)
        self.assertStates(self.golden, "draft", "unbilled", "draft")
        with self.assertRefused("Tick at least one entry"):
            self._create(self.project, left_out_ids=self.golden[1].ids)

    def test_entries_of_a_project(self):
        self._log(3, self.env["hr.employee"].create({"name": "Dan"}), day="2026-01-07")
        entries = self.month_end.get_entries(*UNTIL, self.project.id)
        self.assertEqual(
            [
                (row["task"][1], row["person"][1], row["state"], row["hours"])
                for row in entries
            ],
            [
                ("Design", "Ann", "ready", 10),
                ("Build", "Ben", "ready", 20),
                ("Build", "Cid", "ready", 15),
                ("Design", "Dan", "no_rate", 3),
            ],
        )
        self.assertEqual(sum(row["amount"] for row in entries), 3125)
        self.assertEqual({row["date"] for row in entries[:2]}, {"Jan 5, 2026"})

    def test_a_customer_that_fails_says_why(self):
        """Somebody invoices Gamma's time after the page was loaded."""
        self._invoice(self.gamma)
        with self.assertRefused("nothing to invoice"):
            self._create(self.gamma)
        self._rows()["Gamma Project"]
        self._ledger(project_id=self.gamma).move_id.action_post()
        with self.assertRefused("Nothing of it is left"):
            self._create(self.gamma)

    def test_two_accountants_at_once(self):
        """The rows of Gamma are locked by somebody else."""
        model = type(self.env["account.analytic.line"])
        with patch.object(model, "lock_for_update", side_effect=LockError("taken")):
            with self.assertRefused("Somebody else"):
                self._create(self.gamma)

    def test_what_is_not_ready_is_counted(self):
        dan = self.env["hr.employee"].create({"name": "Dan"})
        self._log(2, dan)
        self._log(1, dan)
        homeless = self._project("Homeless", partner_id=False)
        self._flat_rate(10, homeless)
        self._log(1, task=self._task("Call", homeless))
        self.other_currency.active = False
        month = self.month_end.get_month(*UNTIL)
        self.assertEqual(
            {one["key"]: (one["count"], one["hours"]) for one in month["states"]},
            {
                "ready": (2, 46),
                "no_rate": (1, 3),
                "no_customer": (1, 1),
                "currency": (1, 2),
            },
        )
        self.assertEqual(
            [(one["name"], one["note"]) for one in month["customers"] if one["note"]],
            [
                ("Beta", "The currency EUR is not active."),
                ("No customer", "Choose the customer on the project to invoice it."),
            ],
        )
        rows = self._rows()
        self.assertEqual(rows["Homeless"]["can_invoice"], False)
        self.assertEqual(rows["Beta Project"]["can_invoice"], False)
        self.assertEqual(
            rows["Golden Project"]["lacking"],
            [{"employee_id": dan.id, "name": "Dan", "count": 2, "hours": 3}],
        )
        with self.assertRefused("no customer"):
            self._create(homeless)

    def test_time_that_an_order_sells(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.project._billing_time_product().id}
                    )
                ],
            }
        )
        order.action_confirm()
        self.golden[0].so_line = order.order_line
        row = self._rows()["Golden Project"]
        self.assertEqual(self._states(row), {"ready": (2, 35), "order": (1, 10)})
        self.assertEqual(row["amount"], 2125)

    def test_what_others_than_billing_know(self):
        """In Zoho: 5:30 of January wait, 1 h of February does; one question."""
        integrations = self.env["zoho.integration"].sudo()
        company = self.env.company
        integration = integrations.create(
            {"name": "Portal", "company_id": company.id, "client_id": "1000.X"}
        )
        self.env["zoho.skipped.record"].sudo().create(
            [
                {
                    "integration_id": integration.id,
                    "entity": "timelog",
                    "zoho_id": day,
                    "reason": reason,
                    "project_id": self.gamma.id,
                    "day": day,
                    "minutes": minutes,
                }
                for day, minutes, reason in (
                    ("2026-01-09", 330, "timesheet_not_approved"),
                    ("2026-01-10", 90, "timesheet_not_billable"),
                    ("2026-02-01", 60, "timesheet_not_approved"),
                )
            ]
        )
        self.env["zoho.difference"].sudo().create(
            {
                "company_id": self.env.company.id,
                "project_id": self.gamma.id,
                "kind": "customer_changed",
            }
        )
        row = self._rows(JANUARY)["Gamma Project"]
        self.assertEqual(
            self._states(row),
            {"ready": (1, 1), "waiting": (1, 5.5), "difference": (1, 0)},
        )
        self._create(self.gamma, to_post=True)
        row = self._rows(JANUARY)["Gamma Project"]
        self.assertEqual({*row["states"]}, {"waiting", "difference"})
        self.assertFalse(row["can_invoice"])

    def test_negative_time_without_other(self):
        self._log(-3, self.ann, task=self._task("Returned", self.gamma))
        row = self._rows()["Gamma Project"]
        self.assertEqual(self._states(row)["negative"], (1, -2))
        self.assertEqual(row["amount"], 0)

    def test_an_archived_project_is_invoiced_and_said_to_be_archived(self):
        """Gamma has ended, 1 h at 50.00 of it is unbilled: all places agree."""
        self.gamma.active = False
        row = self._rows()["Gamma Project"]
        self.assertEqual((row["hours"], row["amount"]), (1, 50))
        self.assertTrue(row["is_archived"])
        wizard = self.env["project.invoice.create"].with_user(self.accountant)
        action = self.gamma.with_user(self.accountant).action_new_invoice()
        with Form(wizard.with_context(**action["context"])) as form:
            self.assertFalse(form.warning)
            self.assertEqual(form.total_amount, 50)
            self.assertIn("Archived: Gamma Project", form.notice)
        listed = self.env.ref("zoho_projects_connector.project_project_action_billing")
        domain = [
            *literal_eval(listed.domain),
            ("timesheet_ids.unbilled_hours", "!=", 0),
        ]
        projects = self.env["project.project"].with_user(self.accountant)
        self.assertIn(self.gamma, projects.search(domain))
        self.assertEqual(self.gamma.amount_unbilled, 50)
        self.env.flush_all()
        row = self.env["project.unbilled.time"].search(
            [("project_id", "=", self.gamma.id)]
        )
        self.assertEqual((row.hours, row.amount, row.is_archived), (1, 50, True))
        self.assertEqual(self._create(self.gamma).amount_untaxed, 50)
        self.assertEqual(self.gamma.hours_unbilled, 0)

    def test_time_of_who_has_left_and_of_archived_tasks_is_chosen(self):
        """Cid's 15 h at 75.00 and Ann's 10 h at 100.00 on the archived task."""
        self.cid.active = self.design.active = False
        self.assertEqual(self._wizard(employee_ids=self.cid.ids).total_amount, 1125)
        self.assertEqual(self._wizard(task_ids=self.design.ids).total_amount, 1000)

    def test_each_customer_is_invoiced_as_usual(self):
        """Golden: per person, with the period; rounding of Gamma: 1:00 up to 2:00."""
        self.customer.sudo().billing_layout = {
            "group_by": "employee",
            "details": ["period"],
        }
        self.gamma.partner_id.billing_rounding = "up"
        self.gamma.partner_id.billing_rounding_minutes = 120
        self.assertEqual(self._rows()["Gamma Project"]["amount"], 100)
        golden = self._create(self.project, invoice_date="2026-02-01")
        self.assertEqual(
            golden.invoice_line_ids.sorted("sequence").mapped("name"),
            [
                "Golden Project · January 2026",
                "Ann\n01/05/2026",
                "Ben\n01/05/2026",
                "Cid\n01/06/2026",
            ],
        )
        self.assertEqual(str(golden.invoice_date), "2026-02-01")
        self.assertEqual(self._create(self.gamma).amount_untaxed, 100)

    def test_closed_period(self):
        self.env.company.fiscalyear_lock_date = "2026-01-31"
        with self.assertRefused("closed.*Feb 1, 2026"):
            self._create(self.gamma, invoice_date="2026-01-31")

    def test_other_company(self):
        """Delta of the other company is offered there, and nowhere else."""
        other = self.setup_other_company()["company"]
        self.accountant.company_ids |= other
        delta = self._customer_with_time("Delta", 4, 25, company_id=other.id)
        both = [self.env.company.id, other.id]
        for companies in ([self.env.company.id], both):
            self.month_end = self.month_end.with_context(allowed_company_ids=companies)
            self.assertNotIn("Delta Project", self._rows())
            with self.assertRefused("Nothing of it is left"):
                self._create(delta)
            with self.assertRefused("Nothing of it is left"):
                self.month_end.get_entries(*UNTIL, delta.id)
        self.month_end = self.month_end.with_context(allowed_company_ids=other.ids)
        self.assertEqual([*self._rows()], ["Delta Project"])
        move = self._create(delta)
        self.assertEqual((move.company_id, move.amount_untaxed), (other, 100))

    def test_a_project_of_which_only_a_part_is_offered(self):
        """What is named beside what is offered is not taken."""
        hidden = self._project("Hidden", privacy_visibility="followers")
        self._flat_rate(10, hidden)
        self._log(1, task=self._task("Call", hidden))
        hidden.allow_billable = False
        move = self._create(self.gamma, hidden)
        self.assertEqual(move.amount_untaxed, 50)

    def test_only_who_bills_sees_the_page(self):
        user = new_test_user(
            self.env,
            "manager",
            groups="project.group_project_manager,account.group_account_invoice",
        )
        month_end = self.month_end.with_user(user)
        for call in (
            lambda: month_end.get_month(*UNTIL),
            lambda: month_end.get_entries(*UNTIL, self.gamma.id),
            lambda: month_end.create_invoices(*UNTIL, self.gamma.ids),
        ):
            with self.assertRaisesRegex(AccessError, "Only the Billing group"):
                call()

    def _queries_of_page(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.month_end.get_month(*UNTIL)
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_grow_with_the_entries(self):
        for _number in range(7):
            self._log(0.25)
        self._queries_of_page()
        few = self._queries_of_page()
        tasks = [self._task(f"Task {number}") for number in range(19)]
        for task in tasks * 10:
            self._log(0.25, task=task)
        self.assertEqual(
            self._rows()["Golden Project"]["states"]["ready"]["count"], 200
        )
        self.assertLessEqual(self._queries_of_page(), few)
        for number in range(10):
            self._customer_with_time(f"Customer {number}", 1, 10)
        # What the registry keeps is dropped by new customers, and read once.
        self._queries_of_page()
        self.assertLessEqual(self._queries_of_page(), few + 10)


@tagged("post_install", "-at_install")
class TestMonthEndSend(MonthEndCommon):
    def _posted(self, project):
        return self._create(project, to_post=True, to_send=True)

    def test_posted_and_sent(self):
        self.gamma.partner_id.email = "gamma@example.com"
        move = self._posted(self.gamma)
        self.assertTrue(self.month_end.send_invoices(move.ids))
        self.assertTrue(move.is_move_sent)
        sent = move.message_ids.filtered(lambda message: message.attachment_ids)
        self.assertEqual(sent.partner_ids, self.gamma.partner_id)
        with self.assertRefused("None of these invoices"):
            self.month_end.send_invoices(move.ids)

    def test_without_an_address_nothing_is_made(self):
        with self.assertRefused("^Gamma has no e-mail address"), self.cr.savepoint():
            self._posted(self.gamma)
        self.assertFalse(self._ledger(project_id=self.gamma))
        self.assertEqual(self._rows()["Gamma Project"]["hours"], 1)

    def test_an_address_that_is_lost_meanwhile(self):
        move = self._create(self.gamma, to_post=True)
        with self.assertRefused("^Gamma has no e-mail address"):
            self.month_end.send_invoices(move.ids)
        self.assertEqual((move.state, move.is_move_sent), ("posted", False))

    def test_who_has_invoices_printed_is_sent_none(self):
        self.gamma.partner_id.invoice_sending_method = "manual"
        move = self._posted(self.gamma)
        self.assertFalse(self.month_end.send_invoices(move.ids))
        self.assertFalse(move.is_move_sent)

    def test_only_posted_invoices_of_time_are_sent(self):
        self.customer.email = self.gamma.partner_id.email = "g@example.com"
        typed = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_line_ids": [Command.create({"name": "A", "price_unit": 1})],
            }
        )
        typed.action_post()
        draft = self._create(self.gamma)
        with self.assertRefused("None of these invoices"):
            self.month_end.send_invoices((typed + draft).ids)

    def test_only_who_bills_sends(self):
        user = new_test_user(
            self.env, "bookkeeper", groups="account.group_account_invoice"
        )
        move = self._create(self.gamma, to_post=True)
        with self.assertRaisesRegex(AccessError, "Only the Billing group"):
            self.month_end.with_user(user).send_invoices(move.ids)


@tagged("post_install", "-at_install")
class TestMonthEndRates(MonthEndCommon):
    """Dan worked 3 h on the golden project, where nobody set his rate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dan = cls.env["hr.employee"].create({"name": "Dan"})
        cls._log(3, cls.dan)

    def _set(self, project, rate, employee=None):
        employee_id = employee.id if employee else 0
        self.month_end.set_rate(*UNTIL, project.id, employee_id, rate)

    def _rates_of(self, employee):
        return self.env["project.billing.rate"].search(
            [("employee_id", "=", employee.id)]
        )

    def test_rate_of_a_person(self):
        self._set(self.project, 60, self.dan)
        row = self._rows()["Golden Project"]
        self.assertEqual(self._states(row), {"ready": (4, 48)})
        self.assertEqual((row["amount"], row["lacking"]), (3305, []))
        self.assertEqual(self._rates_of(self.dan).project_id, self.project)
        with self.assertRefused("No rate is missing"):
            self._set(self.project, 70, self.dan)

    def test_a_rate_of_zero_is_replaced(self):
        rate = self.env["project.billing.rate"].create(
            {"project_id": self.project.id, "employee_id": self.dan.id, "rate": 0}
        )
        self._set(self.project, 60.5, self.dan)
        self.assertEqual(self._rates_of(self.dan), rate)
        self.assertEqual(rate.rate, 60.5)

    def test_rate_of_a_project(self):
        self.gamma.billing_rate = 0
        row = self._rows()["Gamma Project"]
        self.assertEqual(
            (row["lacking"], row["unit"], row["can_invoice"]),
            (
                [{"employee_id": 0, "name": "", "count": 1, "hours": 1}],
                "$ per hour",
                False,
            ),
        )
        self._set(self.gamma, 45)
        self.assertEqual(self._rows()["Gamma Project"]["amount"], 45)
        self.assertEqual(self.gamma.billing_rate, 45)

    def test_a_rate_for_more_than_this_project(self):
        self.gamma.billing_rate = 0
        asked = (*UNTIL, self.gamma.id, 0, 45)
        with self.assertRefused("Nothing can be set here"):
            self.month_end.set_rate(*asked, "default")
        self.month_end.set_rate(*asked, "customer")
        self.assertEqual(self._rows()["Gamma Project"]["amount"], 45)
        self.assertFalse(self.gamma.billing_rate)
        row = self.env["project.billing.rate"].search([("partner_id", "!=", False)])
        self.assertEqual(row.partner_id, self.gamma.partner_id.commercial_partner_id)
        asked = (*UNTIL, self.project.id, self.dan.id, 60)
        self.month_end.set_rate(*asked, "default")
        self.assertFalse(self._rates_of(self.dan).project_id)

    def test_rate_of_a_day(self):
        self.gamma.write({"billing_method": "project_days", "billing_rate": 0})
        self.assertEqual(self._rows()["Gamma Project"]["unit"], "$ per day")

    def test_what_is_no_rate(self):
        for rate in (0, -1, float("inf"), float("nan"), "60", None):
            with self.subTest(rate), self.assertRefused("above zero"):
                self._set(self.project, rate, self.dan)
        self.assertFalse(self._rates_of(self.dan))

    def test_only_where_one_is_missing(self):
        with self.assertRefused("No rate is missing"):
            self._set(self.project, 60, self.ann)
        with self.assertRefused("No rate is missing"):
            self._set(self.project, 60)
        empty = self._project("Empty")
        with self.assertRefused("Nothing of it is left"):
            self._set(empty, 60)

    def test_only_who_bills_sets_them(self):
        user = new_test_user(self.env, "leader", groups="project.group_project_manager")
        self.month_end = self.month_end.with_user(user)
        with self.assertRaisesRegex(AccessError, "Only the Billing group"):
            self._set(self.project, 60, self.dan)
