from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...groups import STAFF_GROUP
from .line_template import PLACEHOLDERS, has_stray_brace, unknown_placeholders


class BillingTextMixin(models.AbstractModel):
    """A template for the text of invoice lines: of a company or of a customer."""

    _name = "billing.text.mixin"
    _description = "Text of Invoice Lines"

    billing_line_template = fields.Text(
        string="Text of Invoice Lines",
        translate=True,
        groups=STAFF_GROUP,
        help="Placeholders: {project} {task} {task_list} {phase} {person} {period} "
        "{day} {hours} {rate} {notes}. Parts of which nothing is known do not appear. "
        "Empty: what is ticked when the invoice is made.",
    )

    @api.constrains("billing_line_template")
    def _check_billing_line_template(self) -> None:
        """Refuse a template that no line could fill, in any language.

        :raise ValidationError: it names the unknown placeholder.
        """
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for record in self:
            for language in languages:
                template = record.with_context(lang=language).billing_line_template
                record._check_template(template or "")

    @api.model
    def _check_template(self, template: str) -> None:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        unknown = unknown_placeholders(template)
        if unknown:
            raise ValidationError(
                self.env._(
                    "The text of invoice lines names %(unknown)s, which is no "
                    "placeholder. Use any of %(known)s.",
                    unknown=", ".join(f"{{{name}}}" for name in unknown),
                    known=known,
                )
            )
        if has_stray_brace(template):
            raise ValidationError(
                self.env._(
                    "The text of invoice lines has a brace that opens or closes no "
                    "placeholder. Placeholders are %(known)s.",
                    known=known,
                )
            )
