from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

from .common_connect import ConnectCase


@tagged("post_install", "-at_install")
class TestRestrictProjects(ConnectCase):
    """Projects come from Zoho only, however they would be born."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.planner = new_test_user(
            cls.env,
            "planner",
            groups="project.group_project_manager,sales_team.group_sale_manager",
            company_id=cls.company.id,
            company_ids=[cls.company.id],
        )
        cls.existing = (
            cls.env["project.project"]
            .with_company(cls.company)
            .create({"name": "Existing", "company_id": cls.company.id})
        )

    def setUp(self):
        super().setUp()
        self.sign_in()
        self.integration.write({"status": "active", "restrict_project_creation": True})
        self.Project = self.env["project.project"].with_user(self.planner)

    def assertRestricted(self):
        return self.assertRaisesRegex(UserError, "Zoho portal northlight")

    def test_form(self):
        with self.assertRestricted(), Form(self.Project) as form:
            form.name = "By hand"

    def test_quick_create(self):
        with self.assertRestricted():
            self.Project.name_create("Quick")

    def test_duplicate(self):
        with self.assertRestricted():
            self.existing.with_user(self.planner).copy()

    def test_import(self):
        result = self.Project.load(["name"], [["Imported"]])
        self.assertFalse(result["ids"])
        self.assertIn("northlight", result["messages"][0]["message"])

    def test_confirmed_order(self):
        product = self.env["product.product"].create(
            {
                "name": "Consulting",
                "type": "service",
                "service_tracking": "project_only",
                "company_id": self.company.id,
            }
        )
        partner = self.env["res.partner"].create({"name": "Customer"})
        order = (
            self.env["sale.order"]
            .with_user(self.planner)
            .create(
                {
                    "partner_id": partner.id,
                    "order_line": [(0, 0, {"product_id": product.id})],
                }
            )
        )
        with self.assertRestricted():
            order.action_confirm()

    def test_sudo_is_not_enough(self):
        with self.assertRestricted():
            self.Project.sudo().create({"name": "Sudo"})

    def test_a_context_is_not_enough(self):
        with self.assertRestricted():
            self.Project.with_context(zoho_sync=True).create({"name": "Context"})

    def test_the_sync_passes(self):
        project = (
            self.Project.sudo().with_context(zoho_sync=True).create({"name": "Sync"})
        )
        self.assertTrue(project)

    def test_another_company_is_free(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        project = self.env["project.project"].create(
            {"name": "Elsewhere", "company_id": company.id}
        )
        self.assertTrue(project)

    def test_it_ends_with_disable_and_delete(self):
        self.integration.action_disable()
        self.assertTrue(self.Project.create({"name": "While disabled"}))
        self.integration.status = "active"
        self.integration.action_delete()
        self.assertTrue(self.Project.create({"name": "After delete"}))

    def test_without_the_tick(self):
        self.integration.restrict_project_creation = False
        self.assertTrue(self.Project.create({"name": "Free"}))
