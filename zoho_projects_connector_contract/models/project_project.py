from odoo import api, fields, models

from odoo.addons.zoho_projects_connector.groups import BILLING_GROUP

FORM = "contract.contract_contract_customer_form_view"
LIST = "contract.contract_contract_tree_view"


class ProjectProject(models.Model):
    _inherit = "project.project"

    subscription_ids = fields.Many2many(
        "contract.contract",
        "contract_contract_project_rel",
        "project_id",
        "contract_id",
        string="Subscriptions",
        copy=False,
        readonly=True,
        groups=BILLING_GROUP,
    )
    subscription_count = fields.Integer(
        compute="_compute_subscription_count", groups=BILLING_GROUP
    )

    @api.depends("subscription_ids")
    def _compute_subscription_count(self) -> None:
        for project in self:
            project.subscription_count = len(project.subscription_ids)

    @api.depends("partner_id")
    def _compute_new_transactions(self) -> None:
        # Only here to name on what else it depends.
        return super()._compute_new_transactions()

    def _new_transactions(self) -> list[dict]:
        entries = super()._new_transactions()
        contracts = self.env["contract.contract"]
        if entries and self.partner_id and contracts.has_access("create"):
            entries.append(
                {
                    "method": "action_new_subscription",
                    "label": self.env._("Subscription"),
                    "many": True,
                }
            )
        return entries

    def action_new_subscription(self) -> dict:
        """Ask what the subscription of these projects is to be."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Subscription"),
            "res_model": "project.subscription.create",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_project_ids": self.ids},
        }

    def action_subscriptions(self) -> dict:
        """Open the subscriptions of this project."""
        self.ensure_one().check_access("read")
        subscriptions = self.subscription_ids
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Subscriptions"),
            "res_model": "contract.contract",
            "context": {
                "is_contract": 1,
                "default_contract_type": "sale",
                "create": False,
            },
        }
        form = (self.env.ref(FORM).id, "form")
        if len(subscriptions) == 1:
            return {**action, "res_id": subscriptions.id, "views": [form]}
        return {
            **action,
            "domain": [("project_ids", "in", self.ids)],
            "views": [(self.env.ref(LIST).id, "list"), form],
        }
