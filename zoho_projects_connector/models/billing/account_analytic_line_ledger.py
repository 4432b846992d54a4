from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.translate import LazyTranslate

from ...hours import SAME_HOURS, exact_hours, say_hours
from ..changes import would_change
from .account_analytic_line import STATING
from .plan import Correction, is_correction

# What an invoiced timesheet keeps: all that its invoice or its annex tells. What it
# cost tells neither: it may be corrected, as in Odoo.
LOCKED_FIELDS = (
    "active",
    "billed_elsewhere",
    "billing_exclusion",
    "company_id",
    "date",
    "employee_id",
    "is_so_line_edited",
    "name",
    "product_uom_id",
    "project_id",
    "so_line",
    "task_id",
    "unit_amount",
    "user_id",
)


# Set, it keeps Odoo from computing `so_line` anew when task or project change.
EDITED = "is_so_line_edited"


# Where time belongs. Odoo computes it until the time is on an invoice, and keeps it
# from then on.
PLACE = ("partner_id", "project_id", "task_id", "parent_task_id", "so_line", "order_id")
# The links of billed time, and what Odoo and we compute from them.
FOLLOWING = [
    *(EDITED, "timesheet_invoice_id", "timesheet_invoice_type", "amount"),
    *dict.fromkeys((*STATING, *PLACE)),
]


# In the context while time changes from one document to another. A remote call cannot
# forge it: its values are never this object.
TIME_KEPT = object()


# What may be corrected of time that an invoice still bills.
CORRECTED_FIELDS = ("date", "employee_id", "name", "task_id", "unit_amount")


_lt = LazyTranslate(__name__)


# What cannot be done with time that an invoice bills.
INVOICED = {
    "changed": _lt(
        "This time cannot be changed: it is on the invoice %(invoices)s (%(names)s). "
        "Remove it from the invoice or credit it first."
    ),
    "deleted": _lt(
        "This time cannot be deleted: it is on the invoice %(invoices)s (%(names)s). "
        "Remove it from the invoice or credit it first."
    ),
    "excluded": _lt(
        "This time cannot be excluded: it is on the invoice %(invoices)s (%(names)s). "
        "Remove it from the invoice or credit it first."
    ),
    "shortened": _lt(
        "More hours than %(hours)s are billed: it is on the invoice %(invoices)s "
        "(%(names)s). Remove it from the invoice or credit it first."
    ),
}


class AccountAnalyticLine(models.Model):
    """Taking back hours that were billed, and correcting what is left."""

    _inherit = "account.analytic.line"

    def write(self, vals: dict) -> bool:
        """Keep what an invoice says of these lines as it is.

        The link to the invoice is kept in silence: Odoo unlinks all time of a credited
        order line, but the ledger decides.
        """
        if is_correction(self):
            return super().write(vals)
        names = vals.keys() & {*LOCKED_FIELDS, "timesheet_invoice_id"}
        billed = self.filtered("billed_hours") if names else self.browse()
        if not billed:
            return super().write(vals)
        billed._check_unchanged(vals)
        rest = {name: value for name, value in vals.items() if name not in names}
        # One `write` has the same values for all: what is billed gets those that no
        # invoice tells, the others get every one.
        if rest:
            super(AccountAnalyticLine, billed).write(rest)
        return super(AccountAnalyticLine, self - billed).write(vals)

    def unlink(self) -> bool:
        if not self:
            # Odoo deletes the analytic lines of journal items, mostly of none.
            return True
        self._leave_order_drafts()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_invoiced(self) -> None:
        # Odoo asks `timesheet_invoice_id`, which names one document, and lets time on
        # drafts go; the ledger knows of all of them.
        self._filter_on_invoice()._raise_invoiced("deleted")
        return super()._unlink_except_invoiced()

    def _leave_order_drafts(self) -> None:
        """Take these lines off the draft invoices of ordinary sales orders.

        Odoo lets such time be deleted, but goes on billing it.
        """
        # Whoever may delete time takes it off drafts that he may not write.
        ledger = self.env["project.billed.time"].sudo()
        standing = ledger._standing_hours(self)
        rows = ledger.browse(row for rows in standing.values() for row in rows)
        rows.filtered(
            lambda row: (
                row.move_id.state == "draft"
                and not row.move_line_id.sale_line_ids.order_id.billing_project_id
            )
        )._leave_draft("deleted")

    def _check_unchanged(self, vals: dict) -> None:
        """Refuse values that differ from what an invoice says of these lines.

        :raise UserError: it names the invoice.
        """
        names = [name for name in LOCKED_FIELDS if name in vals]
        changed = self.filtered(
            lambda line: any(would_change(line, name, vals[name]) for name in names)
        )
        changed._raise_invoiced("changed")

    def _raise_invoiced(self, refusal: str, **told: str) -> None:
        """Refuse what is asked of these lines, if there are any.

        :param str refusal: what cannot be done, one of ``INVOICED``.
        :param told: what its sentence tells besides invoices and entries.
        :raise UserError: it names the invoices.
        """
        if not self:
            return
        told["invoices"] = ", ".join(self._billing_invoices().mapped("display_name"))
        told["names"] = ", ".join(self[:3].mapped("name"))
        sentence = self.env._(INVOICED[refusal])
        raise UserError(sentence % told)

    def _check_not_at_price(self, place: str) -> None:
        """Refuse a place where a price that is invoiced covers these timesheets.

        Of those alone that an invoice bills by the hour.

        :param str place: the work or the project, as its people call it.
        :raise ValidationError: it names the invoices of both.
        """
        billed = self._filter_on_invoice()
        prices = self.env["project.billed.time"]._covering(billed)
        if prices:
            raise ValidationError(
                self.env._(
                    "%(place)s cannot be billed at a price: %(invoices)s bills hours "
                    "of it, and %(prices)s bills the price. Credit one of them first, "
                    "or leave it where it was.",
                    place=place,
                    invoices=", ".join(
                        billed._billing_invoices().mapped("display_name")
                    ),
                    prices=", ".join(prices.move_id.mapped("display_name")),
                )
            )

    def _billing_invoices(self) -> models.BaseModel:
        """Return the live invoices that bill these timesheets.

        :rtype: account.move
        """
        # What bills time holds it, also where the user may not read it.
        ledger = self.env["project.billed.time"].sudo()
        standing = ledger._standing_hours(self)
        return ledger.browse(row for rows in standing.values() for row in rows).move_id

    def _check_billed_once(self, documents: models.BaseModel) -> None:
        """Refuse documents that bill more hours than these timesheets have.

        :param account.move documents: the documents that changed.
        :raise UserError: it names the other invoices.
        """
        # Billed or not is the same for everybody, whatever the user may read. Of
        # thousands, all that follows asks for no more.
        timesheets = self.sudo()
        timesheets.fetch(FOLLOWING)
        free = self.env["project.billed.time"]._free_hours(self)
        logged = timesheets._logged_by_id()
        twice = self.browse(
            line_id
            for line_id, hours in free.items()
            if hours * (-1 if logged[line_id] < 0 else 1) < -SAME_HOURS
        )
        if twice:
            documents._raise_billed_again(twice._billing_invoices() - documents)

    def _billed_beyond(self, before: dict[int, float]) -> models.BaseModel:
        """Return the timesheets of which more is billed than before a change.

        :param before: ``{id of a timesheet: its billed hours}``; none, none.
        :rtype: account.analytic.line
        """
        billed = self.env["project.billed.time"]._net_hours(self)
        return self.filtered(
            lambda line: billed[line.id] > before.get(line.id, 0.0) + SAME_HOURS
        )

    def _check_still_billable(self, documents: models.BaseModel) -> None:
        """Refuse to bill anew what was taken out of billing or moved meanwhile.

        :param account.move documents: the documents that changed.
        :raise UserError: it names them.
        """
        # Hours are billed or not for everybody, whatever the user may read.
        ledger = self.env["project.billed.time"].sudo()
        standing = ledger._standing_hours(self)
        rows = ledger.browse(row for rows in standing.values() for row in rows)
        if rows.filtered(lambda row: row._has_left_billing()):
            documents._raise_billed_again(documents.browse())

    def _follow_ledger(self) -> None:
        """Make the native links of these timesheets say what the ledger says."""
        # Only code writes these links; they follow the ledger for everybody.
        ledger = self.env["project.billed.time"].sudo()
        # Deleting time is one of the events that end here.
        lines = self.sudo().exists()
        lines.fetch(FOLLOWING)
        standing = ledger._standing_hours(lines)
        last = {line_id: [*rows][-1] for line_id, rows in standing.items() if rows}
        rows = ledger.browse(last.values())
        rows.fetch(["move_id", "move_line_id"])
        billing = {row.id: row.move_line_id.id for row in rows}
        alike = defaultdict(list)
        for line in lines:
            on = billing.get(last.get(line.id))
            alike[on, line.so_line.id, line.timesheet_invoice_id.id].append(line.id)
        groups = defaultdict(list)
        for ids in alike.values():
            # What one is linked to, all like it are.
            line = lines.browse(ids[:1])
            vals = line._native_links(ledger.browse(last.get(line.id)))
            if any(line[name].id != vals[name] for name in vals if name != EDITED):
                groups[tuple(vals.items())] += ids
        for links, ids in groups.items():
            # One UPDATE for each document, not for each entry.
            lines.browse(ids)._write_native_links(dict(links))
        # All that follows from it in one UPDATE, instead of one for each reader.
        lines._recompute_recordset()
        # Last: who is told may write the entries, and must find them free.
        lines.filtered(lambda line: line.id not in last)._tell_freed()

    def _tell_freed(self) -> None:
        """Let others do what had to wait until nothing bills these timesheets.

        Not while a document takes them over from another, in one step.
        """
        if not self or self.env.context.get("billing_time_kept") is TIME_KEPT:
            return
        for listener in self.env["billing.listener"]._listeners():
            listener._time_freed(self)

    def _native_links(self, row: models.BaseModel) -> dict:
        """Return the native fields of a timesheet that a ledger row bills.

        Time on the billing order of a project belongs to that order as long as it is
        billed; what another order sells stays with it. Note: `self.ensure_one()`

        :param project.billed.time row: the row that bills it last, maybe none.
        """
        vals = {"timesheet_invoice_id": row.move_id.id}
        # Odoo lets an invoice line have several order lines; one of time has one.
        sale_line = row.move_line_id.sale_line_ids[:1]
        if sale_line.order_id.billing_project_id:
            vals.update({"so_line": sale_line.id, EDITED: True})
        elif self.so_line.order_id.billing_project_id:
            vals.update({"so_line": False, EDITED: False})
        return vals

    def _write_native_links(self, vals: dict) -> None:
        """Write links past the guards, which refuse every other change.

        `models.Model.write` is the ORM's own: the overrides between (of this addon
        and of Odoo) exist to stop people from doing what the ledger does here.
        """
        if vals.get("so_line"):
            # The order is that of the line: Odoo would look it up for each of them.
            sale_line = self.env["sale.order.line"].browse(vals["so_line"])
            vals = {**vals, "order_id": sale_line.order_id.id}
        billed = self if vals["timesheet_invoice_id"] else self.browse()
        with billed._in_place():
            models.Model.write(self, vals)
        if vals.get(EDITED) is False:
            # `so_line` is computed, stored and editable: written empty, it would stay
            # so.
            self.env.add_to_compute(self._fields["so_line"], self)
            self._recompute_recordset(["so_line"])
            # What is computed on demand tells no order that the time is its own now.
            self.modified(["so_line"])

    @contextmanager
    def _in_place(self) -> Iterator[None]:
        """Let nobody compute anew meanwhile where these billed timesheets belong.

        Odoo would go through thousands of them, to find that it keeps it.
        """
        with self.env.protecting([self._fields[name] for name in PLACE], self):
            yield

    # Taking back hours that were billed, and correcting what is left.

    def _check_can_write(self, values: dict) -> None:
        # Odoo refuses to change invoiced time, which is just what a correction does.
        if is_correction(self):
            return None
        return super()._check_can_write(values)

    def _correct_invoiced(self, vals: dict) -> None:
        """Write what is true of a timesheet, though an invoice bills it.

        Never fewer hours than are billed, and nothing that says where and whether it
        is billed. Note: `self.ensure_one()`

        :param dict vals: the true values.
        :raise UserError: it names the invoice.
        """
        self.ensure_one()
        if self.billed_hours:
            kept = [name for name in LOCKED_FIELDS if name not in CORRECTED_FIELDS]
            self._check_unchanged({name: vals[name] for name in kept if name in vals})
            hours = self._hours_of(vals)
            if hours < self.billed_hours - SAME_HOURS:
                self._raise_invoiced("shortened", hours=say_hours(self.env, hours))
        correction = Correction(frozenset(self.ids))
        self.with_context(billing_correction=correction).write(dict(vals))

    def _take_back(self, hours: float, reason: str) -> models.BaseModel:
        """Stop billing so many hours of a timesheet, the last billed first.

        They are taken off draft invoices at once; posted invoices get a draft credit
        note each, which frees them when it is posted. Note: `self.ensure_one()`

        :param float hours: hours that should not be billed.
        :param str reason: shown on the credit notes.
        :return: the draft credit notes, maybe none.
        :rtype: account.move
        """
        self.ensure_one()
        ledger = self.env["project.billed.time"]
        standing = ledger._standing_hours(self).get(self.id, {})
        # Settled by who may bill: he may lack rights to change documents and rows.
        rows = ledger.sudo().browse(standing)
        drafts, posted = {}, {}
        # Drafts first: they give hours back at once, and the customer sees nothing of
        # it.
        for row in rows.sorted(lambda row: (row.move_id.state != "draft", -row.id)):
            part = exact_hours(min(standing[row.id], hours))
            hours -= part
            if part > SAME_HOURS:
                kind = drafts if row.move_id.state == "draft" else posted
                kind[row] = part
        for row, part in drafts.items():
            row._take_off(part)
        notes = self.env["account.move"].sudo()
        for move, on_move in rows.browse().concat(*posted).grouped("move_id").items():
            notes |= move._credit_time({row: posted[row] for row in on_move}, reason)
        return notes

    def _draft_credit_notes(self) -> models.BaseModel:
        """Return the draft credit notes that take back hours of these timesheets.

        :rtype: account.move
        """
        # Credit notes count in full, whatever the user may read.
        lines = self.env["account.move.line"].sudo()
        return lines.search(
            [
                ("billing_credited_id.timesheet_id", "in", self.ids),
                ("parent_state", "=", "draft"),
            ]
        ).move_id
