"""What of a project is unbilled and invoiced, and the way to it, as Zoho shows it.

Only what has changed is written, by what was written last: whatever moves in Zoho, our
own change among it, writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from odoo.tools.urls import urljoin

from ...zoho.endpoints import PROJECT_UPDATE
from ...zoho.errors import ZohoRefused, ZohoUnreadable
from ...zoho.writes import amount_text, changed_fields
from ..sync.causes import cause_of
from .writing import MOST_REFUSED, WHOLE_CODE, Writing

# Projects whose figures are computed at once.
READ_AT_ONCE = 100
AMOUNTS = {"unbilled": "amount_unbilled", "invoiced": "amount_invoiced"}


class ProjectFigures(Writing):
    """The figures of the projects of one integration."""

    key = "figures"

    def _steps(self) -> Iterator[None]:
        writings = self.env["zoho.project.writing"]
        domain = [("integration_id", "=", self.integration.id)]
        last_id = 0
        # In slices that are committed: whoever syncs need not wait for all of them.
        while (fields_of := self._fields()) and (links := self._links(last_id)):
            last_id = links[-1].id
            known = {
                one.zoho_id: one
                for one in writings.search(
                    [*domain, ("zoho_id", "in", links.mapped("zoho_id"))]
                )
            }
            for link, wanted in self._wanted(links, fields_of):
                writing = known.get(link.zoho_id, writings)
                changes = changed_fields(wanted, writing.written or {})
                if not changes:
                    writing._forget()
                elif writing._is_due() and self.refused < MOST_REFUSED:
                    writing = writing or self._new_writing(link)
                    self._write(link, writing, changes)
                    yield
            yield
        rows = writings.search(domain)
        refused = rows.filtered("retry_at") if fields_of else writings
        is_any_taken = any(rows.mapped("written"))
        self._note_refused(self.key, "figures_refused", refused, is_any_taken)
        yield

    def _fields(self) -> dict[str, Any]:
        """Return the ``zoho.field.mapping`` that receives each figure."""
        return {
            one.figure: one
            for one in self.integration.mapping_ids
            if one.figure and not one.problem
        }

    def _links(self, last_id: int) -> Any:
        return self.env["zoho.link"].search(
            [
                ("integration_id", "=", self.integration.id),
                ("entity", "=", "project"),
                ("state", "=", "linked"),
                ("id", ">", last_id),
            ],
            order="id",
            limit=READ_AT_ONCE,
        )

    def _wanted(
        self, links: Any, fields_of: dict[str, Any]
    ) -> list[tuple[Any, dict[str, str]]]:
        """Return what the fields of each project shall say."""
        projects = self.env["project.project"].browse(links.mapped("res_id")).exists()
        by_id = {project.id: project for project in projects}
        return [
            (
                link,
                {
                    field.zoho_field: self._text(by_id[link.res_id], figure, field)
                    for figure, field in fields_of.items()
                },
            )
            for link in links
            if link.res_id in by_id
        ]

    def _text(self, project: Any, figure: str, field: Any) -> str:
        if figure == "link":
            return urljoin(project.get_base_url(), f"/odoo/project/{project.id}")
        currency = project.billing_currency_id or project.company_id.currency_id
        text = amount_text(project[AMOUNTS[figure]], currency.decimal_places)
        # A field of amounts is in the currency of Zoho's project; a text may say it.
        return f"{text} {currency.name}" if field.zoho_type == "text" else text

    def _new_writing(self, link: Any) -> Any:
        project = self.env["project.project"].browse(link.res_id)
        return self.env["zoho.project.writing"].create(
            {
                "integration_id": self.integration.id,
                "zoho_id": link.zoho_id,
                "name": project.name,
            }
        )

    def _write(self, link: Any, writing: Any, changes: dict[str, str]) -> None:
        try:
            self.update(PROJECT_UPDATE, changes, project=link.zoho_id)
        except (ZohoRefused, ZohoUnreadable) as error:
            if error.code == WHOLE_CODE:
                raise
            self.refused += 1
            writing._refuse(cause_of(error))
            return
        # The next sync asks for the project's customers again: our own change may hide
        # one that somebody made just before.
        writing._keep(changes)
