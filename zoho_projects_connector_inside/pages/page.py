"""A page of a visit: which part of the work it shows, and what its forms do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from odoo.exceptions import UserError
from odoo.http import content_disposition
from odoo.models import BaseModel
from odoo.tools import format_amount, format_date, format_duration

from ..const import ACT_PATH, FILE_PATH, GO_PATH, SHOW_PATH
from ..models.zoho_pairing_proof import Visit
from .documents import Documents
from .expenses import Expenses
from .form import Form
from .invoices import Invoices
from .overview import overview
from .part import Part
from .quotations import Quotations

MODULE = "zoho_projects_connector_inside"
# Odoo commits within these, once another server has what was sent: no savepoint
# outlives that. Quotations are only mailed, after the commit of the request.
COMMITTING = ("invoice_send",)


class Reply(NamedTuple):
    """What is sent back."""

    body: str | bytes
    status: int = 200
    headers: dict[str, str] | None = None


class Page:
    """One page for one visit; everything is asked and done in the user's own name.

    :ivar visit: whose records have the environment of the user.
    """

    def __init__(self, visit: Visit, form: Form) -> None:
        self.visit = visit
        self.form = form
        self.env = visit.project.env
        self.project = visit.project
        self.item = visit.item
        self.documents = Documents(visit.project, visit.item)
        kinds: tuple[type[Part], ...] = (Quotations, Invoices, Expenses)
        self.parts = [kind(self) for kind in kinds]

    @property
    def ancestors(self) -> list[str]:
        """Return the addresses that may frame this page."""
        return self.visit.pairing.integration_id._inside_ancestors()

    def show(self) -> Reply:
        """Return the page that the form names."""
        return self._render(self.form.text("view"), self.form.id("record"))

    def act(self) -> Reply:
        """Do what the form was made for, once, and return where that leads.

        What is refused is undone, and said on the page that the form stood on.
        """
        action, record_id = self.form.text("action"), self.form.id("record")
        known = self._gather(lambda part: part.actions())
        if action not in known:
            raise UserError(self.env._("This page does nothing of that kind."))
        self.visit.pairing._use_nonce(
            self.visit, self.form.text("nonce"), action, record_id
        )
        try:
            with self._undone_if_refused(action):
                outcome = known[action](record_id)
        except UserError as error:
            view, form_of = self.form.text("view"), self.form.id("record")
            return self._render(view, form_of, alert=error.args[0], status=422)
        # What was typed is done: the next page begins with nothing typed.
        self.form.clear()
        try:
            return self._render(*outcome)
        except UserError:
            # A draft of which the last line of this task was removed is no longer to
            # be seen from here; it is done all the same.
            return self._render("overview", 0, notice=outcome.notice)

    @contextmanager
    def _undone_if_refused(self, action: str) -> Iterator[None]:
        """Undo what an action has done when it refuses to go on.

        Of what Odoo commits on its way, that which came after it is undone; so is then
        the use of the form, unless it was committed, too: nothing is sent twice.
        """
        if action not in COMMITTING:
            with self.env.cr.savepoint():
                yield
            return
        try:
            yield
            # As at the end of a savepoint: what the database refuses shows here.
            self.env.cr.flush()
        except UserError:
            self.env.cr.rollback()
            raise

    def file(self) -> Reply:
        """Return the file that the form names."""
        known = {
            name: make for part in self.parts for name, make in part.files().items()
        }
        name = self.form.text("kind")
        if name not in known:
            raise UserError(self.env._("This page does nothing of that kind."))
        file = known[name](self.form.id("record"))
        headers = {
            "Content-Type": file.mimetype or "application/octet-stream",
            "Content-Disposition": content_disposition(
                file.name, disposition_type="inline" if file.is_shown else "attachment"
            ),
            # What people have uploaded is nothing but what it is told to be.
            "X-Content-Type-Options": "nosniff",
        }
        return Reply(file.content, headers=headers)

    def _gather(self, ask: Callable[[Part], dict[str, Callable]]) -> dict:
        """Return what all parts of the page have of something, by its name."""
        return {name: do for part in self.parts for name, do in ask(part).items()}

    def print(self, report: str, record: BaseModel) -> bytes:
        """Return a report of a record that this user may read."""
        # The record was found in his own name; reports are made with more rights.
        reports = self.env["ir.actions.report"].sudo()
        return reports._render_qweb_pdf(report, record.ids)[0]

    def _render(
        self,
        view: str,
        record_id: int,
        notice: str = "",
        alert: str = "",
        status: int = 200,
    ) -> Reply:
        shown = {
            name: make for part in self.parts for name, make in part.views().items()
        }
        shown["overview"] = lambda _record: overview(self)
        name = view if view in shown else "overview"
        values = {
            **self._common(),
            **shown[name](record_id),
            "notice": notice,
            "alert": alert,
        }
        return Reply(self.env["ir.qweb"]._render(f"{MODULE}.{name}", values), status)

    def _common(self) -> dict:
        """Return what every page has."""
        pairing, visit = self.visit.pairing, self.visit
        return {
            "page": self,
            "project": self.project,
            "item": self.item,
            "token": pairing._page_token(visit),
            "nonce": lambda action, record_id=0: pairing._form_nonce(
                visit, action, record_id
            ),
            "paths": {
                "show": SHOW_PATH,
                "act": ACT_PATH,
                "file": FILE_PATH,
                "odoo": f"{GO_PATH}?portal={pairing.portal_zoho_id}"
                f"&project={self.project.zoho_id}",
            },
            "user_name": self.env.user.name,
            "view_name": "",
            "code": "",
        }

    def offers(self) -> list[dict]:
        """Return the pages on which this user may make something new."""
        return [offer for part in self.parts for offer in part.offers()]

    # How things are written

    def money(self, amount: float, currency: BaseModel) -> str:
        """Return an amount as this user reads it."""
        return format_amount(self.env, amount, currency)

    def hours(self, hours: float) -> str:
        """Return hours and minutes."""
        return format_duration(hours)

    def day(self, day: object) -> str:
        """Return a day as this user reads it, "" for none."""
        return format_date(self.env, day) if day else ""
