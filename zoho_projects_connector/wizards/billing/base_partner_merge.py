from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Rates that are agreed with customers stay so when these become one."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(
        self,
        partner_ids: list[int],
        dst_partner: models.BaseModel | None = None,
        extra_checks: bool = True,
    ) -> object:
        partners, kept = self._to_be_merged(partner_ids, dst_partner)
        # Whoever merges decides for all that is agreed, whatever of it he may read.
        self.env["project.billing.rate"].sudo()._check_merge(
            partners | kept.commercial_partner_id
        )
        return super()._merge(partner_ids, dst_partner, extra_checks)

    def _to_be_merged(
        self, partner_ids: list[int], dst_partner: models.BaseModel | None
    ) -> tuple[models.BaseModel, models.BaseModel]:
        """Return the contacts to merge, and which of them Odoo will keep.

        Asked before Odoo begins: it merges by SQL, row by row and past every `write`.
        """
        partners = self.env["res.partner"].browse(partner_ids).exists()
        return partners, dst_partner or self._get_ordered_partner(partners.ids)[-1:]

    def _update_foreign_keys(
        self, src_partners: models.BaseModel, dst_partner: models.BaseModel
    ) -> None:
        # Before Odoo, which deletes all rows where one would be there twice; what is
        # agreed follows whoever merges, whatever of it he may read.
        self.env["project.billing.rate"].sudo()._follow_merge(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)
