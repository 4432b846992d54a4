"""Fields of Zoho and the fields of Odoo that receive them.

The specimens of the portal: projects, tasks, issues and time logs have 5, 5, 3 and 3
custom fields. Task *Level 2* has the gate code 1002, the project *Проект Ω* the cost
centre CC-12, and its log an activity and a toll.

:source: product.md, section 6.
"""

from dataclasses import replace

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .simulator import DIALECTS
from .simulator.entities import CustomField
from .sync_common import SyncCase, SyncedCase
from .test_sync_invoiced import InvoicedCase

CUSTOM = {"project": 5, "task": 5, "bug": 3, "timelog": 3}


class MappingCase(SyncCase):
    """What a test of the mapping does."""

    def mapping(self, zoho_field, entity="task"):
        """Return the row of a field of Zoho."""
        rows = self.integration.mapping_ids.filtered(
            lambda one: (one.entity, one.zoho_field) == (entity, zoho_field)
        )
        self.assertEqual(len(rows), 1, (entity, zoho_field))
        return rows

    def map(self, zoho_field, field, entity="task"):
        row = self.mapping(zoho_field, entity)
        row.field_id = self.env["ir.model.fields"]._get(row.res_model, field)
        return row

    def create_field(self, zoho_field, entity="task"):
        row = self.mapping(zoho_field, entity)
        row.action_create_field()
        return row

    def new_field(self, name, kind, module="tasks", options=()):
        """Let Zoho have one more custom field."""
        self.portal.custom_fields.append(
            CustomField(
                self.portal.new_id(), module, name, name.title(), kind, list(options)
            )
        )

    def counts(self):
        custom = self.integration.mapping_ids.filtered(lambda one: not one.is_standard)
        return {
            entity: len(custom.filtered(lambda one, e=entity: one.entity == e))
            for entity in CUSTOM
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

    def test_fields_of_the_connector(self):
        self.assert_refused(["connector"], "cf_work_package", "zoho_severity")
        self.assert_refused(["connector"], "cf_vip", "active")

    def test_field_of_another_model(self):
        row = self.mapping("cf_work_package")
        with self.assertRaisesRegex(ValidationError, "is not a field of"):
            row.field_id = self.env["ir.model.fields"]._get("res.partner", "ref")

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


@tagged("post_install", "-at_install")
class TestCreateField(MappingCase):
    def setUp(self):
        super().setUp()
        self.integration.action_fetch_fields()

    def test_types_and_values(self):
        """Each type of the specimens, filled by the first sync."""
        for entity in CUSTOM:
            rows = self.integration.mapping_ids.filtered(
                lambda one, e=entity: one.entity == e and not one.field_id
            )
            rows.action_create_field()
        types = {
            row.zoho_field: row.field_id.ttype
            for row in self.integration.mapping_ids
            if not row.is_standard
        }
        self.assertEqual(
            types,
            {
                "cf_po_number": "char",
                "cost_center": "selection",
                "cf_go_live": "date",
                "cf_margin": "float",
                "cf_budget_note": "text",
                "cf_work_package": "char",
                "gate_code_cf_0001": "integer",
                "cf_reviewer": "char",
                "cf_vip": "boolean",
                "cf_link": "char",
                "cf_browser": "char",
                "cf_reporter_mail": "char",
                "cf_seen_at": "datetime",
                "cf_activity": "selection",
                "cf_travel_km": "float",
                "cf_toll": "monetary",
            },
        )
        self.sync()
        self.assertFalse(self.errors(code="mapping_invalid"))
        task = self.record("task", self.zoho("task", name="Level 2").id)
        self.assertEqual(
            (
                task.x_zoho_work_package,
                task.x_zoho_gate_code,
                task.x_zoho_reviewer,
                task.x_zoho_vip,
                task.x_zoho_link,
            ),
            ("WP-2", 1002, "Siobhán N.", True, "https://harbour.example/?a=1&b=2"),
        )
        odd = next(p for p in self.portal.projects.values() if p.name.startswith("Пр"))
        project = self.record("project", odd.id)
        self.assertEqual(
            (
                project.x_zoho_po_number,
                project.x_zoho_cost_center,
                str(project.x_zoho_go_live),
                project.x_zoho_margin,
                project.x_zoho_budget_note.split(),
            ),
            ("PO-3319", "CC-12", "2026-12-01", 12.5, ["two", "lines"]),
        )
        log = self.record("timelog", self.zoho("log", project=odd.id).id)
        self.assertEqual(
            (log.x_zoho_activity, log.x_zoho_travel_km, log.x_zoho_toll),
            ("Writing", 12.5, 3.2),
        )
        bug = self.zoho("issue", name="Menu overlaps on tablet")
        self.assertEqual(self.record("bug", bug.id).x_zoho_browser, "Firefox, Safari")

    def test_shown_on_the_form(self):
        self.create_field("cf_work_package")
        arch = self.env["project.task"].get_view(view_type="form")["arch"]
        self.assertIn("x_zoho_work_package", arch)
        self.create_field("cf_toll", "timelog")
        view = self.env.ref("hr_timesheet.hr_timesheet_line_form")
        arch = self.env["account.analytic.line"].get_view(view.id)["arch"]
        self.assertIn("x_zoho_toll", arch)

    def test_same_field_of_bugs_is_shared(self):
        """Tasks and bugs are one model; another field of this name gets a number."""
        self.new_field("cf_area", "singleline")
        self.new_field("cf_area", "singleline", module="issues")
        self.new_field("area", "Numeric")
        self.integration.action_fetch_fields()
        first = self.create_field("cf_area").field_id
        self.assertEqual(first.name, "x_zoho_area")
        self.assertEqual(self.create_field("cf_area", "bug").field_id, first)
        self.assertEqual(self.create_field("area").field_id.name, "x_zoho_area_2")

    def test_new_choice_arrives_with_the_fields(self):
        row = self.create_field("cost_center", "project")
        field = next(f for f in self.portal.custom_fields if f.label == "Cost centre")
        field.options.append("CC-15")
        self.integration.action_fetch_fields()
        self.assertEqual(
            row.field_id.selection_ids.mapped("value"), ["CC-12", "CC-14", "CC-15"]
        )


@tagged("post_install", "-at_install")
class TestMappedSync(MappingCase, SyncedCase):
    """What the mapping does to records that are there already."""

    def setUp(self):
        super().setUp()
        self.integration.action_fetch_fields()
        self.task = self.zoho("task", name="Level 2")

    def test_switched_off(self):
        """What people set stays, whatever Zoho says, until it is on again."""
        self.mapping("priority").active = False
        task = self.record("task", self.task.id)
        task.priority = "3"
        self.task.priority = "high"
        self.portal.touch(self.task)
        new = self.portal.add_task(self.task.project, "New one", priority="high")
        run = self.sync()
        self.assertEqual(task.priority, "3")
        self.assertEqual(self.record("task", new.id).priority, "0")
        self.assertIn("Switched off", run.mapping_table)
        self.mapping("priority").active = True
        self.advance(minutes=20)
        self.sync()
        self.assertEqual(task.priority, "2")

    def test_owners_switched_off(self):
        """Nobody is assigned, not even whoever runs the sync."""
        self.mapping("owners").active = False
        new = self.portal.add_task(self.task.project, "Nobody's")
        self.sync()
        self.assertFalse(self.record("task", new.id).user_ids)

    def test_values_that_do_not_fit(self):
        """Nothing of the record is written, and the sentence names the value."""
        self.new_field("cf_kind", "picklist", options=["One", "Two"])
        self.integration.action_fetch_fields()
        for name in ("cf_kind", "cf_vip", "gate_code_cf_0001"):
            self.create_field(name)
        self.sync()
        task = self.record("task", self.task.id)
        self.portal.rename("task", self.task.id, "Renamed")
        for name, value in (
            ("cf_kind", "Three"),
            ("cf_vip", "perhaps"),
            ("gate_code_cf_0001", "12 or 13"),
            ("gate_code_cf_0001", 12.5),
        ):
            with self.subTest(name, value=value):
                kept = dict(self.task.custom)
                self.task.custom[name] = value
                self.portal.touch(self.task)
                self.advance(minutes=20)
                self.sync()
                error = self.errors(code="mapping_invalid")
                self.assertEqual(error.zoho_id, self.task.id)
                self.assertIn(str(value), error.why)
                self.assertEqual(task.name, "Level 2")
                self.task.custom = kept
        self.portal.touch(self.task)
        self.advance(minutes=20)
        self.sync()
        self.assertFalse(self.errors(code="mapping_invalid"))
        self.assertEqual(task.name, "Renamed")

    def user_field(self, model):
        return self.env["ir.model.fields"].create(
            {
                "model_id": self.env["ir.model"]._get("project.task").id,
                "name": f"x_{model.replace('.', '_')}",
                "field_description": "Checked by",
                "ttype": "many2one",
                "relation": model,
            }
        )

    def test_user_as_employee(self):
        self.mapping("cf_reviewer").field_id = self.user_field("hr.employee")
        self.sync()
        employee = self.record("task", self.task.id).x_hr_employee
        manager = self.zoho("user", email="sio@example.eu")
        self.assertEqual(employee, self.record("user", manager.id))

    def test_user_without_a_login(self):
        """A user of Odoo is asked for, and the employee is none."""
        self.mapping("cf_reviewer").field_id = self.user_field("res.users")
        self.sync()
        self.assertIn(
            self.task.id, self.errors(code="mapping_invalid").mapped("zoho_id")
        )
        manager = self.zoho("user", email="sio@example.eu")
        user = new_test_user(self.env, "sio")
        self.record("user", manager.id).user_id = user
        self.advance(minutes=20)
        self.sync()
        self.assertFalse(self.errors(code="mapping_invalid"))
        self.assertEqual(self.record("task", self.task.id).x_res_users, user)

    def test_field_disappears(self):
        """One error, however many records; Odoo keeps the values; it heals."""
        self.create_field("gate_code_cf_0001")
        self.sync()
        task = self.record("task", self.task.id)
        self.assertEqual(task.x_zoho_gate_code, 1002)
        [gone] = [
            f for f in self.portal.custom_fields if f.api_name == "gate_code_cf_0001"
        ]
        self.portal.remove_custom_field("gate_code_cf_0001")
        for _day in range(2):
            self.advance(days=1)
            self.assertEqual(self.sync(full=True).status, "done")
            error = self.errors(code="mapping_invalid")
            self.assertEqual(len(error), 1)
            self.assertIn("Gate code", error.why)
            self.assertEqual(task.x_zoho_gate_code, 1002)
        self.assertEqual(self.mapping("gate_code_cf_0001").problem, "gone")
        self.portal.custom_fields.append(gone)
        self.task.custom["gate_code_cf_0001"] = 7
        self.advance(days=1)
        self.sync(full=True)
        self.assertFalse(self.errors(code="mapping_invalid"))
        self.assertEqual(task.x_zoho_gate_code, 7)

    def test_type_changes(self):
        """It is said once, and unmapping it resolves it."""
        row = self.map("gate_code_cf_0001", "sequence")
        [field] = [
            f for f in self.portal.custom_fields if f.api_name == "gate_code_cf_0001"
        ]
        field.type = "singleline"
        self.advance(days=1)
        self.sync(full=True)
        error = self.errors(code="mapping_invalid")
        self.assertIn("singleline", error.why)
        self.assertEqual(row.problem, "type")
        row.field_id = False
        self.assertFalse(self.errors(code="mapping_invalid"))


@tagged("post_install", "-at_install")
class TestMappedInvoiced(MappingCase, InvoicedCase):
    def test_invoiced_time_takes_custom_values(self):
        """A custom field is no reason for a difference; hours still are."""
        self.integration.action_fetch_fields()
        self.create_field("cf_activity", "timelog")
        self.sync()
        self.invoice().action_post()
        log = self.portal.logs[self.logs["hours"]]
        log.custom["cf_activity"] = "Travel"
        self.portal.touch(log)
        self.advance(minutes=20)
        self.sync()
        line = self.line("hours")
        self.assertEqual(line.x_zoho_activity, "Travel")
        self.assertFalse(self.env["zoho.difference"].search([]))
        self.portal.edit_log(log.id, minutes=90)
        log.custom["cf_activity"] = "Writing"
        self.advance(minutes=20)
        self.sync()
        self.assertEqual(self.env["zoho.difference"].search([]).timesheet_id, line)
        self.assertEqual(line.unit_amount, 1)
