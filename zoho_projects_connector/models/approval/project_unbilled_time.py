from odoo import fields, models
from odoo.tools import SQL


class ProjectUnbilledTime(models.Model):
    """Unbilled time that waits for its customer, and what he says of it."""

    _inherit = "project.unbilled.time"
    _auto = False
    _depends = {
        "account.analytic.line": ["customer_approval"],
        "res.partner": ["commercial_partner_id", "time_approval"],
    }

    customer_approval = fields.Selection(
        [
            ("to_ask", "To Be Asked For"),
            ("asked", "Asked"),
            ("objected", "Objected"),
            ("approved", "Approved"),
        ],
        readonly=True,
        help="What the customer says of this time; empty where he need not approve it.",
    )

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """SELECT unbilled.*,
                      CASE WHEN customer.time_approval
                           THEN COALESCE(entry.customer_approval, 'to_ask')
                      END AS customer_approval
                 FROM (%s) unbilled
                 JOIN account_analytic_line entry ON entry.id = unbilled.id
            LEFT JOIN res_partner contact ON contact.id = unbilled.partner_id
            LEFT JOIN res_partner customer
                   ON customer.id = contact.commercial_partner_id""",
            super()._table_query,
        )

    def action_ask_approval(self) -> dict:
        """Open the dialog that asks the customers to approve exactly this time."""
        self.check_access("read")
        return {
            **self.project_id.action_ask_approval(),
            "context": {"default_timesheet_ids": self.timesheet_id.ids},
        }
