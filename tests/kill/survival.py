"""Whatever crashes, at any moment: the same content, and every hour billed once.

``CRASHES`` of them in comparisons and as many in invoicing, at the moments that
``CRASH_SEED`` says.
"""

import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import requests

from tools.portal_browser import Browser
from tools.portal_connection import OPEN_RUN, Connection
from tools.portal_invoice import ensure_accountant, ensure_usual_rate
from tools.shell import ToolError

from .crashes import Crashes

CRASHES = int(os.environ.get("CRASHES", 1))
SEED = int(os.environ.get("CRASH_SEED", 19))
# At length they crash a server with workers, whose scheduled actions yield to all else.
WORKERS = 2 if "CRASHES" in os.environ else 0
# So many press at once; on as many workers, where there are any.
AT_ONCE = (2, 4) if WORKERS else (2,)
LOGS = "account_analytic_line"
# So many of them are changed in Zoho before each crash.
CHANGED = 60
MORE_MINUTES = 7
# What people do with documents; an answer may never come.
UNANSWERED = (requests.RequestException, ToolError)
WIZARD = "project.invoice.create"
# An invoice line says other hours, or another amount, than the ledger of it.
MISSTATED = """
    SELECT line.id, line.quantity, SUM(time.hours)
      FROM account_move_line line
      JOIN project_billed_time time ON time.move_line_id = line.id AND time.active
     WHERE time.timesheet_id IS NOT NULL
  GROUP BY line.id
    HAVING ABS(line.quantity - SUM(time.hours)) > 0.01
        OR ABS(ABS(line.price_subtotal) - ABS(SUM(time.amount))) > 0.01"""
# A timesheet is billed beyond its hours, or less than nothing.
OVERBILLED = """
    SELECT log.id, log.unit_amount, SUM(time.sign * time.hours)
      FROM account_analytic_line log
      JOIN project_billed_time time ON time.timesheet_id = log.id AND time.active
  GROUP BY log.id
    HAVING SUM(time.sign * time.hours) NOT BETWEEN -0.001 AND log.unit_amount + 0.001"""

DOCUMENTS = "SELECT move_type, state, count(*) FROM account_move GROUP BY 1, 2"


class Accountant:
    """Somebody who invoices, posts, credits and takes back, whatever is there.

    :cvar done: how often each of them was not refused, by whomever.
    """

    done = Counter()

    def __init__(self, story, dice):
        self.story, self.dice = story, dice
        self.administrator = Browser(story.odoo.url)
        self.administrator.log_in("admin", "admin")
        self.browser = ensure_accountant(self.administrator)
        ensure_usual_rate(self.browser)
        unbilled = [("billing_state", "=", "unbilled")]
        grouped = self.browser.groups(
            "account.analytic.line", unbilled, "project_id", "unbilled_hours:sum"
        )
        self.projects = [project[0] for project, _hours in grouped]

    def work(self):
        """Do something at random; a refusal and no answer are answers, too."""
        with suppress(*UNANSWERED):
            self.dice.choice(
                (self.invoice, self.invoice, self.post, self.credit, self.take_back)
            )()

    def invoice(self, project=None):
        project = project or self.dice.choice(self.projects)
        values = {"project_ids": [(6, 0, [project])], "group_by": "task"}
        wizard = self.browser.create(WIZARD, values)
        self.browser.call(WIZARD, "action_create_invoice", [wizard])
        self.done["invoice"] += 1

    def some(self, *domain):
        found = self.browser.rows("account.move", list(domain), ["id"], order="id")
        return self.dice.choice(found)["id"] if found else None

    def post(self, draft=None):
        if draft := draft or self.some(("state", "=", "draft")):
            self.browser.call("account.move", "action_post", [draft])
            self.done["post"] += 1

    def credit(self, invoice=None, method=None):
        posted = (("state", "=", "posted"), ("move_type", "=", "out_invoice"))
        if invoice := invoice or self.some(*posted):
            context = {"active_model": "account.move", "active_ids": [invoice]}
            journal = self.browser.row("account.move", invoice, ["journal_id"])
            values = {"move_ids": [(6, 0, [invoice])]}
            values["journal_id"] = journal["journal_id"][0]
            [reversal] = self.browser.call(
                "account.move.reversal", "create", [values], context=context
            )
            method = method or self.dice.choice(("refund_moves", "modify_moves"))
            self.browser.call("account.move.reversal", method, [reversal])
            self.done["credit"] += 1

    def take_back(self):
        if posted := self.some(("state", "=", "posted")):
            self.browser.call("account.move", "button_draft", [posted])

    def assert_books(self, where):
        """Hold ledger, documents and hours against each other."""
        for query in (MISSTATED, OVERBILLED):
            assert self.story.select(query) == [], where
        named = [("name", "=", "ir_cron_billed_time")]
        administrator = self.administrator
        row = administrator.last("ir.model.data", named, "res_id")
        administrator.call("ir.cron", "method_direct_trigger", [row["res_id"]])
        said = self.story.odoo.log.read_text()
        assert "Billed time breaks its rules" not in said, where


class Changes:
    """Logs that last longer in Zoho before one crash, and as before by the next.

    :param struck: the story of a database that was synced.
    """

    def __init__(self, struck):
        self.struck = struck
        self.before = struck.content()
        assert all(self.before.values())
        rows = [row for row in self.before[LOGS] if row[0]][:CHANGED]
        self.minutes = {row[0][0]: round(row[3] * 60) for row in rows}
        self.more = 0

    def make(self):
        self.more = 0 if self.more else MORE_MINUTES
        for log, minutes in self.minutes.items():
            values = {"log_id": log.split()[1], "minutes": minutes + self.more}
            self.struck.portal.change("edit_log", **values)

    def now(self, name, row):
        """Return what has become of a row that was there before."""
        if name == LOGS and row[0] and row[0][0] in self.minutes:
            return (*row[:3], row[3] + self.more / 60, *row[4:])
        return row

    def assert_arrived(self, where):
        """All is as one sync without a crash would leave it."""
        after = self.struck.content()
        for name, rows in self.before.items():
            wanted = Counter(rounded(self.now(name, row)) for row in rows)
            found = Counter(rounded(row) for row in after[name])
            assert found == wanted, (where, found - wanted, wanted - found)


def rounded(row):
    """Return the text of a row whose hours are those of some minutes."""
    return str([round(v, 4) if isinstance(v, float) else v for v in row])


def survive(struck, connection):
    """Let comparisons crash, then what accountants do; all stays as it is in Zoho.

    :param struck: the story of a database that was synced.
    :param connection: its integration.
    """
    dice = random.Random(SEED)
    crashes = Crashes(struck, dice)
    crash_comparisons(struck, connection, crashes)
    accountant = Accountant(struck, dice)
    for number in range(CRASHES):
        kind = crashes.during(accountant.work)
        where = f"crash {number} of seed {SEED}: {kind}"
        accountant.assert_books(where)
        press_once(struck, connection, where)
    for people in AT_ONCE:
        if people != AT_ONCE[0]:
            struck.odoo.stop()
            struck.have_workers(people)
            struck.odoo.start()
        accountants = [Accountant(struck, dice) for _number in range(people)]
        work_at_once(accountants, accountant.projects)
        accountant.assert_books(f"{people} at once")
        sync_at_once(struck, connection, accountants)
    documents = struck.select(DOCUMENTS)
    assert struck.select("SELECT count(*) FROM project_billed_time")[0][0]
    assert Accountant.done.keys() == {"invoice", "post", "credit"}
    print(f"seed {SEED}: {crashes.counts}, {Accountant.done}, {documents}")


def press_once(struck, connection, where):
    """Press *Instant Sync*: no status is stuck, and all ends well."""
    connection.press("action_sync")
    struck.wait(lambda: False)
    assert struck.run()[0] == "done", where
    assert connection.read("status")["status"] == "active", where


def crash_comparisons(struck, connection, crashes):
    """Let full comparisons crash; *Instant Sync* goes on at its first press."""
    changes = Changes(struck)

    def compare():
        with suppress(*UNANSWERED):
            connection.press("action_full_sync")

    for number in range(CRASHES):
        changes.make()
        kind = crashes.during(compare)
        where = f"crash {number} of seed {SEED}: {kind}"
        press_once(struck, connection, where)
        changes.assert_arrived(where)


def work_at_once(accountants, projects):
    """Invoice a project, post the draft and credit it, each by all at one moment."""
    first = accountants[0]
    [project, *_others] = first.projects or projects
    at_once([partial(one.invoice, project) for one in accountants])
    draft = first.some(("state", "=", "draft"), ("move_type", "=", "out_invoice"))
    at_once([partial(one.post, draft) for one in accountants])
    at_once([partial(one.credit, draft, "modify_moves") for one in accountants])


def sync_at_once(struck, connection, accountants):
    """Press *Instant Sync* by several at one moment: there is one run at a time."""
    presses = [Connection(one.administrator, connection.id) for one in accountants]
    refused = at_once([partial(one.press, "action_sync") for one in presses])
    assert not refused, refused
    under_way = f"SELECT count(*) FROM zoho_sync_run WHERE status IN {OPEN_RUN}"
    assert struck.select(under_way)[0][0] <= 1
    struck.wait(lambda: False)
    assert struck.run() == ("done", None)


def at_once(works):
    """Do several things at the same moment; return what was said of the refused."""

    def work(one):
        try:
            one()
        except UNANSWERED as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(len(works)) as people:
        return [said for said in people.map(work, works) if said]
