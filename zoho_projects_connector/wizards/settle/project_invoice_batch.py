from odoo import models

from ..billing.project_invoice_batch import ProjectPreview


class ProjectInvoiceBatch(models.TransientModel):
    """The table of customers, with what differs from Zoho and is not settled yet."""

    _inherit = "project.invoice.batch"

    def _project_previews(self, projects: models.BaseModel) -> dict:
        previews = super()._project_previews(projects)
        # Differences of the customer are among them: they hold no time back.
        differences = projects.env["zoho.difference"]._read_group(
            [("project_id", "in", projects.ids), ("state", "=", "open")],
            ["project_id"],
            ["__count"],
        )
        for project, count in differences:
            previews[project.id].questions = count
        return previews

    def _exception(self, reason: str, what: str) -> str:
        if reason == "difference":
            return self.env._(
                "Differs from Zoho, to be settled first: %(what)s", what=what
            )
        return super()._exception(reason, what)

    def _row_exceptions(
        self,
        partner: models.BaseModel,
        currency: models.BaseModel,
        projects: models.BaseModel,
        previews: list[ProjectPreview],
    ) -> list[str]:
        sentences = super()._row_exceptions(partner, currency, projects, previews)
        if count := sum(preview.questions for preview in previews):
            sentences.append(
                self.env._("Open differences with Zoho: %(count)s", count=count)
            )
        return sentences
