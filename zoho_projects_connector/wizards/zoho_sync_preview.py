from odoo import Command, fields, models


class ZohoSyncPreview(models.TransientModel):
    """What a sync would do, as it is shown before anything is written."""

    _name = "zoho.sync.preview"
    _inherit = ["caller.choice.mixin"]
    _description = "Preview of a Synchronisation"

    integration_id = fields.Many2one(
        "zoho.integration", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="integration_id.company_id")
    is_complete = fields.Boolean(readonly=True)
    message = fields.Char(readonly=True)
    unread = fields.Char(
        readonly=True, help="Modules that the preview has read in part, or not at all."
    )
    api_calls = fields.Integer("API Calls", readonly=True)
    line_ids = fields.One2many("zoho.sync.preview.line", "preview_id", readonly=True)
    module_line_ids = fields.One2many(
        "zoho.sync.preview.line", "preview_id", domain=[("section", "=", "module")]
    )
    customer_line_ids = fields.One2many(
        "zoho.sync.preview.line", "preview_id", domain=[("section", "=", "customer")]
    )
    project_line_ids = fields.One2many(
        "zoho.sync.preview.line", "preview_id", domain=[("section", "=", "project")]
    )
    time_line_ids = fields.One2many(
        "zoho.sync.preview.line", "preview_id", domain=[("section", "=", "time")]
    )

    # What the flow has done, told before it is rolled back

    def _describe(self, integration, run, before, seconds):
        """Return the values of a preview.

        :param integration: what was synced.
        :param run: the run, still in the database.
        :param dict before: the newest ids of partners and links before the run.
        :param int seconds: how long it was allowed to take.
        :rtype: dict
        """
        is_done = run.status == "done"
        lines = [
            *self._describe_modules(run),
            *self._describe_customers(integration, before),
            *self._describe_projects(integration),
            *self._describe_time(integration),
        ]
        return {
            "integration_id": integration.id,
            "is_complete": is_done and not run.message,
            "message": run.message or (not is_done and self._cut_short(seconds)),
            "unread": self._describe_unread(run),
            "api_calls": run.api_calls,
            "line_ids": [Command.create(values) for values in lines],
        }

    def _cut_short(self, seconds):
        return self.env._(
            "The preview ends after %(seconds)s seconds; the sync itself goes on until"
            " everything is read.",
            seconds=seconds,
        )

    def _describe_unread(self, run):
        """Return which modules were not read to their end, if any."""
        labels = []
        for stream in run.integration_id.stream_ids.sorted("sequence"):
            if stream.state == "running":
                labels.append(
                    self.env._("%(module)s (in part)", module=stream.display_name)
                )
            elif stream.state == "waiting":
                labels.append(stream.display_name)
        return ", ".join(labels) or False

    def _describe_modules(self, run):
        names = ("fetched", "created", "updated", "unchanged", "skipped", "failed")
        return [
            {
                "section": "module",
                "entity": line.entity,
                **{name: line[name] for name in names},
            }
            for line in run.sudo().line_ids
        ]
