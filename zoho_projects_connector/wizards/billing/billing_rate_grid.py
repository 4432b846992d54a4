from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...groups import BILLING_GROUP
from ...models.billing.rate_table import Market, market_of
from ...naming import name_order
from .rate_grid import Cell, RateGrid

SCOPE_FIELDS = ("project_id", "employee_id", "partner_id", "job_id")


class BillingRateGrid(models.AbstractModel):
    """The page of rates: what is set and inherited, and what saves it.

    What a caller names is taken among what the page offers to him.
    """

    _name = "billing.rate.grid"
    _description = "Rates"

    @api.model
    def get_rates(
        self,
        market: str | bool = False,
        day: str | bool = False,
        customer_id: int = 0,
        words: str = "",
        is_everybody: bool = False,
    ) -> dict:
        """Return the rates of a day as rows and columns.

        :param market: currency and unit, as it was given; False: the usual one.
        :param day: False: today.
        :param words: part of the name of a project or customer.
        """
        self._check_biller()
        markets = self._markets()
        grid = self._grid(market if market in markets else next(iter(markets)), day)
        customers = grid.projects().partner_id.commercial_partner_id
        return {
            "market": self._market_key(grid.market),
            "markets": [
                {"key": key, "name": name, "count": count}
                for key, (name, count) in markets.items()
            ],
            "customers": [
                {"id": one.id, "name": one.display_name}
                for one in customers.sorted(name_order)
            ],
            "company": self.env.company.name,
            **grid.rows(int(customer_id or 0), words or "", bool(is_everybody)),
        }

    @api.model
    def save_rates(
        self, market: str, cells: Iterable[dict], date_from: str | bool = False
    ) -> dict:
        """Save what was typed: all of it, or nothing where a cell is wrong.

        :param cells: ``row``, ``column`` and ``text`` of each; no text: nothing is set
            there any more, zero: free of charge.
        :param date_from: first day of the rates; False: those of today are corrected.
        :return: ``count`` of the cells saved, or ``errors`` with ``row``, ``column``
            and a ``message`` for each cell that is wrong.
        """
        self._check_biller()
        grid = self._grid(market, date_from)
        known, rates, errors = grid.known(), {}, []
        for typed in cells:
            cell = Cell(str(typed["row"]), str(typed["column"]))
            message, text = grid.obstacle(cell, known), str(typed["text"])
            if not message:
                try:
                    rates[cell] = grid.parse(text)
                except ValueError:
                    message = self.env._(
                        "%(text)s is no rate: type it as %(example)s.",
                        text=text,
                        example=grid.format(1234.5),
                    )
            if message:
                errors.append(
                    {"row": cell.row, "column": cell.column, "message": message}
                )
        if errors:
            return {"count": 0, "errors": errors}
        first = fields.Date.to_date(date_from) or None
        existing = self._rows_by_scope(grid, rates)
        if errors := self._not_emptied(rates, first, existing):
            return {"count": 0, "errors": errors}
        self._save(grid, rates, first, existing)
        return {"count": len(rates), "errors": []}

    def _not_emptied(
        self,
        rates: dict[Cell, float | None],
        first: date | None,
        existing: dict[tuple, models.BaseModel],
    ) -> list[dict]:
        """Return an error for each emptied cell whose rate began before ``first``.

        Its rate goes on; what is taken away is what begins on the day that is shown.
        """
        emptied = [cell for cell, rate in rates.items() if first and rate is None]
        errors = []
        for cell in emptied:
            scope = cell.scope()
            rows = existing[self._scope_key(scope)]
            days = {row.date_from or date.min for row in rows}
            if scope.keys() == {"project_id"}:
                project = self.env["project.project"].browse(scope["project_id"])
                days |= {date.min} if project._own_rate() is not None else set()
            if first not in days and any(day < first for day in days):
                message = self.env._(
                    "This rate began on another day: show that day to take it away, "
                    "or type 0 for free of charge."
                )
                errors.append(
                    {"row": cell.row, "column": cell.column, "message": message}
                )
        return errors

    def _save(
        self,
        grid: RateGrid,
        rates: dict[Cell, float | None],
        first: date | None,
        existing: dict[tuple, models.BaseModel],
    ) -> None:
        """Write rates, and take away what is not set any more."""
        new = []
        for cell, rate in rates.items():
            scope = cell.scope()
            rows = existing[self._scope_key(scope)].filtered(
                lambda row: not row.date_from or row.date_from <= grid.day
            )
            # The rate of the day that is shown, or what begins on the first day.
            row = rows.sorted(lambda one: one.date_from or date.min)[-1:]
            if first and row.date_from != first:
                row = row.browse()
            vals = {"rate": rate or 0.0, "is_free": rate == 0}
            if row and rate is None:
                row.unlink()
            elif row:
                row.write(vals)
            elif not first and scope.keys() == {"project_id"}:
                self._set_on_project(scope["project_id"], vals)
            elif rate is not None:
                new.append({**self._new_vals(grid, scope), **vals, "date_from": first})
        self.env["project.billing.rate"].create(new)

    def _set_on_project(self, project_id: int, vals: dict) -> None:
        """Set the undated rate of a project, which is a field of it."""
        # These fields only, of a project that is offered: he may not edit projects.
        self.env["project.project"].sudo().browse(project_id).write(
            {"billing_rate": vals["rate"], "billing_is_free": vals["is_free"]}
        )

    def _rows_by_scope(
        self, grid: RateGrid, rates: Iterable[Cell]
    ) -> dict[tuple, models.BaseModel]:
        """Return the rows that are kept for cells, with all their first days."""
        scopes = [cell.scope() for cell in rates]
        market = (
            Domain("company_id", "=", grid.market.company_id)
            & Domain("default_currency_id", "=", grid.market.currency_id)
            & Domain("default_unit", "=", grid.market.unit)
        )
        projects = [scope.get("project_id", 0) for scope in scopes]
        found = self.env["project.billing.rate"].search(
            Domain("task_id", "=", False)
            & (
                Domain("project_id", "in", [id_ for id_ in projects if id_])
                | (Domain("project_id", "=", False) & market)
            )
        )
        rows = defaultdict(found.browse)
        for row in found:
            scope = {name: row[name].id for name in SCOPE_FIELDS if row[name]}
            rows[self._scope_key(scope)] |= row
        return rows

    @staticmethod
    def _scope_key(scope: dict[str, int]) -> tuple:
        return tuple(scope.get(name, 0) for name in SCOPE_FIELDS)

    @staticmethod
    def _new_vals(grid: RateGrid, scope: dict[str, int]) -> dict:
        """Return the values of a new row, its market where it is a default."""
        if "project_id" in scope:
            return scope
        return {
            **scope,
            "company_id": grid.market.company_id,
            "default_currency_id": grid.market.currency_id,
            "default_unit": grid.market.unit,
        }

    # Currencies and units

    def _grid(self, key: str, day: str | bool) -> RateGrid:
        """Return the grid of a currency and unit.

        :raise UserError: the page does not offer it.
        """
        currency_id, _dash, unit = str(key).partition("-")
        if key not in self._markets():
            raise UserError(
                self.env._("No project is billed like this. Load the page again.")
            )
        market = Market(self.env.company.id, int(currency_id), unit)
        shown = fields.Date.to_date(day) or fields.Date.context_today(self)
        return RateGrid(self.env, market, shown)

    def _markets(self) -> dict[str, tuple[str, int]]:
        """Return name and number of projects of each currency and unit, usual first."""
        company = self.env.company
        usual = Market(company.id, company.currency_id.id, "hour")
        counts = defaultdict(int, {usual: 0})
        for project in RateGrid.billable_projects(self.env):
            counts[market_of(project)] += 1
        ordered = sorted(counts, key=lambda market: -counts[market])
        return {
            self._market_key(market): (self._market_name(market), counts[market])
            for market in ordered
        }

    @staticmethod
    def _market_key(market: Market) -> str:
        return f"{market.currency_id}-{market.unit}"

    def _market_name(self, market: Market) -> str:
        currency = self.env["res.currency"].browse(market.currency_id).name
        if market.unit == "day":
            return self.env._("%(currency)s per day", currency=currency)
        return self.env._("%(currency)s per hour", currency=currency)

    def _check_biller(self) -> None:
        """Refuse who may not bill.

        :raise AccessError: for users outside the billing group.
        """
        if not (self.env.su or self.env.user.has_group(BILLING_GROUP)):
            raise AccessError(
                self.env._("Only the Billing group of Zoho Projects sets rates.")
            )
