from odoo import api, models

ANNEX = "zoho_projects_connector.report_billed_time_annex"


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _get_placeholder_mail_template_dynamic_attachments_data(
        self,
        move: models.BaseModel,
        mail_template: models.BaseModel,
        pdf_report: str = None,
    ) -> list[dict]:
        """Announce the timesheet annex; Odoo prints what is announced when it sends."""
        attachments = super()._get_placeholder_mail_template_dynamic_attachments_data(
            move, mail_template, pdf_report=pdf_report
        )
        reports = {attachment.get("dynamic_report") for attachment in attachments}
        # A template may name the report as well: one annex is enough.
        if ANNEX in reports or not move._attaches_billed_time_annex():
            return attachments
        filename = f"{move._billed_time_annex_name()}.pdf"
        return attachments + [
            {
                "id": f"placeholder_{filename}",
                "name": filename,
                "mimetype": "application/pdf",
                "placeholder": True,
                "dynamic_report": ANNEX,
            }
        ]
