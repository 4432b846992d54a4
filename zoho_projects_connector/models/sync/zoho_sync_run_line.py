from odoo import fields, models

from .entities import ENTITY_SELECTION


class ZohoSyncRunLine(models.Model):
    """What a run did in one module."""

    _name = "zoho.sync.run.line"
    _inherit = ["code.only.mixin"]
    _description = "Module of a Synchronisation Run"
    _order = "run_id, id"

    run_id = fields.Many2one(
        "zoho.sync.run", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True)
    entity = fields.Selection(
        ENTITY_SELECTION, string="Module", required=True, readonly=True
    )
    fetched = fields.Integer(readonly=True, help="Records that Zoho has listed.")
    created = fields.Integer(readonly=True)
    updated = fields.Integer(readonly=True)
    unchanged = fields.Integer(readonly=True)
    withdrawn = fields.Integer(readonly=True)
    skipped = fields.Integer(readonly=True)
    failed = fields.Integer(readonly=True)

    _entity_uniq = models.UniqueIndex("(run_id, entity)")

    def _add(self, counts: dict[str, int]) -> None:
        """Add the counts of one page."""
        values = {
            name: self[name] + number for name, number in counts.items() if number
        }
        if values:
            self.write(values)
