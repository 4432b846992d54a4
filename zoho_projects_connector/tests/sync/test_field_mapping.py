"""Fields of Zoho and the fields of Odoo that receive them.

The specimens of the portal: projects, tasks, issues and time logs have 5, 5, 3 and 3
custom fields. Task *Level 2* has the gate code 1002, the project *Проект Ω* the cost
centre CC-12, and its log an activity and a toll.

:source: product.md, section 6.
"""

from dataclasses import replace

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ...models.sync.entities import ENTITIES
from ..simulator import DIALECTS
from .mapping_common import CUSTOM, MappingCase

# A type of Zoho for each type of Odoo.
FITTING = {
    "boolean": "boolean",
    "char": "text",
    "float": "decimal",
    "many2many": "multi_user",
    "many2one": "user",
    "monetary": "currency",
    "selection": "picklist",
}


@tagged("post_install", "-at_install")
class TestFetchFields(MappingCase):
    """Before the first sync: what Zoho tells of its fields, in each of its forms."""

    def test_standard_fields_are_there_at_once(self):
        standard = self.integration.mapping_ids
        self.assertTrue(all(standard.mapped("is_standard")))
        self.assertEqual(
            self.mapping("log_hour", "timelog").field_id.name, "unit_amount"
        )

    def test_custom_fields(self):
        self.integration.action_fetch_fields()
        self.assertEqual(self.counts(), CUSTOM)
        row = self.mapping("cost_center", "project")
        self.assertEqual(
            (row.zoho_label, row.zoho_type, row.zoho_options),
            ("Cost centre", "picklist", ["CC-12", "CC-14"]),
        )
        self.assertFalse(row.field_id)
        self.integration.action_fetch_fields()
        self.assertEqual(self.counts(), CUSTOM)

    def test_guide_lists_them(self):
        """The set-up comes to the mapping with the fields, or without them."""
        self.integration.setup_step = "duplicates"
        self.sim.fault("error_500", "*_fields", times=0)
        self.integration.action_setup_next()
        self.assertEqual(self.integration.setup_step, "mapping")
        self.assertEqual(self.counts(), dict.fromkeys(CUSTOM, 0))
        self.sim.faults.clear()
        self.integration.action_setup_back()
        self.integration.action_setup_next()
        self.assertEqual(self.counts(), CUSTOM)

    def test_other_forms(self):
        """Whatever the answer is like, the same fields are found."""
        for values in (
            {"field_flags": "is_default", "field_options": "options"},
            {"field_flags": "absent", "field_names": "field_name"},
            {"field_listing": "settings", "field_types_lower": True},
        ):
            with self.subTest(values):
                self.integration.mapping_ids.filtered(
                    lambda one: not one.is_standard
                ).unlink()
                self.sim.dialect = replace(DIALECTS["default"], **values)
                self.integration.action_fetch_fields()
                self.assertEqual(self.counts(), CUSTOM)
                row = self.mapping("cost_center", "project")
                self.assertEqual(row.zoho_options, ["CC-12", "CC-14"])

    def test_label_changes_and_field_vanishes(self):
        self.integration.action_fetch_fields()
        self.portal.rename_custom_field("cf_vip", "Very important")
        self.portal.remove_custom_field("cf_link")
        self.integration.action_fetch_fields()
        self.assertEqual(self.mapping("cf_vip").zoho_label, "Very important")
        self.assertEqual(self.counts(), {**CUSTOM, "task": 4})

    def test_refused(self):
        """Without the scope nothing is lost, and it is said of which modules."""
        self.integration.action_fetch_fields()
        self.sim.fault("scope_missing", "*_fields", times=0)
        action = self.integration.action_fetch_fields()
        self.assertIn("Timesheets", action["params"]["message"])
        self.assertEqual(self.counts(), CUSTOM)


@tagged("post_install", "-at_install")
class TestRules(MappingCase):
    def setUp(self):
        super().setUp()
        self.integration.action_fetch_fields()

    def assert_refused(self, words, zoho_field, field, entity="task"):
        with self.assertRaises(ValidationError) as caught:
            self.map(zoho_field, field, entity)
        for word in words:
            self.assertIn(word, str(caught.exception))

    def test_types_must_agree(self):
        """Both types are named in words for people."""
        self.assert_refused(
            ["Gate code", "Whole number", "Title", "Text"], "gate_code_cf_0001", "name"
        )
        self.assert_refused(["User", "Links to records"], "cf_reviewer", "tag_ids")
        self.map("gate_code_cf_0001", "sequence")

    def test_unknown_type(self):
        self.new_field("cf_score", "formula")
        self.integration.action_fetch_fields()
        self.assertEqual(self.mapping("cf_score").zoho_type, "other")
        self.assert_refused(["formula"], "cf_score", "sequence")
        with self.assertRaisesRegex(UserError, "formula"):
            self.create_field("cf_score")

    def test_what_is_offered_may_be_saved(self):
        """All of it, and nothing else: no key, no right, no field of the connector."""
        fields = found = self.env["ir.model.fields"]
        reader = new_test_user(
            self.env,
            "mapping_reader",
            groups="zoho_projects_connector.group_zoho_user",
            company_id=self.company.id,
        )
        for zoho_field, entity in (
            ("cf_work_package", "task"),
            ("gate_code_cf_0001", "task"),
            ("cost_center", "project"),
        ):
            mapping = self.mapping(zoho_field, entity)
            listed = fields.search([("model", "=", mapping.res_model)])
            saved = fields
            for field in listed.filtered("store"):
                with self.env.cr.savepoint() as undone:
                    try:
                        mapping.field_id = field
                        saved += field
                    except ValidationError as error:
                        # What another field of Zoho fills already is said by name.
                        saved += field if "receives" in str(error) else fields
                    undone.close(rollback=True)
                self.env.invalidate_all()
            offered = mapping.with_user(reader).offered_field_ids
            self.assertEqual(offered.ids, saved.ids)
            found |= offered
            self.assertFalse({"access_token", "active"} & set(saved.mapped("name")))
        self.assertIn("sequence", found.mapped("name"))

    def test_fields_of_the_connector(self):
        self.assert_refused(["connector"], "cf_work_package", "zoho_severity")
        self.assert_refused(["connector"], "cf_vip", "active")

    def test_only_plain_details_can_be_mapped(self):
        """No secrets, no rights, nothing private, nothing that says whose it is."""
        for entity, names in {
            "project": (
                *("access_token", "privacy_visibility", "user_id"),
                *("allow_billable", "billing_rate", "name"),
            ),
            "task": ("access_token", "email_cc", "partner_phone", "user_ids"),
            "user": ("user_id", "pin", "barcode", "hourly_cost", "private_email"),
            "customer": ("signup_type", "email", "user_id", "barcode"),
            "timelog": ("amount", "billing_exclusion", "user_id", "employee_id"),
        }.items():
            for name in names:
                field = self.env["ir.model.fields"]._get(ENTITIES[entity].model, name)
                self.assertTrue(field, name)
                vals = {
                    "integration_id": self.integration.id,
                    "entity": entity,
                    "zoho_field": "cf_attack",
                    "zoho_label": "Attack",
                    "zoho_type": FITTING[field.ttype],
                    "field_id": field.id,
                }
                with (
                    self.subTest(entity=entity, field=name),
                    self.assertRaisesRegex(ValidationError, "connector"),
                    self.env.cr.savepoint(),
                ):
                    self.env["zoho.field.mapping"].create(vals)

    def test_nobody_makes_a_standard_row(self):
        manager = new_test_user(
            self.env,
            "maker",
            groups="zoho_projects_connector.group_zoho_manager",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        rows = self.env["zoho.field.mapping"].with_user(manager)
        vals = {
            "integration_id": self.integration.id,
            "entity": "project",
            "zoho_field": "cf_attack",
            "zoho_label": "Attack",
            "field_id": self.env["ir.model.fields"]
            ._get("project.project", "access_token")
            .id,
        }
        with self.assertRaisesRegex(AccessError, "Odoo itself keeps"):
            rows.create({**vals, "is_standard": True})
        with self.assertRaises(ValidationError):
            rows.with_context(default_is_standard=True).create(vals)

    def test_field_of_another_model(self):
        row = self.mapping("cf_work_package")
        with self.assertRaisesRegex(ValidationError, "is not a field of"):
            row.field_id = self.env["ir.model.fields"]._get("res.partner", "ref")

    def test_a_mapped_field_stays_with_its_module(self):
        """Also one that waits: it would be looked for among another module's."""
        row = self.map("gate_code_cf_0001", "sequence")
        for problem in (False, "gone"):
            row.sudo().problem = problem
            with self.assertRaisesRegex(ValidationError, "is not a field of"):
                row.entity = "project"

    def test_one_field_receives_one(self):
        """A standard field can make room, and cannot come back then."""
        standard = self.mapping("description", "project")
        self.assert_refused(["Description"], "cf_budget_note", "description", "project")
        standard.active = False
        self.map("cf_budget_note", "description", "project")
        with self.assertRaisesRegex(ValidationError, "Budget note"):
            standard.active = True

    def test_standard_fields_are_locked(self):
        optional, required = self.mapping("priority"), self.mapping("name")
        with self.assertRaisesRegex(UserError, "locked"):
            optional.field_id = self.env["ir.model.fields"]._get(
                "project.task", "sequence"
            )
        with self.assertRaisesRegex(UserError, "locked"):
            optional.unlink()
        with self.assertRaisesRegex(UserError, "cannot be switched off"):
            required.active = False
        optional.active = False

    def test_rights(self):
        """An administrator of the connector creates fields; a user only reads."""
        company = {"company_id": self.company.id, "company_ids": self.company.ids}
        manager, user = (
            new_test_user(
                self.env,
                f"mapping_{group}",
                f"base.group_user,zoho_projects_connector.group_zoho_{group}",
                **company,
            )
            for group in ("manager", "user")
        )
        row = self.mapping("cf_work_package")
        with self.assertRaises(AccessError):
            row.with_user(user).action_create_field()
        row.with_user(manager).action_create_field()
        self.assertEqual(row.field_id.name, "x_zoho_work_package")
        shown = row.with_user(user).web_read(
            {"field_id": {"fields": {"display_name": {}}}}
        )
        self.assertIn("Work package", shown[0]["field_id"]["display_name"])
        found = self.env["ir.model.fields"].with_user(manager).name_search("Work p")
        self.assertTrue(found)
