from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column

from ...groups import BILLING_GROUP, STAFF_GROUP
from .project_time_approval_line import COMPARED

APPROVAL = ("customer_approval", "customer_approver", "customer_approved_at")


class AccountAnalyticLine(models.Model):
    """Time of which a customer says whether it may be billed."""

    _name = "account.analytic.line"
    _inherit = ["code.only.mixin", "account.analytic.line"]

    approval_line_ids = fields.One2many(
        "project.time.approval.line",
        "timesheet_id",
        groups=BILLING_GROUP,
        export_string_translation=False,
        readonly=True,
    )
    # Stored: what waits is searched in one query.
    customer_approval = fields.Selection(
        [("asked", "Asked"), ("objected", "Objected"), ("approved", "Approved")],
        compute="_compute_customer_approval",
        store=True,
        groups=STAFF_GROUP,
        help="What the customer says of this time; empty where he was not asked, or "
        "it was changed since.",
    )
    customer_approver = fields.Char(
        "Approved for the Customer By",
        compute="_compute_customer_approval",
        store=True,
        groups=STAFF_GROUP,
    )
    customer_approved_at = fields.Datetime(
        "Approved by the Customer On",
        compute="_compute_customer_approval",
        store=True,
        groups=STAFF_GROUP,
    )

    def _auto_init(self) -> object:
        # Nobody was asked yet: there is nothing to compute for all time that is there.
        for name, column in (
            ("customer_approval", "varchar"),
            ("customer_approver", "varchar"),
            ("customer_approved_at", "timestamp"),
        ):
            if not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, column)
        return super()._auto_init()

    @api.depends(
        "approval_line_ids.state",
        "name",
        "product_uom_id",
        "project_id.partner_id.commercial_partner_id",
        "unbilled_hours",
        "unit_amount",
        *COMPARED,
    )
    def _compute_customer_approval(self) -> None:
        """Go by what was asked last, as long as the time is what was shown then.

        However it is changed, by people, by a task that moves or by the sync: what was
        not approved waits.
        """
        # Most time is asked of nobody, and hours are computed with every invoice. What
        # is read is compared: it is not written once more.
        self._origin.fetch(APPROVAL)
        lines = self.env["project.time.approval.line"].search_fetch(
            [("timesheet_id", "in", self._origin.ids)], ["timesheet_id"]
        )
        shown = {*lines.timesheet_id.ids}
        asked = self.filtered(lambda one: one._origin.id in shown)
        (self - asked).update(dict.fromkeys(APPROVAL, False))
        for timesheet in asked:
            line = timesheet.approval_line_ids.sorted("id")[-1:]
            if not line or line.state == "dropped" or not line._tells(timesheet):
                line = line.browse()
            approved = line if line.state == "approved" else line.browse()
            timesheet.customer_approval = line.state
            timesheet.customer_approver = approved.answered_by
            timesheet.customer_approved_at = approved.answered_at
