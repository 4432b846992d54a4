"""The books of billed time, read anew from the documents and held to the rules."""

from collections import defaultdict

from ...models.billing.project_page import ProjectPage
from ...models.billing.project_project_cockpit import PARTS

SAME = 1e-3
# Invoice lines of ordinary orders have hours of two decimals.
ROUNDED = 0.0051


def worked_hours(log):
    """Return the hours of a timesheet, whatever unit it was recorded in."""
    is_in_days = log.product_uom_id == log.env.ref("uom.product_uom_day")
    return log.unit_amount * (8 if is_in_days else 1)


class BillingAudit:
    """Compares the ledger with documents and timesheets; finds, but never repairs.

    :param case: the test, for its environment and its assertions.
    :param set loose: ids of invoice lines whose quantity somebody raised above the
        time that was worked: the ledger has less than they say.
    """

    def __init__(self, case, timesheets, loose):
        self.case = case
        self.env = case.env
        self.logs = timesheets.sudo().with_context(active_test=False)
        self.loose = loose
        ledger = self.env["project.billed.time"].sudo().with_context(active_test=False)
        self.rows = ledger.search([], order="id").filtered(
            lambda row: not row.timesheet_id or row.timesheet_id in self.logs
        )
        self.live = self.rows.filtered("active")

    @property
    def bills_anything(self):
        """Whether hours or an amount are on a document and not credited."""
        net = defaultdict(float)
        for row in self.live:
            size = row.hours if row.kind == "time" else row.amount
            net[row.origin_id or row] += row.sign * size
        return any(abs(left) > SAME for left in net.values())

    def check(self):
        self.check_rows()
        for log in self.logs:
            self.check_log(log)
        self.check_invoices()
        self.check_credits()
        self.check_amounts()
        self.check_orders()
        self.check_unlogged()
        self.check_figures()
        self.check_unbilled_time()
        self.check_as_every_night()

    def check_rows(self):
        """Only live documents bill, only posted credit notes take back."""
        for row in self.live:
            wanted = ("posted",) if row.origin_id else ("draft", "posted")
            self.case.assertIn(row.move_id.state, wanted, row)
            self.case.assertEqual(row.move_id, row.move_line_id.move_id)
            self.case.assertEqual(row.currency_id, row.move_id.currency_id)
            is_whole = row.timesheet_id if row.kind == "time" else row.project_id
            # Time that was credited may be deleted: its rows stay, and bill nothing.
            is_whole = is_whole or abs(self.net(row.origin_id or row)) < SAME
            self.case.assertTrue(is_whole, f"{row.move_line_id.name} bills nothing")

    def net(self, billed):
        """Return the hours that are left of a row, of an invoice, after its credits."""
        rows = self.live.filtered(lambda row: billed in row.origin_id | row)
        return sum(row.sign * row.hours for row in rows)

    def check_log(self, log):
        """Net hours within the hours; state and native links tell the same."""
        case, worked = self.case, worked_hours(log)
        name = f"{log.name} ({log.id}), {worked:.4f} h"
        rows = self.live.filtered(lambda row: row.timesheet_id == log)
        net = sum(row.sign * row.hours for row in rows)
        case.assertGreater(net, min(worked, 0) - SAME, name)
        case.assertLess(net, max(worked, 0) + SAME, name)
        case.assertAlmostEqual(net, log.billed_hours, delta=SAME, msg=name)
        billed = abs(net) > SAME
        if billed:
            gone = not log.active or log.billing_exclusion or log.billed_elsewhere
            case.assertFalse(gone, f"{name} is out of billing")
        on_invoice = log.billing_state in ("draft", "invoiced", "paid")
        case.assertEqual(on_invoice, billed, f"{name}: {log.billing_state}")
        case.assertEqual(bool(log.timesheet_invoice_id), billed, name)
        if log.billing_state in ("unbilled", "draft", "invoiced", "paid"):
            total = log.billed_hours + log.unbilled_hours + log.closed_hours
            case.assertAlmostEqual(total, worked, delta=ROUNDED, msg=name)
        else:
            case.assertEqual((log.billed_hours, log.unbilled_hours), (0, 0), name)
        self.check_links(log, rows, name)

    def check_billed(self, log):
        """No more hours are billed than were worked."""
        rows = self.live.filtered(lambda row: row.timesheet_id == log)
        net = sum(row.sign * row.hours for row in rows)
        self.case.assertLess(net, max(worked_hours(log), 0) + SAME, log.name)

    def check_links(self, log, rows, name):
        """The native fields point at a document that bills the time now."""
        case = self.case
        net = defaultdict(float)
        for row in rows:
            net[(row.origin_id or row).move_line_id] += row.sign * row.hours
        lines = [line for line, hours in net.items() if abs(hours) > SAME]
        billing = rows.filtered(lambda row: row.move_line_id in lines)
        case.assertLessEqual(set(billing.project_id), set(log.project_id), name)
        if not lines:
            # Time of an item at a price belongs to the line that sells the item.
            sold = log.so_line.filtered(lambda line: not line._is_sold_at_price())
            case.assertFalse(sold.order_id.billing_project_id, name)
            return
        moves = self.env["account.move"].union(*(line.move_id for line in lines))
        case.assertIn(log.timesheet_invoice_id, moves, name)
        sold = self.env["sale.order.line"].union(*(ln.sale_line_ids for ln in lines))
        if sold.order_id.billing_project_id:
            case.assertIn(log.so_line, sold, name)
            case.assertTrue(log.is_so_line_edited, name)
        states = {move.state for move in moves}
        case.assertEqual(log.billing_state == "draft", "draft" in states, name)

    def check_invoices(self):
        """A line is the sum of its rows, in hours and to the cent of its money."""
        billing = self.live.filtered(
            lambda row: not row.origin_id and row.kind == "time"
        )
        for line, rows in billing.grouped("move_line_id").items():
            hours = sum(row.sign * row.invoiced_hours for row in rows)
            said = line._billing_hours()
            name = f"{line.move_id.id} {line.name}: {said} h"
            self.case.assertLess(hours, said + SAME, name)
            self.case.assertGreater(hours, -SAME, name)
            self.check_money(line, rows)
        known = self.rows.filtered(lambda row: not row.origin_id and row.kind == "time")
        known = known.move_line_id
        for line in known:
            if line.parent_state == "cancel" or line.id in self.loose:
                continue
            rows = billing.filtered(lambda row, line=line: row.move_line_id == line)
            hours = sum(row.sign * row.invoiced_hours for row in rows)
            sold = line.sale_line_ids.order_id.billing_project_id
            slack = SAME if sold else ROUNDED
            said = line._billing_hours()
            self.case.assertAlmostEqual(hours, said, None, line.name, slack)

    def check_money(self, line, rows):
        """All of the subtotal for all of the hours, else the hours' part of it."""
        sign = -1 if rows.origin_id else 1
        hours = sum(sign * row.sign * row.invoiced_hours for row in rows)
        amount = sum(sign * row.sign * row.amount for row in rows)
        said = line._billing_hours(sign)
        # A draft switched into a credit note bills nothing: negative time stays there,
        # and as much of the other time.
        whole = share = line._billing_subtotal(sign) if said else 0.0
        if hours < said - ROUNDED:
            share = line.currency_id.round(share * hours / said)
        # Half a cent may be rounded either way.
        delta = 1e-6 if share == whole else 0.0101
        self.case.assertAlmostEqual(amount, share, delta=delta, msg=line.name)

    def check_credits(self):
        """Posted credit notes take back in turn what is still billed of their lines."""
        times = self.live.filtered(lambda row: row.kind == "time")
        credits = times.filtered("origin_id")
        self.check_money_given_back(credits)
        left, shown = defaultdict(float), defaultdict(float)
        for row in times - credits:
            left[row.move_line_id] += max(row.sign * row.invoiced_hours, 0.0)
            shown[row.move_line_id] += row.sign * row.invoiced_hours
        spare = {origin: origin._billing_hours() - shown[origin] for origin in left}
        spare = {origin: hours for origin, hours in spare.items() if hours > ROUNDED}
        by_line = credits.grouped("move_line_id")
        sold = self.rows.filtered(lambda row: row.kind != "time").move_line_id
        notes = credits.move_id | self.env["account.move"].search(
            [("move_type", "=", "out_refund"), ("state", "=", "posted")]
        )
        for note in notes.sorted("id"):
            for line in note.invoice_line_ids.filtered("billing_origin_id"):
                if line.billing_origin_id in sold:
                    continue
                rows = by_line.get(line, credits.browse())
                self.check_credit(line, rows, left, spare)

    def check_money_given_back(self, credits):
        """Where all the money of a line came back, all of its hours did."""
        for origin, rows in credits.grouped(
            lambda row: row.origin_id.move_line_id
        ).items():
            paid = origin._billing_subtotal()
            given = -sum(row.sign * self.given_back(row, origin) for row in rows)
            billed = self.live.filtered(
                lambda row, line=origin: line in (row.origin_id or row).move_line_id
            )
            if paid > SAME and given > paid - SAME:
                net = sum(row.sign * row.hours for row in billed)
                self.case.assertLess(net, SAME, f"{origin.name}: hours are kept")

    def given_back(self, row, origin):
        """Return the money of a credit, at no more than the price that was invoiced.

        Whoever raises the price of a credit note gives more for the same hours.
        """
        dearer = row.move_line_id.price_unit / (origin.price_unit or 1.0)
        return row.amount / max(dearer, 1.0)

    def check_credit(self, line, rows, left, spare):
        origin = line.billing_origin_id
        if rows and not any(rows.mapped("invoiced_hours")):
            self.case.assertAlmostEqual(sum(rows.mapped("amount")), line.price_subtotal)
            return
        hours = sum(rows.mapped("invoiced_hours"))
        wanted = line._credited_hours()
        if line.price_unit >= origin.price_unit and not line.billing_credited_id:
            # Hours that are nobody's time are given back first.
            nobodys = min(wanted, spare.get(origin, 0.0))
            spare[origin] = spare.get(origin, 0.0) - nobodys
            wanted -= nobodys
        wanted = min(wanted, left[origin])
        name = f"{line.move_id.name} {line.name}"
        if line.price_unit >= origin.price_unit or rows:
            self.case.assertAlmostEqual(hours, wanted, delta=SAME, msg=name)
        if rows:
            self.check_money(line, rows)
        left[origin] -= hours

    def check_amounts(self):
        """An item is sold once, a fixed cost never exceeded, each row is its line."""
        amounts = self.live.filtered(lambda row: row.kind != "time")
        for row in amounts:
            sign = -1 if row.origin_id else 1
            self.case.assertEqual(row.amount, row.move_line_id._billing_subtotal(sign))
        net = defaultdict(float)
        for row in amounts:
            net[row.origin_id or row] += row.sign * row.amount
        selling = [row for row, amount in net.items() if amount > SAME]
        for row in selling:
            self.check_price(row)
        items = [row.item_task_id for row in selling if row.kind == "item"]
        self.case.assertEqual(len(items), len(set(items)), "a task is sold twice")
        for project in self.logs.project_id:
            fixed = sum(
                max(net[row], 0.0)
                for row in selling
                if row.kind == "fixed" and row.project_id == project
            )
            left = max(project.fixed_cost - fixed, 0.0)
            self.case.assertAlmostEqual(project.fixed_cost_left, left, 2)
            self.case.assertLess(fixed, project.fixed_cost + SAME)

    def check_price(self, row):
        """What an item covers is on no live invoice by the hour."""
        if row.kind == "item":
            sold = row.move_line_id.sale_line_ids
            covered = self.logs.filtered(lambda log: log.task_id.sale_line_id in sold)
            hours = sum(covered.mapped("billed_hours"))
            self.case.assertLess(hours, SAME, f"{row.move_line_id.name} twice")

    def check_orders(self):
        """An order delivers what belongs to it, and offers what is unbilled of it."""
        lines = self.env["sale.order.line"].search(
            [("qty_delivered_method", "=", "timesheet"), ("state", "=", "sale")]
        )
        for line in lines:
            own = self.logs.filtered(
                lambda log, line=line: (
                    log.so_line == line and log.active and not log.billed_elsewhere
                )
            )
            if own != line.timesheet_ids.filtered(lambda log: not log.billed_elsewhere):
                continue  # It sells time that is none of the walk's.
            due = sum(own.mapped("unbilled_hours"))
            self.case.assertLess(line.qty_to_invoice, max(due, 0) + 0.011, line.name)
            drafts = line.invoice_lines.filtered(
                lambda one: one.parent_state == "draft"
            )
            if own and abs(due) < SAME and not drafts and line._bills_timesheets():
                self.case.assertEqual(line.untaxed_amount_to_invoice, 0, line.name)
            self.check_delivered(line, own)

    def check_delivered(self, line, own):
        """Its own time, as invoiced where it is, and what else its invoices bill."""
        here = self.live.filtered(lambda row: line in row.move_line_id.sale_line_ids)
        hours = sum(map(worked_hours, own)) - sum(own.mapped("billed_hours"))
        hours += sum(row.sign * row.invoiced_hours for row in here)
        said = line.qty_delivered * (line.billing_hours_per_day or 1)
        delta = 0.011 * (line.billing_hours_per_day or 1)
        self.case.assertAlmostEqual(said, hours, delta=delta, msg=line.name)

    def check_unlogged(self):
        """A draft with more hours than its time says so, also one that is a credit
        note because more was paid before than there is time for."""
        drafts = self.env["account.move"].search(
            [
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("state", "=", "draft"),
            ]
        )
        for line in drafts.invoice_line_ids:
            if line.product_id.service_policy != "delivered_timesheet":
                continue
            rows = self.live.filtered(lambda row, line=line: row.move_line_id == line)
            hours = sum(row.sign * row.invoiced_hours for row in rows)
            beyond = line._billing_hours() - hours - self.credited_beyond(line)
            if beyond > 2 * ROUNDED and not line.billing_origin_id:
                self.case.assertTrue(line.move_id.unlogged_note, line.name)

    def credited_beyond(self, line):
        """Hours that were no time, and were credited before it was a draft again."""
        notes = self.env["account.move.line"].search(
            [
                ("billing_origin_id", "=", line.id),
                ("move_id.move_type", "=", "out_refund"),
                ("parent_state", "=", "posted"),
            ]
        )
        notes = notes.filtered(lambda note: not note._credits_money_only())
        rows = self.live.filtered(lambda row: row.move_line_id in notes)
        hours = sum(note._billing_hours(-1) for note in notes)
        return max(hours - sum(rows.mapped("invoiced_hours")), 0)

    def check_negative(self, move, chosen):
        """Negative time is taken off what was chosen at its rate, until that is none.

        :param account.move move: a new invoice.
        :param chosen: the timesheets that it was to bill.
        """
        left = chosen.filtered(
            lambda log: (
                log.unbilled_hours < -SAME and not log.so_line._bills_timesheets()
            )
        )
        for log in left:
            rows = self.live.filtered(
                lambda row, log=log: (
                    row.move_id == move
                    and row.project_id == log.project_id
                    and abs(row.rate - log.billing_rate) < SAME
                )
            )
            hours = sum(row.sign * row.invoiced_hours for row in rows)
            self.case.assertAlmostEqual(hours, 0, delta=SAME, msg=log.name)

    def check_figures(self):
        """All time logged is in one of the figures of its project."""
        for project in self.logs.with_context(active_test=True).project_id:
            logs = self.logs.filtered(
                lambda log, project=project: log.active and log.project_id == project
            )
            parts = (
                project.hours_unbilled,
                project.hours_draft,
                project.hours_invoiced,
                project.hours_elsewhere,
                project.hours_fixed_price,
                project.hours_non_billable,
            )
            logged = sum(map(worked_hours, logs))
            message = f"{project.name}: {parts}"
            self.case.assertAlmostEqual(project.hours_logged, logged, 4, message)
            # What native invoicing leaves of an entry is in no figure.
            slack = ROUNDED * len(logs)
            self.case.assertAlmostEqual(sum(parts), logged, delta=slack, msg=message)
            shown = sum(project._billing_part(part.key)[0] for part in PARTS)
            self.case.assertAlmostEqual(shown, logged, delta=slack, msg=message)
            self.check_portal(project)

    def check_portal(self, project):
        """A customer sees what posted documents of his bill, no more and no less."""
        customer = project.partner_id.commercial_partner_id
        rows = self.live.filtered(
            lambda row: (
                row.project_id == project
                and row.kind == "time"
                and row.move_id.state == "posted"
                and row.move_id.commercial_partner_id == customer
            )
        )
        hours = sum(row.sign * row.invoiced_hours for row in rows)
        page = ProjectPage(project.sudo())
        self.case.assertAlmostEqual(page.hours, hours, delta=SAME, msg=project.name)

    def check_unbilled_time(self):
        """Each entry with unbilled hours is one row, and a project has all of them."""
        logs = self.logs.filtered(lambda log: log.active and log.unbilled_hours)
        domain = [("timesheet_id", "in", self.logs.ids)]
        rows = self.env["project.unbilled.time"].search(domain)
        billable = logs.filtered("project_id.allow_billable")
        self.case.assertEqual(set(rows.ids), set(billable.ids))
        for log in billable:
            row = rows.browse(log.id)
            self.case.assertAlmostEqual(row.hours, log.unbilled_hours, 6, log.name)
        # What is worth is joined to it: nothing may come twice.
        sums = rows._read_group(domain, ["project_id"], ["hours:sum", "amount:sum"])
        for project, hours, _amount in sums:
            self.case.assertAlmostEqual(hours, project.hours_unbilled, 4)

    def check_as_every_night(self):
        """What the nightly check would tell people is that all is well."""
        ledger = self.env["project.billed.time"]
        self.env.flush_all()
        wrong = ledger._wrong_timesheets() | ledger._misstated_timesheets()
        self.case.assertFalse(wrong & self.logs)
        self.case.assertFalse(ledger._wrong_documents() & self.rows.move_id)
        self.case.assertFalse(ledger._wrong_orders())
