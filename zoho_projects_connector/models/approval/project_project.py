from odoo import models

from ...groups import BILLING_GROUP
from ...hours import say_hours
from ..billing.billing_figures_rows import SHOWN_HOURS


class ProjectProject(models.Model):
    """What of a project waits for its customer, and the way to ask him."""

    _inherit = "project.project"

    def _new_transactions(self) -> list[dict]:
        """Offer to ask the customer, where it is agreed that he approves time."""
        offered = super()._new_transactions()
        # Of a project that the user may read; the field is for the billing group.
        customer = self.partner_id.commercial_partner_id.sudo()
        if not (offered and customer.time_approval):
            return offered
        return [
            *offered,
            {
                "label": self.env._("Approval by the customer"),
                "method": "action_ask_approval",
                "many": True,
            },
        ]

    def action_ask_approval(self) -> dict:
        """Open the dialog that asks the customer to approve time of these projects.

        :raise AccessError: for users outside the billing group.
        """
        self.check_access("read")
        self.env["project.time.approval"]._check_biller()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask for Approval"),
            "res_model": "project.time.approval.ask",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_project_ids": self.ids},
        }

    def action_open_approvals(self) -> dict:
        """Show what the customer is asked of these projects.

        :raise AccessError: for users outside the billing group.
        """
        self.check_access("read")
        actions = self.env["ir.actions.act_window"]
        action = actions._for_xml_id(
            "zoho_projects_connector.project_time_approval_action"
        )
        domain = [("project_ids", "in", self.ids)]
        return {**action, "domain": domain, "context": {}}

    def _billing_warnings(self, invoice: dict | bool) -> list[dict]:
        """Add what the customer objects to, and what waits for him."""
        warnings = super()._billing_warnings(invoice)
        # Of a project that the user may read; the field is for the billing group.
        customer = self.partner_id.commercial_partner_id.sudo()
        if not customer.time_approval:
            return warnings
        approvals = self.env["project.time.approval"]
        # The sums of a project that he may read; no entry is shown.
        timesheets = self.env["account.analytic.line"].sudo()
        groups = timesheets._read_group(
            self._billing_time_domain("unbilled") & approvals._held_back_domain(),
            ["customer_approval"],
            ["unbilled_hours:sum"],
        )
        return [
            *warnings,
            *(
                self._warning_of_approval(state, hours)
                for state, hours in groups
                if abs(hours) >= SHOWN_HOURS
            ),
        ]

    def _warning_of_approval(self, state: str | bool, hours: float) -> dict:
        """Return what is said of time that waits for the customer."""
        told = {"hours": say_hours(self.env, hours)}
        may_ask = self.env.user.has_group(BILLING_GROUP)
        if not state:
            return {
                "key": "to_approve",
                "rank": 45,
                "text": self.env._(
                    "%(hours)s wait until the customer is asked to approve them.",
                    **told,
                ),
                "action": may_ask and "action_ask_approval",
                "label": self.env._("Ask for approval"),
            }
        is_objected = state == "objected"
        text = (
            self.env._("The customer objects to %(hours)s.", **told)
            if is_objected
            else self.env._("%(hours)s wait for the customer's approval.", **told)
        )
        return {
            "key": f"approval_{state}",
            "rank": 35 if is_objected else 65,
            "is_urgent": is_objected,
            "text": text,
            "action": may_ask and "action_open_approvals",
            "label": self.env._("Open the request"),
        }
