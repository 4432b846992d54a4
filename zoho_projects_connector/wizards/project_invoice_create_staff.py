from odoo import api, models


class ProjectInvoiceCreate(models.TransientModel):
    _inherit = "project.invoice.create"

    # Only HR may link employees to a record, even none, and a form saves every field.
    # Choosing staff to invoice reveals nothing: everybody reads the public employees.

    @api.model_create_multi
    def create(self, vals_list):
        staff = [vals.get("employee_ids") for vals in vals_list]
        wizards = super().create(
            [
                {name: vals[name] for name in vals if name != "employee_ids"}
                for vals in vals_list
            ]
        )
        for wizard, commands in zip(wizards, staff, strict=True):
            if commands:
                wizard.sudo().employee_ids = commands
        return wizards

    def write(self, vals):
        if "employee_ids" not in vals:
            return super().write(vals)
        self.check_access("write")
        super(ProjectInvoiceCreate, self.sudo()).write(
            {"employee_ids": vals["employee_ids"]}
        )
        rest = {name: vals[name] for name in vals if name != "employee_ids"}
        return super().write(rest)
