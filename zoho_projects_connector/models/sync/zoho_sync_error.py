from collections import Counter
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from .causes import explain_cause
from .entities import ENTITY_SELECTION, FIELD_KEY
from .sentences import ENTITY_NAMES, FULL_CODES, RESOLUTION, WHY, count_records
from .stream_retry import retry
from .zoho_integration import SET_UP_STATUSES

# What a sentence may name; what is not known is shown as a dash.
UNKNOWN = dict.fromkeys(
    (
        *("contact", "count", "currency", "customer", "customer_currency", "field"),
        *("known", "missing", "module", "names", "parent", "project_currency"),
        *("reason", "value", "values"),
    ),
    "–",
)
REASONS = [
    ("project_without_primary_customer", "No primary customer"),
    ("customer_currency_mismatch", "Other currency than the customer"),
    ("currency_inactive", "Inactive currency"),
    ("customer_ambiguous", "Several contacts of this name"),
    ("login_protected", "Belongs to a login"),
    ("parent_not_fetched", "Waits for another record"),
    ("not_in_list", "Missing in Zoho's list"),
    ("user_unresolved", "Unknown user"),
    ("locked_period", "Locked period"),
    ("mapping_invalid", "Field mapping"),
    ("value_refused", "Value that does not fit"),
    ("odoo_refused", "Refused by Odoo"),
    ("unreadable", "Unreadable"),
    ("access_denied", "Access denied"),
    ("scope_missing", "Access not granted"),
    ("module_disabled", "Switched off in Zoho"),
    ("licence", "Not in the plan of the portal"),
    ("lock_refused", "Not locked in Zoho"),
    ("figures_refused", "Not written to Zoho"),
    ("listing_shrunk", "List too short to be believed"),
    ("deletion_unconfirmed", "Deletions that Zoho does not confirm"),
    ("other", "Other"),
]


class ZohoSyncError(models.Model):
    """One record that could not be fetched: why, and how to resolve it.

    The record as it was read is kept beside the reason. As soon as what it waits
    for is there, it is fetched from that, without another call to Zoho.
    """

    _name = "zoho.sync.error"
    _inherit = ["code.only.mixin", "synced.list.mixin"]
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
        "zoho.sync.error", "parent_id", "Waiting Records", readonly=True
    )
    child_count = fields.Integer(compute="_compute_children")
    child_hours = fields.Float(compute="_compute_children")
    # What people have written in Zoho: for support alone.
    payload = fields.Json(readonly=True, groups="base.group_system", copy=False)
    url = fields.Char("Open in Zoho", compute="_compute_url", compute_sudo=True)
    # Stored, so that the list groups by it; the sentences are not, for they are in the
    # language of whoever reads them.
    reason = fields.Selection(REASONS, compute="_compute_reason", store=True)
    # One decision resolves all of one cause. Stored, so that the database counts it.
    cause = fields.Char(
        compute="_compute_cause", store=True, export_string_translation=False
    )
    record_model = fields.Char(compute="_compute_record")
    record_id = fields.Many2oneReference(
        "Record in Odoo", model_field="record_model", compute="_compute_record"
    )

    # Partial: what was resolved is kept beside what has come again.
    _open_uniq = models.UniqueIndex(
        "(integration_id, entity, zoho_id) WHERE resolved_at IS NULL"
    )

    @api.depends("code", "details", "zoho_id", "parent_id.name")
    @api.depends_context("lang")
    def _compute_sentences(self) -> None:
        for error in self:
            details = dict(error.details or {})
            if error.missing_entity in ENTITY_NAMES:
                name = error.parent_id.name or details.get("parent_name")
                details["parent"] = name or error.missing_zoho_id
                details["module"] = self.env._(ENTITY_NAMES[error.missing_entity])
            if details.get("cause"):
                # The sentence that was kept is in the language of the sync.
                details["reason"] = explain_cause(self.env, details["cause"])
            variant = details.get("variant") or error.code
            error.why = error._sentence(WHY, variant, details)
            error.resolution = error._sentence(RESOLUTION, variant, details)

    def _sentence(self, sentences: dict[str, Any], code: str, details: Any) -> str:
        # A lazy sentence takes no values while it is translated.
        code = code if code in sentences else self.code
        if code not in sentences:
            code = "other_record" if self.zoho_id else "other"
            details = {**details, "code": self.code}
        sentence = self.env._(sentences[code])
        return sentence % {**UNKNOWN, **details}

    def _compute_children(self) -> None:
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
    def _compute_url(self) -> None:
        for error in self:
            error.url = error.integration_id.portal_id._record_url(
                error.entity, error.zoho_id, error.project_zoho_id
            )

    @api.depends("name", "zoho_id")
    def _compute_display_name(self) -> None:
        for error in self:
            error.display_name = error.name or error.zoho_id

    # Mapped fields that Zoho no longer has as they were: one error for each.

    @api.model
    def _note_fields(self, integration: Any, entity: str, mappings: Any) -> None:
        """Keep the errors of a module's mapped fields in step.

        :param zoho.field.mapping mappings: the custom fields of the module.
        """
        broken = mappings.filtered(lambda one: one.problem and one.active)
        self._resolve_fields(mappings - broken)
        known = self._open_fields(broken)
        now = fields.Datetime.now()
        known.last_seen = now
        noted = set(known.mapped("zoho_id"))
        self.create(
            [
                {
                    "integration_id": integration.id,
                    "entity": entity,
                    "zoho_id": FIELD_KEY + mapping.zoho_field,
                    "name": mapping.zoho_label,
                    "code": "mapping_invalid",
                    "details": {
                        "variant": f"mapped_field_{mapping.problem}",
                        "field": mapping.zoho_label,
                        "value": mapping.zoho_raw_type,
                    },
                    "first_seen": now,
                    "last_seen": now,
                }
                for mapping in broken
                if FIELD_KEY + mapping.zoho_field not in noted
            ]
        )

    @api.model
    def _resolve_fields(self, mappings: Any) -> None:
        """Close the errors of fields that are in order, or no longer mapped."""
        self._open_fields(mappings).resolved_at = fields.Datetime.now()

    @api.model
    def _open_fields(self, mappings: Any) -> Any:
        keys = {
            (one.integration_id.id, one.entity, FIELD_KEY + one.zoho_field)
            for one in mappings
        }
        errors = self.search(
            [
                ("integration_id", "in", mappings.integration_id.ids),
                ("zoho_id", "in", [key[2] for key in keys]),
                ("resolved_at", "=", False),
            ]
        )
        return errors.filtered(
            lambda one: (one.integration_id.id, one.entity, one.zoho_id) in keys
        )

    # What people group by, and the way from an error to the record in Odoo.

    @api.depends("code")
    def _compute_reason(self) -> None:
        known = dict(REASONS)
        for error in self:
            error.reason = error.code if error.code in known else "other"

    @api.depends("integration_id", "entity", "zoho_id", "project_zoho_id")
    def _compute_record(self) -> None:
        """Find the linked record, or else the project that it belongs to."""
        # Which record it is; opening it takes the user's own rights.
        links = (
            self.env["zoho.link"]
            .sudo()
            .search(
                [
                    ("integration_id", "in", self.integration_id.ids),
                    ("zoho_id", "in", self._linked_zoho_ids()),
                ]
            )
        )
        found = {
            (link.integration_id, link.entity, link.zoho_id): link for link in links
        }
        for error in self:
            key = (error.integration_id, error.entity, error.zoho_id)
            project_key = (error.integration_id, "project", error.project_zoho_id)
            link = found.get(key) or found.get(project_key)
            error.record_model = link.res_model if link else False
            error.record_id = link.res_id if link else False

    def _linked_zoho_ids(self) -> list[str]:
        ids = [*self.mapped("zoho_id"), *self.mapped("project_zoho_id")]
        return [zoho_id for zoho_id in ids if zoho_id]

    def action_open_record(self) -> dict:
        """Show the record in Odoo, or the project that it belongs to."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.record_model,
            "res_id": self.record_id,
            "views": [(False, "form")],
        }

    # Trying again: one error, a selection, or all of them.

    def _check_manager(self) -> None:
        """Refuse who may not administrate the integrations of these errors.

        :raise AccessError: errors themselves are written by code only.
        """
        self.check_access("read")
        self.integration_id.check_access("write")

    def action_retry(self) -> dict[str, Any]:
        """Try these records again now, from what was read before.

        Zoho is asked only for what was not kept, and for what may have been put right
        there. While a synchronisation runs, it is the one that tries them.

        :return: the action that tells what became of them.
        :raise UserError: when the integration does not sync.
        """
        self._check_manager()
        return self.filtered(lambda error: not error.resolved_at)._retry()

    def _retry_decided(self) -> dict[str, Any]:
        """Try these again once somebody has decided here what Zoho leaves open.

        Zoho has nothing to say to that: it is not asked.
        """
        self._check_manager()
        return self._retry(asks=False)

    def action_retry_all(self) -> dict[str, Any]:
        """Try all open errors that this user may see again."""
        errors = self.search([("resolved_at", "=", False)])
        errors._check_manager()
        return errors._retry()

    def _retry(self, asks: bool = True) -> dict[str, Any]:
        if not self:
            raise UserError(self.env._("There is nothing to try again."))
        fetched, is_left = Counter(), False
        # Checked by the callers; only code writes what comes of it.
        own = self.sudo()
        before = own._open_hours()
        for integration, errors in own.grouped("integration_id").items():
            errors._check_syncs()
            counts, is_done = errors._retry_here(integration, asks)
            fetched += counts
            is_left |= not is_done
        waiting = self.filtered(lambda error: not error.resolved_at)
        hours = max(0.0, before - own._open_hours())
        told = count_records(self.env, fetched, hours)
        return self._tell(told, len(waiting), is_left)

    def _open_hours(self) -> float:
        """Return the hours that are not fetched in the integrations of these."""
        domain = [
            ("integration_id", "in", self.integration_id.ids),
            ("resolved_at", "=", False),
        ]
        return self._read_group(domain, aggregates=["hours:sum"])[0][0] or 0.0

    def _check_syncs(self) -> None:
        """Refuse to fetch anything for an integration that is paused.

        :raise UserError: naming it.
        """
        integration = self.integration_id
        if integration.status in (*SET_UP_STATUSES, "disabled"):
            raise UserError(
                self.env._(
                    "%(integration)s does not sync now: enable it first.",
                    integration=integration.name,
                )
            )

    def _retry_here(self, integration: Any, asks: bool) -> tuple[Counter, bool]:
        """Try errors of one integration, or leave them to a synchronisation.

        :return: how many records of each module were fetched, and whether that was all.
        """
        if not integration.try_lock_for_update(allow_referencing=True):
            self._leave_to_sync(integration)
            return Counter(), False
        run, is_done = retry(integration, self, self.env.user, asks)
        if not is_done:
            self._leave_to_sync(integration)
        counts = Counter()
        for line in run.line_ids:
            counts[line.entity] += line.created + line.updated + line.unchanged
        return counts, is_done

    def _leave_to_sync(self, integration: Any) -> None:
        """Let the next run try these, whenever they were tried before."""
        still_open = self.filtered(lambda error: not error.resolved_at)
        still_open.last_seen = False
        # Only a full reading shows that a list is whole, and reads the fields.
        is_full = bool({*FULL_CODES} & {*still_open.mapped("code")}) or any(
            (error.zoho_id or "").startswith(FIELD_KEY) for error in still_open
        )
        self.env["zoho.sync.run"]._start_sync(integration, "button", full=is_full)

    def _tell(self, fetched: str, waiting: int, is_left: bool) -> dict[str, Any]:
        """Return a message on what became of a retry; whoever shows it reads anew.

        :param fetched: what was fetched, in words, or "".
        """
        parts = []
        if fetched:
            parts.append(self.env._("Fetched: %(records)s.", records=fetched))
        if is_left:
            parts.append(self.env._("The sync goes on with what is left."))
        elif waiting:
            parts.append(
                self.env._("Errors that stay: %(count)s, see why.", count=waiting)
            )
        params = {
            "type": "success" if not waiting or is_left else "warning",
            "message": " ".join(parts) or self.env._("Nothing was left to fetch."),
        }
        # A list reads itself anew when a dialog closes; the overview hears of it too.
        close = {"type": "ir.actions.act_window_close", "infos": params}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {**params, "next": close},
        }
