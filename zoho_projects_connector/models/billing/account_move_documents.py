from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount


class AccountMove(models.Model):
    """Items at a price and fixed costs: no document bills them twice."""

    _inherit = "account.move"

    billed_time_hours = fields.Float(
        compute="_compute_billed_time_hours",
        compute_sudo=True,
        help="Hours of timesheets that this invoice bills or this credit note takes "
        "back, rounded as agreed.",
    )

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

    def _check_amounts(self, grown: models.BaseModel) -> None:
        """Refuse what would sell an item twice or more than a fixed cost.

        :param project.billed.time grown: the rows that bill more than before.
        :raise UserError: it names the other invoices, or what is left.
        """
        for row in grown.filtered(lambda row: row.kind == "item"):
            for item in row._sold_items():
                others = item._selling_rows().move_id - row.move_id
                if others:
                    self._raise_billed_again(others)
        for project in grown.filtered(lambda row: row.kind == "fixed").project_id:
            self._check_fixed_cost(project)

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

    def _check_fixed_cost(self, project: models.BaseModel) -> None:
        """Refuse to invoice more than the fixed cost of a project.

        :param project.project project: read with more rights than the user's.
        :raise UserError: it tells how much too much it would be.
        """
        currency = project._billing_currency()
        excess = project._fixed_cost_invoiced()[project.id] - project.fixed_cost
        if currency.compare_amounts(excess, 0.0) > 0:
            raise UserError(
                self.env._(
                    "The fixed cost of %(project)s is %(fixed_cost)s: this would "
                    "invoice %(excess)s more. Lower the amount, or raise the fixed "
                    "cost in the billing terms of the project.",
                    project=project.display_name,
                    fixed_cost=format_amount(self.env, project.fixed_cost, currency),
                    excess=format_amount(self.env, excess, currency),
                )
            )

    def _raise_still_sold(self, items: models.BaseModel) -> None:
        """Refuse to delete items that these documents bill.

        :param items: tasks, task lists or milestones.
        :raise UserError: always; it names the documents.
        """
        raise UserError(
            self.env._(
                "%(items)s cannot be deleted: %(invoices)s bills it at a price. "
                "Archive it instead, or credit the invoice first.",
                items=", ".join(items.mapped("display_name")),
                invoices=", ".join(self.mapped("display_name")),
            )
        )

    def _billed_time_annex(self) -> dict:
        """Return the time that this document bills or takes back, as it was billed.

        Note: `self.ensure_one()`

        :return: ``rows`` (project.billed.time), ``hours``, ``approved`` (whether any
            row names an approver), ``first`` and ``last`` day, ``credited`` (the
            invoices whose time it takes back), ``projects``: a list of ``name``,
            ``hours`` and ``lines``, a list of ``name``, ``hours`` and ``rows``.
        """
        self.ensure_one().check_access("read")
        # Who may read the document may read which time it bills.
        rows = self.env["project.billed.time"].sudo()
        rows = rows.search(self._billed_time_domain()).sorted(self._annex_order)
        projects = rows.grouped(lambda row: (row.project_id.id, row.project_name))
        days = rows.mapped("day")
        return {
            "rows": rows,
            "hours": rows._shown_hours(),
            "approved": any(rows.mapped("approver")),
            "first": min(days, default=False),
            "last": max(days, default=False),
            "credited": rows.origin_id.move_id,
            "projects": [
                self._annex_project(name, project_rows)
                for (_id, name), project_rows in projects.items()
            ],
        }

    @staticmethod
    def _annex_order(row: models.BaseModel) -> tuple:
        """Return where a row stands: as the lines of the document, then by day."""
        line = row.move_line_id
        return (line.sequence, line.id, row.day, row.employee_name or "", row.id)

    @staticmethod
    def _annex_project(name: str, rows: models.BaseModel) -> dict:
        """Return the part of a project: its hours, and those of each line."""
        return {
            "name": name,
            "hours": rows._shown_hours(),
            "lines": [
                {
                    "name": line.name,
                    "hours": line_rows._shown_hours(),
                    "rows": line_rows,
                }
                for line, line_rows in rows.grouped("move_line_id").items()
            ],
        }

    def _attaches_billed_time_annex(self) -> bool:
        """Whether the e-mail of this document carries its annex.

        Note: `self.ensure_one()`
        """
        wanted = self.company_id.attach_billed_time_annex
        return wanted and bool(self.billed_time_hours)

    def _billed_time_annex_name(self) -> str:
        """Return the name of the annex as a file, in the language of the customer.

        Note: `self.ensure_one()`
        """
        move = self.with_context(lang=self.partner_id.lang)
        document = move._get_report_base_filename()
        name = move.env._("%(document)s - Timesheets", document=document)
        return name.replace("/", "_")

    @api.depends(
        "line_ids.billed_time_ids.active", "line_ids.billed_time_ids.invoiced_hours"
    )
    def _compute_billed_time_hours(self) -> None:
        rows = self.env["project.billed.time"]._read_group(
            self._billed_time_domain(), ["move_id", "sign"], ["invoiced_hours:sum"]
        )
        hours = defaultdict(float)
        for move, sign, invoiced in rows:
            hours[move.id] += sign * invoiced
        for move in self:
            move.billed_time_hours = abs(hours[move.id])

    def _billed_time_domain(self) -> list:
        """Return the ledger rows that bill or take back time on these documents.

        Rows of money alone have no hours.
        """
        return [("move_id", "in", self.ids), ("kind", "=", "time"), ("hours", ">", 0)]

    def action_billed_time(self) -> dict:
        """Open the timesheets behind the lines of this document.

        Who may not see what was billed gets the entries that he may see, as in Odoo.
        """
        self.ensure_one().check_access("read")
        actions = self.env["ir.actions.act_window"]
        if not self.env["project.billed.time"].has_access("read"):
            action = actions._for_xml_id("sale_timesheet.action_timesheet_from_invoice")
            entries = [("timesheet_invoice_id", "=", self.id)]
            return {**action, "domain": entries}
        action = actions._for_xml_id(
            "zoho_projects_connector.project_billed_time_action"
        )
        return {
            **action,
            "display_name": self.env._("Timesheets"),
            "domain": self._billed_time_domain(),
            "context": {"hide_document": True},
        }
