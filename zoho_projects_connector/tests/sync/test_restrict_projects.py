from lxml import etree

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

from ...const import SYNC_CONTEXT
from .common_connect import PORTALS_PATH, ConnectCase, portal_row


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

    def _offers_new(self, **context):
        projects = self.Project.with_context(**context)
        return [
            etree.fromstring(projects.get_view(False, kind)["arch"]).get("create")
            for kind in ("list", "kanban", "form")
        ]

    def test_it_is_said_before_a_form_is_filled_in(self):
        form = Form(self.Project)
        self.assertIn("Zoho portal northlight", form.creation_restriction)
        self.assertEqual(self._offers_new(), ["0"] * 3)
        # The cache of views tells both apart.
        self.integration.restrict_project_creation = False
        self.assertNotIn("0", self._offers_new())
        self.assertFalse(Form(self.Project).creation_restriction)

    def test_other_companies_offer_new_projects(self):
        other = self.env["res.company"].create({"name": "Unbound"})
        self.planner.company_ids |= other
        self.assertNotIn("0", self._offers_new(allowed_company_ids=other.ids))
        self.assertEqual(
            self._offers_new(allowed_company_ids=self.company.ids), ["0"] * 3
        )

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

    def test_import_of_a_customer_s_project(self):
        """All lines of the file are refused, and none is there afterwards."""
        rows = [["First", "Harbour"], ["Second", "Harbour"]]
        self.env["res.partner"].create({"name": "Harbour"})
        result = self.Project.load(["name", "partner_id"], rows)
        self.assertFalse(result["ids"])
        self.assertIn("northlight", result["messages"][0]["message"])
        self.assertFalse(self.Project.search([("name", "in", ["First", "Second"])]))

    def _template(self):
        Project = self.env["project.project"]
        template = Project._zoho_unrestricted().create(
            {"name": "Template", "company_id": self.company.id, "is_template": True}
        )
        return Project.browse(template.id)

    def test_template(self):
        template = self._template()
        with self.assertRestricted():
            template.with_user(self.planner).action_create_from_template()
        wizard = (
            self.env["project.template.create.wizard"]
            .with_user(self.planner)
            .create({"name": "From a template", "template_id": template.id})
        )
        with self.assertRestricted():
            wizard.create_project_from_template()

    def test_template_that_becomes_a_project(self):
        template = self._template()
        with self.assertRestricted():
            template.with_user(self.planner).action_undo_convert_to_template()

    def test_project_that_becomes_a_template(self):
        existing = self.existing.with_user(self.planner)
        with self.assertRestricted():
            existing.action_create_template_from_project()

    def test_email_alias(self):
        """Whoever writes to the address, and whomever the alias belongs to."""
        model = self.env["ir.model"]._get("project.project")
        domain = self.env["mail.alias.domain"].create({"name": "northlight.example"})
        self.env["mail.alias"].create(
            {
                "alias_name": "new-project",
                "alias_domain_id": domain.id,
                "alias_model_id": model.id,
                "alias_defaults": str({"company_id": self.company.id}),
                "alias_contact": "everyone",
            }
        )
        for sender in ("stranger@example.com", self.planner.email):
            message = (
                "To: new-project@northlight.example\n"
                f"From: {sender}\nSubject: By mail\n"
                f"Message-Id: <{sender}.1@example.com>\n\nPlease."
            )
            with (
                self.subTest(sender),
                self.enter_registry_test_mode(),
                self.assertRestricted(),
            ):
                self.env["mail.thread"].message_process(False, message)

    def _order(self, **product):
        product = self.env["product.product"].create(
            {
                "name": "Consulting",
                "type": "service",
                "service_tracking": "project_only",
                "company_id": self.company.id,
                **product,
            }
        )
        partner = self.env["res.partner"].create({"name": "Customer"})
        return (
            self.env["sale.order"]
            .with_user(self.planner)
            .create(
                {
                    "partner_id": partner.id,
                    "order_line": [Command.create({"product_id": product.id})],
                }
            )
        )

    def test_confirmed_order(self):
        with self.assertRestricted():
            self._order().action_confirm()

    def test_confirmed_order_with_a_task(self):
        with self.assertRestricted():
            self._order(service_tracking="task_in_project").action_confirm()

    def test_confirmed_order_of_a_template(self):
        template = self._template()
        with self.assertRestricted():
            self._order(project_template_id=template.id).action_confirm()

    def test_confirmed_order_that_needs_no_new_project(self):
        order = self._order(
            service_tracking="task_global_project", project_id=self.existing.id
        )
        order.project_id = self.existing
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertTrue(self.existing.task_ids)

    def test_project_of_an_order(self):
        order = self._order(service_tracking="no")
        order.action_confirm()
        wizard = (
            self.env["project.template.create.wizard"]
            .with_user(self.planner)
            .with_context(default_sale_order_id=order.id)
            .create({"name": "Of an order"})
        )
        with self.assertRestricted():
            wizard.action_create_project_from_so()

    def test_rpc(self):
        """The web client's own way to save, and a script's."""
        with self.assertRestricted():
            self.Project.web_save({"name": "Saved"}, {"name": {}})
        with self.assertRestricted():
            self.Project.create([{"name": "First"}, {"name": "Second"}])

    def test_the_administrator_too(self):
        admin = self.env.ref("base.user_admin")
        admin.company_ids += self.company
        with self.assertRestricted():
            self.existing.with_user(admin).with_company(self.company).create(
                {"name": "Admin", "company_id": self.company.id}
            )

    def test_sudo_is_not_enough(self):
        with self.assertRestricted():
            self.Project.sudo().create({"name": "Sudo"})

    def test_a_context_is_not_enough(self):
        """What a request can send opens nothing, not even before code in sudo."""
        for value in (True, "zoho", ["zoho"]):
            context = self.Project.with_context(zoho_sync=value)
            with self.subTest(value), self.assertRestricted():
                context.create({"name": "Context"})
            with self.subTest(value), self.assertRestricted():
                context.sudo().create({"name": "Context and sudo"})
            with self.subTest(value), self.assertRestricted():
                self._order().with_context(zoho_sync=value).action_confirm()

    def test_the_sync_passes(self):
        project = self.Project.with_context(**SYNC_CONTEXT).create({"name": "Sync"})
        self.assertTrue(project)

    def test_code_may_pass_by_intention(self):
        project = self.Project._zoho_unrestricted().create({"name": "Meant so"})
        self.assertTrue(project.copy({"name": "A copy of it"}))

    def test_the_company_of_the_stage_counts(self):
        """A project has the company of its stage, wherever its maker works."""
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.planner.company_ids += elsewhere
        self.planner.group_ids += self.env.ref("project.group_project_stages")
        stage = self.env["project.project.stage"].create(
            {"name": "Northlight's", "company_id": self.company.id}
        )
        Project = self.Project.with_context(
            allowed_company_ids=(elsewhere + self.company).ids
        )
        with self.assertRestricted():
            Project.with_context(default_stage_id=stage.id).create({"name": "Detour"})
        self.assertTrue(Project.create({"name": "At home"}))

    def test_a_project_that_moves_here(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.planner.company_ids += elsewhere
        project = self.Project.with_context(
            allowed_company_ids=(elsewhere + self.company).ids
        ).create({"name": "Moving", "company_id": elsewhere.id})
        with self.assertRestricted():
            project.company_id = self.company
        self.existing.with_user(self.planner).write(
            {"name": "Renamed", "company_id": self.company.id}
        )

    def test_a_batch_of_mixed_companies(self):
        """One of two is restricted: neither is made. Both free: both are."""
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        third = self.env["res.company"].create({"name": "Third"})
        vals = [
            {"name": company.name, "company_id": company.id}
            for company in (elsewhere, self.company, third)
        ]
        Project = self.env["project.project"]
        with self.assertRestricted():
            Project.create(vals)
        self.assertEqual(len(Project.create([vals[0], vals[2]])), 2)

    def test_the_message_names_the_company_s_own_portal(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.zoho.will_answer(PORTALS_PATH, [portal_row("7", "southlight")])
        other = self.sign_in(self._new_integration(company_id=elsewhere.id))
        other.write({"status": "sign_in_again", "restrict_project_creation": True})
        with self.assertRaisesRegex(UserError, "of Elsewhere .* portal southlight"):
            self.env["project.project"].create(
                {"name": "There", "company_id": elsewhere.id}
            )
        with self.assertRestricted():
            self.Project.create({"name": "Here"})

    def test_another_portal_of_the_company_restricts_as_well(self):
        self.integration.restrict_project_creation = False
        self.zoho.will_answer(PORTALS_PATH, [portal_row("7", "southlight")])
        other = self.sign_in(self._new_integration(name="Second"))
        other.write({"status": "active", "restrict_project_creation": True})
        with self.assertRaisesRegex(UserError, "portal southlight"):
            self.Project.create({"name": "Here"})
        other.action_delete()
        self.assertTrue(self.Project.create({"name": "Here"}))

    def test_a_new_company_gets_its_internal_project(self):
        company = self.env["res.company"].create({"name": "Founded today"})
        self.assertTrue(company.internal_project_id)

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
