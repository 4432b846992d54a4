"""What the field mapping does to the records of a sync.

The task *Level 2* of the specimens has the gate code 1002.

:source: product.md, section 6.
"""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..settle.test_sync_invoiced import InvoicedCase
from .mapping_common import MappingCase
from .sync_common import SyncedCase


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

    def test_unmapped_where_a_value_does_not_fit(self):
        """One click leaves the field out, and the record is fetched."""
        self.create_field("cf_vip")
        self.sync()
        self.task.custom["cf_vip"] = "perhaps"
        self.portal.touch(self.task)
        self.portal.rename("task", self.task.id, "Renamed")
        self.advance(minutes=20)
        self.sync()
        error = self.errors(code="mapping_invalid")
        reader = new_test_user(
            self.env,
            "reader",
            "base.group_user,zoho_projects_connector.group_zoho_user",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        with self.assertRaises(AccessError):
            error.with_user(reader).action_unmap_field()
        message = error.action_unmap_field()["params"]["message"]
        self.assertIn("Fetched: 1 task", message)
        self.assertFalse(self.mapping("cf_vip").active)
        self.assertEqual(self.record("task", self.task.id).name, "Renamed")
        self.assertFalse(self.errors(code="mapping_invalid"))

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
