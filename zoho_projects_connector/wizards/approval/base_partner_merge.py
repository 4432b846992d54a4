from odoo import models

# How a customer is billed. What stands together belongs together: silence must not
# approve because one contact has agreed to approve, and another one to a deadline.
CHOICES = (
    ("time_approval", "time_approver_id", "time_approval_days"),
    ("billing_rounding", "billing_rounding_minutes"),
    ("billing_layout",),
    ("billed_time_annex",),
    ("billing_line_template",),
)


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Odoo's merge of contacts, for customers who are billed and approve time."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(
        self, src_partners: models.BaseModel, dst_partner: models.BaseModel
    ) -> None:
        # How he is billed follows whoever merges; Odoo takes along what he may read,
        # each field by itself.
        kept, merged = dst_partner.sudo(), src_partners.sudo()
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        choices = {language: {} for language in languages}
        for names in CHOICES:
            if chooser := (kept + merged).filtered(names[0])[:1]:
                for language, chosen in choices.items():
                    spoken = chooser.with_context(lang=language)
                    for name in names:
                        field = spoken._fields[name]
                        chosen[name] = field.convert_to_write(spoken[name], spoken)
        result = super()._update_values(src_partners, dst_partner)
        for language, chosen in choices.items():
            kept.with_context(lang=language).write(chosen)
        return result
