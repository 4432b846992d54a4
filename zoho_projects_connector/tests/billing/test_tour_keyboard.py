"""An accountant without a mouse: the wizard, and the month's end of all customers."""

from odoo import fields
from odoo.tests import tagged
from odoo.tools.date_utils import subtract

from ..keyboard import KeyboardCase
from ..tour_common import BillingTourCase

DRAFT = ".o_statusbar_status button[data-value=draft].o_arrow_button_current"


@tagged("post_install", "-at_install")
class TestBillingByKeyboard(KeyboardCase, BillingTourCase):
    def test_an_invoice_from_the_project(self):
        def at_keyboard(keyboard):
            keyboard.use(".o_new_transaction")
            keyboard.wait("[data-method=action_new_invoice]")
            keyboard.use("[data-method=action_new_invoice]")
            keyboard.reach(".modal [name=mode] input:checked")
            keyboard.use(".modal button[name=action_create_invoice]")
            keyboard.wait(DRAFT)

        path = f"/odoo/project.project/{self.project.id}"
        self.by_keys(path, at_keyboard, "tour_accountant")
        self.assertEqual(self.project.hours_draft, 45.0)

    def test_the_end_of_a_month(self):
        """A task is opened, one of its entries is left out, the rest is invoiced."""
        self._leave_only(self.project)
        today = fields.Date.context_today(self.project)
        self.design.timesheet_ids.date = subtract(today, months=1)

        def at_keyboard(keyboard):
            keyboard.use(".o_month_level_1 .o_month_toggle")
            keyboard.use("[data-branch=Design] .o_month_toggle")
            keyboard.use(".o_month_level_3 input", "Space")
            keyboard.use(".o_month_bar button[name=create_drafts]")
            keyboard.wait(".o_month_result[data-status=draft]")

        self.by_keys("/odoo/month-end", at_keyboard, "tour_accountant")
        self.assertEqual(self.project.hours_draft + self.project.hours_unbilled, 45.0)
        self.assertTrue(self.project.hours_draft)
        self.assertTrue(self.project.hours_unbilled)
