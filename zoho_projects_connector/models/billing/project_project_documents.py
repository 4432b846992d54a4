from odoo import models

BREAKDOWNS = ("project.task", "zoho.task.list", "project.milestone")


class ProjectProject(models.Model):
    _name = "project.project"
    _inherit = ["project.project", "billing.figures.mixin"]

    def _billing_projects(self):
        return self

    def action_billing_breakdown(self) -> dict:
        """Open the figures per task, task list or milestone, as the context says."""
        self.ensure_one().check_access("read")
        model = self.env.context.get("breakdown")
        if model not in BREAKDOWNS:
            model = BREAKDOWNS[0]
        name = f"zoho_projects_connector.{model.replace('.', '_')}_view"
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Billing of %(project)s", project=self.display_name),
            "res_model": model,
            "views": [
                (self.env.ref(f"{name}_list_breakdown").id, "list"),
                (self.env.ref(f"{name}_kanban_breakdown").id, "kanban"),
                (False, "form"),
            ],
            "mobile_view_mode": "kanban",
            "domain": [("project_id", "=", self.id)],
            "context": {"create": False},
        }

    def action_billing_terms(self) -> dict:
        """Open the dialog in which accountants set how this project is billed."""
        self.ensure_one().check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Billing Terms"),
            "res_model": "project.billing.terms",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_project_id": self.id},
        }

    def action_billing_rates(self) -> dict:
        """Open the rates of this project."""
        self.ensure_one().check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "zoho_projects_connector.project_billing_rate_action"
        )
        return {
            **action,
            "domain": [("project_id", "=", self.id)],
            "context": {"default_project_id": self.id},
        }
