from math import ceil

from odoo import Command, fields, models

from ...hours import clock
from ...models.changes import label_changes, say_changes
from ...models.sync.entities import ENTITY_SELECTION
from ...models.sync.res_partner import alike
from ...models.sync.stream_time_logs import count_log_calls
from ...zoho.quota import SAFE_LIMIT, WINDOW_SECONDS

OUTCOMES = [
    ("create", "New"),
    ("overwrite", "Overwritten"),
    ("clone", "Cloned"),
    ("known", "Recognised"),
    ("same", "Unchanged"),
    ("fetch", "Fetched"),
    ("leave", "Not Imported"),
    ("fail", "Error"),
]
# Those first that somebody should look at.
ORDER = ("fail", "overwrite", "clone", "create", "fetch", "known", "same", "leave")
# The newest of each user is kept for so long: after that the portal is another one.
KEEP_HOURS = 7 * 24


class ZohoSyncPreview(models.TransientModel):
    """What a sync would do, as it is shown before anything is written."""

    _name = "zoho.sync.preview"
    _inherit = ["caller.choice.mixin"]
    _description = "Preview of a Synchronisation"
    _transient_max_hours = KEEP_HOURS

    integration_id = fields.Many2one(
        "zoho.integration", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="integration_id.company_id")
    is_complete = fields.Boolean(readonly=True)
    message = fields.Char(readonly=True)
    unread = fields.Char(
        readonly=True,
        help="Which modules the preview has read in part, or not at all.",
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
    def _describe(
        self,
        integration: models.BaseModel,
        run: models.BaseModel,
        before: dict,
        seconds: int,
    ) -> dict:
        """Return the values of a preview.

        :param integration: what was synced.
        :param run: the run, still in the database.
        :param before: the newest ids of partners and links before the run.
        :param seconds: how long it was allowed to take.
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
            "message": run.message or self._describe_extent(is_done, seconds),
            "unread": self._describe_unread(run),
            "pace": self._describe_pace(*count_log_calls(run.integration_id)),
            "api_calls": run.api_calls,
            # Values and not records: they are made after all of this was rolled back.
            "line_ids": [Command.create(values) for values in lines],
        }

    def _describe_extent(self, is_done: bool, seconds: int) -> str:
        """Return how much of the portal was read."""
        if is_done:
            return self.env._("The whole portal was read. Nothing was written.")
        return self.env._(
            "The preview ends after %(seconds)s seconds; the sync itself goes on until"
            " everything is read.",
            seconds=seconds,
        )

    def _describe_unread(self, run: models.BaseModel) -> str | bool:
        """Return which modules were not read to their end, if any."""
        labels = []
        for stream in run.integration_id.stream_ids.sorted("sequence"):
            if stream.state == "running":
                labels.append(
                    self.env._("%(module)s (in part)", module=stream.display_name)
                )
            elif stream.state == "waiting":
                labels.append(stream.display_name)
        if not labels:
            return False
        return self.env._(
            "Not looked at: %(modules)s. What follows is only what was read. Nothing"
            " was written.",
            modules=", ".join(labels),
        )

    def _describe_pace(self, level: str | None, count: int, calls: int) -> str | bool:
        """Return how long a full comparison of the time logs takes, if it is long.

        :param level: ``project`` or ``item``: for what Zoho lists time; or nothing.
        :param count: of such records, as far as they were read.
        """
        if not level:
            return False
        minutes = ceil(calls * WINDOW_SECONDS / SAFE_LIMIT / 60)
        values = {"count": count, "calls": calls, "time": clock(minutes / 60)}
        if level == "project":
            return self.env._(
                "Zoho lists the time of this portal for one project at a time only. For"
                " the %(count)s that were read, the first sync and each full comparison"
                " make %(calls)s calls: %(time)s h at the pace that Zoho allows.",
                **values,
            )
        return self.env._(
            "Zoho lists the time of this portal for one task or issue at a time only."
            " For the %(count)s that were read, the first sync and each full comparison"
            " make %(calls)s calls: %(time)s h at the pace that Zoho allows.",
            **values,
        )

    def _describe_modules(self, run: models.BaseModel) -> list[dict]:
        names = ("fetched", "created", "updated", "unchanged", "skipped", "failed")
        return [
            {
                "section": "module",
                "entity": line.entity,
                **{name: line[name] for name in names},
            }
            # The run is rolled back: it is nobody's but the administrator's who asks.
            for line in run.sudo().line_ids
        ]

    # Customers, projects and time, read where the flow left them

    def _domain_of(self, integration: models.BaseModel, entity: str) -> list:
        return [("integration_id", "=", integration.id), ("entity", "=", entity)]

    def _links(self, integration: models.BaseModel, entity: str) -> models.BaseModel:
        """Return the links of a module, in sudo: who sets up need not see it all."""
        domain = [*self._domain_of(integration, entity), ("state", "=", "linked")]
        return self.env["zoho.link"].sudo().search(domain)

    def _skipped(self, integration: models.BaseModel, entity: str) -> models.BaseModel:
        domain = self._domain_of(integration, entity)
        # As the links: what the sync of his own integration left out.
        # What the preview has brought in is rolled back: rights matter to nobody.
        return self.env["zoho.skipped.record"].sudo().search(domain)

    def _failed(self, integration: models.BaseModel, entity: str) -> models.BaseModel:
        domain = [*self._domain_of(integration, entity), ("resolved_at", "=", False)]
        # As the links: what could not be fetched, and why.
        # What the preview has brought in is rolled back: rights matter to nobody.
        return self.env["zoho.sync.error"].sudo().search(domain)

    def _sorted(self, lines: list[dict]) -> list[dict]:
        """Return the lines with those first that somebody should look at."""
        return sorted(lines, key=lambda values: ORDER.index(values["outcome"]))

    def _label(self, record: models.BaseModel, name: str) -> str:
        """Return how a selection field of a record reads to this user."""
        field = record._fields[name]
        return dict(field._description_selection(self.env)).get(record[name], "")

    # Customers

    def _describe_customers(
        self, integration: models.BaseModel, before: dict
    ) -> list[dict]:
        links = self._links(integration, "customer")
        # He is asked whether to overwrite contacts, so he has to see which.
        # What the preview has brought in is rolled back: rights matter to nobody.
        partners = self.env["res.partner"].sudo().browse(links.mapped("res_id"))
        partners = partners.with_company(integration.company_id)
        # Also those that the sync has just made: a clone is one beside an older one.
        namesakes = partners._zoho_candidates(
            integration.company_id, partners.mapped("name")
        )
        lines = []
        for link, partner in zip(links, partners, strict=True):
            others = namesakes.get(alike(partner.name), partner)
            outcome = self._customer_outcome(link, partner, others, before)
            values = {"section": "customer", "outcome": outcome, "name": partner.name}
            if outcome == "overwrite":
                # Taken out by the rehearsal, which keeps them for its example.
                changes = values["changes"] = link._named_changes()
                values["detail"] = say_changes(label_changes(partner, changes))
                values["outcome"] = "overwrite" if changes else "same"
            lines.append(values)
        return self._sorted([*lines, *self._describe_left(integration, "customer")])

    def _customer_outcome(
        self,
        link: models.BaseModel,
        partner: models.BaseModel,
        namesakes: models.BaseModel,
        before: dict,
    ) -> str:
        """Return what the sync makes of a customer.

        :param namesakes: companies of the same name, himself among them.
        """
        if link.id <= before["link"]:
            return "known"
        if partner.id <= before["partner"]:
            return "overwrite"
        is_clone = any(one.id <= before["partner"] for one in namesakes)
        return "clone" if is_clone else "create"

    # Projects

    def _describe_projects(self, integration: models.BaseModel) -> list[dict]:
        links = self._links(integration, "project")
        # Projects that were not there a moment ago, and that nobody was given yet.
        projects = self.env["project.project"].sudo().browse(links.mapped("res_id"))
        lines = [
            {
                "section": "project",
                "outcome": "fetch",
                "name": project.name,
                "detail": project.partner_id.name,
            }
            for project in projects
        ]
        return self._sorted([*lines, *self._describe_left(integration, "project")])

    def _describe_left(self, integration: models.BaseModel, entity: str) -> list[dict]:
        """Return lines of what stays in Zoho by choice, and of what has to."""
        failed = [
            {
                "section": entity,
                "outcome": "fail",
                "name": error.name or error.zoho_id,
                "detail": error.why,
            }
            for error in self._failed(integration, entity)
        ]
        left_out = [
            {
                "section": entity,
                "outcome": "leave",
                "name": record.name or record.zoho_id,
                "detail": self._label(record, "reason"),
            }
            for record in self._skipped(integration, entity)
        ]
        return [*failed, *left_out]

    # Time

    def _describe_time(self, integration: models.BaseModel) -> list[dict]:
        # Sums of time by what becomes of it.
        # What the preview has brought in is rolled back: rights matter to nobody.
        lines = self.env["account.analytic.line"].sudo()
        lines = lines.browse(self._links(integration, "timelog").mapped("res_id"))
        groups = [
            ("fetch", lines.grouped("billing_state").values(), "billing_state"),
            (
                "leave",
                self._skipped(integration, "timelog").grouped("reason").values(),
                "reason",
            ),
            (
                "fail",
                self._failed(integration, "timelog").grouped("reason").values(),
                "reason",
            ),
        ]
        return [
            self._describe_hours(outcome, records, name)
            for outcome, found, name in groups
            for records in found
        ]

    def _describe_hours(
        self, outcome: str, records: models.BaseModel, name: str
    ) -> dict:
        hours = "logged_hours" if "logged_hours" in records._fields else "hours"
        return {
            "section": "time",
            "outcome": outcome,
            "name": self._label(records[:1], name),
            "count": len(records),
            "hours": sum(records.mapped(hours)),
        }


class ZohoSyncPreviewLine(models.TransientModel):
    """One line of a preview: a module, a customer, a project or a kind of time."""

    _name = "zoho.sync.preview.line"
    _inherit = ["caller.choice.mixin"]
    _description = "Line of a Preview of a Synchronisation"
    _order = "id"
    _transient_max_hours = KEEP_HOURS

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
    skipped = fields.Integer("Not Imported", readonly=True)
    failed = fields.Integer("Errors", readonly=True)
    count = fields.Integer("Logs", readonly=True)
    hours = fields.Float(readonly=True)
