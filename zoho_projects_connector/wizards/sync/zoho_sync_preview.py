from math import ceil

from odoo import Command, fields, models
from odoo.tools import formatLang

from ...zoho.quota import SAFE_LIMIT, WINDOW_SECONDS


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
    pace = fields.Char(
        readonly=True, help="How long the time logs take, where Zoho lists few at once."
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
            "pace": self._describe_pace(
                *run.integration_id.stream_ids._count_log_calls()
            ),
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

    def _describe_pace(self, level, count, calls):
        """Return how long a full comparison of the time logs takes, if it is long.

        :param level: ``project`` or ``item``: for what Zoho lists time; or nothing.
        :param int count: of such records, as far as they were read.
        """
        if not level:
            return False
        minutes = ceil(calls * WINDOW_SECONDS / SAFE_LIMIT / 60)
        time = self.env._("%(minutes)s minutes", minutes=minutes)
        if minutes > 120:
            hours = formatLang(self.env, minutes / 60, digits=1)
            time = self.env._("%(hours)s hours", hours=hours)
        values = {"count": count, "calls": calls, "time": time}
        if level == "project":
            return self.env._(
                "Zoho lists the time of this portal for one project at a time only. For"
                " the %(count)s that were read, the first sync and each full comparison"
                " make %(calls)s calls: %(time)s at the pace that Zoho allows.",
                **values,
            )
        return self.env._(
            "Zoho lists the time of this portal for one task or issue at a time only."
            " For the %(count)s that were read, the first sync and each full comparison"
            " make %(calls)s calls: %(time)s at the pace that Zoho allows.",
            **values,
        )

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
