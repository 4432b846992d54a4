from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...zoho.addresses import parse_origin
from ...zoho.auth import DATA_CENTERS
from ...zoho.errors import ZohoUnreadable
from .clock import is_ahead

SET_UP_STATUSES = ("draft", "signed_in")


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


ZOHO_ORIGINS = {
    parse_origin(url)
    for center in DATA_CENTERS.values()
    for url in (center.accounts_url, center.api_url)
}


LONGEST_QUICK_MINUTES = 24 * 60


LONGEST_FULL_HOURS = 31 * 24


class ZohoIntegration(models.Model):
    """One Odoo company bound to one portal of Zoho Projects: its configuration."""

    _name = "zoho.integration"
    _inherit = ["code.only.mixin"]
    _description = "Zoho Integration"
    _check_company_auto = True
    _order = "company_id, name, id"

    name = fields.Char(required=True, default="Zoho Projects")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    data_center = fields.Selection(
        [
            ("us", "United States (zoho.com)"),
            ("eu", "Europe (zoho.eu)"),
            ("in", "India (zoho.in)"),
            ("au", "Australia (zoho.com.au)"),
            ("jp", "Japan (zoho.jp)"),
            ("ca", "Canada (zohocloud.ca)"),
            ("sa", "Saudi Arabia (zoho.sa)"),
            ("cn", "China (zoho.com.cn)"),
            ("uk", "United Kingdom (zoho.uk)"),
            ("ae", "United Arab Emirates (zoho.ae)"),
            ("sg", "Singapore (zoho.sg)"),
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
    portal_ids = fields.One2many(
        "zoho.portal", "integration_id", "Portals", readonly=True
    )
    portal_id = fields.Many2one(
        "zoho.portal",
        copy=False,
        domain="[('integration_id', '=', id)]",
        ondelete="restrict",
    )
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
    status_message = fields.Char(readonly=True, copy=False)
    retry_at = fields.Datetime("Waiting until", readonly=True, copy=False)
    waiting_since = fields.Datetime(readonly=True, copy=False)
    last_sync = fields.Datetime(readonly=True, copy=False)
    last_full_sync = fields.Datetime("Last Full Comparison", readonly=True, copy=False)
    next_sync = fields.Datetime(compute="_compute_next_sync")
    stream_ids = fields.One2many("zoho.stream", "integration_id", readonly=True)
    run_ids = fields.One2many("zoho.sync.run", "integration_id", readonly=True)
    error_ids = fields.One2many("zoho.sync.error", "integration_id", readonly=True)
    mapping_ids = fields.One2many(
        "zoho.field.mapping", "integration_id", context={"active_test": False}
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
            integration.currency_note = integration.portal_id and (
                integration.portal_id._describe_currency(integration.company_id)
            )

    @api.depends("status", "retry_at", "last_sync", "quick_interval")
    def _compute_next_sync(self) -> None:
        # When the schedule runs is no secret; its record needs system rights.
        cron = self.env.ref("zoho_projects_connector.ir_cron_zoho_sync").sudo()
        for integration in self:
            integration.next_sync = integration._get_next_sync(cron.nextcall)

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
                if url:
                    integration._check_address(url)

    def _check_address(self, url: str) -> None:
        try:
            parse_origin(url)
        except ZohoUnreadable as error:
            is_insecure = error.code == "address_insecure"
            raise ValidationError(
                self.env._(
                    "%(address)s must begin with https://, for secrets are sent to it."
                    " Only this very machine (http://127.0.0.1 or http://localhost) may"
                    " do without.",
                    address=url,
                )
                if is_insecure
                else self.env._(
                    "%(address)s is not the address of a server. Type it like"
                    " https://accounts.example.com or"
                    " https://accounts.example.com:8443, without a user name, a path,"
                    " a question mark or anything else.",
                    address=url,
                )
            ) from None

    @api.constrains("portal_id")
    def _check_portal(self) -> None:
        for integration in self.filtered("portal_id"):
            if integration.portal_id.integration_id != integration:
                raise ValidationError(
                    self.env._("This portal belongs to another integration.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        """List the standard fields of new integrations in their mapping.

        The chatter stays quiet: it is for failures only.
        """
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
        before = [(one, one._get_selection(), one._get_servers()) for one in self]
        result = super().write(vals)
        for integration, selection, servers in before:
            is_set_up = integration.status not in SET_UP_STATUSES
            if is_set_up and integration._get_selection() != selection:
                integration._request_full_sync()
            if integration._get_servers() != servers:
                integration._forget_secrets(servers, vals)
        self._follow_cutoff(vals)
        self._publish_changes(vals)
        self._end_watch(vals)
        return result

    def _get_selection(self) -> tuple:
        """Return the values of the preferences that select what is fetched."""
        return tuple(self[name] for name in SELECTING_FIELDS)

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

    def _get_next_sync(self, cron_call):
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
            refusal = integration._refuse_intervals(
                integration.quick_interval, integration.full_interval
            )
            if refusal:
                raise ValidationError(refusal)

    @api.model
    def _refuse_intervals(self, minutes: int, hours: int) -> str | None:
        """Return why two intervals make no schedule, or None.

        :param minutes: between two syncs of what has changed.
        :param hours: between two comparisons of everything.
        """
        if not 1 <= minutes <= LONGEST_QUICK_MINUTES:
            return self.env._(
                "A sync comes every 1 to %(most)s minutes, at least once a day.",
                most=LONGEST_QUICK_MINUTES,
            )
        if not 1 <= hours <= LONGEST_FULL_HOURS:
            return self.env._(
                "A full comparison comes every 1 to %(most)s hours, at least once a"
                " month: only it finds what was deleted in Zoho.",
                most=LONGEST_FULL_HOURS,
            )
        if minutes > hours * 60:
            return self.env._(
                "A full comparison is a sync too: it cannot come every %(hours)s h"
                " when syncs come every %(minutes)s minutes.",
                hours=hours,
                minutes=minutes,
            )
        return None
