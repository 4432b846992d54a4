from odoo import api, fields, models

from ...const import SYNC_CONTEXT


class ZohoLink(models.Model):
    """Users of Zoho: whose time they log, and how that is changed by hand."""

    _inherit = "zoho.link"

    employee_name = fields.Char(
        "Employee", compute="_compute_employee", compute_sudo=True
    )
    staff = fields.Selection(
        [
            ("active", "Project Staff User"),
            ("inactive", "Inactive Timesheet Staff User"),
        ],
        compute="_compute_employee",
        compute_sudo=True,
        help="Whether the employee was in Odoo already, or was made from Zoho.",
    )
    log_count = fields.Integer(
        "Time Logs", compute="_compute_logged", compute_sudo=True
    )
    log_hours = fields.Float("Hours", compute="_compute_logged", compute_sudo=True)

    @api.depends("res_id", "res_model")
    def _compute_employee(self):
        users = self.filtered(lambda link: link.res_model == "hr.employee")
        (self - users).update({"employee_name": False, "staff": False})
        for link in users:
            employee = link._record().exists()
            link.employee_name = employee.name
            link.staff = employee.zoho_staff

    @api.depends("res_id", "integration_id")
    def _compute_logged(self):
        """Count the time of the employees that came from the same portal."""
        for integration, links in self.grouped("integration_id").items():
            totals = self.env["account.analytic.line"]._read_group(
                [
                    ("employee_id", "in", links.mapped("res_id")),
                    ("zoho_link_ids.integration_id", "=", integration.id),
                ],
                ["employee_id"],
                ["__count", "logged_hours:sum"],
            )
            found = {employee.id: (count, hours) for employee, count, hours in totals}
            for link in links:
                is_user = link.entity == "user"
                known = found.get(link.res_id) if is_user else None
                link.log_count, link.log_hours = known or (0, 0.0)

    def _logged_lines(self):
        """Return the time that this user has logged: the free, and what is invoiced.

        Where an employee stands for several users, nobody can tell his time apart:
        then none is returned, and the full comparison finds out.

        :rtype: tuple[account.analytic.line, account.analytic.line]
        """
        self.ensure_one()
        lines = self.env["account.analytic.line"].with_context(active_test=False)
        if self._is_shared():
            return lines, lines
        found = lines.search(
            [
                ("employee_id", "=", self.res_id),
                ("zoho_link_ids.integration_id", "=", self.integration_id.id),
            ]
        )
        invoiced = found._filter_on_invoice()
        return found - invoiced, invoiced

    def _is_shared(self):
        """Return whether another user of Zoho is the same employee."""
        return bool(
            self.search_count(
                [
                    ("res_model", "=", self.res_model),
                    ("res_id", "=", self.res_id),
                    ("company_id", "=", self.company_id.id),
                    ("id", "!=", self.id),
                ],
                limit=1,
            )
        )

    def _change_employee(self, employee):
        """Let a user of Zoho be another employee; what is not invoiced moves."""
        is_shared = self._is_shared()
        free, _invoiced = self._logged_lines()
        self._stand_for(employee, "manual")
        free.with_context(**SYNC_CONTEXT).employee_id = employee
        if is_shared:
            self.integration_id._request_full_sync()
