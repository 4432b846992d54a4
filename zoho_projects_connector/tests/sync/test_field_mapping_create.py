"""*Create Field*: custom fields of Odoo for those of Zoho, and where they are seen.

:source: product.md, section 6.
"""

from odoo.tests import tagged

from ...hooks import uninstall_hook
from .mapping_common import CUSTOM, MappingCase

# The type of Odoo that a field of each type of Zoho gets.
TYPES = {
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
}


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
        self.assertEqual(types, TYPES)
        self.sync()
        self.assertFalse(self.errors(code="mapping_invalid"))
        self._check_values()

    def _check_values(self):
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

    def test_amounts_go_with_the_addon(self):
        """Odoo cannot load an amount without the field of its currency."""
        amount = self.create_field("cf_toll", "timelog").field_id
        number = self.create_field("cf_travel_km", "timelog").field_id
        self.assertEqual(amount.currency_field, "invoicing_currency_id")
        uninstall_hook(self.env)
        self.assertFalse(amount.exists())
        self.assertTrue(number.exists())

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
