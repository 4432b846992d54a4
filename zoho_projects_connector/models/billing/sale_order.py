from collections import defaultdict
from collections.abc import Iterator
from math import isclose

from odoo import Command, api, fields, models
from odoo.api import Environment
from odoo.tools import clean_context

from ...hours import day_unit, hour_unit
from .plan import BillingPlan, Work, name_months, offer_of, plan_of

# What an order takes over from its customer when it is made, and keeps from then on.
CUSTOMER_TERMS = (
    "fiscal_position_id",
    "partner_invoice_id",
    "partner_shipping_id",
    "payment_term_id",
    "preferred_payment_method_line_id",
)


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["code.only.mixin", "sale.order"]

    billing_project_id = fields.Many2one(
        "project.project",
        copy=False,
        index="btree_not_null",
        check_company=True,
        export_string_translation=False,
        help="The project whose transactions are made through this order.",
        readonly=True,
    )

    def _get_invoiceable_lines(self, final: bool = False) -> models.BaseModel:
        """A planned invoice bills the lines of its plan, nothing else of the order."""
        plan = plan_of(self.env)
        if plan is None:
            return super()._get_invoiceable_lines(final)
        planned = self.env["sale.order.line"].browse(plan.sale_line_ids())
        return planned.filtered(lambda line: line.order_id == self)

    def _create_invoices(
        self, grouped: bool = False, final: bool = False, date: object = None
    ) -> models.BaseModel:
        """Say on the invoices which time of the orders they leave out, and why."""
        if plan_of(self.env):
            return super()._create_invoices(grouped=grouped, final=final, date=date)
        # Before `super`: afterwards the ledger has what was offered.
        offer = self.order_line._offered_time()
        orders = self.with_context(billing_offer=offer)
        moves = super(SaleOrder, orders)._create_invoices(
            grouped=grouped, final=final, date=date
        )
        # Odoo's rights and context of the new invoices stay; what was offered is over.
        moves = moves.with_context(billing_offer=None)
        for listener, waiting in offer.waiting.items():
            for order, timesheets in waiting.grouped("order_id").items():
                for move in moves & order.invoice_ids:
                    move._message_log(body=listener._held_back_sentence(timesheets))
        return moves

    def _create_account_invoices(
        self, invoice_vals_list: list[dict], final: bool
    ) -> models.BaseModel:
        """Let planned invoices refer to their projects, and head the lines of each."""
        plan = plan_of(self.env)
        if plan:
            for values in invoice_vals_list:
                values.update(self._worked_vals(plan, values))
        return super()._create_account_invoices(invoice_vals_list, final)

    @api.model
    def _worked_vals(self, plan: BillingPlan, values: dict) -> dict:
        """Return what a planned invoice says of the projects that it bills.

        What the customer calls the orders, where somebody has entered it, stays his
        reference.

        :param values: those of the invoice, with a line for each of an order.
        """
        lines = defaultdict(list)
        for _command, _id, line in values["invoice_line_ids"]:
            [(_link, sale_line_id, _value)] = line["sale_line_ids"]
            lines[plan.projects[sale_line_id]].append(line)
        works = {id_: work for id_, work in plan.works.items() if id_ in lines}
        partner = self.env["res.partner"].browse(values["partner_id"])
        env = self.with_context(lang=partner.lang or self.env.lang).env
        names = [work.name for work in works.values()]
        months = name_months(env, [day for work in works.values() for day in work.days])
        if len(names) > 2:
            names = [env._("%(count)s projects", count=len(names))]
        told = " · ".join(filter(None, (", ".join(names), months)))
        theirs = ", ".join(filter(None, self.mapped("client_order_ref")))
        vals = {"ref": theirs or told, "invoice_origin": told}
        if plan.has_sections:
            vals["invoice_line_ids"] = [
                Command.create({**line, "sequence": number})
                for number, line in enumerate(self._headed(env, works, lines), start=1)
            ]
        return vals

    @api.model
    def _headed(
        self, env: Environment, works: dict[int, Work], lines: dict[int, list[dict]]
    ) -> Iterator[dict]:
        """Yield the values of invoice lines, after a section for each project.

        :param env: in whose language the sections are.
        :param works: what is billed of projects, by their ids.
        :param lines: the values of their lines.
        """
        for project_id, work in works.items():
            months = name_months(env, work.days)
            name = " · ".join(filter(None, (work.name, months)))
            yield {"display_type": "line_section", "name": name}
            yield from lines[project_id]

    def _nothing_to_invoice_error_message(self) -> str:
        """Say first what waits, where that is why nothing is left to invoice."""
        message = super()._nothing_to_invoice_error_message()
        offer = offer_of(self.env) or self.order_line._offered_time()
        sentences = [
            listener._held_back_sentence(timesheets)
            for listener, timesheets in offer.waiting.items()
        ]
        return "\n\n".join([*sentences, message])

    def _prepare_invoice(self) -> dict:
        values = super()._prepare_invoice()
        if self.billing_project_id:
            # Its own number is nothing to the customer.
            name = self.billing_project_id.name
            values.update(ref=self.client_order_ref or name, invoice_origin=name)
            # Its text is of the day it was made: an invoice has the terms of its own.
            values.pop("narration", None)
        plan = plan_of(self.env)
        if plan and plan.invoice_date:
            values["invoice_date"] = plan.invoice_date
        return values

    def _get_billing_order(self, project: models.BaseModel) -> models.BaseModel:
        """Return the open order through which a project is billed, made when needed.

        One that was made at other terms of the customer than today's keeps them with
        what was invoiced through it; the next invoice opens another.

        :param project.project project: a project with a customer.
        :rtype: sale.order
        """
        company = project.company_id or self.env.company
        # Defaults of the dialog, such as a type of document, are not for the order.
        own = self.with_context(clean_context(self.env.context))
        # Accountants need no sales rights; they may bill the project. Taxes, accounts
        # and pricelists are those of its company, not of the one that is switched on.
        orders = own.sudo().with_company(company)
        found = orders._open_billing_orders(project, company)
        vals = self._billing_order_vals(project, company)
        today = orders.new(vals)
        alike = found.filtered(
            lambda order: all(order[name] == today[name] for name in CUSTOMER_TERMS)
        )
        if alike:
            return alike[0]
        # What the customer calls the project's orders is no term of his.
        vals["client_order_ref"] = found[:1].client_order_ref
        # Defaults that people have set for orders of their own are none of his, either.
        vals |= {name: today[name]._origin.id for name in CUSTOMER_TERMS}
        order = orders._create_billing_order(vals)
        if found:
            order._tell_new_terms(found[0])
        return order

    @api.model
    def _open_billing_orders(
        self, project: models.BaseModel, company: models.BaseModel
    ) -> models.BaseModel:
        """Return the orders through which a project may be billed, the newest first.

        :rtype: sale.order
        """
        return self.search(
            [
                ("billing_project_id", "=", project.id),
                ("company_id", "=", company.id),
                ("state", "=", "sale"),
                # Whoever locks or cancels a billing order ends it; the next invoice
                # opens another.
                ("locked", "=", False),
                ("partner_id", "=", project.partner_id.id),
                ("currency_id", "=", project._billing_currency().id),
            ],
            order="id desc",
        )

    def _tell_new_terms(self, before: models.BaseModel) -> None:
        """Say in the chatter what differs from the order that was billed before.

        Note: `self.ensure_one()`
        """
        names = [name for name in CUSTOMER_TERMS if self[name] != before[name]]
        if names:
            terms = [self._fields[name]._description_string(self.env) for name in names]
            self._message_log(
                body=self.env._(
                    "Opened because the customer's terms are no longer those of "
                    "%(order)s: %(terms)s.",
                    order=before.display_name,
                    terms=", ".join(terms),
                )
            )

    @api.model
    def _billing_order_vals(
        self, project: models.BaseModel, company: models.BaseModel
    ) -> dict:
        """Return the values of an order that bills a project."""
        return {
            "partner_id": project.partner_id.id,
            "company_id": company.id,
            "project_id": project.id,
            "billing_project_id": project.id,
            "pricelist_id": project._billing_pricelist().id,
            # A salesperson would follow, and be measured by, what nobody sold.
            "user_id": False,
        }

    def _create_billing_order(self, vals: dict) -> models.BaseModel:
        """Return a new confirmed order that bills a project and makes no tasks.

        :rtype: sale.order
        """
        order = self.with_context(
            tracking_disable=True,
            mail_create_nosubscribe=True,
            mail_auto_subscribe_no_notify=True,
            # Its products would make tasks in the project that they bill.
            disable_project_task_generation=True,
        ).create(vals)
        order.action_confirm()
        # Odoo may be set to lock what is confirmed; this order gets lines for years.
        order.locked = False
        return order.with_env(self.env)

    def _billing_order_lines(
        self, wanted: list[tuple[str, float, str, float]], product: models.BaseModel
    ) -> models.BaseModel:
        """Return the lines of a billing order for groups, made when needed.

        :param wanted: ``(key, price, name, hours per day)`` of each group; the price
            of time is per hour when there are no hours per day.
        :param product.product product: what the lines sell.
        :return: the lines, in the order of the groups.
        :rtype: sale.order.line
        """
        # `repr` tells rates apart that formatting makes alike.
        keys = [
            f"{key}:{rate!r}" + (f":{hours_per_day!r} h" if hours_per_day else "")
            for key, rate, _name, hours_per_day in wanted
        ]
        lines = self.env["sale.order.line"]
        known = lines.search([("order_id", "=", self.id), ("billing_key", "in", keys)])
        prices = {key: rate for key, (_key, rate, *_) in zip(keys, wanted, strict=True)}
        by_key = {
            line.billing_key: line for line in self._sold_alike(known, product, prices)
        }
        vals_list = [
            self._billing_order_line_vals(key, *group, product)
            for key, (_key, *group) in zip(keys, wanted, strict=True)
            if key not in by_key
        ]
        created = lines.with_context(
            sale_no_log_for_new_lines=True, disable_project_task_generation=True
        ).create(vals_list)
        # Afterwards: which taxes a line has, Odoo computes from product and position.
        created._include_taxes()
        by_key.update({line.billing_key: line for line in created})
        return lines.union(*(by_key[key] for key in keys))

    def _sold_alike(
        self,
        lines: models.BaseModel,
        product: models.BaseModel,
        prices: dict[str, float],
    ) -> models.BaseModel:
        """Return which lines of this order sell what new ones would, and as those do.

        What a line was sold at, and by whom a price or discount was typed on it since,
        stays with what it bills; no later invoice takes it over unseen.

        :param product.product product: what a new line would sell.
        :param prices: the price without taxes by the key of a line.
        :rtype: sale.order.line
        """
        if not lines:
            return lines
        # Of a copy in memory: a line of the order itself would be among its lines.
        vals = {"order_id": self.new(origin=self).id, "product_id": product.id}
        today = lines.new(vals)
        taxes, distribution = today.tax_ids._origin, today.analytic_distribution
        return lines.filtered(
            lambda line: (
                line.product_id == product
                and line.tax_ids == taxes
                and not line.discount
                and (line.analytic_distribution or {}) == (distribution or {})
                and isclose(
                    line.price_unit,
                    taxes._price_with_included(prices[line.billing_key], product),
                )
            )
        )

    def _billing_order_line_vals(
        self,
        key: str,
        rate: float,
        name: str,
        hours_per_day: float,
        product: models.BaseModel,
    ) -> dict:
        """Return the values of a line that sells hours or days at a rate, or a thing.

        A technical price of zero tells Odoo that somebody set the price: it would
        otherwise go back to the list price when the quantity changes.
        """
        return {
            "order_id": self.id,
            "billing_key": key,
            "name": name,
            "product_id": product.id,
            "product_uom_id": self._billing_unit(product, hours_per_day).id,
            "billing_hours_per_day": hours_per_day,
            # Nothing is ordered beforehand: what is logged is delivered.
            "product_uom_qty": 0,
            "price_unit": rate,
            "technical_price_unit": 0.0,
            "discount": 0.0,
        }

    def _billing_unit(
        self, product: models.BaseModel, hours_per_day: float
    ) -> models.BaseModel:
        """Return the unit in which a product is billed: days, hours, or its own.

        :rtype: uom.uom
        """
        if hours_per_day:
            return day_unit(self.env)
        return (
            hour_unit(self.env) if product._is_delivered_timesheet() else product.uom_id
        )

    def _compute_project_ids(self) -> None:
        """Let accountants without sales rights open the orders of projects.

        Odoo searches projects by a field that only salespeople may read.
        """
        if self.env.user.has_group("sales_team.group_sale_salesman"):
            return super()._compute_project_ids()
        super(SaleOrder, self.sudo())._compute_project_ids()
        for order in self:
            projects = order.sudo().project_ids.with_env(self.env)
            order.project_ids = projects._filtered_access("read")
            order.project_count = len(order.project_ids.filtered("active"))
        return None

    def _action_confirm(self) -> object:
        """Tie the quoted tasks to their lines, now that the order is one.

        Doing it on a quotation would confirm it: Odoo confirms the order of a line
        as soon as a task points to it.
        """
        result = super()._action_confirm()
        # Who may confirm the order ties the work that code has put on it.
        self.order_line.sudo()._link_quoted_work()
        for order in self:
            order._tell_hourly_invoices()
        return result

    def _tell_hourly_invoices(self) -> None:
        """Say in the chatter that work which has a price now is billed by the hour too.

        The customer may be confirming, so nothing is refused. Note: `ensure_one()`
        """
        # What was quoted holds, whatever of the work who confirms may read.
        lines = self.order_line.sudo().filtered(
            lambda line: not line._bills_timesheets()
        )
        tasks = lines.quoted_task_ids
        if tasks and (invoices := tasks._hourly_invoices()):
            self._message_log(
                body=self.env._(
                    "Hours of the work that is sold at a price here are on "
                    "%(invoices)s as well: credit them, or the customer pays twice.",
                    invoices=", ".join(invoices.mapped("display_name")),
                )
            )
