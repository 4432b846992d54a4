import json
from collections.abc import Iterable
from datetime import date

from odoo import Command, api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount, format_duration

from ...clock import say_day
from ...hours import say_hours
from ...naming import name_some
from ..changes import changed_values
from ..sync.field_values import readable

# What Zoho no longer offers for billing at all.
WITHDRAWN_KINDS = ("deleted", "unapproved", "unbillable")
# What makes a difference another one: the answer to the first does not hold for it.
SAID_BY_ZOHO = ("kind", "values_after")
# More are counted, not named: the sentence must stay readable.
NAMED = 5
SETTLEMENTS = [
    ("accepted", "Invoice Kept"),
    ("credited", "Credited"),
    ("rest_billed", "Rest Offered for Billing"),
    ("agreed", "Both Sides Agree Again"),
]


def as_json(values: dict) -> dict:
    """Return values as a field of JSON gives them back; days and times are text."""
    # Compared with what the column gives back, a date would always differ.
    return json.loads(json.dumps(values, default=str))


class ZohoDifference(models.Model):
    """What Zoho says of time that an invoice of Odoo already bills otherwise.

    The timesheet itself stays as it was invoiced, until somebody settles it.
    """

    _name = "zoho.difference"
    _inherit = ["code.only.mixin", "billing.listener", "synced.list.mixin"]
    _description = "Difference between Zoho and an Invoice"
    _order = "state, id desc"

    integration_id = fields.Many2one(
        "zoho.integration", readonly=True, ondelete="set null", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    # Empty when the project has another customer: then all of its time is meant.
    timesheet_id = fields.Many2one(
        "account.analytic.line",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    project_id = fields.Many2one(
        "project.project", readonly=True, ondelete="cascade", index=True
    )
    kind = fields.Selection(
        [
            ("changed", "Changed"),
            ("deleted", "Deleted"),
            ("unapproved", "No Longer Approved"),
            ("unbillable", "No Longer Billable"),
            ("moved", "Other Project"),
            ("customer_changed", "Other Customer"),
        ],
        string="In Zoho",
        required=True,
        readonly=True,
    )
    invoice_ids = fields.Many2many(
        "account.move",
        "zoho_difference_invoice_rel",
        string="Invoices",
        readonly=True,
    )
    # As `write` takes them: once the time is free, they are written as they are.
    values_before = fields.Json(readonly=True)
    values_after = fields.Json(readonly=True)
    hours_before = fields.Float("Hours in Odoo", readonly=True)
    hours_after = fields.Float("Hours in Zoho", readonly=True)
    # Of the first document that bills the time: amounts say what it would change.
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_before = fields.Monetary("Amount in Odoo", readonly=True)
    amount_after = fields.Monetary("Amount in Zoho", readonly=True)
    # Not the state: a difference can be settled while Zoho still says otherwise.
    is_standing = fields.Boolean(
        default=True,
        readonly=True,
        index=True,
        export_string_translation=False,
        help="Zoho still says otherwise; off once both sides agree.",
    )
    settlement = fields.Selection(SETTLEMENTS, "How", readonly=True)
    settled_by_id = fields.Many2one("res.users", readonly=True)
    settled_at = fields.Datetime("Settled On", readonly=True)
    reason = fields.Char(readonly=True)
    credit_note_ids = fields.Many2many(
        "account.move",
        "zoho_difference_credit_note_rel",
        string="Credit Notes",
        readonly=True,
    )
    state = fields.Selection(
        [("open", "Open"), ("settled", "Settled")],
        compute="_compute_state",
        store=True,
        index=True,
    )

    summary = fields.Char("What Changed", compute="_compute_changes", compute_sudo=True)
    changes = fields.Html(compute="_compute_changes", compute_sudo=True, sanitize=False)
    hours_difference = fields.Float(
        compute="_compute_difference",
        store=True,
        help="Hours to bill on top; below zero: hours that are billed too much.",
    )
    amount_difference = fields.Monetary(compute="_compute_difference", store=True)

    # One stands; those that were answered before are kept as history.
    _open_timesheet_uniq = models.UniqueIndex(
        "(timesheet_id) WHERE is_standing AND timesheet_id IS NOT NULL"
    )
    _open_project_uniq = models.UniqueIndex(
        "(project_id) WHERE is_standing AND timesheet_id IS NULL"
    )

    @api.depends("is_standing", "settlement", "credit_note_ids.state")
    def _compute_state(self) -> None:
        """A credit settles as long as its credit note waits to be posted.

        Posted, it has made both sides agree; deleted or cancelled, nothing is settled.
        """
        for difference in self:
            waits = "draft" in difference.credit_note_ids.mapped("state")
            is_settled = not difference.is_standing or (
                difference.settlement == "accepted"
                or (difference.settlement == "credited" and waits)
            )
            difference.state = "settled" if is_settled else "open"

    # What the synchronisation says

    @api.model
    def _raise(
        self,
        integration: models.BaseModel,
        timesheet: models.BaseModel,
        kind: str,
        after: dict | None = None,
    ) -> None:
        """Note that Zoho no longer says what an invoice bills.

        :param timesheet: an invoiced timesheet, which is not touched.
        :param str kind: what happened in Zoho.
        :param dict after: the values that Zoho would give it now; none when it is
            gone or no longer to be billed.
        """
        after = after or {}
        before = timesheet.logged_hours
        hours = timesheet._hours_of(after) if after else 0.0
        rate = timesheet.billing_rate
        invoices = timesheet._billing_invoices()
        currency = invoices.currency_id[:1] or timesheet.project_id._billing_currency()
        self._raise_once(
            [("timesheet_id", "=", timesheet.id)],
            {
                "integration_id": integration.id,
                "company_id": integration.company_id.id,
                "timesheet_id": timesheet.id,
                "project_id": timesheet.project_id.id,
                "kind": kind,
                "invoice_ids": [Command.set(invoices.ids)],
                "values_before": self._values_of(timesheet, after),
                "values_after": as_json(after),
                "hours_before": before,
                "hours_after": hours,
                "currency_id": currency.id,
                "amount_before": before * rate,
                "amount_after": hours * rate,
            },
        )

    @api.model
    def _raise_customer(
        self,
        integration: models.BaseModel,
        project: models.BaseModel,
        customer: models.BaseModel,
    ) -> None:
        """Note that an invoiced project has another customer in Zoho now."""
        self._raise_once(
            [("project_id", "=", project.id), ("timesheet_id", "=", False)],
            {
                "integration_id": integration.id,
                "company_id": integration.company_id.id,
                "project_id": project.id,
                "kind": "customer_changed",
                "currency_id": project._billing_currency().id,
                "values_before": {"partner_id": project.partner_id.id},
                "values_after": {"partner_id": customer.id},
            },
        )

    @api.model
    def _raise_once(self, domain: list, values: dict) -> None:
        """Raise a difference once.

        What somebody has settled is left alone as long as Zoho says the same; when it
        says something new, this is open again.
        """
        known = self._find_standing(domain)
        if not known:
            self.create(values)
        # Written only if it changed: a second sync must write nothing.
        elif known.state == "open":
            if changes := changed_values(known, values):
                known.write(changes)
        elif changed_values(known, {name: values[name] for name in SAID_BY_ZOHO}):
            known._reopen(values)

    def _reopen(self, values: dict) -> None:
        """Ask anew what is settled. Note: `self.ensure_one()`.

        An answer to what Zoho said before is kept as it was given; a credit note that
        still waits belongs to the question that is open now.
        """
        if self.settlement == "credited":
            self.write({**values, "settlement": False})
        else:
            self.is_standing = False
            # Only one may stand: the old one leaves before the new one comes.
            self.flush_recordset(["is_standing"])
            self.create(values)

    @api.model
    def _settle(self, timesheets: models.BaseModel) -> None:
        """Close the differences of timesheets on which both sides agree again."""
        self._find_standing([("timesheet_id", "in", timesheets.ids)])._agree("agreed")

    @api.model
    def _settle_customer(self, project: models.BaseModel) -> None:
        """Close the difference of a project that has its customer again."""
        domain = [("project_id", "=", project.id), ("timesheet_id", "=", False)]
        self._find_standing(domain)._agree("agreed")

    @api.model
    def _follow_merge(self, merged: models.BaseModel, kept: models.BaseModel) -> None:
        """Close differences of customers that are one contact now."""
        for difference in self._find_standing([("kind", "=", "customer_changed")]):
            customer = difference.values_after["partner_id"]
            if customer in merged.ids:
                difference.values_after = {"partner_id": kept.id}
            if (
                difference.values_after["partner_id"]
                == difference.project_id.partner_id.id
            ):
                difference._agree("agreed")

    @api.model
    def _find_standing(self, domain: list) -> models.BaseModel:
        """Return the differences on which Zoho still says otherwise."""
        return self.search([*domain, ("is_standing", "=", True)])

    @api.model
    def _held_back_domain(self) -> Domain:
        """Offer nothing of an entry of which somebody has to say what is right."""
        # Also where whoever bills may not read the question.
        asked = self.sudo()._search([("state", "=", "open")])
        return Domain("id", "in", asked.subselect("timesheet_id"))

    @api.model
    def _held_back_paths(self) -> list[str]:
        return ["zoho_difference_ids.state"]

    @api.model
    def _held_back_reason(self) -> str:
        return "difference"

    @api.model
    def _held_back_sentence(self, timesheets: models.BaseModel) -> str:
        return self.env._(
            "%(hours)s h are not invoiced before their difference from Zoho is settled:"
            " %(names)s.",
            hours=format_duration(sum(timesheets.mapped("unbilled_hours"))),
            names=name_some(self.env, timesheets.mapped("name"), NAMED),
        )

    def _day_after(self) -> date | None:
        """Return the day that Zoho gives the time now, if it says one.

        Note: `self.ensure_one()`
        """
        return fields.Date.to_date((self.values_after or {}).get("date"))

    def _agree(self, settlement: str) -> None:
        """Note that both sides agree; how somebody settled it before is kept."""
        self.is_standing = False
        unsettled = self.filtered(lambda one: not one.settlement)
        unsettled.write({"settlement": settlement, "settled_at": fields.Datetime.now()})

    @api.model
    def _values_of(self, record: models.BaseModel, names: Iterable[str]) -> dict:
        return as_json(
            {
                name: record._fields[name].convert_to_write(record[name], record)
                for name in names
            }
        )

    # Both sides of a difference in the words of people.

    @api.depends("timesheet_id", "project_id")
    @api.depends_context("lang")
    def _compute_display_name(self) -> None:
        # Names the entry and its person to who may read the difference.
        for difference in self.sudo():
            timesheet = difference.timesheet_id
            work = (timesheet.task_id or difference.project_id).name
            parts = [work, timesheet.employee_id.name]
            if timesheet:
                parts.append(say_day(self.env, timesheet.date))
            difference.display_name = ", ".join(part for part in parts if part)

    @api.depends("kind", "hours_before", "hours_after", "amount_before", "amount_after")
    def _compute_difference(self) -> None:
        for difference in self:
            # Withdrawn or moved, Zoho has nothing of it for this invoice, whatever its
            # hours.
            is_kept = difference.kind == "changed"
            hours = difference.hours_after if is_kept else 0.0
            amount = difference.amount_after if is_kept else 0.0
            difference.hours_difference = hours - difference.hours_before
            difference.amount_difference = amount - difference.amount_before

    @api.depends("values_before", "values_after")
    @api.depends_context("lang")
    def _compute_changes(self) -> None:
        for difference in self:
            changes = difference._readable_changes()
            difference.summary = ", ".join(
                f"{label} {before or '–'} → {after or '–'}"
                for label, before, after in changes
            )
            # Rendered by a template, which escapes what Zoho sends; hence no
            # sanitizing.
            difference.changes = self.env["ir.qweb"]._render(
                "zoho_projects_connector.zoho_difference_changes",
                {"difference": difference, "changes": changes},
            )

    def _readable_changes(self) -> list[tuple[str, str, str]]:
        """Return ``(label, in Odoo, in Zoho)`` of all that differs, hours first.

        Note: `self.ensure_one()`
        """
        record = self.timesheet_id or self.project_id
        before, after = self.values_before or {}, self.values_after or {}
        labels = record.fields_get(list(after), ["string"])
        changes = [
            (
                labels[name]["string"],
                readable(self.env, record._fields[name], before.get(name)),
                readable(self.env, record._fields[name], after[name]),
            )
            for name in after
            if name in labels and name != "unit_amount"
        ]
        if self.timesheet_id and ("unit_amount" in after or not after):
            hours = (self.hours_before, self.hours_after)
            changes.insert(0, (self.env._("Hours"), *map(format_duration, hours)))
        return changes

    def _summary_line(self) -> str:
        """Return in one line how many differences these are, and how large.

        Hours too much and hours too few do not cancel out.
        """
        hours = sum(abs(one.hours_difference) for one in self)
        worth = [say_hours(self.env, hours)] if hours else []
        for currency, differences in self.grouped("currency_id").items():
            amount = sum(abs(one.amount_difference) for one in differences)
            if amount:
                worth.append(format_amount(self.env, amount, currency))
        if not worth:
            return self.env._("Differences with Zoho: %(count)s", count=len(self))
        return self.env._(
            "Differences with Zoho: %(count)s (%(worth)s)",
            count=len(self),
            worth=", ".join(worth),
        )
