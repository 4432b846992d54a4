"""An administrator resolves an error and puts a customer back in a real browser."""

from odoo.tests import new_test_user, tagged

from .error_tour_common import CUSTOMER, ErrorTourCase

PORTAL = "60118842377"


@tagged("post_install", "-at_install")
class TestResolveTours(ErrorTourCase):
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

    def test_pick_a_customer(self):
        """The customer and the project that waited for him are there at once."""
        self.add_ambiguous_customer()
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
