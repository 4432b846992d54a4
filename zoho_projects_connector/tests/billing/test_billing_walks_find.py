"""The walks find what the mends keep out: with one of them off, a walk fails.

Each takes as long as its walk needs to get there: only with ``WALK_PROOFS``, which is
1 for all of them, or the name of one.
"""

import logging
import os
from unittest import skipUnless

from odoo import models
from odoo.tests import tagged

from ...models.billing import (
    account_move,
    account_move_line,
    sale_order,
    sale_order_line,
)
from ...wizards.billing import project_invoice_create
from ...wizards.billing.invoice_time import TimeGroup
from .walk_common import WalkCommon, found, walk_projects, walk_terms, walk_worlds

_logger = logging.getLogger(__name__)


def native(definition, name):
    """Return the mend and its fault where only Odoo's own method is left."""
    return (definition, name), lambda self, *args: getattr(
        super(definition, self), name
    )(*args)


def unmended(result=None):
    """Return a method that does nothing."""
    return lambda self, *args: result


def write_links(self, vals):
    """Write the links; who reads them is not told."""
    models.Model.write(self, vals)
    if vals.get("is_so_line_edited") is False:
        self.env.add_to_compute(self._fields["so_line"], self)


def stored_hours(self):
    return {line.id: line.unbilled_hours for line in self}


def any_invoice(self):
    return self.invoice_line_ids.billing_origin_id.move_id | self.reversed_entry_id


def prices_of_each_state(self):
    """Price time by its state, too, and join it without."""
    found = self._unbilled_projects()._hour_prices(
        self._unbilled_domain(), "unbilled_hours"
    )
    return [
        (
            row.project.id,
            *(one.id or 0 for one in (row.task, row.employee, row.order_line)),
            *(row.day, row.price, row.ordered),
        )
        for row in found
    ]


def restate_as_the_line(self, move_line):
    for row in self:
        row.write({"amount": move_line.price_subtotal, "active": True})


def sum_of_lines(_currency, amounts):
    return sum(amount.subtotal for amount in amounts)


# The fault: the walk that finds it, the mend, and what was there before.
FAULTS = {
    "a credit of another's line": (
        walk_projects,
        (("account.move", "_credited_invoice"), any_invoice),
    ),
    "figures that a person wrote": (
        walk_projects,
        (("account.analytic.line", "_check_code_only"), lambda self, vals: vals),
    ),
    "hours of a stored figure": (
        walk_projects,
        (("account.analytic.line", "_hours_to_bill"), stored_hours),
    ),
    "time that an order never delivers": (
        walk_projects,
        (("account.analytic.line", "_write_native_links"), write_links),
    ),
    "hours beside a price": (
        walk_terms,
        (("account.move", "_check_hours_beside_prices"), unmended()),
    ),
    "time that has left": (
        walk_projects,
        (("project.billed.time", "_why_not_again"), unmended("")),
    ),
    "hours that nobody logged": (
        walk_projects,
        (("account.move.line", "_unlogged_hours"), unmended({})),
    ),
    "claims of a copy": (walk_projects, native(account_move.AccountMove, "copy")),
    "another price": (
        walk_projects,
        ((account_move_line, "BILLING_FIELDS"), {"quantity"}),
    ),
    "negative time": (walk_projects, ((TimeGroup, "take_off"), unmended())),
    "time in days": (
        walk_projects,
        (("account.analytic.line", "_hours_of"), lambda self, vals: self.unit_amount),
    ),
    "final credit notes": (
        walk_terms,
        (
            ("account.move", "_bills_time"),
            lambda self: self.move_type == "out_invoice" and self.state != "cancel",
        ),
    ),
    "projects that have ended": (walk_projects, None),
    "a rebate of which the rest came back": (
        walk_worlds,
        (("account.move.line", "_gives_back_all"), unmended(False)),
    ),
    "entries that are listed twice": (
        walk_worlds,
        (("project.unbilled.time", "_price_rows"), prices_of_each_state),
    ),
    "terms of an earlier day": (walk_worlds, ((sale_order, "CUSTOMER_TERMS"), ())),
    "rates of merged customers": (
        walk_worlds,
        (("project.billing.rate", "_follow_merge"), unmended()),
    ),
    "what a switched draft sold": (
        walk_terms,
        (("project.billed.time", "_restate_amount"), restate_as_the_line),
    ),
    "totals that are no sum of lines": (
        walk_projects,
        ((project_invoice_create, "document_total"), sum_of_lines),
    ),
    "cents of invoices": (
        walk_projects,
        native(sale_order_line.SaleOrderLine, "_compute_untaxed_amount_to_invoice"),
    ),
}


@tagged("post_install", "-at_install")
@skipUnless("WALK_PROOFS" in os.environ, "a walk for each fault")
class TestBillingWalksFind(WalkCommon):
    def test_each_fault(self):
        archived = self.env["project.invoice.create"]._fields["project_ids"]
        chosen = os.environ["WALK_PROOFS"]
        for name in FAULTS if chosen == "1" else FAULTS.keys() & {chosen}:
            walk, fault = FAULTS[name]
            fault = fault or ((archived, "context"), {})
            with self.subTest(name), self.env.cr.savepoint() as undone:
                said = found(self, walk, *fault)
                _logger.info("%s: %s", name, said.splitlines()[:1])
                self.assertTrue(said, "not found")
                undone.close(rollback=True)
