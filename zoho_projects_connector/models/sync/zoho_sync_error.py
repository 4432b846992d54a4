from odoo import api, fields, models

from ...const import ENTITY_SELECTION
from .zoho_sync_reason import ENTITY_NAMES, RESOLUTION, WHY

# What a sentence may name; what is not known is shown as a dash.
UNKNOWN = dict.fromkeys(
    (
        *("contact", "currency", "customer", "customer_currency", "field", "known"),
        *("missing", "names", "parent", "project_currency", "reason", "value"),
        "values",
    ),
    "–",
)


class ZohoSyncError(models.Model):
    """One record that could not be fetched: why, and how to resolve it.

    The record as it was read is kept beside the reason. As soon as what it waits
    for is there, it is fetched from that, without another call to Zoho.
    """

    _name = "zoho.sync.error"
    _inherit = ["code.only.mixin"]
    _description = "Synchronisation Error"
    _order = "last_seen desc, id desc"

    integration_id = fields.Many2one(
        "zoho.integration", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="integration_id.company_id", store=True)
    entity = fields.Selection(
        ENTITY_SELECTION, string="Module", required=True, readonly=True
    )
    zoho_id = fields.Char("Zoho ID", readonly=True)
    name = fields.Char(readonly=True)
    code = fields.Char(required=True, readonly=True, index=True)
    details = fields.Json(readonly=True)
    why = fields.Char(compute="_compute_sentences")
    resolution = fields.Char("How to Resolve", compute="_compute_sentences")
    hours = fields.Float(readonly=True, help="Hours of a time log.")
    day = fields.Date(readonly=True, help="Day of a time log.")
    is_billable = fields.Boolean("Billable in Zoho", readonly=True)
    project_zoho_id = fields.Char("Project ID in Zoho", readonly=True, index=True)
    first_seen = fields.Datetime(readonly=True)
    last_seen = fields.Datetime(readonly=True)
    resolved_at = fields.Datetime(readonly=True)
    asked_at = fields.Datetime(
        readonly=True, help="When Zoho was asked last for this very record."
    )
    missing_entity = fields.Char(readonly=True, export_string_translation=False)
    missing_zoho_id = fields.Char(readonly=True, export_string_translation=False)
    parent_id = fields.Many2one(
        "zoho.sync.error",
        "Caused By",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    child_ids = fields.One2many(
        "zoho.sync.error", "parent_id", "Failed with It", readonly=True
    )
    child_count = fields.Integer(compute="_compute_children")
    child_hours = fields.Float(compute="_compute_children")
    payload = fields.Json(readonly=True, groups="base.group_system", copy=False)
    url = fields.Char("Open in Zoho", compute="_compute_url", compute_sudo=True)

    _open_uniq = models.UniqueIndex(
        "(integration_id, entity, zoho_id) WHERE resolved_at IS NULL"
    )

    @api.depends("code", "details", "zoho_id", "parent_id.name")
    @api.depends_context("lang")
    def _compute_sentences(self):
        for error in self:
            details = dict(error.details or {})
            if error.missing_entity in ENTITY_NAMES:
                name = error.parent_id.name or details.get("parent_name")
                entity = self.env._(ENTITY_NAMES[error.missing_entity])
                details["parent"] = f"{entity} “{name or error.missing_zoho_id}”"
            variant = details.get("variant") or error.code
            error.why = error._sentence(WHY, variant, details)
            error.resolution = error._sentence(RESOLUTION, variant, details)

    def _sentence(self, sentences, code, details):
        # A lazy sentence takes no values while it is translated.
        if code not in sentences:
            code = "other_record" if self.zoho_id else "other"
            details = {**details, "code": self.code}
        sentence = self.env._(sentences[code])
        return sentence % {**UNKNOWN, **details}

    def _compute_children(self):
        totals = {
            parent.id: (count, hours)
            for parent, count, hours in self._read_group(
                [("parent_id", "in", self.ids), ("resolved_at", "=", False)],
                ["parent_id"],
                ["__count", "hours:sum"],
            )
        }
        for error in self:
            error.child_count, error.child_hours = totals.get(error.id, (0, 0.0))

    @api.depends("zoho_id", "entity", "project_zoho_id")
    def _compute_url(self):
        for error in self:
            error.url = error.integration_id.portal_id._record_url(
                error.entity, error.zoho_id, error.project_zoho_id
            )

    @api.depends("name", "zoho_id")
    def _compute_display_name(self):
        for error in self:
            error.display_name = error.name or error.zoho_id
