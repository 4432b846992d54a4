from odoo import models


class ZohoTaskList(models.Model):
    _name = "zoho.task.list"
    _inherit = ["zoho.task.list", "billing.item.mixin"]
