from odoo import fields, models

from ...const import ENTITY_SELECTION

OUTCOMES = [
    ("create", "New"),
    ("overwrite", "Overwritten"),
    ("clone", "Cloned"),
    ("known", "Recognised"),
    ("fetch", "Fetched"),
    ("leave", "Left Out"),
    ("fail", "Not Fetched"),
]


class ZohoSyncPreviewLine(models.TransientModel):
    """One line of a preview: a module, a customer, a project or a kind of time."""

    _name = "zoho.sync.preview.line"
    _inherit = ["caller.choice.mixin"]
    _description = "Line of a Preview of a Synchronisation"
    _order = "id"

    preview_id = fields.Many2one(
        "zoho.sync.preview", required=True, ondelete="cascade", index=True
    )
    section = fields.Selection(
        [
            ("module", "Module"),
            ("customer", "Customer"),
            ("project", "Project"),
            ("time", "Time"),
        ],
        required=True,
        readonly=True,
        export_string_translation=False,
    )
    outcome = fields.Selection(OUTCOMES, "What Happens", readonly=True)
    name = fields.Char(readonly=True)
    detail = fields.Char("Why, or What Changes", readonly=True)

    entity = fields.Selection(ENTITY_SELECTION, "Module", readonly=True)
    fetched = fields.Integer("Listed", readonly=True)
    created = fields.Integer("New", readonly=True)
    updated = fields.Integer("Changed", readonly=True)
    unchanged = fields.Integer(readonly=True)
    skipped = fields.Integer("Left Out", readonly=True)
    failed = fields.Integer("Not Fetched", readonly=True)

    count = fields.Integer("Logs", readonly=True)
    hours = fields.Float(readonly=True)
