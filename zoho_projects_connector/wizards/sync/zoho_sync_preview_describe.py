from odoo import models

from ...models.sync.res_partner import alike

ORDER = ("fail", "overwrite", "clone", "create", "fetch", "known", "leave")


class ZohoSyncPreview(models.TransientModel):
    """What became of customers, projects and time, read where the flow left it."""

    _name = "zoho.sync.preview"
    _inherit = ["zoho.sync.preview"]

    def _domain_of(self, integration: models.BaseModel, entity: str) -> list:
        return [("integration_id", "=", integration.id), ("entity", "=", entity)]

    def _links(self, integration: models.BaseModel, entity: str) -> models.BaseModel:
        """Return the links of a module, in sudo: who sets up need not see it all."""
        domain = [*self._domain_of(integration, entity), ("state", "=", "linked")]
        return self.env["zoho.link"].sudo().search(domain)

    def _skipped(self, integration: models.BaseModel, entity: str) -> models.BaseModel:
        domain = self._domain_of(integration, entity)
        # As the links: what the sync of his own integration left out.
        # What the preview has brought in is rolled back: rights matter to nobody.
        return self.env["zoho.skipped.record"].sudo().search(domain)

    def _failed(self, integration: models.BaseModel, entity: str) -> models.BaseModel:
        domain = [*self._domain_of(integration, entity), ("resolved_at", "=", False)]
        # As the links: what could not be fetched, and why.
        # What the preview has brought in is rolled back: rights matter to nobody.
        return self.env["zoho.sync.error"].sudo().search(domain)

    def _sorted(self, lines: list[dict]) -> list[dict]:
        """Return the lines with those first that somebody should look at."""
        return sorted(lines, key=lambda values: ORDER.index(values["outcome"]))

    def _label(self, record: models.BaseModel, name: str) -> str:
        """Return how a selection field of a record reads to this user."""
        field = record._fields[name]
        return dict(field._description_selection(self.env)).get(record[name], "")

    # Customers

    def _describe_customers(
        self, integration: models.BaseModel, before: dict
    ) -> list[dict]:
        links = self._links(integration, "customer")
        # He is asked whether to overwrite contacts, so he has to see which.
        # What the preview has brought in is rolled back: rights matter to nobody.
        partners = self.env["res.partner"].sudo().browse(links.mapped("res_id"))
        partners = partners.with_company(integration.company_id)
        namesakes = partners._zoho_candidates(
            integration.company_id, partners.mapped("name")
        )
        lines = []
        for link, partner in zip(links, partners, strict=True):
            others = namesakes.get(alike(partner.name), partner)
            outcome = self._customer_outcome(link, partner, others, before)
            values = {"section": "customer", "outcome": outcome, "name": partner.name}
            if outcome == "overwrite":
                values["detail"] = self._describe_overwritten(link)
            lines.append(values)
        return self._sorted([*lines, *self._describe_left(integration, "customer")])

    def _customer_outcome(
        self,
        link: models.BaseModel,
        partner: models.BaseModel,
        namesakes: models.BaseModel,
        before: dict,
    ) -> str:
        """Return what the sync makes of a customer.

        :param namesakes: companies of the same name, himself among them.
        """
        if link.id <= before["link"]:
            return "known"
        if partner.id <= before["partner"]:
            return "overwrite"
        is_clone = any(one.id <= before["partner"] for one in namesakes)
        return "clone" if is_clone else "create"

    def _describe_overwritten(self, link: models.BaseModel) -> str:
        """Return which details of a customer are replaced, with both values."""
        changes = [
            f"{label}: {old or '–'} → {new or '–'}"
            for label, old, new in link._readable_changes()
        ]
        return "; ".join(changes) or self.env._("Nothing changes.")

    # Projects

    def _describe_projects(self, integration: models.BaseModel) -> list[dict]:
        links = self._links(integration, "project")
        # Projects that were not there a moment ago, and that nobody was given yet.
        projects = self.env["project.project"].sudo().browse(links.mapped("res_id"))
        lines = [
            {
                "section": "project",
                "outcome": "fetch",
                "name": project.name,
                "detail": project.partner_id.name,
            }
            for project in projects
        ]
        return self._sorted([*lines, *self._describe_left(integration, "project")])

    def _describe_left(self, integration: models.BaseModel, entity: str) -> list[dict]:
        """Return lines of what stays in Zoho by choice, and of what has to."""
        failed = [
            {
                "section": entity,
                "outcome": "fail",
                "name": error.name or error.zoho_id,
                "detail": error.why,
            }
            for error in self._failed(integration, entity)
        ]
        left_out = [
            {
                "section": entity,
                "outcome": "leave",
                "name": record.name or record.zoho_id,
                "detail": self._label(record, "reason"),
            }
            for record in self._skipped(integration, entity)
        ]
        return [*failed, *left_out]

    # Time

    def _describe_time(self, integration: models.BaseModel) -> list[dict]:
        # Sums of time by what becomes of it.
        # What the preview has brought in is rolled back: rights matter to nobody.
        lines = self.env["account.analytic.line"].sudo()
        lines = lines.browse(self._links(integration, "timelog").mapped("res_id"))
        groups = [
            ("fetch", lines.grouped("billing_state").values(), "billing_state"),
            (
                "leave",
                self._skipped(integration, "timelog").grouped("reason").values(),
                "reason",
            ),
            (
                "fail",
                self._failed(integration, "timelog").grouped("reason").values(),
                "reason",
            ),
        ]
        return [
            self._describe_hours(outcome, records, name)
            for outcome, found, name in groups
            for records in found
        ]

    def _describe_hours(
        self, outcome: str, records: models.BaseModel, name: str
    ) -> dict:
        hours = "logged_hours" if "logged_hours" in records._fields else "hours"
        return {
            "section": "time",
            "outcome": outcome,
            "name": self._label(records[:1], name),
            "count": len(records),
            "hours": sum(records.mapped(hours)),
        }
