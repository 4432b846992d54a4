from odoo import api, fields, models
from odoo.exceptions import UserError


class ZohoChoiceMixin(models.AbstractModel):
    """A dialog that asks what a record of Zoho is in Odoo.

    It is about an error, which the choice resolves, or about a link that is to lead to
    something else.
    """

    _name = "zoho.choice.mixin"
    _inherit = ["caller.choice.mixin"]
    _description = "Choice about a Record of Zoho"

    # The modules whose errors it resolves, and the one whose links it changes.
    _error_entities = ()
    _link_entity = ""

    error_id = fields.Many2one("zoho.sync.error", readonly=True)
    link_id = fields.Many2one("zoho.link", readonly=True)
    company_id = fields.Many2one("res.company", compute="_compute_subject")
    subject = fields.Char(compute="_compute_subject")
    entity = fields.Char(compute="_compute_subject")
    consequence = fields.Text(compute="_compute_consequence", compute_sudo=True)

    @api.depends("error_id", "link_id")
    def _compute_subject(self):
        for wizard in self:
            about = wizard._about()
            wizard.company_id = about.company_id
            wizard.subject = about.display_name
            wizard.entity = about.entity

    @api.depends("error_id", "link_id")
    @api.depends_context("lang")
    def _compute_consequence(self):
        for wizard in self:
            wizard.consequence = wizard._describe_consequence()

    def _about(self):
        """Return the error or the link that the choice is about."""
        return self.error_id or self.link_id

    def _check_subject(self):
        """Refuse what this user may not decide, or this dialog cannot.

        :return: the error or the link.
        :raise UserError: when it was opened for something else.
        """
        about = self._about()
        about._check_manager()
        entities = self._error_entities if self.error_id else (self._link_entity,)
        if (self.error_id and self.link_id) or about.entity not in entities:
            raise UserError(
                self.env._(
                    "This is not decided here. Open the dialog from the error, the "
                    "customer or the user that it is about."
                )
            )
        return about

    def _describe_consequence(self):
        """Return what the choice will do. Note: `self.ensure_one()`."""
        raise NotImplementedError
