"""What of a project is unbilled and invoiced, and the way to it, as Zoho shows it.

Only what has changed is written, by what was written last: whatever moves in Zoho, our
own change among it, writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from odoo.tools.urls import urljoin

from ...zoho.endpoints import PROJECT_UPDATE
from ...zoho.errors import ZohoRefused, ZohoUnreadable
from ...zoho.paging import find_record
from ...zoho.records import parse_project
from ...zoho.writes import amount_text, changed_fields
from ..sync.causes import cause_of
from .writing import MOST_REFUSED, PORTAL_CODES, Writing

# Projects whose figures are computed at once.
READ_AT_ONCE = 100
AMOUNTS = {"unbilled": "amount_unbilled", "invoiced": "amount_invoiced"}


class ProjectFigures(Writing):
    """The figures of the projects of one integration."""

    key = "figures"

    def _steps(self) -> Iterator[None]:
        writings = self.env["zoho.project.writing"]
        domain = [("integration_id", "=", self.integration.id)]
        fields_of = self._fields()
        last_id = 0
        while fields_of and (links := self._links(last_id)):
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
                if not changes or writing.retry_at or self.refused >= MOST_REFUSED:
                    continue
                writing = writing or self._new_writing(link)
                self._write(link, writing, changes)
                yield
        refused = writings.search([*domain, ("retry_at", "!=", False)])
        self._note_refused(self.key, "figures_refused", fields_of and refused)
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
            answer = self.update(PROJECT_UPDATE, changes, project=link.zoho_id)
        except (ZohoRefused, ZohoUnreadable) as error:
            if error.code in PORTAL_CODES:
                raise
            self.refused += 1
            writing._refuse(cause_of(error))
            return
        writing._keep(changes)
        self._expect_echo(link, answer)

    def _expect_echo(self, link: Any, answer: Any) -> None:
        """Let the next sync not take our own change for somebody's.

        It would ask for the project's customers again. Whether a change of those is a
        change of the project is not known, which is why all are read every day.
        """
        with suppress(ZohoUnreadable):
            row = find_record(answer, PROJECT_UPDATE)
            moment = row and parse_project(row).modified
            if moment and link.remote_modified:
                link.remote_modified = moment
