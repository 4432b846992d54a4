"""A customer who approves time, and his contact, who is asked."""

from odoo import Command
from odoo.tests import new_test_user

from ..billing.billing_common import BillingCommon


class ApprovalCommon(BillingCommon):
    """3 h of Ann and 2 h of Ben wait for the golden customer, at 100.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._flat_rate(100)
        cls.carla = cls.env["res.partner"].create(
            {
                "name": "Carla Contact",
                "email": "carla@example.com",
                "parent_id": cls.customer.id,
            }
        )
        cls.customer.write({"time_approval": True, "time_approver_id": cls.carla.id})
        cls.first = cls._log(3, name="Plans", day="2026-01-05")
        cls.second = cls._log(2, cls.ben, name="Walls", day="2026-01-06")
        cls.logs = cls.first + cls.second
        cls.approvals = cls.env["project.time.approval"]

    def _ask(self, projects=None, user=None, **values):
        """Return the requests that an accountant sends from the dialog."""
        dialogs = self.env["project.time.approval.ask"].with_user(
            user or self.accountant
        )
        projects = projects or self.project
        dialog = dialogs.create({"project_ids": [Command.set(projects.ids)], **values})
        before = self.approvals.search([])
        dialog.action_send()
        requests = self.approvals.search([]) - before
        # As if a mail server had taken it.
        requests.sudo().mail_id.state = "sent"
        return requests

    def _line(self, request, timesheet):
        lines = request.line_ids.filtered(lambda line: line.timesheet_id == timesheet)
        return lines.sorted("id")[-1:]

    def _answer(self, request, name="Carla", objections=()):
        """Answer as the page does: objections are ``{timesheet: reason}``."""
        reasons = {
            self._line(request, timesheet).id: reason
            for timesheet, reason in dict(objections).items()
        }
        request.sudo()._answer(name, reasons)

    def _another_company(self):
        return self.env["res.company"].create({"name": "Other Company"})

    def _accountant_of(self, company):
        return new_test_user(
            self.env,
            "accountant_elsewhere",
            groups="zoho_projects_connector.group_zoho_billing",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
