from datetime import date, datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.date_utils import start_of
from odoo.tools.urls import urljoin

from ...clock import is_ahead
from ...const import CALLBACK_PATH
from ...zoho.addresses import parse_origin
from ...zoho.data_centers import DATA_CENTERS, SCOPES
from ...zoho.errors import ZohoUnreadable
from ..changes import label_changes, say_changes
from .causes import say_note
from .health import Health
from .log_count import LogTally, describe_cutoff
from .sentences import describe_example, refuse_address, refuse_intervals
from .status import SHOWN_FIELDS, end_watch, publish
from .zoho_settlement import AttentionCount

SET_UP_STATUSES = ("draft", "signed_in")
MANAGER = "zoho_projects_connector.group_zoho_manager"
SETUP_STEPS = [
    ("sign_in", "Sign in"),
    ("portal", "Portal"),
    ("modules", "Modules"),
    ("duplicates", "Duplicate Customers"),
    ("mapping", "Map Fields"),
    ("preview", "Preview"),
    ("sync", "Save and Sync"),
    ("rates", "Rates"),
]

CUTOFF_FIELDS = frozenset({"timesheet_cutoff", "timesheet_cutoff_date"})
# A change of one of these alters which records are fetched or how: what has been read
# before must be read again.
SELECTING_FIELDS = frozenset(
    {
        "crm_first",
        "include_closed_projects",
        "require_approval",
        "sync_general_timesheets",
        "sync_timesheets",
        "timesheet_cutoff",
        "timesheet_cutoff_date",
    }
)
# What is said where nobody has kept why.
SIGN_IN = {"code": "token_rejected", "kind": "token_rejected", "said": ""}
# What the guide shows of a preview, by the name that it has there.
PREVIEW_FIELDS = {
    "preview_date": "create_date",
    "preview_is_complete": "is_complete",
    "preview_message": "message",
    "preview_unread": "unread",
    "preview_pace": "pace",
    "preview_calls": "api_calls",
    "preview_module_ids": "module_line_ids",
    "preview_customer_ids": "customer_line_ids",
    "preview_project_ids": "project_line_ids",
    "preview_time_ids": "time_line_ids",
}


class ZohoIntegration(models.Model):
    """One Odoo company bound to one portal of Zoho Projects: its configuration."""

    _name = "zoho.integration"
    _inherit = ["code.only.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Zoho Integration"
    _check_company_auto = True
    _order = "company_id, name, id"

    name = fields.Char(required=True, default="Zoho Projects")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    data_center = fields.Selection(
        [
            *((one.code, one.label) for one in DATA_CENTERS.values()),
            ("custom", "Other address"),
        ],
        required=True,
        default="us",
    )
    accounts_url = fields.Char(
        "Accounts Address", compute="_compute_urls", store=True, readonly=False
    )
    api_url = fields.Char(
        "API Address", compute="_compute_urls", store=True, readonly=False
    )
    client_id = fields.Char("Client ID", copy=False)
    client_secret = fields.Char(
        compute="_compute_write_only",
        inverse="_inverse_client_secret",
        copy=False,
        help="Kept where nobody can read it; type a new one to replace it.",
    )
    grant_code = fields.Char(
        "Code of the Self Client",
        compute="_compute_write_only",
        inverse="_inverse_grant_code",
        copy=False,
    )
    has_client_secret = fields.Boolean(compute="_compute_has_secrets")
    is_signed_in = fields.Boolean(compute="_compute_has_secrets")
    redirect_uri = fields.Char("Redirect Address", compute="_compute_redirect_uri")
    console_url = fields.Char("API Console", compute="_compute_console_url")
    setup_step = fields.Selection(
        SETUP_STEPS, "Step of the Set-up", required=True, default="sign_in", copy=False
    )
    portal_role = fields.Char(related="portal_id.role")
    portal_timezone = fields.Char(related="portal_id.timezone")
    portal_plan = fields.Char(related="portal_id.plan")
    duplicate_example = fields.Json(readonly=True, copy=False)
    duplicate_example_text = fields.Html(
        "For Example", compute="_compute_duplicate_example_text"
    )
    scopes_granted = fields.Char(readonly=True, copy=False)
    scopes_missing = fields.Char(readonly=True, copy=False)
    scopes_message = fields.Char(compute="_compute_scopes_message")
    portal_ids = fields.One2many(
        "zoho.portal", "integration_id", "Portals", readonly=True
    )
    portal_id = fields.Many2one(
        "zoho.portal",
        copy=False,
        domain="[('integration_id', '=', id)]",
        ondelete="restrict",
    )
    # Stored, for the unique index below needs a column.
    portal_zoho_id = fields.Char(
        "Zoho ID of the Portal", related="portal_id.zoho_id", store=True
    )
    portal_warning = fields.Char(related="portal_id.warning")
    day_sample = fields.Char(compute="_compute_day_sample")
    currency_note = fields.Char(compute="_compute_currency_note")
    sync_timesheets = fields.Boolean("Timesheets", default=True)
    sync_general_timesheets = fields.Boolean("General Timesheets")
    require_approval = fields.Boolean("Only Approved Time", default=True)
    timesheet_cutoff = fields.Selection(
        [
            ("unbilled", "Import all as Unbilled"),
            ("date", "Mark logs before a date as Invoiced"),
        ],
        required=True,
        default="unbilled",
    )
    timesheet_cutoff_date = fields.Date("Cut-off Date")
    # Large, and for one dialog: not read with every integration.
    log_tally = fields.Json(
        readonly=True, copy=False, prefetch=False, export_string_translation=False
    )
    cutoff_count = fields.Char("It Would Mark", compute="_compute_cutoff_count")
    include_closed_projects = fields.Boolean("Closed and Archived Projects Too")
    duplicate_customers = fields.Selection(
        [("overwrite", "Overwrite"), ("clone", "Clone")],
        required=True,
        default="overwrite",
    )
    crm_first = fields.Boolean("The Portal Is Synced with Zoho CRM")
    restrict_project_creation = fields.Boolean("Restrict Project Creation in Odoo")
    quick_interval = fields.Integer("Minutes between Syncs", default=15)
    full_interval = fields.Integer("Hours between Full Comparisons", default=24)
    status = fields.Selection(
        [
            ("draft", "New"),
            ("signed_in", "Signed In"),
            ("syncing", "Sync in Progress"),
            ("active", "Active"),
            ("waiting", "Waiting for Zoho"),
            ("sign_in_again", "Sign in Again"),
            ("stalled", "Stalled"),
            ("disabled", "Disabled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
    )
    # What `status_message` says, to each reader in his own words.
    status_note = fields.Json(
        readonly=True, copy=False, export_string_translation=False
    )
    status_message = fields.Char(compute="_compute_status_message")
    retry_at = fields.Datetime("Waiting until", readonly=True, copy=False)
    waiting_since = fields.Datetime(readonly=True, copy=False)
    last_sync = fields.Datetime(readonly=True, copy=False)
    last_full_sync = fields.Datetime("Last Full Comparison", readonly=True, copy=False)
    next_sync = fields.Datetime(compute="_compute_next_sync")
    stop_requested = fields.Boolean(readonly=True, copy=False)
    full_sync_requested = fields.Boolean(readonly=True, copy=False)
    stream_ids = fields.One2many(
        "zoho.stream", "integration_id", "Modules", readonly=True
    )
    run_ids = fields.One2many("zoho.sync.run", "integration_id", readonly=True)
    error_ids = fields.One2many("zoho.sync.error", "integration_id", readonly=True)
    # With those that are switched off: they say what the sync leaves alone.
    mapping_ids = fields.One2many(
        "zoho.field.mapping", "integration_id", context={"active_test": False}
    )

    failing_since = fields.Datetime(
        readonly=True,
        copy=False,
        help="The last success before a failure of which the administrators were told.",
    )
    # An update reads the form of 19.0.1.1.0 once more, which shows these.
    error_root_ids = fields.One2many(
        "zoho.sync.error",
        "integration_id",
        "Root Errors",
        domain=[("parent_id", "=", False), ("resolved_at", "=", False)],
        readonly=True,
    )
    scopes_wanted = fields.Char(
        "Scopes", compute="_compute_scopes_wanted", help="For the code's generator."
    )
    link_count = fields.Integer(compute="_compute_counts")
    error_count = fields.Integer(compute="_compute_counts")
    difference_count = fields.Integer(compute="_compute_counts")
    skipped_hours = fields.Float("Hours Not Imported", compute="_compute_counts")
    call_budget = fields.Json(
        compute="_compute_call_budget", export_string_translation=False
    )
    calls_today = fields.Integer(
        compute="_compute_calls_today",
        help="Calls of the runs that were started today.",
    )
    reconciliation_ids = fields.One2many(
        "zoho.reconciliation", "integration_id", readonly=True
    )
    unexplained_count = fields.Integer(compute="_compute_unexplained_count")
    health = fields.Json(compute="_compute_health", export_string_translation=False)
    attention_count = fields.Integer("To Resolve", compute="_compute_attention")
    attention_text = fields.Char(
        compute="_compute_attention", export_string_translation=False
    )

    preview_id = fields.Many2one(
        "zoho.sync.preview",
        "Last Preview",
        compute="_compute_preview",
        groups=MANAGER,
    )
    preview_date = fields.Datetime(compute="_compute_preview", groups=MANAGER)
    preview_is_complete = fields.Boolean(compute="_compute_preview", groups=MANAGER)
    preview_message = fields.Char(compute="_compute_preview", groups=MANAGER)
    preview_unread = fields.Char(compute="_compute_preview", groups=MANAGER)
    preview_pace = fields.Char(compute="_compute_preview", groups=MANAGER)
    preview_calls = fields.Integer(compute="_compute_preview", groups=MANAGER)
    preview_module_ids = fields.One2many(
        "zoho.sync.preview.line", compute="_compute_preview", groups=MANAGER
    )
    preview_customer_ids = fields.One2many(
        "zoho.sync.preview.line", compute="_compute_preview", groups=MANAGER
    )
    preview_project_ids = fields.One2many(
        "zoho.sync.preview.line", compute="_compute_preview", groups=MANAGER
    )
    preview_time_ids = fields.One2many(
        "zoho.sync.preview.line", compute="_compute_preview", groups=MANAGER
    )

    _portal_uniq = models.UniqueIndex(
        "(company_id, portal_zoho_id) WHERE portal_zoho_id IS NOT NULL",
        "This portal is already connected to this company.",
    )

    @api.depends("data_center")
    def _compute_urls(self) -> None:
        for integration in self:
            center = DATA_CENTERS.get(integration.data_center)
            if center:
                integration.accounts_url = center.accounts_url
                integration.api_url = center.api_url

    def _compute_write_only(self) -> None:
        # Not even what was just typed: a form shows what it reads back after saving.
        self.client_secret = False
        self.grant_code = False

    def _inverse_client_secret(self) -> None:
        self._keep_secret("client_secret")

    def _inverse_grant_code(self) -> None:
        self._keep_secret("grant_code")

    def _keep_secret(self, name: str) -> None:
        """Move what was typed out of everybody's sight; empty means unchanged."""
        for integration in self.filtered(name):
            credential = self.env["zoho.credential"]._get_for(integration)
            credential._store({name: integration[name].strip()})
        # Until then the cache has what was typed. The field is not stored: a flush
        # would have nothing to write.
        self.invalidate_recordset([name], flush=False)

    @api.depends("status", "status_note")
    @api.depends_context("lang", "tz")
    def _compute_status_message(self) -> None:
        for integration in self:
            # One of before says nothing: that a person has to act, it does.
            needs_sign_in = integration.status == "sign_in_again" and SIGN_IN
            kept = integration.status_note or needs_sign_in
            integration.status_message = say_note(self.env, kept)

    # Who writes the secrets invalidates these: `depends` has no way to their row.
    @api.depends("status")
    def _compute_has_secrets(self) -> None:
        for integration in self:
            credential = self.env["zoho.credential"]._find_for(integration)
            integration.has_client_secret = bool(credential.client_secret)
            integration.is_signed_in = bool(credential.refresh_token)

    def _compute_redirect_uri(self) -> None:
        for integration in self:
            integration.redirect_uri = urljoin(
                integration.get_base_url(), CALLBACK_PATH
            )

    @api.depends("data_center")
    def _compute_console_url(self) -> None:
        for integration in self:
            center = DATA_CENTERS.get(integration.data_center, DATA_CENTERS["us"])
            integration.console_url = center.console_url

    @api.depends("scopes_missing")
    def _compute_scopes_message(self) -> None:
        for integration in self:
            integration.scopes_message = integration.scopes_missing and self.env._(
                "Zoho has not granted %(scopes)s: these modules cannot be read. Sign in"
                " again and accept everything that Zoho lists.",
                scopes=integration.scopes_missing.replace(" ", ", "),
            )

    @api.depends("portal_id.timezone", "company_id")
    def _compute_day_sample(self) -> None:
        for integration in self:
            integration.day_sample = integration.portal_id._describe_day(
                integration.company_id
            )

    @api.depends("portal_id.currency", "company_id.currency_id")
    @api.depends_context("lang")
    def _compute_currency_note(self) -> None:
        for integration in self:
            portal = integration.portal_id
            integration.currency_note = bool(portal) and (
                portal._describe_currency(integration.company_id)
            )

    @api.depends(
        "log_tally",
        "portal_id",
        "require_approval",
        "sync_general_timesheets",
        "timesheet_cutoff_date",
    )
    @api.depends_context("lang")
    def _compute_cutoff_count(self) -> None:
        for integration in self:
            tally = integration.log_tally
            is_own = tally and tally["portal"] == integration.portal_id.zoho_id
            integration.cutoff_count = (
                is_own
                and integration.timesheet_cutoff_date
                and describe_cutoff(integration, LogTally.load(tally))
            )

    @api.depends("duplicate_example", "duplicate_customers")
    @api.depends_context("lang")
    def _compute_duplicate_example_text(self) -> None:
        for integration in self:
            if example := integration.duplicate_example:
                partner = self.env["res.partner"]
                changes = label_changes(partner, example.get("values", []))
                told = {**example, "changes": say_changes(changes)}
                example = describe_example(self.env, told)
            integration.duplicate_example_text = example

    @api.depends("status", "retry_at", "last_sync", "quick_interval")
    def _compute_next_sync(self) -> None:
        # When the schedule runs is no secret; its record needs system rights.
        cron = self.env.ref("zoho_projects_connector.ir_cron_zoho_sync").sudo()
        for integration in self:
            integration.next_sync = integration._get_next_sync(cron.nextcall)

    # Without dependencies: whoever has asked sees his own, the newest.
    @api.depends_context("uid")
    def _compute_preview(self) -> None:
        for integration in self:
            preview = integration._previews()[:1]
            integration.preview_id = preview
            for name, source in PREVIEW_FIELDS.items():
                integration[name] = preview[source]

    def _compute_scopes_wanted(self) -> None:
        for integration in self:
            integration.scopes_wanted = ",".join(integration._scopes())

    def _scopes(self) -> tuple[str, ...]:
        """Return what a sign-in asks for. Note: `self.ensure_one()`."""
        return SCOPES

    # Without dependencies: counted whenever somebody looks, as the sync goes on.
    def _compute_counts(self) -> None:
        links = self._count("zoho.link", [])
        errors = self._count("zoho.sync.error", [("resolved_at", "=", False)])
        differences = self.env["zoho.settlement"]._open_counts(self)
        skipped = self._count("zoho.skipped.record", [], "hours:sum")
        for integration in self:
            integration.link_count = links.get(integration, 0)
            integration.error_count = errors.get(integration, 0)
            integration.difference_count = differences.get(integration, 0)
            integration.skipped_hours = skipped.get(integration, 0.0)

    def _compute_call_budget(self) -> None:
        # Numbers alone: nobody but code has rights to the quota.
        quota = self.env["zoho.quota"].sudo()
        for integration in self:
            integration.call_budget = quota._usage(integration)

    def _compute_calls_today(self) -> None:
        calls = self.env["zoho.sync.run"]._count_calls_today(self)
        for integration in self:
            integration.calls_today = calls.get(integration, 0)

    @api.depends("reconciliation_ids.is_explained")
    def _compute_unexplained_count(self) -> None:
        counts = self._count("zoho.reconciliation", [("is_explained", "=", False)])
        for integration in self:
            integration.unexplained_count = counts.get(integration, 0)

    def _count(self, model: str, domain: list, aggregate: str = "__count") -> dict:
        """Return ``{integration: count}`` of the rows that belong to these."""
        domain = [("integration_id", "in", self.ids), *domain]
        return dict(
            self.env[model]._read_group(domain, ["integration_id"], [aggregate])
        )

    def _compute_health(self) -> None:
        for integration in self:
            integration.health = Health(integration).lines() if integration.ids else []

    # Counted anew by whoever looks, in his language.
    @api.depends_context("lang")
    def _compute_attention(self) -> None:
        counts = self.env["zoho.settlement"]._attention_counts(self)
        for integration in self:
            is_new = not integration.ids
            count = AttentionCount() if is_new else counts[integration._origin]
            integration.attention_count = count.to_resolve
            integration.attention_text = count.text

    @api.onchange("timesheet_cutoff")
    def _onchange_timesheet_cutoff(self) -> None:
        offer_cutoff_date(self)

    @api.constrains("timesheet_cutoff", "timesheet_cutoff_date")
    def _check_cutoff(self) -> None:
        for integration in self:
            by_date = integration.timesheet_cutoff == "date"
            if by_date and not integration.timesheet_cutoff_date:
                raise ValidationError(
                    self.env._("Say from which date on time logs are to be billed.")
                )

    @api.constrains("data_center", "accounts_url", "api_url")
    def _check_addresses(self) -> None:
        """Refuse an address that is not the plain one of a server.

        The addresses of a data center of Zoho are not to be changed: who has other
        ones chooses *Other address*.
        """
        for integration in self:
            center = DATA_CENTERS.get(integration.data_center)
            for name in ("accounts_url", "api_url"):
                url = integration[name]
                if center and url != getattr(center, name):
                    raise ValidationError(
                        self.env._(
                            "%(address)s is not Zoho's address in this data center:"
                            " choose Other Address as the data center to type one.",
                            address=url or "",
                        )
                    )
                refusal = url and refuse_address(self.env, url)
                if refusal:
                    raise ValidationError(refusal)

    @api.constrains("portal_id")
    def _check_portal(self) -> None:
        for integration in self.filtered("portal_id"):
            if integration.portal_id.integration_id != integration:
                raise ValidationError(
                    self.env._("This portal belongs to another integration.")
                )

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> models.BaseModel:
        """List the standard fields of new integrations in their mapping.

        The chatter stays quiet: it is for failures only.
        """
        # `with_env` below gives the records back without this context.
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        integrations = (
            super(ZohoIntegration, quiet).create(vals_list).with_env(self.env)
        )
        for integration in integrations:
            # Standard rows: only code may make them.
            self.env["zoho.field.mapping"].sudo()._prepare_standard(integration)
        return integrations

    def write(self, vals: dict) -> bool:
        """Read everything again when a preference selects other records than before."""
        self._check_binding(vals)
        # Asked before `super`: afterwards the cache has the new values only, and so has
        # a constraint.
        before = [(one, one._get_selection(), one._get_servers()) for one in self]
        result = super().write(vals)
        for integration, selection, servers in before:
            is_set_up = integration.status not in SET_UP_STATUSES
            if is_set_up and integration._get_selection() != selection:
                integration._request_full_sync()
            if integration._get_servers() != servers:
                self.env["zoho.credential"]._follow_servers(integration, servers, vals)
        if CUTOFF_FIELDS & vals.keys():
            for integration in self:
                self.env["account.analytic.line"]._zoho_follow_cutoff(integration)
        if SHOWN_FIELDS & vals.keys():
            publish(self)
        end_watch(self, vals)
        return result

    def _get_selection(self) -> tuple:
        """Return the values of the preferences that select what is fetched."""
        return tuple(self[name] for name in SELECTING_FIELDS)

    def _cutoff_day(self) -> date | None:
        """Return the first day that Odoo bills, None when it bills every day."""
        self.ensure_one()
        return self.timesheet_cutoff_date if self.timesheet_cutoff == "date" else None

    def _is_before_cutoff(self, day: date) -> bool:
        """Return whether time of a day was billed before Odoo billed."""
        cutoff = self._cutoff_day()
        return bool(cutoff) and day < cutoff

    def _get_servers(self) -> tuple:
        """Return the servers that are given secrets: accounts and API.

        What is no address stands for itself: no other server is the same.
        """
        servers = []
        for url in (self.accounts_url, self.api_url):
            try:
                servers.append(parse_origin(url))
            except ZohoUnreadable:
                servers.append(url)
        return tuple(servers)

    def _status_signed_out(self) -> str:
        """Return the status of an integration that has lost its sign-in."""
        if self.status in SET_UP_STATUSES:
            return "draft"
        return self.status if self.status == "disabled" else "sign_in_again"

    def _check_binding(self, vals: dict) -> None:
        """Refuse another portal or company once records have been synced."""
        for name in {"portal_id", "company_id"} & vals.keys():
            for integration in self:
                bound = integration.status not in SET_UP_STATUSES
                if bound and integration[name].id != vals[name]:
                    raise UserError(
                        self.env._(
                            "%(integration)s is bound to its portal and company:"
                            " delete it and connect another one instead.",
                            integration=integration.name,
                        )
                    )

    def _get_next_sync(self, cron_call: datetime) -> datetime | bool:
        """Return when the schedule will sync next, or False when it will not."""
        if self.status == "waiting" and not is_ahead(self.waiting_since):
            return self.retry_at
        if self.status not in ("syncing", "active", "stalled", "waiting"):
            return False
        if not self.last_sync or is_ahead(self.last_sync):
            return cron_call
        due = self.last_sync + timedelta(minutes=self.quick_interval)
        return max(due, cron_call)

    # The intervals of the schedule, and which of them make no schedule.

    @api.constrains("quick_interval", "full_interval")
    def _check_intervals(self) -> None:
        for integration in self:
            refusal = refuse_intervals(
                self.env, integration.quick_interval, integration.full_interval
            )
            if refusal:
                raise ValidationError(refusal)


def offer_cutoff_date(form: models.BaseModel) -> None:
    """Offer this month as the first that Odoo bills, where a date is asked for."""
    if form.timesheet_cutoff == "date" and not form.timesheet_cutoff_date:
        form.timesheet_cutoff_date = start_of(fields.Date.context_today(form), "month")
