from lxml import etree

from odoo import api, models

from .field_values import CURRENCY_FIELDS, PREFIX


class ZohoSyncedMixin(models.AbstractModel):
    """Created fields are on the forms, where people look for them."""

    _inherit = "zoho.synced.mixin"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Add what was created for fields of Zoho to the model's forms."""
        arch, view = super()._get_view(view_id, view_type, **options)
        names = [name for name in self._fields if name.startswith(PREFIX)]
        if view_type == "form" and names:
            self._zoho_show_fields(arch, sorted(names))
        return arch, view

    @api.model
    def _zoho_show_fields(self, arch, names):
        """Put the fields on a page of the form, or at the end of one without pages.

        They come from Zoho and are read here; guests of a portal do not see them.
        """
        title = self.env._("Zoho Projects")
        attributes = {"groups": "base.group_user"}
        if (notebook := arch.find("./sheet/notebook")) is not None:
            attributes |= {"name": "zoho_fields", "string": title}
            page = etree.SubElement(notebook, "page", attributes)
            group = etree.SubElement(page, "group")
        elif (sheet := arch.find("./sheet")) is not None:
            group = etree.SubElement(
                sheet, "group", {**attributes, "string": title, "name": "zoho_fields"}
            )
        else:
            return
        currency = next((one for one in CURRENCY_FIELDS if one in self._fields), None)
        if any(self._fields[name].type == "monetary" for name in names):
            etree.SubElement(group, "field", {"name": currency, "invisible": "1"})
        columns = (etree.SubElement(group, "group"), etree.SubElement(group, "group"))
        for number, name in enumerate(names):
            etree.SubElement(
                columns[number % 2], "field", {"name": name, "readonly": "1"}
            )
