from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...groups import BILLING_GROUP


class ResPartner(models.Model):
    """A customer who approves time before it is billed.

    It is agreed with a company as a whole: of a contact, his company's word counts.
    """

    _name = "res.partner"
    _inherit = ["code.only.mixin", "res.partner"]

    time_approval = fields.Boolean(
        "Approves Time",
        inverse="_inverse_time_approval",
        groups=BILLING_GROUP,
        help="Time of the projects of this customer is not offered for billing before "
        "he has approved it.",
    )
    time_approver_id = fields.Many2one(
        "res.partner",
        string="Approver of Time",
        groups=BILLING_GROUP,
        domain="[('id', 'child_of', id)]",
        help="Who is asked, by e-mail. Empty: the customer himself.",
    )
    time_approval_days = fields.Integer(
        "Days to Answer",
        groups=BILLING_GROUP,
        help="Time counts as approved when there is no answer within so many days, if "
        "that is agreed. Zero: silence never approves.",
    )

    _time_approval_days_not_negative = models.Constraint(
        "CHECK(time_approval_days >= 0)", "Days to answer cannot be negative."
    )

    @api.constrains("time_approver_id")
    def _check_time_approver(self) -> None:
        """Let nobody approve the time of others.

        :raise ValidationError: it names who is no contact of this customer.
        """
        for partner in self.filtered("time_approver_id"):
            approver = partner.time_approver_id
            if approver.commercial_partner_id != partner.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(approver)s is no contact of %(customer)s, and cannot "
                        "approve his time.",
                        approver=approver.display_name,
                        customer=partner.display_name,
                    )
                )

    def _inverse_time_approval(self) -> None:
        """Take back what customers are asked who approve time no longer."""
        free = self.filtered(lambda partner: not partner.time_approval)
        # Nobody writes requests but the code.
        requests = self.env["project.time.approval"].sudo()
        requests.search(
            [("partner_id", "in", free.ids), ("state", "!=", "closed")]
        )._close()

    def _asked_contact(self) -> models.BaseModel:
        """Return who is asked for this customer. Note: `self.ensure_one()`.

        :rtype: res.partner
        """
        # Checked by whoever asks; the field is for the billing group.
        return self.sudo().time_approver_id.sudo(self.env.su) or self
