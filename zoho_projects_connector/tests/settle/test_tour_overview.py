"""An administrator clears the queue of the overview in a real browser."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from ...models.code_only_mixin import ByCode
from ..keyboard import KeyboardCase
from ..sync.error_tour_common import ErrorTourCase
from ..sync.sync_common import SyncCase
from ..tour_common import TourCase

FOREIGN = {"id": "19203", "name": "Old quay", "currency": "GBP"}


def new_administrator(env, company, groups=""):
    return new_test_user(
        env,
        "tour_administrator",
        f"base.group_user,zoho_projects_connector.group_zoho_manager{groups}",
        company_id=company.id,
        company_ids=[Command.set(company.ids)],
    )


class OverviewTourCase(ErrorTourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.company
        new_administrator(cls.env, company, ",account.group_account_manager")
        cls.env["zoho.integration"].search([]).unlink()
        cls.env.ref("base.GBP").active = False
        cron = cls.env.ref("zoho_projects_connector.ir_cron_zoho_sync")
        cron.write(
            {"active": True, "nextcall": fields.Datetime.now() + timedelta(minutes=9)}
        )

    def connect(self):
        """Leave a customer of two names, a project of his, and one in pounds."""
        self.integration = self.env["zoho.integration"].create({"name": "Northlight"})
        portal = self.env["zoho.portal"].create(
            {
                "integration_id": self.integration.id,
                "zoho_id": "60118842377",
                "name": "northlight",
            }
        )
        now = fields.Datetime.now()
        values = {"portal_id": portal.id, "status": "active", "last_sync": now}
        self.integration.write(values)
        self.integration._prepare_streams()
        credential = self.env["zoho.credential"]._get_for(self.integration)
        credential._store({"refresh_token": "1000.refresh"})
        self.partners = self.env["res.partner"].create(
            [
                {
                    "name": "Harbour Authority",
                    "is_company": True,
                    "city": f"{town} Town",
                }
                for town in ("Old", "Far")
            ]
        )
        self.add_ambiguous_customer()
        self.add_project_customer(FOREIGN)
        self.add_error(
            "project", FOREIGN, code="currency_inactive", details={"currency": "GBP"}
        )

    def _tour(self, name, path="/odoo"):
        self.start_tour(path, name, login="tour_administrator")


@tagged("post_install", "-at_install")
class TestOverviewTours(OverviewTourCase):
    def test_one_click_resolves_and_shows_the_next(self):
        """The app opens on it; each click resolves a card, and says what it did."""
        self.connect()
        self._tour("zoho_overview_queue")
        project = self.env["project.project"].search([("name", "=", "New quay")])
        self.assertEqual(project.partner_id, self.partners[1])
        self.assertTrue(self.env.ref("base.GBP").active)

    def test_nothing_is_connected(self):
        self._tour("zoho_overview_nothing", "/odoo/zoho-overview")

    def test_an_error_of_odoo_keeps_the_card(self):
        """What is refused is said on the card, and the buttons work again."""
        self.connect()
        foreign = self.integration.error_ids.filtered(
            lambda error: error.code == "currency_inactive"
        )
        foreign.details = {"currency": "XQQ"}
        self._tour("zoho_overview_refused", "/odoo/zoho-overview")
        self.assertFalse(foreign.resolved_at)

    def test_a_record_is_chosen_on_the_card(self):
        """Two clicks: the list, and the one that it is."""
        self.connect()
        house = self.partners.create({"name": "Aa Quay House", "is_company": True})
        self.integration.error_ids.filtered(
            lambda error: error.code == "currency_inactive"
        ).unlink()
        maria = self.env["hr.employee"].create({"name": "Aa Maria"})
        user = {"id": "19301", "name": "Mia Mapped", "email": "mia@zoho.example"}
        self.add_error("user", user, code="odoo_refused", details={"reason": "No."})
        mapping = self.env["zoho.field.mapping"].create(
            {
                "integration_id": self.integration.id,
                "entity": "task",
                "zoho_field": "UDF_CHAR1",
                "zoho_label": "Cost centre",
                "zoho_type": "text",
            }
        )
        mapping.problem = ByCode("type")
        self.env["zoho.sync.error"]._note_fields(self.integration, "task", mapping)
        self._tour("zoho_overview_choose", "/odoo/zoho-overview")
        project = self.env["project.project"].search([("name", "=", "New quay")])
        self.assertEqual(project.partner_id, house)
        link = self.env["zoho.link"].search(
            [("integration_id", "=", self.integration.id), ("entity", "=", "user")]
        )
        self.assertEqual(link.res_id, maria.id)
        self.assertFalse(mapping.active)


@tagged("post_install", "-at_install")
class TestOverviewByKeyboard(KeyboardCase, OverviewTourCase):
    def test_the_queue(self):
        """A card is opened, left for later, chosen in, and the next one resolved."""
        self.connect()
        house = self.partners.create({"name": "Aa Quay House", "is_company": True})

        def at_keyboard(keyboard):
            opened = ".o_zoho_card_open[data-card*='%s']"
            keyboard.use(".o_zoho_card[data-card*='Old quay']")
            keyboard.wait(f"{opened % 'Old quay'} h3:focus")
            keyboard.use(".o_zoho_later")
            keyboard.wait(f"{opened % 'Harbour'} h3:focus")
            keyboard.reach("[data-pick=pick] input[role=combobox]")
            keyboard.type("Aa Quay")
            keyboard.wait(".o-autocomplete--dropdown-item .ui-state-active")
            keyboard.press("Enter")
            keyboard.wait(f"{opened % 'Old quay'} h3:focus")
            keyboard.use("button[name=currency]")
            keyboard.wait(f"{opened % 'Old quay'} button[name=clone]")
            keyboard.use("button[name=clone]")
            keyboard.wait(".o_zoho_well")

        self.by_keys("/odoo/zoho-overview", at_keyboard, "tour_administrator")
        project = self.env["project.project"].search([("name", "=", "New quay")])
        self.assertEqual(project.partner_id, house)


@tagged("post_install", "-at_install")
class TestOverviewOnAPhone(OverviewTourCase):
    browser_size = "400x800"
    touch_enabled = True

    def test_the_queue_is_cleared_and_nothing_is_cut(self):
        self.connect()
        house = self.partners.create({"name": "Aa Quay House", "is_company": True})
        self._tour("zoho_overview_phone", "/odoo/zoho-overview")
        project = self.env["project.project"].search([("name", "=", "New quay")])
        self.assertEqual(project.partner_id, house)


@tagged("post_install", "-at_install")
class TestLostConnection(SyncCase, TourCase):
    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        if "zoho" in urlsplit(request.url).hostname:
            return super()._request_handler(session, request, **kwargs)
        # The test itself speaks to its browser.
        return super(SyncCase, cls)._request_handler(session, request, **kwargs)

    def test_zoho_is_lost_while_retrying(self):
        """It is waited for with a bar and its end, until somebody stops it."""
        self.sync()
        error = self.errors(code="project_without_primary_customer")[:1]
        new_administrator(self.env, self.company)
        self.sim.fault("reset", times=0)
        flowing = freeze_time(datetime.now(), tick=True)
        with flowing:
            self.start_tour(
                "/odoo/zoho-overview", "zoho_overview_lost", login="tour_administrator"
            )
        self.assertFalse(error.resolved_at)
        run = self.env["zoho.sync.run"].search(
            [("integration_id", "=", self.integration.id), ("trigger", "!=", "retry")],
            limit=1,
        )
        self.assertEqual(run.status, "stopped")
