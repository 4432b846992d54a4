from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from ...groups import BILLING_GROUP

COST = "amount"
RULE = "zoho_projects_connector.account_analytic_line_rule_zoho_billing"
# Says that values are read for the cache, which everybody shares: no caller has it.
FOR_CACHE = object()


class AccountAnalyticLine(models.Model):
    """Who reads time only because he bills it does not read what it costs.

    The rule that shows accountants the time of billable projects is ours; the cost of
    time stays with those to whom Odoo's own rules show the entry.
    """

    _inherit = "account.analytic.line"

    @api.model
    def _cost_domain(self) -> Domain | None:
        """Return of which lines the user may see the cost; None: of all he may read."""
        user = self.env.user
        if self.env.su or not user.has_group(BILLING_GROUP):
            return None
        # The rules that hold for a user are no secret of his; he may not read them.
        rules = self.env["ir.rule"]._get_rules(self._name, "read").sudo()
        native = rules.filtered("groups") - self.env.ref(RULE).sudo()
        values = self.env["ir.rule"]._eval_context()
        domain = Domain.OR(
            safe_eval(rule.domain_force, values) if rule.domain_force else Domain.TRUE
            for rule in native
        )
        return None if domain.is_true() else domain

    def _without_cost(self):
        """Return those of these lines whose cost the user may not see.

        :rtype: account.analytic.line
        """
        domain = self._cost_domain()
        if domain is None:
            return self.browse()
        # He may read the lines; which of Odoo's rules show them he need not know.
        lines = self.sudo().with_context(active_test=False)
        return self - lines.search(domain & Domain("id", "in", self.ids)).with_env(
            self.env
        )

    def _fetch_query(self, query, fields):
        """Read the true cost into the cache; what leaves the server is without it."""
        if self.env.su or not any(field.name == COST for field in fields):
            return super()._fetch_query(query, fields)
        reader = self.with_context(billing_cost=FOR_CACHE)
        found = super(AccountAnalyticLine, reader)._fetch_query(query, fields)
        return found.with_env(self.env)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let sums, orders and conditions know no cost that the user may not see."""
        sql = super()._field_to_sql(alias, field_expr, query)
        is_cost = field_expr == COST
        if not is_cost or self.env.context.get("billing_cost") is FOR_CACHE:
            return sql
        domain = self._cost_domain()
        if domain is None:
            return sql
        # As above: the rules are applied, not shown.
        lines = self.sudo().with_context(active_test=False)
        return SQL(
            "CASE WHEN %s IN %s THEN %s END",
            SQL.identifier(alias, "id"),
            lines._search(domain).subselect(),
            sql,
        )

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        if COST in fnames:
            hidden = set(self._without_cost().ids)
            for row in rows:
                if row["id"] in hidden:
                    row[COST] = False
        return rows

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Refuse to export a cost that the user may not see."""
        if any(path and path[0] == COST for path in fields) and self._without_cost():
            raise AccessError(
                self.env._(
                    "What time costs is shown to those who may see the timesheets of "
                    "these people: leave the amount out of the export."
                )
            )
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
