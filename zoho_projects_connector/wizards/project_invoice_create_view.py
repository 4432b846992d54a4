from odoo import fields, models


class ProjectInvoiceCreate(models.TransientModel):
    _inherit = "project.invoice.create"

    # The form of the wizard saves every field, and only HR may link employees: the
    # public employees have the same ids.
    employee_ids = fields.Many2many(
        "hr.employee.public", "project_invoice_create_staff_rel"
    )
