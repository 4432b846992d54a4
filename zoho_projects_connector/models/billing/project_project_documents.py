import json

from odoo import api, fields, models
from odoo.fields import Domain

from ...groups import BILLING_GROUP, STAFF_GROUP
from .billing_figures_rows import SHOWN_HOURS

BREAKDOWNS = ("project.task", "zoho.task.list", "project.milestone")


UNBILLED = "unbilled_time"


class ProjectProject(models.Model):
    """The documents that are made from a project, or from several of one customer."""

    _name = "project.project"
    _inherit = ["project.project", "billing.figures.mixin"]

    # Odoo adds up all time in them, and lets customers of shared projects read it.
    effective_hours = fields.Float(groups=STAFF_GROUP)
    remaining_hours = fields.Float(groups=STAFF_GROUP)
    is_project_overtime = fields.Boolean(groups=STAFF_GROUP)
    new_transactions = fields.Json(
        compute="_compute_new_transactions", export_string_translation=False
    )

    def _billing_projects(self) -> models.BaseModel:
        return self

    def _billing_figure_rows(self) -> list[dict]:
        """Add the fixed cost, and what of it is invoiced."""
        rows = super()._billing_figure_rows()
        if not self.fixed_cost and not self.fixed_cost_invoiced:
            return rows
        currency = {"currency_id": self.invoicing_currency_id.id}
        return [
            *rows,
            {
                "key": "fixed_cost_left",
                "label": self.env._("Fixed cost to invoice"),
                "help": self.env._(
                    "What is left of the amount agreed for the whole project."
                ),
                "amount": self.fixed_cost_left,
                **currency,
            },
            {
                "key": "fixed_cost",
                "label": self.env._("Fixed cost invoiced"),
                "help": self.env._(
                    "On draft and posted invoices, less what was credited. It is part "
                    "of what is invoiced or on draft invoices."
                ),
                "amount": self.fixed_cost_invoiced,
                "action": "action_billed_time",
                **currency,
            },
        ]

    def _is_invoiced(self) -> bool:
        """Whether a document bills time, an amount or an expense of the project now.

        Note: `self.ensure_one()`
        """
        # What is invoiced counts in full, whatever of it the user may read.
        project = self.sudo()
        billed = ("draft", "invoiced", "paid")
        time = [("project_id", "=", self.id), ("billing_state", "in", billed)]
        # Odoo's own invoicing of an order leaves costs off the ledger.
        costs = [
            ("order_id.billing_project_id", "=", self.id),
            ("is_expense", "=", True),
            ("qty_invoiced", ">", 0),
        ]
        return bool(
            project.env["account.analytic.line"].search_count(time, limit=1)
            or project.env["project.billed.time"]._standing_amounts(
                [("project_id", "=", self.id)]
            )
            or project.env["sale.order.line"].search_count(costs, limit=1)
        )

    def _billing_ledger_domain(self, figure: str = "") -> Domain:
        if figure != "fixed_cost":
            return super()._billing_ledger_domain(figure)
        return super()._billing_ledger_domain() & Domain("kind", "=", "fixed")

    def _figure_title(self, key: str) -> str:
        if key != "fixed_cost":
            return super()._figure_title(key)
        return self.env._("Fixed cost invoiced")

    def action_billing_breakdown(self) -> dict:
        """Open the figures per task, task list or milestone, as the context says."""
        self.ensure_one().check_access("read")
        model = self.env.context.get("breakdown")
        # A context can name any model.
        if model not in BREAKDOWNS:
            model = BREAKDOWNS[0]
        name = f"zoho_projects_connector.{model.replace('.', '_')}_view"
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Billing of %(project)s", project=self.display_name),
            "res_model": model,
            "views": [
                (self.env.ref(f"{name}_list_breakdown").id, "list"),
                (self.env.ref(f"{name}_kanban_breakdown").id, "kanban"),
                (False, "form"),
            ],
            "mobile_view_mode": "kanban",
            "domain": [("project_id", "=", self.id)],
            # What is archived has its part of the whole.
            "context": {
                "create": False,
                "active_test": False,
                "breakdown": model,
                "breakdown_project_id": self.id,
            },
        }

    def get_breakdown_rest(self, model: str) -> dict | bool:
        """Return what of this project is on none of its tasks, task lists, …

        :param model: by what the project is broken down.
        :return: the figures of the columns, with the ``label`` and ``currency_id``;
            False where nothing is.
        """
        self.ensure_one().check_access("read")
        if model not in BREAKDOWNS:
            return False
        items = self.env[model].with_context(active_test=False)
        parts = items.search([("project_id", "=", self.id)])
        rest = {
            name: self[name] - sum(parts.mapped(name))
            for name in (
                "hours_logged",
                "hours_unbilled",
                "amount_unbilled",
                "hours_invoiced",
                "amount_invoiced",
            )
        }
        if not any(abs(figure) >= SHOWN_HOURS for figure in rest.values()):
            return False
        return {
            **rest,
            "label": {
                "project.task": self.env._("On no task"),
                "zoho.task.list": self.env._("On no task list"),
                "project.milestone": self.env._("On no milestone"),
            }[model],
            "currency_id": self.invoicing_currency_id.id,
        }

    def action_breakdown_rest(self) -> dict:
        """Open the time that is on none of what the project is broken down by."""
        model = self.env.context.get("breakdown")
        path = self.env[model if model in BREAKDOWNS else BREAKDOWNS[0]]._billing_path
        action = self.action_billing_entries()
        action["domain"] = list(Domain(action["domain"]) & Domain(path, "=", False))
        return action

    def action_billing_terms(self) -> dict:
        """Open the dialog in which accountants set how this project is billed."""
        self.ensure_one().check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Billing Terms"),
            "res_model": "project.billing.terms",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_project_id": self.id},
        }

    def action_billing_rates(self) -> dict:
        """Open the rates of this project."""
        self.ensure_one().check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "zoho_projects_connector.project_billing_rate_action"
        )
        return {
            **action,
            "domain": [("project_id", "=", self.id)],
            "context": {"default_project_id": self.id},
        }

    # The documents that are made from a project, or from several of one customer.

    @api.depends("allow_billable", "is_template")
    @api.depends_context("uid", "lang")
    def _compute_new_transactions(self) -> None:
        for project in self:
            project.new_transactions = project._new_transactions()

    def _new_transactions(self) -> list[dict]:
        """Return the documents that the user may make from this project.

        Companion addons add theirs. Note: `self.ensure_one()`

        :return: for each its ``label``; the public ``method`` of projects that returns
            the action of its form; and ``many``, True when that method also takes
            several projects of one customer, company and currency (only such entries
            are offered for several ticked projects).
        """
        if not self.allow_billable or self.is_template:
            return []
        if not self.env.user.has_group(BILLING_GROUP):
            return []
        entries = [
            {
                "method": "action_new_quotation",
                "label": self.env._("Quotation"),
                "many": True,
            }
        ]
        if self.env["account.move"].has_access("create"):
            entries.append(
                {
                    "method": "action_new_invoice",
                    "label": self.env._("Invoice"),
                    "many": True,
                }
            )
        return entries

    def get_new_transactions(self) -> dict:
        """Return the documents that the user may make from these projects together.

        :return: ``transactions`` as in :meth:`_new_transactions`, and the ``obstacle``
            that leaves none, a sentence or False.
        """
        self.check_access("read")
        obstacle = self._together_obstacle()
        offered = [] if obstacle else [one._new_transactions() for one in self]
        return {
            "obstacle": obstacle or not any(offered) and self._nothing_to_make(),
            "transactions": [
                entry
                for entry in (offered[0] if offered else [])
                if (len(self) == 1 or entry.get("many"))
                and all(
                    entry["method"] in [other["method"] for other in others]
                    for others in offered
                )
            ],
        }

    def _nothing_to_make(self) -> str:
        return self.env._("Nothing can be made from these projects by you.")

    def _archived_notice(self) -> str | bool:
        """Return which of these projects are archived, False if none is."""
        archived = self.filtered(lambda project: not project.active)
        return bool(archived) and self.env._(
            "Archived: %(projects)s. What is left of it can be invoiced all the same.",
            projects=", ".join(archived.mapped("name")),
        )

    def action_new_invoice(self) -> dict:
        """Open the invoice wizard for these projects."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Invoice"),
            "res_model": "project.invoice.create",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_project_ids": self.ids},
        }

    def action_new_quotation(self) -> dict:
        """Open the quotation wizard for these projects."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Quotation"),
            "res_model": "project.quotation.create",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_project_id": self[:1].id,
                "default_project_ids": self.ids,
            },
        }

    # Unbilled time in Odoo's own profitability panel. Odoo counts the time of order
    # lines as *to invoice*, with what is on drafts. Time that is on no order yet is
    # added, so that the panel has what the figures have under *unbilled* and *on draft
    # invoices*.

    def _get_profitability_labels(self) -> dict:
        labels = super()._get_profitability_labels()
        return {
            **labels,
            # Where Odoo says non-billable: it is billed from the project.
            "non_billable": self.env._("Timesheets (on No Sales Order)"),
            UNBILLED: self.env._("Unbilled Time"),
        }

    def _get_profitability_sequence_per_invoice_type(self) -> dict:
        sequences = super()._get_profitability_sequence_per_invoice_type()
        return {**sequences, UNBILLED: sequences["billable_time"]}

    def _get_profitability_items(self, with_action: bool = True) -> dict:
        items = super()._get_profitability_items(with_action)
        amount = self._amount_beside_orders()
        if amount:
            revenues = items["revenues"]
            revenues["data"].append(self._unbilled_section(amount, with_action))
            # Odoo has summed its own sections up already.
            revenues["total"]["to_invoice"] += amount
        return items

    def _unbilled_section(self, amount: float, with_action: bool) -> dict:
        sequence = self._get_profitability_sequence_per_invoice_type()[UNBILLED]
        section = {
            "id": UNBILLED,
            "sequence": sequence,
            "invoiced": 0.0,
            "to_invoice": amount,
        }
        if with_action:
            section["action"] = {
                "name": "action_profitability_items",
                "type": "object",
                "args": json.dumps([UNBILLED]),
            }
        return section

    def _amount_beside_orders(self) -> float:
        """Return the worth of unbilled time that Odoo does not count as to invoice.

        Time that was freed again waits on the line of its billing order, where Odoo
        counts it at the old price: only what today's rates change of it is added.

        :return: amount in the currency of the panel.
        """
        # As in Odoo, who may see the profitability sees sums of all time.
        time = self.sudo()
        domain = time._billing_time_domain("unbilled")
        worth = sum(
            row.hours * (row.price or 0.0)
            for row in time._hour_prices(domain, "unbilled_hours")
            if not row.ordered
        )
        counted = time._amount_waiting_on_billing_orders(domain)
        currency = time.invoicing_currency_id
        company = time.company_id or self.env.company
        return currency._convert(
            worth - counted,
            self.currency_id,
            company,
            fields.Date.context_today(self),
        )

    def _amount_waiting_on_billing_orders(self, domain: Domain) -> float:
        """Return what Odoo counts of unbilled time on lines of billing orders.

        :return: amount in the billing currency of the project.
        """
        today = fields.Date.context_today(self)
        groups = self.env["account.analytic.line"]._read_group(
            domain
            & Domain("so_line.state", "=", "sale")
            & Domain("so_line.billing_key", "!=", False),
            ["so_line"],
            ["unbilled_hours:sum"],
        )
        return sum(
            line.currency_id._convert(
                # Figured as Odoo's section does, to take off just what it counts.
                line._untaxed_worth(hours),
                self.invoicing_currency_id,
                line.company_id,
                today,
            )
            for line, hours in groups
        )

    def action_profitability_items(
        self, section_name: str, domain: list | None = None, res_id: int | bool = False
    ) -> dict:
        if section_name != UNBILLED:
            return super().action_profitability_items(section_name, domain, res_id)
        action = self.with_context(billing_figure="unbilled").action_billing_entries()
        ordered = self._billing_figure_domain("on_orders")
        action["domain"] = list(Domain(action["domain"]) & ~ordered)
        return action
