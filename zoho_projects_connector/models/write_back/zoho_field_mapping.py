from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..code_only_mixin import ByCode

FIGURES = [
    ("unbilled", "Amount Unbilled"),
    ("invoiced", "Amount Invoiced"),
    ("link", "Link to Odoo"),
]
# The types of Zoho that take a figure.
FITTING = {
    "unbilled": ("currency", "decimal", "text"),
    "invoiced": ("currency", "decimal", "text"),
    "link": ("url", "text"),
}


class ZohoFieldMapping(models.Model):
    """Custom fields of projects that receive something from Odoo, not bring it."""

    _inherit = "zoho.field.mapping"

    figure = fields.Selection(
        FIGURES,
        "Written by Odoo",
        copy=False,
        help="What Odoo writes into this field of the project in Zoho, whenever it has "
        "changed. Such a field fills none of Odoo.",
    )
    takes_figure = fields.Boolean(
        compute="_compute_takes_figure", export_string_translation=False
    )

    _figure_uniq = models.UniqueIndex(
        "(integration_id, figure) WHERE figure IS NOT NULL",
        "Odoo writes this into another field already: take it out there first.",
    )

    @api.depends("entity", "is_standard", "zoho_type")
    def _compute_takes_figure(self) -> None:
        fitting = {one for types in FITTING.values() for one in types}
        for mapping in self:
            mapping.takes_figure = (
                mapping.entity == "project"
                and not mapping.is_standard
                and mapping.zoho_type in fitting
            )

    @api.constrains("figure", "field_id", "zoho_type", "entity")
    def _check_figure(self) -> None:
        """Refuse what does not fit, and fields that would go round in a circle."""
        for mapping in self.filtered("figure"):
            names = {"field": mapping.zoho_label}
            if mapping.field_id:
                raise ValidationError(
                    self.env._(
                        "%(field)s fills a field of Odoo: Odoo cannot write into it as "
                        "well. Choose another field of Zoho, or take it out of the "
                        "mapping first.",
                        **names,
                    )
                )
            if not mapping.problem and not mapping._fits_figure(mapping.zoho_type):
                raise ValidationError(
                    self.env._(
                        "%(field)s cannot take this: an amount needs a field of a "
                        "project with the type Currency, Decimal number or Text, and "
                        "a link one with the type URL or Text.",
                        **names,
                    )
                )
            mapping._check_only_writer()

    def _fits_figure(self, zoho_type: str) -> bool:
        is_own = self.entity == "project" and not self.is_standard
        return is_own and zoho_type in FITTING[self.figure]

    def _check_only_writer(self) -> None:
        """Refuse that two companies write into one field of one portal."""
        portal = self.integration_id.portal_zoho_id
        # Whatever companies the user may see: they would overwrite each other.
        other = self.sudo().search(
            [
                ("id", "!=", self.id),
                ("figure", "!=", False),
                ("zoho_field", "=", self.zoho_field),
                ("integration_id.portal_zoho_id", "=", portal or ""),
            ],
            limit=1,
        )
        if other:
            raise ValidationError(
                self.env._(
                    "Another company writes into %(field)s of this portal: choose "
                    "another field.",
                    field=self.zoho_label,
                )
            )

    def write(self, vals: dict) -> bool:
        """Write to Zoho soon what was chosen; what was wrong before is over."""
        if "figure" in vals:
            # Only code writes problems; here it travels with what a person chooses.
            vals = {"problem": ByCode(False), **vals}
        result = super().write(vals)
        if "figure" in vals:
            # Only code writes errors; who may write the mapping was checked.
            self.env["zoho.sync.error"].sudo()._resolve_fields(self)
            self.integration_id._try_writing_again()
        return result

    def _is_used(self) -> bool:
        return super()._is_used() or bool(self.figure)

    def _takes_type(self, zoho_type: str) -> bool:
        fits_figure = not self.figure or self._fits_figure(zoho_type)
        return super()._takes_type(zoho_type) and fits_figure
