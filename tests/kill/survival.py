"""Whatever crashes, at any moment: the same content, and every hour billed once.

``CRASHES`` of them in comparisons and as many in invoicing, at the moments that
``CRASH_SEED`` says.
"""

import os
import random
import threading
from contextlib import suppress

import requests

from tools.portal_browser import Browser
from tools.portal_invoice import ensure_accountant, ensure_usual_rate
from tools.shell import ToolError

from .crashes import Crashes

CRASHES = int(os.environ.get("CRASHES", 1))
SEED = int(os.environ.get("CRASH_SEED", 19))
AT_ONCE = 4
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


class Accountant:
    """Somebody who invoices, posts, credits and takes back, whatever is there."""

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

    def some(self, *domain):
        found = self.browser.rows("account.move", list(domain), ["id"], order="id")
        return self.dice.choice(found)["id"] if found else None

    def post(self):
        if draft := self.some(("state", "=", "draft")):
            self.browser.call("account.move", "action_post", [draft])

    def credit(self):
        invoice = self.some(("state", "=", "posted"), ("move_type", "=", "out_invoice"))
        if invoice:
            context = {"active_model": "account.move", "active_ids": [invoice]}
            values = {"move_ids": [(6, 0, [invoice])]}
            [reversal] = self.browser.call(
                "account.move.reversal", "create", [values], context=context
            )
            method = self.dice.choice(("refund_moves", "modify_moves"))
            self.browser.call("account.move.reversal", method, [reversal])

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
        accountant.assert_books(f"crash {number} of seed {SEED}: {kind}")
    press_at_once([Accountant(struck, dice) for _number in range(AT_ONCE)])
    accountant.assert_books("four at once")
    assert struck.select("SELECT count(*) FROM project_billed_time")[0][0]
    print(f"seed {SEED}: {crashes.counts}")


def crash_comparisons(struck, connection, crashes):
    """Let full comparisons crash; *Instant Sync* goes on at its first press."""
    before = struck.content()
    assert all(before.values())

    def compare():
        with suppress(*UNANSWERED):
            connection.press("action_full_sync")

    for number in range(CRASHES):
        kind = crashes.during(compare)
        connection.press("action_sync")
        struck.wait(lambda: False)
        where = f"crash {number} of seed {SEED}: {kind}"
        assert struck.run()[0] == "done", where
        assert connection.read("status")["status"] == "active", where
        after = struck.content()
        for name, rows in before.items():
            assert after[name] == rows, f"{where}: {name}"


def press_at_once(pressing):
    """Let accountants invoice the same project at the same moment."""

    def press(one):
        with suppress(*UNANSWERED):
            one.invoice(one.projects[0])

    threads = [threading.Thread(target=press, args=[one]) for one in pressing]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
