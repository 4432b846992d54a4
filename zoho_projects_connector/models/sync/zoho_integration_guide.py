from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...zoho.errors import ZohoError
from .zoho_integration import SET_UP_STATUSES

MANAGER = "zoho_projects_connector.group_zoho_manager"
SETUP_STEPS = [
    ("sign_in", "Sign in"),
    ("portal", "Portal"),
    ("modules", "Modules"),
    ("duplicates", "Duplicate customers"),
    ("mapping", "Map fields"),
    ("preview", "Preview"),
    ("sync", "Save and Sync"),
]
EXAMPLE_SECONDS = 10


class ZohoIntegration(models.Model):
    """The guided set-up: one step at a time, to be left and resumed at will."""

    _name = "zoho.integration"
    _inherit = ["zoho.integration"]

    setup_step = fields.Selection(
        SETUP_STEPS, "Step of the Set-up", required=True, default="sign_in", copy=False
    )
    portal_role = fields.Char(related="portal_id.role")
    portal_timezone = fields.Char(related="portal_id.timezone")
    portal_plan = fields.Char(related="portal_id.plan")
    duplicate_example = fields.Json(readonly=True, copy=False)
    duplicate_example_text = fields.Html(
        "For Example", compute="_compute_duplicate_example_text"
    )

    @api.depends("duplicate_example", "duplicate_customers")
    @api.depends_context("lang")
    def _compute_duplicate_example_text(self) -> None:
        for integration in self:
            example = integration.duplicate_example
            integration.duplicate_example_text = example and (
                integration._describe_example(example)
            )

    @api.model
    def get_empty_list_help(self, help_message: str) -> str:
        """Offer the guide to those who may connect a portal."""
        message = super().get_empty_list_help(help_message)
        if not self.env.user.has_group(MANAGER):  # actions are read in sudo
            return message
        action = self.env.ref("zoho_projects_connector.zoho_integration_action_guide")
        link = Markup('<a class="btn btn-primary" type="action" name="%s">%s</a>')
        return Markup(message or "") + link % (action.id, self.env._("Connect"))

    # Buttons of the guide

    def action_connect_portal(self) -> dict:
        """Open the guide for another portal, whatever is selected in the list.

        What was begun in this company and left before the sign-in goes on.
        """
        begun = self.search(
            [("status", "=", "draft"), ("company_id", "=", self.env.company.id)],
            limit=1,
        )
        return begun.action_open_guide()

    def action_open_guide(self) -> dict:
        """Open the guide: at the step where it was left, or for a new integration."""
        return self._open_own("zoho_integration_action_guide", res_id=self.id)

    def action_leave_guide(self) -> dict:
        """Leave the guide; it goes on at the same step later."""
        return self._open_own("zoho_integration_action", target="main")

    def action_open_form(self) -> dict:
        """Open the form; the guide, while the set-up is not finished."""
        self.ensure_one()
        if self.status in SET_UP_STATUSES:
            return self.action_open_guide()
        return self._open_own(
            "zoho_integration_action", views=[(False, "form")], res_id=self.id
        )

    def action_setup_next(self) -> None:
        """Go to the next step.

        :raise UserError: in one sentence, when this step lacks something.
        """
        self._check_manager()
        if self.setup_step == "sign_in":
            self._check_signed_in()
        else:
            self._check_set_up()
        self._move_step(1)
        if self.setup_step == "duplicates" and self.status in SET_UP_STATUSES:
            self._find_duplicate_example()
        if self.setup_step == "mapping":
            self._find_fields()

    def action_setup_back(self) -> None:
        """Go to the step before."""
        self._check_manager()
        self._move_step(-1)

    def action_finish_set_up(self) -> dict:
        """End the guide: start the first sync, and show how it gets on.

        :raise UserError: naming what is still missing.
        """
        self.action_save_and_sync()
        return {**self.action_open_form(), "target": "main"}

    @api.model
    def _open_own(self, name: str, **values) -> dict:
        """Return an action of this addon, with other values."""
        xmlid = f"zoho_projects_connector.{name}"
        return {**self.env["ir.actions.act_window"]._for_xml_id(xmlid), **values}

    def _move_step(self, by: int) -> None:
        steps = [step for step, _label in SETUP_STEPS]
        at = steps.index(self.setup_step) + by
        self.setup_step = steps[min(max(at, 0), len(steps) - 1)]

    def _check_signed_in(self) -> None:
        if not self.is_signed_in:
            raise UserError(
                self.env._(
                    "Nobody is signed in to Zoho yet: press Connect Now, or sign in"
                    " with the code of a self client."
                )
            )

    def _leave_sign_in(self) -> None:
        """Go on with the portal, wherever the sign-in came from."""
        if self.status in SET_UP_STATUSES and self.setup_step == "sign_in":
            self.setup_step = "portal"

    # The example of a customer that both sides know

    def action_find_example(self) -> None:
        """Look once more for a customer that both sides know."""
        self._check_manager()
        self._check_set_up()
        # Checked above: what Zoho said is for code to write.
        self.sudo().duplicate_example = False
        self._find_duplicate_example()

    def _find_duplicate_example(self) -> None:
        """Keep a customer of the portal that has the name of a contact in Odoo.

        It is what the sync itself would overwrite, and nothing of that is written.
        """
        known = self.duplicate_example or {}
        if known.get("portal") == self.portal_zoho_id and "error" not in known:
            return
        example = {"portal": self.portal_zoho_id, "count": 0}
        try:
            found = self._rehearse(
                ("customer",), EXAMPLE_SECONDS, duplicate_customers="overwrite"
            )
        except ZohoError as error:
            example["error"] = self._explain(error)
        else:
            lines = [values for _command, _id, values in found["line_ids"]]
            matches = [line for line in lines if line.get("outcome") == "overwrite"]
            example["count"] = len(matches)
            for line in sorted(matches, key=lambda one: -len(one["detail"]))[:1]:
                example |= {"name": line["name"], "changes": line["detail"]}
        # Whoever asked was checked: what Zoho said is for code to write.
        self.sudo().duplicate_example = example

    def _describe_example(self, example: dict) -> str:
        """Return what both choices mean for a customer of this portal."""
        if example.get("error"):
            return self.env._(
                "No example could be read: %(reason)s", reason=example["error"]
            )
        if not example["count"]:
            return self.env._(
                "No customer of this portal has the name of a contact in Odoo: for now,"
                " both choices do the same."
            )
        sentences = {
            "overwrite": self.env._(
                "Overwrite: the details of the contact %(name)s are replaced"
                " (%(changes)s). The values before are kept and can be put back.",
                **example,
            ),
            "clone": self.env._(
                "Clone: a second contact %(name)s is made from the details in Zoho; the"
                " one in Odoo stays as it is.",
                **example,
            ),
        }
        counted = self.env._(
            "Customers of this portal with the name of a contact in Odoo: %(count)s.",
            **example,
        )
        body = Markup().join(
            Markup("<li>%s</li>") % sentence for sentence in sentences.values()
        )
        return Markup("<p>%s</p><ul>%s</ul>") % (counted, body)
