from collections.abc import Collection
from typing import Any

from odoo import api, models

from .field_values import one_line


class ProjectTags(models.Model):
    """Tags of Zoho, by their names."""

    _inherit = "project.tags"

    @api.model
    def _zoho_by_name(self, names: Collection[str]) -> dict[str, Any]:
        """Return ``{name: tag}``, with tags made for names that are new.

        :param names: names of tags as Zoho writes them.
        """
        wanted = {one_line(name).casefold(): one_line(name) for name in names}
        found = {
            tag.name.casefold(): tag
            for tag in self.search([("name", "in", list(wanted.values()))])
        }
        if missing := [name for key, name in wanted.items() if key not in found]:
            found |= {
                tag.name.casefold(): tag
                for tag in self.create([{"name": name} for name in missing])
            }
        return {name: found[one_line(name).casefold()] for name in names}
