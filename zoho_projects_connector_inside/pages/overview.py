"""How a project, a task, a bug or a phase stands, and its documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from odoo.models import BaseModel

from .documents import MOST_ROWS, is_overdue, state_of

if TYPE_CHECKING:
    from .page import Page

# Odoo's page of a project shows these of an item as well.
ITEM_FIGURES = ("unbilled", "draft", "invoiced", "paid", "logged")


def overview(page: Page) -> dict:
    """Return the values of the first page."""
    return {
        "figures": [*_figures(page), *_overdue(page)],
        "budgets": [] if page.item else _budgets(page),
        "warnings": [] if page.item else _warnings(page),
        "offers": page.offers(),
        "shown_rows": {
            "most": MOST_ROWS,
            "note": page.env._(
                "The newest %(count)s are shown: all are in Odoo.", count=MOST_ROWS
            ),
        },
        "lists": [
            {
                "view": "quotation",
                "title": page.env._("Quotations"),
                "rows": [_order_row(page, one) for one in page.documents.quotations()],
            },
            _invoice_list(page),
            *_expense_list(page),
        ],
    }


def _figures(page: Page) -> list[dict]:
    """Return hours and amounts as Odoo's own page of the project shows them."""
    if page.item:
        rows = [row for row in page.item.billing_figures if row["key"] in ITEM_FIGURES]
    else:
        rows = (page.project.billing_cockpit or {}).get("parts", [])
    currency = (page.item or page.project).invoicing_currency_id
    return [
        {
            "key": row["key"],
            "label": _label(page, row),
            "hours": page.hours(row["hours"]) if row.get("hours") else "",
            # Hours without a rate are worth something, only nobody knows what.
            "amount": page.money(row["amount"], currency) if row.get("amount") else "",
        }
        for row in rows
    ]


def _label(page: Page, row: dict) -> str:
    if not row.get("is_outside"):
        return row["label"]
    return page.env._("Not in Odoo yet: %(what)s", what=row["label"])


def _overdue(page: Page) -> list[dict]:
    """Return what customers should have paid by now, in each currency."""
    return [
        {
            "key": "overdue",
            "label": page.env._("Of it overdue, with taxes")
            if page.item
            else page.env._("Overdue invoices, with taxes"),
            "hours": "",
            "amount": page.money(amount, currency),
            "is_warning": True,
        }
        for currency, amount in page.documents.overdue()
    ]


def _budgets(page: Page) -> list[dict]:
    """Return what of the budgets is used."""
    currency = page.project.invoicing_currency_id
    names = {"hours": page.env._("Budget of hours"), "amount": page.env._("Budget")}
    return [
        {
            "label": names[budget["key"]],
            "text": page.env._(
                "%(used)s of %(budget)s",
                used=_measure(page, budget["key"], budget["used"], currency),
                budget=_measure(page, budget["key"], budget["budget"], currency),
            ),
            "percent": round(budget["share"] * 100),
        }
        for budget in (page.project.billing_cockpit or {}).get("budgets", [])
    ]


def _measure(page: Page, key: str, value: float, currency: BaseModel) -> str:
    return page.hours(value) if key == "hours" else page.money(value, currency)


def _warnings(page: Page) -> list[str]:
    """Return what needs somebody, in words."""
    warnings = (page.project.billing_cockpit or {}).get("warnings", [])
    if not page.project.allow_billable:
        return [page.env._("This project is not billable in Odoo.")]
    return [warning["text"] for warning in warnings]


def _order_row(page: Page, order: BaseModel) -> dict:
    return {
        "id": order.id,
        "name": order.name,
        "day": page.day(order.date_order),
        "state": state_of(order),
        "total": page.money(order.amount_total, order.currency_id),
    }


def _invoice_list(page: Page) -> dict:
    """Return the list of invoices; of an item, with what each bills of it."""
    moves = page.documents.invoices()
    found = {"view": "invoice", "title": page.env._("Invoices")}
    rows = [_invoice_row(page, one) for one in moves]
    if page.item:
        shares = page.documents.shares(moves)
        found["share"] = page.env._("Of it, without taxes")
        for row, move in zip(rows, moves, strict=True):
            row["share"] = page.money(shares[move.id], move.currency_id)
    return {**found, "rows": rows}


def _invoice_row(page: Page, move: BaseModel) -> dict:
    total = -move.amount_total if move.move_type == "out_refund" else move.amount_total
    return {
        "id": move.id,
        "name": move.display_name,
        "day": page.day(move.invoice_date),
        "state": state_of(move),
        "is_warning": is_overdue(move),
        "total": page.money(total, move.currency_id),
    }


def _expense_list(page: Page) -> list[dict]:
    """Return the list of expenses, which a task or a phase has none of."""
    if page.item:
        return []
    return [
        {
            "view": "expense",
            "title": page.env._("Expenses"),
            "rows": [
                {
                    "id": one.id,
                    "name": one.name,
                    "day": page.day(one.date),
                    "state": state_of(one),
                    "total": page.money(one.total_amount_currency, one.currency_id),
                }
                for one in page.documents.expenses()
            ],
        }
    ]
