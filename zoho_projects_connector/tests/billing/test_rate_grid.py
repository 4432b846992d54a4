"""The page of rates and the dialog for several projects: what they show and save."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .test_rate_defaults import RateDefaultsCommon


@tagged("post_install", "-at_install")
class TestRateGrid(RateDefaultsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.market = f"{cls.currency.id}-hour"
        cls.page = cls.env["billing.rate.grid"].with_user(cls.accountant)
        cls.project.billing_rate = 0
        cls.person, cls.role = f"person-{cls.ann.id}", f"role-{cls.consultant.id}"
        cls.here = f"project-{cls.plain.id}"
        cls.payer = f"customer-{cls.customer.id}"

    def _cell(self, row, column, **asked):
        self.env.invalidate_all()
        grid = self.page.get_rates(self.market, **asked)
        at = [one["key"] for one in grid["columns"]].index(column)
        [cells] = [one["cells"] for one in grid["rows"] if one["key"] == row]
        return cells[at]

    def _save(self, *cells, **asked):
        typed = [
            dict(zip(("row", "column", "text"), cell, strict=True)) for cell in cells
        ]
        return self.page.save_rates(self.market, typed, **asked)

    def test_each_level_is_set_and_shown_with_what_it_inherits(self):
        self._log(1, self.ann, self.work)
        saved = self._save(
            ("all", "all", "10"),
            ("all", self.payer, "20"),
            (self.role, "all", "30"),
        )
        self.assertEqual(saved, {"count": 3, "errors": []})
        own = self._cell("all", self.here)
        self.assertEqual((own["text"], own["inherited"]), ("", "20.00"))
        self.assertEqual(own["origin"], "from the customer")
        person = self._cell(self.person, "all")
        self.assertEqual((person["text"], person["inherited"]), ("", "30.00"))
        self.assertEqual(self._cell(self.person, self.here)["origin"], "from the role")
        self._save((self.person, "all", "40"), ("all", self.here, "80"))
        self.assertEqual(self._cell(self.person, self.here)["inherited"], "80.00")
        self.assertEqual(self.plain.billing_rate, 80)
        self._save((self.person, self.here, "90,000.5"), ("all", self.here, ""))
        self.assertEqual(self._found(), (90000.5, "employee"))
        self._save((self.person, self.here, ""))
        self.assertEqual(self._found(), (40, "person"))
        self.assertFalse(self.plain.billing_rate)

    def test_zero_is_free_and_empty_is_inherited(self):
        self._save(("all", self.here, "0"), ("all", "all", "10"))
        self.assertEqual(self._found(), (0, "project"))
        self.assertEqual(self._cell("all", self.here)["text"], "0.00")
        self._save(("all", self.here, " "))
        self.assertEqual(self._found(), (10, "company"))

    def test_nothing_is_saved_where_a_cell_is_wrong(self):
        flat = self._project("Flat", billing_method="project_hours")
        saved = self._save(
            ("all", self.here, "80"),
            ("all", self.payer, "1.000,00"),
            ("all", "all", "-5"),
            (self.person, self.payer, "5"),
            (self.person, f"project-{flat.id}", "5"),
            ("person-999999", "all", "5"),
            ("all", "project-0", "nan"),
        )
        self.assertEqual(saved["count"], 0)
        said = [error["message"] for error in saved["errors"]]
        self.assertEqual(len(said), 6)
        self.assertIn("1.000,00 is no rate: type it as 1234.50", said[0])
        self.assertIn("Nothing can be set here", said[2])
        self.assertIn("Flat is not billed by who worked", said[3])
        self.assertIn("not on the page any more", said[4])
        self.assertFalse(self.plain.billing_rate)
        self.assertFalse(self.rates.search([("project_id", "=", False)]))

    def test_figures_are_read_in_the_language_of_who_types(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.page = self.page.with_context(lang="de_DE")
        self.assertTrue(self._save(("all", self.here, "100.5"))["errors"])
        self._save(("all", self.here, "1.234,5 $"))
        self.assertEqual(self.plain.billing_rate, 1234.5)
        self.assertEqual(self._cell("all", self.here)["text"], "1234,50")

    def test_a_first_day_keeps_what_was_before(self):
        self._save(("all", self.here, "80"))
        self._save(("all", self.here, "90"), date_from="2026-06-01")
        self.assertEqual(self.plain.billing_rate, 80)
        self.assertEqual(self._found(day="2026-05-31"), (80, "project"))
        self.assertEqual(self._found(day="2026-06-01"), (90, "project"))
        cell = self._cell("all", self.here, day="2026-06-01")
        self.assertEqual(cell["text"], "90.00")
        self.assertEqual(cell["history"], [[False, "80.00"], ["2026-06-01", "90.00"]])
        self._save(("all", self.here, "95"), date_from="2026-06-01")
        self.assertEqual(self.plain.billing_rate_ids.rate, 95)
        # Emptied, what is of before holds on.
        self._save(("all", self.here, ""), date_from="2026-06-01")
        self.assertEqual(self._found(day="2026-06-01"), (80, "project"))

    def test_what_began_before_is_not_emptied_in_silence(self):
        self._save(("all", "all", "10"), date_from="2026-06-01")
        self._save(("all", self.here, "80"))
        for cell in (("all", "all", ""), ("all", self.here, "")):
            with self.subTest(cell):
                saved = self._save(cell, date_from="2026-07-01")
                [error] = saved["errors"]
                self.assertIn("began on another day", error["message"])
        self.assertEqual(self.plain.billing_rate, 80)

    def test_projects_of_another_currency_have_a_page_of_their_own(self):
        euro = self._project("Euro", billing_currency_id=self.other_currency.id)
        grid = self.page.get_rates(self.market)
        self.assertNotIn(f"project-{euro.id}", str(grid["columns"]))
        self.market = f"{self.other_currency.id}-hour"
        self.assertIn(self.market, [one["key"] for one in grid["markets"]])
        self._save(("all", "all", "70"))
        self.assertEqual(self._found()[0], None)
        task = self._task("Work", euro)
        self.assertEqual(self._found(task=task), (70, "company"))
        with self.assertRaises(UserError):
            self.page.save_rates("0-hour", [])

    def test_the_page_is_narrowed_down(self):
        other = self.env["res.partner"].create({"name": "Other Customer"})
        self._project("Other Project", partner_id=other.id)

        def names(**asked):
            grid = self.page.get_rates(self.market, **asked)
            return [one["name"] for one in grid["columns"] if one["kind"] == "project"]

        self.assertIn("Plain Project", names())
        self.assertEqual(names(customer_id=other.id), ["Other Project"])
        self.assertEqual(names(words="plain"), ["Plain Project"])
        self.assertEqual(names(words="other cust"), ["Other Project"])
        everybody = self.page.get_rates(self.market, is_everybody=True)["rows"]
        self.assertIn("Cid", [row["name"] for row in everybody])

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_only_the_billing_opens_it_and_only_for_its_company(self):
        manager = new_test_user(
            self.env,
            "rate_manager",
            "project.group_project_manager,zoho_projects_connector.group_zoho_manager",
        )
        page = self.page.with_user(manager)
        with self.assertRaises(AccessError):
            page.get_rates()
        with self.assertRaises(AccessError):
            page.save_rates(self.market, [])
        company = self.env["res.company"].create({"name": "Other Company"})
        foreign = self._project("Foreign", company_id=company.id)
        stranger = self.env["hr.employee"].create(
            {"name": "Stranger", "company_id": company.id}
        )
        saved = self._save(
            ("all", f"project-{foreign.id}", "5"), (f"person-{stranger.id}", "all", "5")
        )
        self.assertEqual((saved["count"], len(saved["errors"])), (0, 2))
        self.assertFalse(foreign.billing_rate)

    # Several projects at once

    def _set(self, projects, **values):
        wizard = self.env["project.rate.set"].with_user(self.accountant)
        wizard = wizard.create({"project_ids": [Command.set(projects.ids)], **values})
        wizard.action_apply()

    def test_several_projects_at_once(self):
        both = self.plain | self.project
        self._set(both, rate=80, is_method_set=True, billing_method="project_hours")
        self.assertEqual(both.mapped("billing_rate"), [80, 80])
        self.assertEqual(set(both.mapped("billing_method")), {"project_hours"})
        self._set(both, rate=90, date_from="2026-06-01")
        self._set(both, rate=95, date_from="2026-06-01")
        self.assertEqual(self._found(day="2026-05-31")[0], 80)
        self.assertEqual(self._found(day="2026-06-01")[0], 95)
        with self.assertRefused("Golden Project.*first day"):
            self._set(both, way="inherit")
        both.billing_rate_ids.filtered("date_from").unlink()
        self._set(both, way="free")
        self.assertEqual(self._found()[0], 0)
        self._set(both, way="inherit")
        self.assertEqual(self._found()[0], None)
        self._set(self.plain, way="keep", is_method_set=True, billing_method=False)
        self.assertFalse(self.plain.billing_method)

    def test_what_says_nothing_is_refused(self):
        with self.assertRefused("above zero"):
            self._set(self.plain, rate=0)
        with self.assertRefused("empty it"):
            self._set(self.plain, way="inherit", date_from="2026-06-01")
        manager = new_test_user(
            self.env, "rate_manager", "project.group_project_manager"
        )
        wizard = self.env["project.rate.set"].create(
            {"project_ids": [Command.set(self.plain.ids)], "rate": 5}
        )
        with self.assertRaises(AccessError):
            wizard.with_user(manager).action_apply()

    def test_several_currencies_are_warned_of(self):
        euro = self._project("Euro", billing_currency_id=self.other_currency.id)
        wizard = self.env["project.rate.set"].create(
            {"project_ids": [Command.set((self.plain | euro).ids)]}
        )
        self.assertIn("nothing is converted", wizard.currencies)
        wizard.project_ids = self.plain
        self.assertFalse(wizard.currencies)
