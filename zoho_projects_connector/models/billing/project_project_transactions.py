from odoo import api, fields, models

from ...groups import BILLING_GROUP


class ProjectProject(models.Model):
    """The documents that are made from a project, or from several of one customer."""

    _inherit = "project.project"

    new_transactions = fields.Json(
        compute="_compute_new_transactions", export_string_translation=False
    )

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

    def _together_obstacle(self) -> str | bool:
        """Return why one document cannot be for all these projects, False if it can."""
        without = self.filtered(lambda project: not project.partner_id)
        if without:
            return self.env._(
                "%(projects)s has no customer to invoice.",
                projects=", ".join(without.mapped("name")),
            )
        if len(self.partner_id) > 1:
            return self.env._(
                "One document has one customer, but these projects have several: "
                "%(customers)s.",
                customers=", ".join(self.partner_id.mapped("display_name")),
            )
        if len(self.company_id) > 1:
            return self.env._(
                "One document has one company, but these projects have several: "
                "%(companies)s.",
                companies=", ".join(self.company_id.mapped("name")),
            )
        currencies = self.invoicing_currency_id
        if len(currencies) > 1:
            return self.env._(
                "One document has one currency, but these projects have several: "
                "%(currencies)s.",
                currencies=", ".join(currencies.mapped("name")),
            )
        return False

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
