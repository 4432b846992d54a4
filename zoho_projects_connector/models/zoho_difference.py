from odoo import api, fields, models

from .zoho_sync_page import changed_values


class ZohoDifference(models.Model):
    """What Zoho says of time that an invoice of Odoo already bills otherwise.

    The timesheet itself stays as it was invoiced.
    """

    _name = "zoho.difference"
    _description = "Difference between Zoho and an Invoice"
    _order = "state, id desc"

    integration_id = fields.Many2one(
        "zoho.integration", readonly=True, ondelete="set null", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    timesheet_id = fields.Many2one(
        "account.analytic.line",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    project_id = fields.Many2one("project.project", readonly=True, ondelete="cascade")
    kind = fields.Selection(
        [
            ("changed", "Changed"),
            ("deleted", "Deleted"),
            ("unapproved", "No Longer Approved"),
            ("unbillable", "No Longer Billable"),
            ("moved", "Moved to Another Project"),
            ("customer_changed", "Other Customer"),
        ],
        required=True,
        readonly=True,
    )
    values_before = fields.Json(readonly=True)
    values_after = fields.Json(readonly=True)
    hours_before = fields.Float(readonly=True)
    hours_after = fields.Float(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_before = fields.Monetary(readonly=True)
    amount_after = fields.Monetary(readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("settled", "Settled")],
        required=True,
        default="open",
        readonly=True,
        index=True,
    )

    _open_timesheet_uniq = models.UniqueIndex(
        "(timesheet_id) WHERE state = 'open' AND timesheet_id IS NOT NULL"
    )
    _open_project_uniq = models.UniqueIndex(
        "(project_id) WHERE state = 'open' AND timesheet_id IS NULL"
    )

    @api.depends("timesheet_id", "project_id", "kind")
    def _compute_display_name(self):
        for difference in self:
            record = difference.timesheet_id or difference.project_id
            difference.display_name = record.display_name

    @api.model
    def _raise(self, integration, timesheet, kind, after=None):
        """Note that Zoho no longer says what an invoice bills.

        :param timesheet: an invoiced timesheet, which is not touched.
        :param str kind: what happened in Zoho.
        :param dict after: the values that Zoho would give it now; none when it is
            gone or no longer to be billed.
        """
        after = after or {}
        hours = after.get("unit_amount", timesheet.unit_amount if after else 0.0)
        rate = timesheet.billing_rate
        self._keep(
            [("timesheet_id", "=", timesheet.id)],
            {
                "integration_id": integration.id,
                "company_id": integration.company_id.id,
                "timesheet_id": timesheet.id,
                "project_id": timesheet.project_id.id,
                "kind": kind,
                "values_before": self._readable(timesheet, after),
                "values_after": {name: str(value) for name, value in after.items()},
                "hours_before": timesheet.unit_amount,
                "hours_after": hours,
                "currency_id": timesheet.project_id._billing_currency().id,
                "amount_before": timesheet.unit_amount * rate,
                "amount_after": hours * rate,
            },
        )

    @api.model
    def _raise_customer(self, integration, project, customer):
        """Note that an invoiced project has another customer in Zoho now."""
        self._keep(
            [("project_id", "=", project.id), ("timesheet_id", "=", False)],
            {
                "integration_id": integration.id,
                "company_id": integration.company_id.id,
                "project_id": project.id,
                "kind": "customer_changed",
                "values_before": {"partner_id": project.partner_id.display_name},
                "values_after": {"partner_id": customer.display_name},
            },
        )

    @api.model
    def _keep(self, domain, values):
        known = self.search([*domain, ("state", "=", "open")], limit=1)
        if not known:
            self.create(values)
        elif changes := changed_values(known, values):
            known.write(changes)

    @api.model
    def _settle(self, timesheets):
        """Close the differences of timesheets on which both sides agree again."""
        self.search(
            [("timesheet_id", "in", timesheets.ids), ("state", "=", "open")]
        ).state = "settled"

    @api.model
    def _readable(self, timesheet, names):
        return {
            name: str(
                timesheet._fields[name].convert_to_write(timesheet[name], timesheet)
            )
            for name in names
        }
