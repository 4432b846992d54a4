from odoo import api, fields, models
from odoo.exceptions import UserError


class ZohoUserMap(models.TransientModel):
    """Asks which employee a user of Zoho is, or who has worked on a time log."""

    _name = "zoho.user.map"
    _inherit = ["zoho.choice.mixin"]
    _description = "Map a Zoho User to an Employee"

    _error_entities = ("user", "timelog")
    _link_entity = "user"

    employee_id = fields.Many2one(
        "hr.employee", domain="[('company_id', '=', company_id)]"
    )
    same_count = fields.Integer(compute="_compute_same_count", compute_sudo=True)
    with_same = fields.Boolean("All Other Time Logs without an Owner Too")

    @api.depends("error_id")
    def _compute_same_count(self) -> None:
        for wizard in self:
            wizard.same_count = len(wizard._same_errors())

    def _describe_consequence(self) -> str:
        if self.link_id:
            free, invoiced = self.link_id._logged_lines()
            return self.env._(
                "Time logs that move to the employee: %(free)s. On invoices, and "
                "therefore staying with %(employee)s: %(invoiced)s.",
                free=len(free),
                employee=self.link_id._record().name,
                invoiced=len(invoiced),
            )
        if self.entity == "timelog":
            return self.env._(
                "The time is this employee's until Zoho names somebody else. It "
                "is fetched now."
            )
        return self.env._(
            "The sync never chooses another employee for this user. What "
            "waited for him is fetched now."
        )

    def _same_errors(self) -> models.BaseModel:
        """Return the other time logs of the integration that have no owner."""
        if self.error_id.code != "user_unresolved":
            return self.env["zoho.sync.error"]
        return self.env["zoho.sync.error"].search(
            [
                ("integration_id", "=", self.error_id.integration_id.id),
                ("code", "=", "user_unresolved"),
                ("resolved_at", "=", False),
                ("id", "!=", self.error_id.id),
            ]
        )

    def action_map(self) -> dict:
        """Keep the employee, and fetch or move the time.

        :raise UserError: when the employee cannot be this user.
        """
        self.ensure_one()
        self._check_subject()
        # He sees what is public of employees, and may not write links and time.
        employee = self.employee_id.sudo()
        self._check_employee(employee)
        if self.link_id:
            self.link_id.sudo()._change_employee(employee)
            return {"type": "ir.actions.client", "tag": "soft_reload"}
        self.error_id._check_open()
        if self.entity == "user":
            self.env["zoho.link"].sudo()._link_by_hand(
                self.error_id.sudo(), "user", self.error_id.zoho_id, employee
            )
            return self.error_id._retry_decided()
        errors = self.error_id
        if self.with_same:
            errors |= self._same_errors()
        for error in errors:
            self.env["zoho.pick"].sudo()._keep_choice(
                error.integration_id,
                "timelog",
                error.zoho_id,
                employee_id=employee.id,
            )
        return errors._retry_decided()

    def _check_employee(self, employee: models.BaseModel) -> None:
        if not employee:
            raise UserError(self.env._("Choose the employee first."))
        if employee.company_id != self.company_id:
            raise UserError(
                self.env._(
                    "%(employee)s works for another company than %(company)s: choose "
                    "somebody of that company.",
                    employee=employee.name,
                    company=self.company_id.name,
                )
            )
        if not employee.active:
            raise UserError(
                self.env._(
                    "%(employee)s is archived: unarchive the employee first.",
                    employee=employee.name,
                )
            )
