"""The page on which the app opens: what it counts, what it offers, and to whom.

:source: product.md, sections 8 and 9.
"""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ...hours import clock
from ...models.sync.causes import note
from ..sync.common_connect import ConnectCase
from ..sync.resolve_common import GROUP, ResolveCase
from .settle_common import SettleCase


class OverviewMixin:
    """Reads the page as somebody does."""

    def page_of(self, user, *wanted):
        user = user.with_context(allowed_company_ids=user.company_ids.ids)
        integrations = self.env["zoho.integration"].with_user(user)
        integrations = integrations.with_context(
            allowed_company_ids=user.company_ids.ids
        )
        self.env.flush_all()
        self.env.invalidate_all()
        return integrations.get_overview([*wanted])

    def card(self, page, kind, words=""):
        [card] = [
            one
            for one in page["cards"]
            if one["kind"] == kind and words in f"{one['title']} {one['why']}"
        ]
        return card

    def choices(self, page):
        return [choice["name"] for choice in page["open"]["choices"]]

    def press(self, user, choice, *args):
        """Do what a button of the page does."""
        model = self.env[choice["model"]].with_user(user)
        [ids], method = choice["args"], choice["method"]
        records = model.with_context(allowed_company_ids=user.company_ids.ids)
        return getattr(records.browse(ids), method)(*args)


@tagged("post_install", "-at_install")
class TestCounts(OverviewMixin, ConnectCase):
    """Errors as a sync leaves them, without one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["zoho.integration"].search([("id", "!=", cls.integration.id)]).unlink()
        cls.cron = cls.env.ref("zoho_projects_connector.ir_cron_zoho_sync")
        cls.cron.active = True

    def setUp(self):
        super().setUp()
        self.cron.nextcall = fields.Datetime.now() + timedelta(minutes=5)
        self.sign_in().status = "active"
        self.integration.last_sync = fields.Datetime.now() - timedelta(minutes=5)
        self.integration._prepare_streams()

    def add_error(self, entity, zoho_id, code="odoo_refused", **values):
        integration = values.pop("integration", self.integration)
        return self.env["zoho.sync.error"].create(
            {
                "integration_id": integration.id,
                "entity": entity,
                "zoho_id": zoho_id,
                "name": values.pop("name", f"Record {zoho_id}"),
                "code": code,
                "first_seen": fields.Datetime.now(),
                "last_seen": fields.Datetime.now(),
                **values,
            }
        )

    def add_tree(self, first=1):
        """A customer, a project and some hours that wait for him, and other causes."""
        customer = self.add_error("customer", str(first), "customer_ambiguous")
        project = self.add_error(
            "project", f"{first}1", "parent_not_fetched", parent_id=customer.id
        )
        for number in range(3):
            self.add_error(
                "timelog",
                f"{first}2{number}",
                "parent_not_fetched",
                parent_id=project.id,
                hours=1.5,
            )
        euros = {"details": {"currency": "EUR"}}
        self.add_error("project", f"{first}3", "currency_inactive", **euros)
        self.add_error("project", f"{first}4", "currency_inactive", **euros)
        if first == 1:
            self.add_error("task", "", "module_disabled", name=False)
        return customer

    def assert_one_count(self, page, to_resolve, waiting):
        """Each screen says the same, and there are as many cards."""
        words = {1: "waits for it"}.get(to_resolve, "wait for them")
        text = f"{to_resolve} to resolve, {waiting} records {words}"
        self.assertEqual(page["attention"]["text"], text)
        self.assertEqual(len(page["cards"]), to_resolve)
        integration = self.integration.with_user(self.user)
        integration.invalidate_recordset()
        self.assertEqual(integration.attention_text, text)
        self.assertEqual(integration.attention_count, to_resolve)
        known = integration.get_sync_status()
        self.assertEqual(known["attention"]["text"], text)
        self.assertEqual(known["integrations"][0]["attention"]["text"], text)
        self.assertIn(text, str(integration.health))

    def test_one_card_a_cause(self):
        """7 records in all: 5 under the customer, 2 in euros; the module is none."""
        self.add_tree()
        page = self.page_of(self.user)
        self.assert_one_count(page, 3, 7)
        customer, euros, module = page["cards"]
        self.assertEqual(customer["waiting"], "5 records wait, 04:30 h")
        self.assertEqual(customer["title"], "Record 1")
        self.assertEqual(euros["title"], "Record 13, Record 14")
        self.assertEqual(euros["waiting"], "2 records wait")
        self.assertEqual((module["title"], module["waiting"]), ("Tasks", ""))
        self.assertEqual(page["opened"], customer["key"])

    def test_what_is_resolved_is_not_counted(self):
        """What was folded under it is a cause of its own, if it is still there."""
        self.add_tree().resolved_at = fields.Datetime.now()
        page = self.page_of(self.user)
        self.assert_one_count(page, 3, 6)
        self.assertEqual(page["cards"][0]["waiting"], "4 records wait, 04:30 h")

    def test_the_card_that_is_wanted_is_opened(self):
        self.add_tree()
        keys = [card["key"] for card in self.page_of(self.user)["cards"]]
        self.assertEqual(self.page_of(self.user, keys[1])["opened"], keys[1])
        self.assertEqual(self.page_of(self.user, "gone", keys[2])["opened"], keys[2])
        self.assertEqual(self.page_of(self.user, "gone")["opened"], keys[0])

    def test_a_page_of_cards(self):
        """More than a page takes are counted; the one that is wanted is there."""
        for number in range(60):
            self.add_error("customer", str(number), "customer_ambiguous")
        last = f"error:{self.integration.id}:customer_ambiguous:customer:59"
        page = self.page_of(self.user, last)
        self.assertEqual(page["attention"]["to_resolve"], 60)
        self.assertEqual(len(page["cards"]), 51)
        self.assertEqual(page["opened"], last)

    def test_queries_do_not_depend_on_how_much_waits(self):
        self.add_tree()
        # The first reading fills the caches of the registry, too.
        self.queries()
        before = self.queries()
        for number in range(2, 42):
            self.add_tree(number)
        # Making them may have emptied those caches.
        self.queries()
        self.assertEqual(self.queries(), before)

    def queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        integrations = self.env["zoho.integration"].with_user(self.manager)
        count = self.env.cr.sql_log_count
        # The same card is open, whatever else waits.
        key = f"error:{self.integration.id}:customer_ambiguous:customer:1"
        integrations.get_overview([key])
        return self.env.cr.sql_log_count - count

    def test_who_may_only_look_has_no_buttons(self):
        self.add_tree()
        page = self.page_of(self.user)
        self.assertFalse(page["open"]["choices"] or page["open"]["candidates"])
        self.assertIn("administrator of Zoho Projects", page["open"]["blocked"])
        self.assertFalse(page["is_manager"])
        plain = new_test_user(self.env, "plain", "base.group_user")
        accountant = new_test_user(self.env, "books", f"{GROUP}billing")
        for stranger in (plain, accountant):
            with self.assertRaises(AccessError):
                self.env["zoho.integration"].with_user(stranger).get_overview()

    def test_every_way_out_says_what_it_does(self):
        """For each code there is a button with a sentence, and the method is there."""
        expected = {
            "customer_ambiguous": ["pick", "reread"],
            "customer_currency_mismatch": [
                *("pricelist", "clone", "pick_for_project", "reread"),
            ],
            "currency_inactive": ["currency", "reread"],
            "user_unresolved": ["map_log", "reread"],
            "mapping_invalid": ["unmap", "mapping", "reread"],
            "login_protected": ["customers", "reread"],
            "listing_shrunk": ["loss", "full"],
            "scope_missing": ["sign_in", "reread"],
            "unreadable": ["reread"],
        }
        for code, names in expected.items():
            with self.subTest(code):
                error = self.add_error("project", f"id {code}", code)
                key = f"error:{self.integration.id}:{error.cause}"
                page = self.page_of(self.manager, key)
                self.assertEqual(page["opened"], key)
                self.assertEqual(self.choices(page), names)
                for choice in page["open"]["choices"]:
                    self.assertTrue(choice["label"] and choice["effect"])
                    self.assertNotIn("%", choice["effect"])
                    self.assertTrue(
                        hasattr(self.env[choice["model"]], choice["method"])
                    )
        customer = self.add_error("customer", "8", "login_protected")
        key = f"error:{self.integration.id}:{customer.cause}"
        page = self.page_of(self.manager, key)
        self.assertEqual(self.choices(page), ["pick_other", "reread"])
        user = self.add_error("user", "9", "odoo_refused")
        page = self.page_of(self.manager, f"error:{self.integration.id}:{user.cause}")
        self.assertEqual(self.choices(page), ["map_user", "reread"])

    def test_what_is_chosen_on_the_card(self):
        """From the same records as in the dialog, by whoever may resolve it."""
        for number in range(3):
            self.add_error("timelog", f"8{number}", "user_unresolved", hours=1.0)
        pick = self.page_of(self.manager)["open"]["choices"][0]["pick"]
        self.assertEqual(pick["domain"], [("company_id", "=", self.company.id)])
        self.assertIn("without an owner, too: 2", pick["also"])
        self.assertFalse(self.page_of(self.user)["open"]["choices"])
        self.add_tree()
        key = f"error:{self.integration.id}:customer_ambiguous:customer:1"
        pick = self.page_of(self.manager, key)["open"]["choices"][0]["pick"]
        self.assertEqual((pick["model"], pick["also"]), ("res.partner", ""))
        self.assertIn(("company_id", "in", (False, self.company.id)), pick["domain"])

    def test_which_retry_it_is(self):
        """What was read is kept, and Zoho is asked where it may be mended there."""
        for code, payload, name in [
            ("odoo_refused", {"id": "1"}, "kept"),
            ("unreadable", {"id": "2"}, "ask"),
            ("deletion_unconfirmed", {"id": "3"}, "full"),
        ]:
            error = self.add_error("task", f"7{name}", code, payload=payload)
            key = f"error:{self.integration.id}:{error.cause}"
            self.assertEqual(self.choices(self.page_of(self.manager, key))[-1], name)

    def test_who_may_not_change_currencies_is_told(self):
        self.add_error("project", "5", "currency_inactive", details={"currency": "EUR"})
        page = self.page_of(self.manager)
        self.assertTrue(page["open"]["choices"][0]["is_refused"])
        self.assertIn(
            "administrator activates EUR", page["open"]["choices"][0]["effect"]
        )

    def test_a_disabled_integration_has_one_way_out(self):
        self.add_tree()
        self.integration.status = "disabled"
        self.assertEqual(self.choices(self.page_of(self.manager)), ["enable"])

    def test_what_wants_a_person_comes_first(self):
        self.add_tree()
        self.integration.status = "sign_in_again"
        page = self.page_of(self.manager)
        self.assertEqual(page["cards"][0]["kind"], "health")
        self.assertEqual(self.choices(page), ["sign_in"])
        self.assertEqual(page["attention"]["to_resolve"], 4)
        action = self.press(self.manager, page["open"]["choices"][0])
        self.assertEqual(action["target"], "new")
        self.integration.status = "waiting"
        self.assertEqual(self.page_of(self.manager)["attention"]["to_resolve"], 3)

    def test_the_schedule_is_one_card_for_all_portals(self):
        self.cron.active = False
        second = self._new_integration(name="Second")
        self.sign_in(second)
        second.write({"portal_id": False, "status": "active"})
        page = self.page_of(self.manager)
        self.assertEqual(page["attention"]["to_resolve"], len(page["cards"]))
        card = self.card(page, "health", "Schedule")
        self.assertIn("is switched off", card["why"])
        self.assertFalse(card["integration"])

    def test_what_is_switched_off_is_switched_on(self):
        """By who may change scheduled actions; nobody then thinks that none runs."""
        check = self.env.ref("zoho_projects_connector.ir_cron_billed_time")
        for cron, key, name in [
            (self.cron, "health:schedule", "switch_on"),
            (check, "health:billing", "switch_on_check"),
        ]:
            old = fields.Datetime.now() - timedelta(days=2)
            cron.write({"active": False, "nextcall": old})
            page = self.page_of(self.manager, key)
            self.assertEqual(self.choices(page), [name])
            [choice] = page["open"]["choices"]
            self.assertTrue(choice["is_refused"])
            self.assertIn("You may not change scheduled actions", choice["effect"])
            with self.assertRaises(AccessError):
                self.press(self.manager, choice)
        system = self.env.ref("base.group_system")
        self.manager.group_ids += system
        for key in ("health:schedule", "health:billing"):
            [choice] = self.page_of(self.manager, key)["open"]["choices"]
            self.assertFalse(choice["is_refused"])
            said = self.press(self.manager, choice)["params"]["message"]
            self.assertIn("Switched on: ", said)
        self.assertTrue(self.cron.active and check.active)
        self.assertFalse(self.page_of(self.manager)["cards"])

    def test_unexplained_hours(self):
        values = {"integration_id": self.integration.id, "unexplained_billable": 2}
        for month in ("2026-01-01", "2026-02-01"):
            row = {**values, "month": month, "project_zoho_id": "", "is_portal": True}
            self.env["zoho.reconciliation"].create(row)
        page = self.page_of(self.manager)
        card = self.card(page, "hours")
        self.assertIn("January 2026 and 1 more", card["why"])
        self.assertEqual(page["attention"]["text"], "1 to resolve")
        told = page["open"]["told"]
        self.assertEqual(told[0]["title"], "All projects, February 2026")
        self.assertIn("explains +02:00 h billable and 00:00 h not", told[0]["text"])
        self.assertEqual(page["open"]["links"][0]["label"], "Open the Reconciliation")
        looked = self.page_of(self.user)
        self.assertFalse(self.choices(looked))
        self.assertEqual(looked["open"]["told"], told)
        # A project says more than the whole portal.
        row = {**values, "month": "2026-02-01", "project_zoho_id": "7", "name": "Quay"}
        self.env["zoho.reconciliation"].create(row)
        page = self.page_of(self.manager)
        titles = [one["title"] for one in page["open"]["told"]]
        self.assertEqual(titles, ["Quay, February 2026"])
        self.assertEqual(self.choices(page), ["explain", "compare", "accept"])
        self.integration.status = "disabled"
        choices = self.choices(self.page_of(self.manager))
        self.assertEqual(choices, ["enable", "accept"])
        self.integration.status = "active"
        accept = page["open"]["choices"][-1]
        with self.assertRaises(AccessError):
            self.press(self.user, accept)
        told = self.press(self.manager, accept)
        self.assertIn("only other figures ask again", told["params"]["message"])
        self.assertFalse(self.page_of(self.manager)["cards"])

    def test_nothing_needs_anybody(self):
        """It says what was looked at, and what was not."""
        page = self.page_of(self.user)
        self.assertFalse(page["cards"] or page["opened"] or page["open"])
        self.assertEqual(page["attention"]["text"], "")
        checked = {line["key"]: line["is_checked"] for line in page["checked"]}
        self.assertTrue(checked["sync"])
        self.assertFalse(checked["hours"])

    def test_nothing_is_connected(self):
        self.integration.unlink()
        page = self.page_of(self.manager)
        self.assertFalse(page["integrations"] or page["cards"])
        self.assertTrue(page["is_manager"])

    def test_two_companies(self):
        """Each sees its own; who has both, sees each once."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self._new_integration(name="Theirs", company_id=other.id)
        theirs.write({"status": "active", "last_sync": fields.Datetime.now()})
        self.add_tree()
        self.add_error("project", "99", "currency_inactive", integration=theirs)
        them = self._new_user("them", "group_zoho_manager", other)
        page = self.page_of(them)
        self.assertEqual([one["name"] for one in page["integrations"]], ["Theirs"])
        self.assertNotIn("Record 1", str(page))
        own = f"error:{self.integration.id}:customer_ambiguous:customer:1"
        self.assertNotIn("Record 1", str(self.page_of(them, own)))
        self.manager.company_ids += other
        page = self.page_of(self.manager)
        self.assertEqual(page["attention"]["waiting"], 8)
        titles = [card["title"] for card in page["cards"]]
        self.assertIn("Record 99", titles)
        self.assertEqual(page["attention"]["to_resolve"], len(titles))

    def test_a_first_sync_is_summed_up_for_a_week(self):
        now = fields.Datetime.now()
        run = self.env["zoho.sync.run"].create(
            {
                "integration_id": self.integration.id,
                "trigger": "setup",
                "status": "done",
                "started_at": now - timedelta(minutes=9),
                "ended_at": now,
            }
        )
        project = self.env["project.project"].create({"name": "Harbour"})
        self.env["zoho.link"].create(
            {
                "integration_id": self.integration.id,
                "company_id": self.company.id,
                "portal_zoho_id": "60118842377",
                "entity": "project",
                "zoho_id": "192",
                "res_model": "project.project",
                "res_id": project.id,
            }
        )
        [first] = self.page_of(self.manager)["first_syncs"]
        self.assertEqual(first["fetched"], "1 project")
        self.assertFalse(first["steps"])
        self.manager.group_ids += self.env.ref(f"{GROUP}billing")
        [first] = self.page_of(self.manager)["first_syncs"]
        self.assertIn("Projects to Invoice", [one["label"] for one in first["steps"]])
        run.ended_at = now - timedelta(days=8)
        self.assertFalse(self.page_of(self.manager)["first_syncs"])

    def test_how_a_sync_has_ended(self):
        run = self.env["zoho.sync.run"].create(
            {"integration_id": self.integration.id, "trigger": "button"}
        )
        for values, words in [
            ({"status": "done"}, "nothing has changed"),
            ({"status": "failed", "note": note("paused")}, "failed. Zoho has asked"),
            ({"status": "stopped"}, "was stopped"),
            (
                {
                    "status": "done",
                    "line_ids": [Command.create({"entity": "task", "created": 2})],
                },
                "Tasks: 2 created.",
            ),
        ]:
            run.write(values)
            [one] = self.page_of(self.user)["integrations"]
            self.assertIn(words, one["result"]["text"])


@tagged("post_install", "-at_install")
class TestResolveThere(OverviewMixin, ResolveCase):
    """A portal with all that cannot be fetched: card by card, until none is left."""

    def setUp(self):
        super().setUp()
        self.twins = self.add_partner() + self.add_partner(
            email="other@harbour.example", city="Far Town", phone="+31 20 555 0112"
        )
        self.sync()

    def open_card(self, words, user=None):
        user = user or self.manager
        key = self.card(self.page_of(user), "error", words)["key"]
        return self.page_of(user, key)

    def test_a_candidate_is_one_click(self):
        page = self.open_card("Several contacts")
        names = [one["details"] for one in page["open"]["candidates"]]
        self.assertIn("Far Town, other@harbour.example, +31 20 555 0112", names)
        error = self.managed(self.errors(code="customer_ambiguous"))
        before = self.errors(entity="timelog")
        waiting = sum(before.mapped("hours"))
        calls = self.calls()
        action = error.action_choose_customer(self.twins[1].id)
        self.assertEqual(self.calls(), calls)
        message = action["params"]["message"]
        self.assertRegex(message, r"^Fetched: 1 customer, .*\d+ projects?, .* h\.")
        fetched = waiting - sum(self.errors(entity="timelog").mapped("hours"))
        self.assertIn(f"{clock(fetched)} h", message)
        self.assertEqual(action["params"]["next"]["infos"]["message"], message)
        self.assertEqual(self.customer(self.harbour), self.twins[1])

    def test_who_may_not_pick(self):
        error = self.errors(code="customer_ambiguous")
        with self.assertRaises(AccessError):
            self.managed(error, self.reader).action_choose_customer(self.twins[1].id)
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.add_partner(company_id=other.id)
        with self.assertRaises(AccessError):
            self.managed(error).action_choose_customer(theirs.id)
        self.assertFalse(self.customer(self.harbour))

    def test_from_the_list_to_the_card(self):
        """Also from what is folded under it, however deep."""
        log = self.errors(entity="timelog").filtered("parent_id")[:1]
        action = self.managed(log).action_open_card()
        self.assertEqual(action["tag"], "zoho_overview")
        self.assertIn(
            action["params"]["card"],
            [card["key"] for card in self.page_of(self.manager)["cards"]],
        )

    def test_what_waits_is_shown_whole(self):
        """As many records as the card says."""
        page = self.open_card("Several contacts")
        link = page["open"]["links"][0]
        action = self.press(self.manager, link)
        self.assertIn("Waiting for ", action["display_name"])
        found = self.managed(self.env["zoho.sync.error"]).search(action["domain"])
        count = self.card(page, "error", "Several contacts")["waiting"].split()[0]
        self.assertEqual(len(found), int(count))


@tagged("post_install", "-at_install")
class TestDifferencesThere(OverviewMixin, SettleCase):
    def setUp(self):
        super().setUp()
        self.cron.nextcall = fields.Datetime.now() + timedelta(minutes=5)
        self.both = new_test_user(
            self.env,
            "both",
            f"{GROUP}billing,{GROUP}user",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        self.looker = new_test_user(
            self.env,
            "looker",
            f"{GROUP}user",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        self.invoice(is_posted=True)
        self.portal.edit_log(self.log, minutes=360)
        self.sync_again()
        self.read_first()

    def read_first(self):
        page = self.page_of(self.both)
        self.key = self.card(page, "difference")["key"]
        return self.page_of(self.both, self.key)

    def test_a_difference_is_a_card(self):
        page = self.read_first()
        card = self.card(page, "difference")
        self.assertEqual(card["title"], self.project.name)
        self.assertIn("−02:00 h", card["waiting"])
        [told] = page["open"]["told"]
        self.assertIn("08:00 → 06:00", told["text"])
        self.assertEqual(self.choices(page), ["action_credit", "action_accept"])
        self.assertIn("2:00 h are taken back", page["open"]["choices"][0]["effect"])
        self.assertEqual(page["attention"]["to_resolve"], len(page["cards"]))

    def test_who_does_not_bill_sees_it_without_buttons(self):
        page = self.page_of(self.looker, self.key)
        self.assertFalse(page["open"]["choices"])
        self.assertIn("group Billing", page["open"]["blocked"])
        with self.assertRaises(AccessError):
            self.difference().with_user(self.looker).action_accept()

    def spoil(self, **values):
        """Write past all rules, as a broken import would."""
        [(name, value)] = values.items()
        self.env.flush_all()
        query = SQL(
            "UPDATE account_analytic_line SET %s = %s WHERE id = %s",
            SQL.identifier(name),
            value,
            self.line().id,
        )
        self.env.cr.execute(query)
        self.env.invalidate_all()

    def test_billed_time_that_disagrees_has_a_way_out(self):
        """It is named to who may read it, and checked again once it is put right."""
        state = self.line().billing_state
        self.spoil(billing_state="unbilled")
        self.env["project.billed.time"]._cron_check()
        page = self.page_of(self.both, "health:billing")
        self.assertEqual(page["opened"], "health:billing")
        self.assertEqual(self.choices(page), ["check_billing"])
        card = self.card(page, "health", "Check of Billed Time")
        self.assertIn("Compare each invoice", card["how"])
        [time] = page["open"]["told"]
        self.assertEqual(time["title"], "Timesheets")
        self.assertIn("Oct 12, 2026", time["text"])
        [link] = page["open"]["links"]
        self.assertEqual(link["action"]["domain"], [("id", "in", self.line().ids)])
        self.assertEqual(link["action"]["display_name"], "Timesheets")
        page = self.page_of(self.looker, "health:billing")
        self.assertFalse(page["open"]["choices"] or page["open"]["told"])
        self.assertIn("group Billing", page["open"]["blocked"])
        [check] = self.page_of(self.both, "health:billing")["open"]["choices"]
        with self.assertRaises(AccessError):
            self.press(self.looker, check)
        self.assertEqual(self.press(self.both, check)["params"]["type"], "warning")
        self.spoil(billing_state=state)
        said = self.press(self.both, check)["params"]["message"]
        self.assertIn("agrees with its documents", said)
        self.assertNotEqual(self.page_of(self.both)["opened"], "health:billing")

    def test_settled_with_a_message(self):
        page = self.read_first()
        before = page["attention"]["to_resolve"]
        action = self.press(self.both, page["open"]["choices"][-1])
        dialog = self.env[action["res_model"]].with_user(self.both)
        dialog = dialog.with_context(**action["context"]).create({"reason": "Agreed"})
        said = dialog.action_settle()["params"]
        self.assertIn("Settled: Task in question", said["message"])
        self.assertEqual(said["next"]["infos"]["message"], said["message"])
        self.assertEqual(self.page_of(self.both)["attention"]["to_resolve"], before - 1)

    def test_it_outlives_the_integration(self):
        """Time stays in question when its portal is connected no more."""
        self.integration.with_user(self.env.user).action_delete()
        page = self.page_of(self.both)
        card = self.card(page, "difference")
        self.assertFalse(card["integration_id"] or page["integrations"])
        self.assertEqual(page["attention"]["text"], "1 to resolve")
        self.assertEqual(self.choices(page), ["action_credit", "action_accept"])
