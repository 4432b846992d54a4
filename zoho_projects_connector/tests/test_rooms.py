"""The rooms of the house that three walks pass: files that a reader has to open."""

import sys
import threading
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from odoo.tests import HttpCase, TransactionCase, tagged

from ..const import CALLBACK_PATH
from .billing.billing_common import BillingCommon
from .sync.common_connect import ConnectCase
from .sync.sync_common import SyncCase

ADDON = Path(__file__).parents[1]
# How many files each walk passes today; these may only shrink. The goals of the house:
# 25 for the invoice, 8 on the main line of a page. Since customers may approve time,
# an invoice asks whether it waits for them and keeps who did; a page, what it changes.
# A sign-in asks for what is to be written.
LIMITS = {"invoice": 30, "page": 46, "main line of a page": 8, "sign-in": 27}


@cache
def room_of(file):
    """Return a file of the product below its addon, ``None`` for any other."""
    path = Path(file)
    room = path.relative_to(ADDON) if path.is_relative_to(ADDON) else Path("tests")
    return None if room.parts[0] == "tests" else room.as_posix()


class Rooms(set):
    """The files of the product whose functions are called while notes are taken."""

    def _note(self, frame, event, _argument):
        if event == "call" and (room := room_of(frame.f_code.co_filename)):
            self.add(room)

    def add_callers(self):
        """Note the files of all functions that have not returned yet."""
        frame = sys._getframe()
        while frame:
            self._note(frame, "call", None)
            frame = frame.f_back

    @contextmanager
    def noted(self):
        """Take notes within, of threads too that are started there."""
        threading.setprofile(self._note)
        sys.setprofile(self._note)
        try:
            yield self
        finally:
            sys.setprofile(None)
            threading.setprofile(None)


class RoomsCase(TransactionCase):
    def assertRooms(self, walk, rooms):
        """Check that a walk passes no more rooms than it did."""
        names = "\n".join(sorted(rooms))
        self.assertTrue(rooms)
        self.assertLessEqual(
            len(rooms), LIMITS[walk], f"The {walk} passes {len(rooms)} rooms:\n{names}"
        )


@tagged("post_install", "-at_install")
class TestRoomsOfAnInvoice(BillingCommon, RoomsCase):
    def test_from_click_to_ledger(self):
        self._log(2)
        with Rooms().noted() as rooms:
            invoice = self._invoice()
            self.env.flush_all()
        self.assertTrue(invoice.invoice_line_ids)
        self.assertRooms("invoice", rooms)


@tagged("post_install", "-at_install")
class TestRoomsOfAPage(SyncCase, RoomsCase):
    preferences = {"sync_timesheets": True}

    def test_a_page_of_time_logs(self):
        rooms, pages, cron = Rooms(), {}, self.env.registry["ir.cron"]
        commit = cron._commit_progress

        def end_page(cron, *args, **kwargs):
            sys.setprofile(None)
            pages.setdefault(len(self.lines()), {*rooms})
            rooms.clear()
            sys.setprofile(rooms._note)
            return commit(cron, *args, **kwargs)

        with patch.object(cron, "_commit_progress", end_page), rooms.noted():
            self.sync()
        self.assertTrue(max(pages))
        self.assertRooms("page", pages[max(pages)])

    def test_the_main_line_of_a_page(self):
        """What stands between the schedule and Zoho, and between it and a timesheet."""
        main, lines = Rooms(), self.env.registry["account.analytic.line"]
        create, send = lines.create, type(self)._request_handler

        def on_create(records, vals_list):
            main.add_callers()
            return create(records, vals_list)

        def on_send(session, request, /, **kwargs):
            if "timelogs" in request.url and "fields" not in request.url:
                main.add_callers()
            return send(session, request, **kwargs)

        with (
            patch.object(lines, "create", on_create),
            patch.object(type(self), "_request_handler", on_send),
        ):
            self.sync()
        self.assertTrue(self.lines())
        self.assertRooms("main line of a page", main)


@tagged("post_install", "-at_install")
class TestRoomsOfASignIn(ConnectCase, HttpCase, RoomsCase):
    def test_the_round_trip(self):
        self.authenticate("zoho_manager", "zoho_manager")
        with Rooms().noted() as rooms:
            action = self.integration.with_user(self.manager).action_connect()
            query = parse_qs(urlsplit(action["url"]).query)
            answer = {
                "state": query["state"][0],
                "code": "1000.grant",
                "location": "eu",
                "accounts-server": "https://accounts.zoho.eu",
            }
            self.url_open(CALLBACK_PATH, params=answer, allow_redirects=False)
        self.assertEqual(self.integration.status, "signed_in")
        self.assertRooms("sign-in", rooms)
