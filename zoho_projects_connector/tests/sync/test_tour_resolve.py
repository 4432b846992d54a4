"""An administrator resolves an error and puts a customer back in a real browser."""

from odoo import fields
from odoo.tests import new_test_user, tagged

from ..tour_common import TourCase

PORTAL = "60118842377"
CUSTOMER = {"id": "19201", "name": "Harbour Authority", "city": "Rotterdam"}
PROJECT = {"id": "19202", "name": "New quay", "status": {"name": "Active"}}


@tagged("post_install", "-at_install")
class TestResolveTours(TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.company
        new_test_user(
            cls.env,
            "tour_administrator",
            "base.group_user,zoho_projects_connector.group_zoho_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        cls.integration = cls.env["zoho.integration"].create({"name": "Northlight"})
        portal = cls.env["zoho.portal"].create(
            {
                "integration_id": cls.integration.id,
                "zoho_id": PORTAL,
                "name": "northlight",
            }
        )
        cls.integration.write({"portal_id": portal.id, "status": "active"})
        cls.integration._prepare_streams()
        cls.partners = cls.env["res.partner"].create(
            [
                {
                    "name": "Harbour Authority",
                    "is_company": True,
                    "email": f"{town.lower()}@harbour.example",
                    "city": f"{town} Town",
                }
                for town in ("Old", "Far")
            ]
        )

    def add_error(self, entity, row, **values):
        now = fields.Datetime.now()
        return self.env["zoho.sync.error"].create(
            {
                "integration_id": self.integration.id,
                "entity": entity,
                "zoho_id": row["id"],
                "name": row["name"],
                "payload": row,
                "first_seen": now,
                "last_seen": now,
                **values,
            }
        )

    def test_pick_a_customer(self):
        """The customer and the project that waited for him are there at once."""
        self.env["zoho.project.customer"].create(
            {
                "integration_id": self.integration.id,
                "project_zoho_id": PROJECT["id"],
                "customer_zoho_id": CUSTOMER["id"],
                "rank": "primary",
            }
        )
        error = self.add_error(
            "customer", CUSTOMER, code="customer_ambiguous", details={"names": "two"}
        )
        self.add_error(
            "project",
            PROJECT,
            code="parent_not_fetched",
            parent_id=error.id,
            missing_entity="customer",
            missing_zoho_id=CUSTOMER["id"],
        )
        self.start_tour(
            "/odoo/zoho-errors", "zoho_pick_customer", login="tour_administrator"
        )
        project = self.env["project.project"].search([("name", "=", "New quay")])
        self.assertEqual(project.partner_id, self.partners[1])
        self.assertEqual(self.partners[1].city, "Rotterdam")

    def test_put_back(self):
        partner = self.partners[0]
        self.env["zoho.link"].create(
            {
                "integration_id": self.integration.id,
                "company_id": self.integration.company_id.id,
                "portal_zoho_id": PORTAL,
                "entity": "customer",
                "zoho_id": CUSTOMER["id"],
                "name": CUSTOMER["name"],
                "res_model": "res.partner",
                "res_id": partner.id,
                "fingerprint": "as fetched",
                "origin": "name",
                "values_before": {"city": "Old Town"},
                "values_after": {"city": "Rotterdam"},
            }
        )
        partner.city = "Rotterdam"
        self.start_tour(
            "/odoo/zoho-customers", "zoho_put_back", login="tour_administrator"
        )
        self.assertEqual(partner.city, "Old Town")
