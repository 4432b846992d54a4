from collections.abc import Iterator
from datetime import date

from odoo import Command, fields, models
from odoo.exceptions import UserError

from .plan import plan_of

# In payment: the bank statement is to come, the customer has paid.
PAID = ("paid", "in_payment")

# What a change of these means for time, the lines do not tell by themselves: Odoo
# computes the currency from the journal, and taxes from customer and fiscal position.
RESTATING_FIELDS = {
    "currency_id",
    "fiscal_position_id",
    "journal_id",
    "move_type",
    "partner_id",
    "state",
}


class AccountMove(models.Model):
    """What a document bills: every event of it re-states the ledger."""

    _name = "account.move"
    _inherit = ["code.only.mixin", "account.move"]

    billing_replaced_ids = fields.Many2many(
        "account.move",
        "account_move_billing_replaced_rel",
        "move_id",
        "replaced_id",
        copy=False,
        export_string_translation=False,
        help="Invoices that this one replaces: it bills their time.",
        readonly=True,
    )
    billing_left_ids = fields.Many2many(
        "account.analytic.line",
        "account_move_billing_left_rel",
        "move_id",
        "timesheet_id",
        copy=False,
        export_string_translation=False,
        help="Time of deleted lines of this invoice: when two lines are merged into "
        "one, the line that is left bills it.",
        readonly=True,
    )

    def _link_timesheets_to_invoice(
        self, start_date: date | None = None, end_date: date | None = None
    ) -> None:
        """Write into the ledger which time these new invoices bill.

        Odoo links whole entries by date; the ledger says how much of which entry the
        quantity of a line pays, the oldest first. It is written first, so that Odoo
        finds nothing more to link but what the quantities do not pay.
        """
        invoices = self.filtered(
            lambda move: move.state == "draft" and move._bills_time()
        )
        result = None
        plan = plan_of(self.env)
        if plan:
            invoices.invoice_line_ids._bill_plan(plan)
        else:
            invoices.invoice_line_ids._bill_ordered_time(start_date, end_date)
        billed = invoices._billed_timesheets()
        billed._follow_ledger()
        # A plan says all; Odoo would link every entry of the order lines besides.
        if not plan:
            result = super()._link_timesheets_to_invoice(start_date, end_date)
            # Who makes an invoice of an order need not have rights to timesheets.
            timesheets = self.env["account.analytic.line"].sudo()
            domain = [("timesheet_invoice_id", "in", invoices.ids)]
            (timesheets.search(domain) - billed)._follow_ledger()
        amounts = invoices._billed_amounts()
        amounts._follow_amounts()
        invoices._check_hours_beside_prices(amounts, billed)
        return result

    def _billing_state(self) -> str:
        """Return the state of time that all of these live invoices bill."""
        if "draft" in self.mapped("state"):
            return "draft"
        paid = all(move.payment_state in PAID for move in self)
        return "paid" if paid else "invoiced"

    def _bills_time(self) -> bool:
        """Whether the lines of this document bill their time.

        Invoices that the Invoicing app left to full accounting are cancelled, but
        billed all the same. A credit note does where more was paid before than an
        order has time for. Note: `self.ensure_one()`
        """
        live = self.state != "cancel" or self.payment_state == "invoicing_legacy"
        return self.move_type in ("out_invoice", "out_refund") and live

    def _billed_timesheets(self) -> models.BaseModel:
        """Return the timesheets that the ledger has for these documents.

        :rtype: account.analytic.line
        """
        domain = [("move_id", "in", self.ids)]
        return self.env["project.billed.time"]._timesheets(domain)

    def _restate_billed_time(self) -> None:
        """Make the ledger say what these documents bill and credit now.

        Every event of a document ends here: made, posted, cancelled, set back to
        draft, a line changed, credited, replaced.

        :raise UserError: when the time was billed by another invoice in between.
        """
        # Whoever may change a document changes what it bills: the ledger follows.
        documents = self.sudo().filtered(
            lambda move: move.move_type in ("out_invoice", "out_refund")
        )
        if not documents:
            return
        credit_notes = documents._concerned_credit_notes()
        # Only what is billed beyond this is checked: a document can be taken back.
        before = (documents | credit_notes)._billed_timesheets()
        hours = self.env["project.billed.time"]._net_hours(before)
        selling = documents | documents._credited_moves()
        amounts = selling._standing_amounts()
        invoices = documents | credit_notes._replacements()
        # Credits are rows that point to rows of invoices. They go first, so that those
        # may become smaller, and come back once those are right.
        credit_notes._drop_credits()
        invoices._restate_invoices()
        # In the order in which they were made: each takes what those before it left.
        for credit_note in credit_notes.sorted("id"):
            credit_note._restate_credits()
        # Only now: what is replaced is free as soon as its credit note stands.
        invoices._claim_replaced_time()
        timesheets = before | (invoices | credit_notes)._billed_timesheets()
        timesheets._check_billed_once(documents)
        grown = timesheets._billed_beyond(hours)
        grown._check_still_billable(documents)
        grown_amounts = selling._grown_amounts(amounts)
        grown_amounts._check_sold_once(selling)
        timesheets._follow_ledger()
        (invoices | selling)._billed_amounts()._follow_amounts()
        documents._check_hours_beside_prices(grown_amounts, grown)
        documents._tell_credits()

    def _tell_credits(self) -> None:
        """Let others do what had to wait until a credit note took time back."""
        credit_notes = self.filtered(
            lambda move: move.move_type == "out_refund" and move.state == "posted"
        )
        if credit_notes:
            for listener in self.env["billing.listener"]._listeners():
                listener._credits_posted(credit_notes)

    def button_draft(self) -> object:
        """Ask first those who have done something for what was posted."""
        posted = self.filtered(lambda move: move.state == "posted")
        if posted:
            for listener in self.env["billing.listener"]._listeners():
                listener._check_reopened(posted)
        return super().button_draft()

    def _concerned_credit_notes(self) -> models.BaseModel:
        """Return the credit notes among these, on these, and reversed by these.

        :rtype: account.move
        """
        domain = [("origin_id.move_id", "in", self.ids)]
        credits = self.env["project.billed.time"]._find(domain, asleep=True)
        origins = self.reversed_entry_id
        # What one gives back depends on the others of its invoice.
        found = self | (self | origins).reversal_move_ids | origins | credits.move_id
        return found.filtered(lambda move: move._takes_back_time())

    def _takes_back_time(self) -> bool:
        """Whether this is a credit note, or reverses one. Note: `ensure_one()`."""
        reversed_type = self.reversed_entry_id.move_type
        return "out_refund" in (self.move_type, reversed_type)

    def _replacements(self) -> models.BaseModel:
        """Return the invoices that replace what these credit notes reverse.

        :rtype: account.move
        """
        reversed_ids = self.reversed_entry_id.ids
        if not reversed_ids:
            return self.browse()
        return self.search([("billing_replaced_ids", "in", reversed_ids)])

    def _restate_invoices(self) -> None:
        """Fit the rows of these documents to their lines, or put them to sleep."""
        domain = [("move_id", "in", self.ids), ("origin_id", "=", False)]
        rows = self.env["project.billed.time"]._find(domain, asleep=True)
        for move, move_rows in rows.grouped("move_id").items():
            if not move._bills_time():
                # Asleep, not deleted: a draft again, it bills the same.
                move_rows.active = False
                continue
            move_rows = move_rows._wake_up()
            for line, line_rows in move_rows.grouped("move_line_id").items():
                if line_rows._is_amount():
                    line_rows._restate_amount(line)
                else:
                    line_rows._restate_invoice_line(line)
            move_rows._take_back_left_time(move)

    def _drop_credits(self) -> None:
        """Forget what these credit notes credit, to be said anew."""
        domain = [("move_id", "in", self.ids), ("origin_id", "!=", False)]
        self.env["project.billed.time"]._find(domain, asleep=True).unlink()

    def _restate_credits(self) -> None:
        """Write the credits of a posted credit note; a draft one frees nothing.

        Note: `self.ensure_one()`
        """
        if not self._takes_back_time() or self.state != "posted":
            return
        ledger = self.env["project.billed.time"]
        lines = self.invoice_line_ids
        invoices = self._credited_invoice()
        billed = ledger._find([("move_id", "in", invoices.ids), ("sign", "=", 1)])
        by_line = billed.grouped("move_line_id")
        credited = billed._credited_hours()
        vals_list = []
        for line in lines:
            vals_list += line._credited_rows(by_line)._credit_line(line, credited)
        # Only code writes the ledger; the document was checked by its own rights.
        ledger.sudo()._insert(vals_list)

    def _claim_replaced_time(self) -> None:
        """Let replacements bill the time that their lines billed before.

        Time of an ordinary sales order stays free to be corrected until the
        replacement is posted, as in Odoo.
        """
        for move in self.filtered("billing_replaced_ids"):
            if move._bills_time():
                move.invoice_line_ids.filtered(
                    lambda line: (
                        line.parent_state == "posted"
                        or line.sale_line_ids.order_id.billing_project_id
                    )
                )._bill_replaced_time()

    def _raise_billed_again(self, invoices: models.BaseModel) -> None:
        """Refuse what would bill time twice, or more time than was logged.

        :param account.move invoices: the other invoices that bill the time now.
        :raise UserError: always.
        """
        if not invoices:
            raise UserError(
                self.env._(
                    "%(documents)s would bill time that is no longer in the "
                    "timesheets: they were changed since. Invoice the project anew "
                    "instead.",
                    documents=", ".join(self.mapped("display_name")),
                )
            )
        raise UserError(
            self.env._(
                "%(documents)s would bill time that another invoice bills since: "
                "%(invoices)s. Cancel or credit that one first.",
                documents=", ".join(self.mapped("display_name")),
                invoices=", ".join(invoices.mapped("display_name")),
            )
        )

    def write(self, vals: dict) -> bool:
        # What a live document bills stays where it is; what a cancelled one gives up
        # follows its task again.
        is_live = vals.get("state", "cancel") != "cancel"
        billed = (self if is_live else self.browse())._billed_timesheets()
        with billed._in_place():
            result = super().write(vals)
        if RESTATING_FIELDS & vals.keys():
            # Odoo posts, cancels and reopens by writing `state`: every button is seen.
            self._restate_billed_time()
        return result

    def _stolen_move(self, vals: dict) -> Iterator[int]:
        """Name also the documents of lines that are linked as invoice lines.

        Odoo brings those in line only that lose a line through `line_ids`.
        """
        yield from super()._stolen_move(vals)
        linked = vals.get("invoice_line_ids") or ()
        yield from super()._stolen_move({"line_ids": linked})

    def _leave_time(self, timesheets: models.BaseModel) -> None:
        """Remember the time of a deleted line, unless its document is deleted.

        Other lines may bill it, or a line that is typed tells it again.
        Note: `self.ensure_one()`

        :param account.analytic.line timesheets: the time of the line.
        """
        # With this key Odoo deletes the lines of a document that goes as a whole, and
        # tax and term lines, which bill no time.
        if self.env.context.get("dynamic_unlink"):
            return
        # Only code may write what a deleted line has left.
        self.sudo().billing_left_ids = [
            Command.link(timesheet.id) for timesheet in timesheets
        ]
        self._restate_billed_time()

    # Items at a price and fixed costs: no document bills them twice.

    def _billed_amounts(self) -> models.BaseModel:
        """Return the ledger rows of these documents that are amounts.

        :rtype: project.billed.time
        """
        domain = [("move_id", "in", self.ids), ("kind", "!=", "time")]
        return self.env["project.billed.time"]._find(domain, asleep=True)

    def _credited_moves(self) -> models.BaseModel:
        """Return the invoices whose amounts these documents credit.

        :rtype: account.move
        """
        credits = self._billed_amounts().filtered("origin_id")
        return credits.origin_id.move_id | self.reversed_entry_id

    def _standing_amounts(self) -> dict[int, float]:
        """Return the net amounts that these documents bill now, by ledger row."""
        return self.env["project.billed.time"]._standing_amounts(
            [
                "|",
                ("move_id", "in", self.ids),
                ("origin_id.move_id", "in", self.ids),
            ]
        )

    def _grown_amounts(self, before: dict[int, float]) -> models.BaseModel:
        """Return the rows that bill more than before a change.

        Only these are looked at: a document can always be taken back.

        :param before: ``{id of a ledger row: its net amount}``.
        :rtype: project.billed.time
        """
        # What is billed counts in full, whatever rows the user may read.
        return (
            self.env["project.billed.time"]
            .sudo()
            .browse(
                row_id
                for row_id, amount in self._standing_amounts().items()
                if amount > before.get(row_id, 0.0)
            )
        )

    def _check_hours_beside_prices(
        self, amounts: models.BaseModel, timesheets: models.BaseModel
    ) -> None:
        """Refuse to bill time by the hour and at a price that covers it.

        :param project.billed.time amounts: the rows that bill more than before.
        :param account.analytic.line timesheets: the time of which more is billed.
        :raise UserError: it names the other invoices.
        """
        prices = self.env["project.billed.time"]._covering(timesheets)
        if prices:
            raise UserError(
                self.env._(
                    "%(documents)s would bill time that %(invoices)s bills at a price. "
                    "Cancel or credit that one first.",
                    documents=", ".join(self.mapped("display_name")),
                    invoices=", ".join(prices.move_id.mapped("display_name")),
                )
            )
        covered = amounts._covered_timesheets()
        if covered:
            invoices = covered._billing_invoices()
            raise UserError(
                self.env._(
                    "%(documents)s would bill at a price what %(invoices)s bills by "
                    "the hour. Cancel or credit that one first.",
                    documents=", ".join(amounts.move_id.mapped("display_name")),
                    invoices=", ".join(invoices.mapped("display_name")),
                )
            )
