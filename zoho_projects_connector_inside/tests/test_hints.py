"""Hints from Zoho: what has changed is here within seconds, and costs little."""

import json

from odoo.tests import HttpCase, tagged

from odoo.addons.zoho_projects_connector.tests.sync.sync_common import (
    SyncCase,
    SyncedCase,
)

from ..const import HINT_PATH


@tagged("post_install", "-at_install")
class TestHints(SyncedCase, HttpCase):
    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        """Let Odoo answer for itself, and the simulator for Zoho."""
        if HINT_PATH in request.url:
            return super(SyncCase, cls)._request_handler(session, request, **kwargs)
        return super()._request_handler(session, request, **kwargs)

    def setUp(self):
        super().setUp()
        self.integration.hints_enabled = True
        self.token = self.integration.hint_token
        self.hints = self.env["zoho.hint"]
        self.fetch_cron = self.env["zoho.hint"]._cron()

    def _hint(self, module, zoho_id, project="", **other):
        texts = {"token": self.token, "module": module, "id": zoho_id}
        self.hints._receive({**texts, "project": project, **other})

    def _fetch(self):
        with self.enter_registry_test_mode():
            self.fetch_cron.method_direct_trigger()
        self.env.invalidate_all()

    def _a_log(self):
        """Return a log of the portal that is a timesheet, and its link."""
        link = self.env["zoho.link"].search(
            [
                ("integration_id", "=", self.integration.id),
                ("entity", "=", "timelog"),
                ("state", "=", "linked"),
            ],
            limit=1,
        )
        return self.portal.table("log")[link.zoho_id], link

    def _a_task(self):
        link = self.env["zoho.link"].search(
            [
                ("integration_id", "=", self.integration.id),
                ("entity", "=", "task"),
                ("state", "=", "linked"),
            ],
            limit=1,
        )
        return self.portal.table("task")[link.zoho_id], link

    def test_a_changed_task_is_here_at_once(self):
        task, link = self._a_task()
        cursors = self.integration.stream_ids.mapped("modified_until")
        self.portal.edit("task", task.id, name="Renamed in Zoho")
        before = self.sim.ledger.total
        self._hint("Tasks", task.id)
        self._fetch()
        self.assertEqual(link._record().name, "Renamed in Zoho")
        self.assertLessEqual(self.sim.ledger.total - before, 3)
        self.assertFalse(self.hints.search([]))
        self.assertFalse(self.env["zoho.sync.error"].search([("code", "=", "hinted")]))
        run = self.integration.run_ids[:1]
        self.assertEqual(run.trigger, "webhook")
        # The cursors are those of the synchronisation, which goes on as before.
        self.assertEqual(self.integration.stream_ids.mapped("modified_until"), cursors)
        self.advance(minutes=16)
        self.assertIn(self.integration, self.env["zoho.sync.run"]._due())

    def test_a_thousand_hints_in_a_minute(self):
        tasks = self.env["zoho.link"].search(
            [
                ("integration_id", "=", self.integration.id),
                ("entity", "=", "task"),
            ]
        )
        project = tasks[:1].project_zoho_id
        before = self.sim.ledger.total
        for number in range(1000):
            known = tasks[number % len(tasks)]
            made_up = number % 3 == 0
            self._hint(
                "task", str(10**9 + number) if made_up else known.zoho_id, project
            )
            if number % 250 == 0:
                self._fetch()
        self._fetch()
        self.assertLessEqual(self.sim.ledger.total - before, 10)
        self.assertLessEqual(self.hints.search_count([]), 100)
        # A synchronisation covers what is left.
        self.advance(minutes=2)
        self.sync()
        before = self.sim.ledger.total
        self.advance(minutes=2)
        self._fetch()
        self.assertEqual(self.sim.ledger.total, before)
        self.assertFalse(self.hints.search([]))

    def test_each_hint_is_looked_at(self):
        """Another one may wait, and be gone with a fetch that is about to end."""
        tasks = self.env["zoho.link"].search(
            [
                ("integration_id", "=", self.integration.id),
                ("entity", "=", "task"),
                ("state", "=", "linked"),
            ],
            limit=2,
        )
        triggers = self.env["ir.cron.trigger"].sudo()
        own = [("cron_id", "=", self.fetch_cron.id)]
        self._hint("task", tasks[0].zoho_id)
        # The schedule has begun, and deleted what made it begin.
        triggers.search(own).unlink()
        self._hint("task", tasks[1].zoho_id)
        self.assertEqual(triggers.search_count(own), 1)
        # The same again brings nothing.
        self._hint("task", tasks[1].zoho_id)
        self.assertEqual(triggers.search_count(own), 1)

    def test_what_is_no_hint(self):
        task, link = self._a_task()
        good = {"token": self.token, "module": "task", "id": task.id}
        for wrong in (
            {"token": "x"},
            {"token": ""},
            {"token": "é"},
            {"module": "invoice"},
            {"id": "1; DROP TABLE zoho_hint"},
            {"id": "٣"},
            {"id": "9" * 99},
            {"id": "999", "project": "x"},
        ):
            self.hints._receive({**good, **wrong})
        self.assertFalse(self.hints.search([]))
        self.integration.hints_enabled = False
        self.hints._receive(good)
        self.assertFalse(self.hints.search([]))
        self.assertTrue(link)

    def test_unknown_records_leave_nothing(self):
        _task, link = self._a_task()
        before = self.env["zoho.sync.error"].search([])
        self._hint("task", "123456789", link.project_zoho_id)
        self._hint("phase", "123456789", link.project_zoho_id)
        self._fetch()
        self.assertFalse(self.hints.search([]))
        self.assertEqual(self.env["zoho.sync.error"].search([]), before)

    def test_the_ways_of_zoho(self):
        """A form, JSON and a query; the same answer for whoever asks."""
        task, link = self._a_task()
        hint = {"token": self.token, "module": "task", "id": task.id}
        ways = {
            "form": lambda: self.url_open(HINT_PATH, data=hint),
            "query": lambda: self.url_open(HINT_PATH, params=hint),
            "json": lambda: self.url_open(
                HINT_PATH,
                data=json.dumps({**hint, "id": int(task.id)}),
                headers={"Content-Type": "application/json"},
            ),
        }
        for name, send in ways.items():
            with self.subTest(way=name):
                self.hints.search([]).unlink()
                self.env.flush_all()
                answer = send()
                self.assertEqual(answer.status_code, 200, answer.text)
                self.assertEqual(self.hints.search([]).zoho_id, link.zoho_id)
                self.assertNotIn("Set-Cookie", answer.headers)
        texts = {
            self.url_open(HINT_PATH, data=data).text
            for data in ({}, {"token": "x"}, hint, {**hint, "module": "x"})
        }
        # Where a token is right, too, no database tells it by a fault.
        nul = {**hint, "type": "\0"}
        texts.add(self.url_open(HINT_PATH, data=nul).text)
        bad = {"Content-Type": "application/json"}
        for body in ("{", "[1]", "x" * 20_000):
            texts.add(self.url_open(HINT_PATH, data=body, headers=bad).text)
        self.assertEqual(len(texts), 1)
        self._fetch()
        self.assertTrue(self.integration.last_hint)

    def test_another_token(self):
        task, _link = self._a_task()
        self.integration.action_renew_hint_token()
        self.assertNotEqual(self.integration.hint_token, self.token)
        self._hint("task", task.id)
        self.assertFalse(self.hints.search([]))
