from odoo import api, fields, models

COUNTS = (
    "fetched",
    "created",
    "updated",
    "unchanged",
    "withdrawn",
    "skipped",
    "failed",
)


class ZohoSyncRun(models.Model):
    """What a run did, over all modules and in one line, for the history."""

    _inherit = "zoho.sync.run"

    fetched = fields.Integer(compute="_compute_counts")
    created = fields.Integer(compute="_compute_counts")
    updated = fields.Integer(compute="_compute_counts")
    unchanged = fields.Integer(compute="_compute_counts")
    withdrawn = fields.Integer(compute="_compute_counts")
    skipped = fields.Integer(compute="_compute_counts")
    failed = fields.Integer(compute="_compute_counts")
    summary = fields.Char(compute="_compute_summary")

    @api.depends(*(f"line_ids.{name}" for name in COUNTS))
    def _compute_counts(self) -> None:
        for run in self:
            for name in COUNTS:
                run[name] = sum(run.line_ids.mapped(name))

    @api.depends(*(f"line_ids.{name}" for name in COUNTS))
    @api.depends_context("lang")
    def _compute_summary(self) -> None:
        for run in self:
            run.summary = "; ".join(filter(None, map(self._summarise, run.line_ids)))

    def _summarise(self, line) -> str:
        """Return what changed in a module, empty when nothing did."""
        words = {
            "created": self.env._("created"),
            "updated": self.env._("updated"),
            "withdrawn": self.env._("withdrawn"),
            "failed": self.env._("failed"),
        }
        parts = [f"{line[name]} {word}" for name, word in words.items() if line[name]]
        modules = dict(line._fields["entity"]._description_selection(self.env))
        return parts and f"{modules[line.entity]}: {', '.join(parts)}" or ""
