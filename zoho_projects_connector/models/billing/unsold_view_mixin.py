from lxml import etree

from odoo import api, models

# The sales order item of a timesheet, and that of a task.
SALE_LINES = ("so_line", "sale_line_id")


class UnsoldViewMixin(models.AbstractModel):
    """Views that do not call non-billable what is only on no sales order.

    Odoo bills by sales orders alone, and says so in every view where the item is
    empty. Time that is billed from its project is on none before it is invoiced.
    """

    _name = "unsold.view.mixin"
    _description = "View of What May Be on No Sales Order"

    @api.model
    def _get_view(
        self, view_id: int | None = None, view_type: str = "form", **options
    ) -> tuple[etree._Element, models.BaseModel]:
        arch, view = super()._get_view(view_id, view_type, **options)
        for node in arch.iter("field"):
            if node.get("name") in SALE_LINES and node.get("placeholder"):
                node.set("placeholder", self.env._("No sales order"))
        return arch, view
