from collections.abc import Iterable
from typing import Any

from odoo import api, fields, models

from .page import SyncPage


class ZohoPick(models.Model):
    """What a person chose where Zoho does not say it: a customer, or who worked.

    Like a link it outlives its integration. It holds as long as Zoho says no more
    than it said when the choice was made.
    """

    _name = "zoho.pick"
    _inherit = ["code.only.mixin"]
    _description = "Choice for a Record of Zoho"
    _rec_name = "zoho_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    # Zoho's own id, and no many2one: the portal's row goes with its integration.
    portal_zoho_id = fields.Char("Portal ID", required=True, readonly=True)
    entity = fields.Selection(
        [("project", "Projects"), ("timelog", "Timesheets")],
        string="Module",
        required=True,
        readonly=True,
    )
    zoho_id = fields.Char("Zoho ID", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        readonly=True,
        ondelete="cascade",
        check_company=True,
    )
    named_zoho_id = fields.Char(
        readonly=True,
        help="The customer that Zoho named when another one was chosen here.",
    )
    employee_id = fields.Many2one(
        "hr.employee", readonly=True, ondelete="cascade", check_company=True
    )

    _zoho_uniq = models.UniqueIndex(
        "(portal_zoho_id, company_id, entity, zoho_id)",
        "Something is chosen for this record already.",
    )

    @api.model
    def _keep_choice(
        self, integration: Any, entity: str, zoho_id: str, **values: dict[str, Any]
    ) -> None:
        """Keep a choice, instead of an earlier one for the same record."""
        key = {
            "company_id": integration.company_id.id,
            "portal_zoho_id": integration.portal_id.zoho_id,
            "entity": entity,
            "zoho_id": zoho_id,
        }
        known = self.search([(name, "=", value) for name, value in key.items()])
        if known:
            known.write(values)
        else:
            self.create({**key, **values})

    @api.model
    def _of_records(self, page: SyncPage, zoho_ids: Iterable[str]) -> dict[str, Any]:
        """Return ``{zoho_id: zoho.pick}`` of those records that have one."""
        if not zoho_ids:
            return {}
        picks = self.search(
            [
                ("portal_zoho_id", "=", page.integration.portal_id.zoho_id),
                ("company_id", "=", page.integration.company_id.id),
                ("entity", "=", page.entity),
                ("zoho_id", "in", zoho_ids),
            ]
        )
        return {pick.zoho_id: pick for pick in picks}
