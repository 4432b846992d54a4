from odoo import fields, models

from odoo.addons.zoho_projects_connector.groups import STAFF_GROUP


class ResUsers(models.Model):
    """The pairings of a person, which he sees and ends in his preferences."""

    _inherit = "res.users"

    zoho_pairing_ids = fields.One2many(
        "zoho.pairing",
        "user_id",
        "Paired with Zoho Projects",
        readonly=True,
        groups=STAFF_GROUP,
    )

    @property
    def SELF_READABLE_FIELDS(self) -> list[str]:
        return [*super().SELF_READABLE_FIELDS, "zoho_pairing_ids"]

    def write(self, vals: dict) -> bool:
        """End the pairings of who is archived: brought back, he pairs again."""
        done = super().write(vals)
        if vals.get("active") is False:
            # Whoever may archive a user ends what the user may do from elsewhere.
            self.sudo().zoho_pairing_ids.unlink()
        return done
