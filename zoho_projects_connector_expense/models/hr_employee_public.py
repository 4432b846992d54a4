from odoo import models
from odoo.api import Environment
from odoo.fields import Domain

from odoo.addons.zoho_projects_connector.groups import BILLING_GROUP


def employees_to_record_for(env: Environment, found: Domain) -> Domain:
    """Return whose expenses the user may record.

    Accountants record expenses of projects for everybody in the company, as they do
    with full accounting rights.

    :param found: what Odoo allows; ``NotImplemented`` is handed on.
    """
    if found is NotImplemented or not env.user.has_group(BILLING_GROUP):
        return found
    company = env.company.root_id
    return (
        found
        | Domain("company_id", "=", False)
        | Domain("company_id", "child_of", company.id)
    )


class HrEmployeePublic(models.Model):
    _inherit = "hr.employee.public"

    def _search_filter_for_expense(self, operator: str, value: object) -> Domain:
        found = super()._search_filter_for_expense(operator, value)
        return employees_to_record_for(self.env, found)
