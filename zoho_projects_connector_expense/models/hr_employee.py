from odoo import models
from odoo.fields import Domain

from .hr_employee_public import employees_to_record_for


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    def _search_filter_for_expense(self, operator: str, value: object) -> Domain:
        found = super()._search_filter_for_expense(operator, value)
        return employees_to_record_for(self.env, found)
