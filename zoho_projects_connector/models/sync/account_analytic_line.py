from dataclasses import dataclass
from datetime import date
from typing import Any

from odoo import api, fields, models
from odoo.fields import Domain

from ...const import SYNC_CONTEXT
from ...hours import from_hours, to_hours
from ...zoho.records import TimeLog, User
from ...zoho.values import plain_text
from .page import Accepted, Counted, Key, NotFetched, SyncPage, person_key
from .zoho_skipped_record import LOG_KINDS

# Reasons of Zoho that withdraw a timesheet, and the difference they make of an
# invoiced one.
WITHDRAWING = {
    "parent_left_out": "deleted",
    "timesheet_not_approved": "unapproved",
    "timesheet_not_billable": "unbillable",
    "general_timesheet_off": "deleted",
}


@dataclass(frozen=True)
class TimeLookups:
    """What is known of the timesheets of a page.

    :param on_invoice: ids of those on an invoice.
    :param differing: ids of those of which Zoho says otherwise.
    :param remapped: ``{zoho_id: zoho.link}`` of users whom a person has mapped anew.
    :param picks: ``{zoho_id: zoho.pick}``: who was picked for time without a user.
    :param unit: the company's unit of time.
    """

    on_invoice: frozenset[int]
    differing: frozenset[int]
    remapped: dict[str, Any]
    picks: dict[str, Any]
    unit: Any


class AccountAnalyticLine(models.Model):
    """Time logs of Zoho: those that are billable, and approved where that counts."""

    _name = "account.analytic.line"
    _inherit = ["code.only.mixin", "account.analytic.line", "zoho.synced.mixin"]

    # Odoo's own model has none. With it, `search` leaves out what is withdrawn by
    # itself everywhere; what reads by SQL has to do so.
    active = fields.Boolean(
        default=True,
        help="Time that Zoho has withdrawn is kept out of sight, and comes back by "
        "itself.",
        readonly=True,
    )
    zoho_log_kind = fields.Selection(LOG_KINDS, "Zoho Log", readonly=True, copy=False)

    @api.model
    def _zoho_references(self, record: TimeLog) -> list[Key]:
        references = [("project", record.project_id)]
        if record.item_id:
            references.append((record.kind, record.item_id))
        if record.owner:
            references.append(("user", person_key(record.owner)))
        return references

    @api.model
    def _zoho_prepare_page(self, page: SyncPage) -> TimeLookups:
        """Return which time is invoiced or differs, and who was mapped by hand."""
        lines = self.browse(link.res_id for link in page.links.values())
        # All that unchanged time is asked for, of many columns.
        lines.fetch(["product_uom_id"])
        on_invoice = lines._filter_on_invoice()
        # Of what is new to Odoo, nobody can say otherwise.
        differing = lines and self.env["zoho.settlement"]._filter_differing(lines)
        nobody = [record.zoho_id for record in page.records if not record.owner]
        return TimeLookups(
            on_invoice=frozenset(on_invoice.ids),
            differing=frozenset(differing.ids),
            # Invoiced time stays with who it was invoiced for.
            remapped=self._zoho_remapped_users(page) if on_invoice else {},
            picks=self.env["zoho.pick"]._of_records(page, nobody),
            unit=page.integration.company_id.project_time_mode_id,
        )

    @api.model
    def _zoho_remapped_users(self, page: SyncPage) -> dict[str, Any]:
        """Return ``{zoho_id: zoho.link}`` of users whom a person has mapped anew."""
        links = self.env["zoho.link"].search(
            [
                ("integration_id", "=", page.integration.id),
                ("entity", "=", "user"),
                ("is_manual", "=", True),
            ]
        )
        return {link.zoho_id: link for link in links if link.earlier_res_ids}

    @api.model
    def _zoho_make_missing(self, page: SyncPage) -> None:
        """Make employees of people who log time and are in no list of users."""
        owners = {
            person_key(record.owner): record.owner
            for record in page.records
            if record.owner
            and self._zoho_reason_to_leave(record, page.integration) is None
        }
        unknown = [
            User(zoho_id=zoho_id, name=owner.name, email=owner.email, is_active=False)
            for zoho_id, owner in owners.items()
            if ("user", zoho_id) not in page.refs
        ]
        if not unknown:
            return
        users = SyncPage(page.run, "user", unknown)
        self.env["hr.employee"]._zoho_upsert(users)
        self.env["zoho.link"]._resolve_page(page)

    @api.model
    def _zoho_reason_to_leave(self, record: TimeLog, integration: Any) -> str | None:
        """Return why a log is left out by choice, None when it is not."""
        if record.kind == "general" and not integration.sync_general_timesheets:
            return "general_timesheet_off"
        if not record.is_billable:
            return "timesheet_not_billable"
        if integration.require_approval and record.approval != "approved":
            return "timesheet_not_approved"
        return None

    @api.model
    def _zoho_prepare_values(self, record: TimeLog, page: SyncPage) -> dict[str, Any]:
        if reason := self._zoho_reason_to_leave(record, page.integration):
            raise Counted(reason)
        project = page.require("project", record.project_id)
        task = record.item_id and page.require(
            record.kind, record.item_id, record.title
        )
        link = page.links.get(record.zoho_id)
        # What Odoo has invoiced was not billed elsewhere, whatever the date says.
        is_invoiced = link and link.res_id in page.lookups.on_invoice
        text = plain_text(record.notes) or record.title or ""
        return {
            "name": " ".join(text.split()) or "/",
            "date": record.day,
            "unit_amount": from_hours(record.minutes / 60, self._zoho_unit(link, page)),
            "employee_id": self._zoho_employee_id(record, page),
            "project_id": project,
            "task_id": task or False,
            "billed_elsewhere": not is_invoiced
            and page.integration._is_before_cutoff(record.day),
            "zoho_log_kind": record.kind,
            "zoho_approver": record.approver or False,
            "zoho_approved_at": record.approved_at or False,
        }

    @api.model
    def _zoho_prepare_defaults(self, record: TimeLog, page: SyncPage) -> dict[str, Any]:
        return {"product_uom_id": self._zoho_unit(None, page).id}

    def _zoho_created(self) -> Any:
        return super(AccountAnalyticLine, self._set_amounts())._zoho_created()

    @api.model
    def _zoho_unit(self, link: Any, page: SyncPage) -> Any:
        """Return the unit of a log's quantity: its timesheet's, else the company's."""
        own = link and self.browse(link.res_id).product_uom_id
        return own or page.lookups.unit

    def _hourly_cost(self) -> float:
        """Return what a unit of the quantity costs: Odoo multiplies it by that."""
        cost = super()._hourly_cost()
        return cost * to_hours(1.0, self.product_uom_id) if self.zoho_log_kind else cost

    @api.model
    def _zoho_employee_id(self, record: TimeLog, page: SyncPage) -> int:
        """Return whose time it is: the owner's in Zoho, else who was picked by hand.

        :raise NotFetched: when neither is known.
        """
        if record.owner:
            return page.require("user", person_key(record.owner))
        pick = page.lookups.picks.get(record.zoho_id)
        if not pick:
            raise NotFetched("user_unresolved")
        return pick.employee_id.id

    # Changes of what is in Odoo already
    @api.model
    def _zoho_after_mapping(self, page: SyncPage) -> None:
        """Withdraw the timesheets of logs that Zoho no longer offers for billing.

        What is on an invoice stays there: it is a difference, and not left out.
        """
        self._zoho_settle_unchanged(page)
        self._zoho_withdraw_moved(page)
        links: dict[str, list[int]] = {}
        for zoho_id, (_record, outcome) in page.counted.items():
            link = page.links.get(zoho_id)
            if link and link.state == "linked":
                links.setdefault(WITHDRAWING[outcome.reason], []).append(link.id)
        for kind, ids in links.items():
            kept = self.env["zoho.link"].browse(ids)
            kept -= (withdrawn := kept._withdraw(kind))
            page.counts["withdrawn"] += len(withdrawn)
            page.counts["skipped"] -= len(kept)
            page.counts["unchanged"] += len(kept)
            for zoho_id in kept.mapped("zoho_id"):
                del page.counted[zoho_id]
                page.fetched.append(zoho_id)

    @api.model
    def _zoho_settle_unchanged(self, page: SyncPage) -> None:
        """Close the differences of logs that are again as they were invoiced."""
        same = {page.links[zoho_id].res_id for zoho_id in page.fetched}
        if same := same & page.lookups.differing:
            self.env["zoho.settlement"]._tell_agreement(self.browse(same))

    @api.model
    def _zoho_withdraw_moved(self, page: SyncPage) -> None:
        """Withdraw the timesheets of logs that went to where Odoo has nothing.

        Where they were before, they must not be billed; the log is in the errors.
        """
        for zoho_id, (_record, failure) in page.failures.items():
            link = page.links.get(zoho_id)
            parent = (failure.missing or ("",))[0]
            if link and link.state == "linked" and parent in ("project", "task", "bug"):
                page.counts["withdrawn"] += len(link._withdraw("moved"))

    def _zoho_withdraw(self) -> None:
        """Take lines out of sight; on what is not there, nobody differs."""
        super()._zoho_withdraw()
        self.env["zoho.settlement"]._tell_agreement(self)

    def _zoho_withdrawable(self) -> Any:
        """Return the lines that are on no invoice."""
        return self - self._filter_on_invoice()

    def _zoho_tell_kept(self, kind: str) -> None:
        """Raise a difference of invoiced lines, which stay."""
        settlement = self.env["zoho.settlement"]
        for line in self:
            # Whose portal it is decides, also for who may not read links.
            integration = line.sudo().zoho_link_ids.integration_id[:1]
            settlement._tell_difference(integration, line, kind)

    def _zoho_accept(
        self, page: SyncPage, record: TimeLog, changes: dict[str, Any]
    ) -> Accepted:
        """Leave invoiced time as it is, but for what no invoice tells."""
        if self.id not in page.lookups.on_invoice:
            return Accepted(changes)
        names = {*page.mapping.field_id.mapped("name")}
        mapped = {n: value for n, value in changes.items() if n in names}
        if self._zoho_told(page, record, changes) or not mapped:
            return Accepted({}, is_in_step=False)
        return Accepted(mapped)

    def _zoho_follow_up(
        self,
        page: SyncPage,
        record: TimeLog,
        changes: dict[str, Any],
        accepted: Accepted,
    ) -> None:
        """Raise the difference of invoiced time, or close it."""
        super()._zoho_follow_up(page, record, changes, accepted)
        settlement = self.env["zoho.settlement"]
        told = {}
        if self.id in page.lookups.on_invoice:
            told = self._zoho_told(page, record, changes)
        billed = {n: told[n] for n in told if not n.startswith("zoho_")}
        if billed:
            kind = "moved" if "project_id" in changes else "changed"
            settlement._tell_difference(page.integration, self, kind, billed)
        elif self.id in page.lookups.differing:
            settlement._tell_agreement(self)

    def _zoho_told(
        self, page: SyncPage, record: TimeLog, changes: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the changes of what an invoice tells; not of what people have mapped.

        Neither that of the employee where only in Odoo another one stands for the
        same user.
        """
        apart = {*page.mapping.field_id.mapped("name")}
        if self._zoho_is_remapped(record, page):
            apart.add("employee_id")
        return {name: value for name, value in changes.items() if name not in apart}

    def _zoho_is_remapped(self, record: TimeLog, page: SyncPage) -> bool:
        """Return whether only in Odoo another employee stands for the same user."""
        user = record.owner and page.lookups.remapped.get(person_key(record.owner))
        return bool(user) and self.employee_id.id in user.earlier_res_ids

    def _zoho_parents(self) -> tuple[Any, ...]:
        return (self.task_id, self.project_id)

    # The day that parts time billed elsewhere from time that Odoo bills

    @api.model
    def _zoho_logs_to_move(self, integration: Any, cutoff: date | None) -> tuple:
        """Return the synced logs that a cut-off moves, and those that invoices hold.

        :param cutoff: the first day to bill; None for every day.
        :return: two recordsets in sudo.
        """
        # Whoever may change the cut-off moves all logs of the portal.
        links = (
            self.env["zoho.link"]
            .sudo()
            # A query and not the ids: below it becomes a part of the other statement.
            ._search(
                [
                    ("integration_id", "=", integration.id),
                    ("entity", "=", "timelog"),
                    ("state", "=", "linked"),
                ]
            )
        )
        moved = Domain("billed_elsewhere", "=", True)
        if cutoff:
            moved &= Domain("date", ">=", cutoff)
            moved |= Domain("billed_elsewhere", "=", False) & Domain(
                "date", "<", cutoff
            )
        logs = self.sudo().search(Domain("id", "in", links.subselect("res_id")) & moved)
        kept = logs._filter_on_invoice()
        return logs - kept, kept

    @api.model
    def _zoho_follow_cutoff(self, integration: Any) -> None:
        """Move the synced logs that are on no invoice to their side of the cut-off.

        They follow at once, not with the next sync.
        """
        cutoff = integration._cutoff_day()
        logs, _kept = self._zoho_logs_to_move(integration, cutoff)
        logs = logs.with_context(**SYNC_CONTEXT)
        earlier = logs.filtered(lambda log: not log.billed_elsewhere)
        earlier.write({"billed_elsewhere": True})
        (logs - earlier).write({"billed_elsewhere": False})
