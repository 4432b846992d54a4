from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from odoo import Command, models
from odoo.fields import Domain

from .invoice_time import TimeGroup, TimeSource


@dataclass
class ProjectPreview:
    """What one project has to invoice, and what of it is not or needs a look.

    ``questions`` counts what others than billing want answered first.
    """

    groups: list[TimeGroup] = field(default_factory=list)
    exceptions: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    questions: int = 0


class ProjectInvoiceBatch(models.TransientModel):
    """The table of customers: figured for all of them at once."""

    _inherit = "project.invoice.batch"

    def _preview_rows(self) -> list[dict]:
        """Return the values of a line per customer and currency, by name.

        Projects without a customer have a line each, to say so.
        """
        projects = self._projects_with_unbilled_time()
        previews = self._project_previews(projects)
        groups = defaultdict(lambda: self.env["project.project"])
        for project in projects:
            nobody = 0 if project.partner_id else project.id
            key = (project.partner_id, project._billing_currency(), nobody)
            groups[key] |= project
        rows = [
            self._row(partner, currency, some, [previews[each.id] for each in some])
            for (partner, currency, _nobody), some in groups.items()
        ]
        names = {row["partner_id"]: "" for row in rows}
        names.update(
            (partner.id, partner.display_name) for partner in projects.partner_id
        )
        return sorted(rows, key=lambda row: (names[row["partner_id"]], -row["amount"]))

    def _projects_with_unbilled_time(self) -> models.BaseModel:
        """Return the projects of the company that have time to invoice.

        :rtype: project.project
        """
        company = self.company_id
        domain = Domain("unbilled_hours", "!=", 0) & Domain("date", "<=", self.date_to)
        domain &= Domain("project_id.company_id", "in", [company.id, False])
        domain &= Domain("company_id", "=", company.id)
        groups = self.env["account.analytic.line"]._read_group(domain, ["project_id"])
        projects = self.env["project.project"].union(*(each for (each,) in groups))
        # Those he may read; what they have to invoice is figured as in the wizard.
        projects = projects._filtered_access("read")
        return projects.sudo().with_company(company)

    def _project_previews(
        self, projects: models.BaseModel
    ) -> dict[int, ProjectPreview]:
        """Return what each project has to invoice, in a few queries for all."""
        previews = defaultdict(ProjectPreview)
        by_lines = projects.grouped(
            lambda project: project.partner_id._billing_layout()["group_by"] or "task"
        )
        for group_by, some in by_lines.items():
            wizard = projects.env["project.invoice.create"].new(
                {
                    "project_ids": [Command.set(some.ids)],
                    "mode": "time",
                    "group_by": group_by,
                    "date_to": self.date_to,
                }
            )
            source = TimeSource(wizard)
            for group in source.groups():
                previews[group.project_id].groups.append(group)
            for reason, what, timesheet, hours in source.unbillable():
                sentence = self._exception(reason, what)
                exceptions = previews[timesheet.project_id.id].exceptions
                exceptions[sentence] += hours
        return previews

    def _exception(self, reason: str, what: str) -> str:
        """Return what is said of time that is not invoiced."""
        if reason == "order":
            return self.env._("Billed by the sales order %(order)s", order=what)
        if reason == "difference":
            return self.env._(
                "Differs from Zoho, to be settled first: %(what)s", what=what
            )
        if reason == "negative":
            return self.env._("More negative time than other: %(what)s", what=what)
        return self.env._("No rate is set: %(what)s", what=what)

    def _row(
        self,
        partner: models.BaseModel,
        currency: models.BaseModel,
        projects: models.BaseModel,
        previews: list[ProjectPreview],
    ) -> dict:
        """Return the values of the line of a customer in a currency."""
        groups = [group for preview in previews for group in preview.groups]
        can_invoice = bool(groups and partner and currency.active)
        return {
            "selected": can_invoice,
            "can_invoice": can_invoice,
            "partner_id": partner.id,
            "currency_id": currency.id,
            "project_ids": [Command.set(projects.ids)],
            "hours": sum(group.hours for group in groups),
            "amount": sum(
                currency.round(group.quantity * group.rate) for group in groups
            ),
            "exceptions": "\n".join(
                self._row_exceptions(partner, currency, projects, previews)
            ),
        }

    def _row_exceptions(
        self,
        partner: models.BaseModel,
        currency: models.BaseModel,
        projects: models.BaseModel,
        previews: list[ProjectPreview],
    ) -> list[str]:
        """Return the sentences on what is not invoiced or should be looked at."""
        sentences = []
        if not partner:
            sentences.append(
                self.env._(
                    "%(projects)s has no customer to invoice.",
                    projects=", ".join(projects.mapped("name")),
                )
            )
        if not currency.active:
            sentences.append(
                self.env._(
                    "The currency %(currency)s is not active.", currency=currency.name
                )
            )
        if notice := projects._archived_notice():
            sentences.append(notice)
        for preview in previews:
            sentences += [
                self.env._("%(what)s (%(hours)s h)", what=what, hours=round(hours, 2))
                for what, hours in preview.exceptions.items()
            ]
        return sentences
