"""Hints from Zoho: what has changed is here within seconds, and costs little."""

import json
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

import requests

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.zoho_projects_connector.tests.sync.sync_common import (
    SyncCase,
    SyncedCase,
)

from ..const import HINT_PATH
from ..models import zoho_integration_hints


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

    def _a_log(self, kind="task"):
        """Return a log of the portal that is a timesheet, and its link."""
        links = self.env["zoho.link"].search(
            [
                ("integration_id", "=", self.integration.id),
                ("entity", "=", "timelog"),
                ("state", "=", "linked"),
            ]
        )
        logs = self.portal.table("log")
        link = next(one for one in links if logs[one.zoho_id].kind == kind)
        return logs[link.zoho_id], link

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

    def test_a_rule_of_zoho_calls(self):
        """Somebody changes a log in Zoho: within seconds, nothing else is asked."""
        log, link = self._a_log()
        timesheet = link._record()
        for style in ("form", "json", "query"):
            self.sim.hooks.add(
                url=HINT_PATH,
                kind="log",
                style=style,
                parameters={
                    "token": self.token,
                    **{"module": "timelog", "id": "{id}", "project": "{project}"},
                    "type": "{type}",
                },
            )
        self.sim.hooks.send = lambda **call: self.url_open(**{"method": "POST", **call})
        triggers = self.env["ir.cron.trigger"].sudo()
        own = [("cron_id", "=", self.fetch_cron.id)]
        before = self.sim.ledger.total
        with self.subTest("the first"):
            self.portal.edit_log(log.id, minutes=90)
            # Three rules told the same: it is one record to look at.
            self.assertEqual(self.sim.hooks.sent, 3)
            self.assertEqual(self.hints.search([]).zoho_id, log.id)
            due = triggers.search(own).mapped("call_at")
            limit = fields.Datetime.now() + timedelta(seconds=5)
            self.assertLessEqual(max(due), limit)
            self._fetch()
            self.assertEqual(timesheet.unit_amount, 1.5)
        with self.subTest("the next, some seconds later"):
            self.advance(seconds=10)
            triggers.search(own).unlink()
            self.portal.edit_log(log.id, minutes=120)
            limit = fields.Datetime.now() + timedelta(seconds=5)
            self.assertLessEqual(triggers.search(own).call_at, limit)
            self._fetch()
            self.assertEqual(timesheet.unit_amount, 2.0)
        self.assertLessEqual(self.sim.ledger.total - before, 4)

    def test_a_rule_need_not_say_what_time_was_logged_on(self):
        """Zoho tells a log of an issue to nobody who asks for one of a task."""
        for kind in ("task", "issue"):
            log, link = self._a_log(kind)
            self.portal.edit_log(log.id, minutes=75)
            self._hint("timelog", log.id)
            self._fetch()
            self.assertEqual(link._record().unit_amount, 1.25, kind)

    def test_what_is_spent_comes_back(self):
        """No minute has more than nine calls, whichever minute one looks at."""
        now = fields.Datetime.now()
        ago = [now - timedelta(seconds=seconds) for seconds in (50, 30)]
        self.integration.hint_calls = [
            [fields.Datetime.to_string(moment), calls]
            for moment, calls in zip(ago, (5, 4), strict=True)
        ]
        for cost, seconds in ((5, 10), (6, 30)):
            moment = now + timedelta(seconds=seconds)
            self.assertEqual(self.hints._next_time(self.integration, cost), moment)
        task, link = self._a_task()
        self.portal.edit("task", task.id, name="Renamed in Zoho")
        self._hint("task", task.id)
        self._fetch()
        self.assertNotEqual(link._record().name, "Renamed in Zoho")
        self.advance(seconds=11)
        self._fetch()
        self.assertEqual(link._record().name, "Renamed in Zoho")
        self.assertEqual(len(self.integration.hint_calls), 2)

    def test_a_test(self):
        """It goes out to the address of the server, and says whether it came back."""
        set_param = self.env["ir.config_parameter"].sudo().set_param

        def said():
            self.integration.invalidate_recordset()
            with self.allow_requests(all_requests=True):
                return self.integration.action_test_hint()["params"]

        set_param("web.base.url", self.base_url())
        answer = said()
        # This machine is nowhere in the world.
        self.assertIn("has arrived, but", answer["message"])
        self.assertEqual(answer["type"], "warning")
        with patch.object(zoho_integration_hints, "_is_near", return_value=False):
            self.assertEqual(said()["type"], "success")
        self.assertFalse(self.hints.search([]))
        self.assertFalse(self.integration.last_hint)
        # The token is right here, and wrong there.
        self.hints._receive({"token": self.token, "module": "test", "id": "7"})
        with patch.object(
            requests, "post", return_value=SimpleNamespace(status_code=200)
        ):
            self.assertIn("has not arrived here", said()["message"])
        self.assertFalse(self.hints.search([]))

    def test_a_test_that_does_not_arrive(self):
        failures = {
            "certificate": requests.exceptions.SSLError,
            "does not answer within": requests.exceptions.ReadTimeout,
            "does not reach": requests.exceptions.ConnectionError,
        }
        for sentence, error in failures.items():
            with (
                self.subTest(sentence),
                patch.object(requests, "post", side_effect=error),
            ):
                answer = self.integration.action_test_hint()["params"]
                self.assertIn(sentence, answer["message"])
                self.assertTrue(answer["sticky"])
        found = SimpleNamespace(status_code=302)
        with patch.object(requests, "post", return_value=found) as post:
            answer = self.integration.action_test_hint()["params"]
        self.assertIn("the status 302", answer["message"])
        # Nobody sends it elsewhere.
        self.assertEqual(post.call_args.args, (self.integration.hint_url,))
        self.assertIs(post.call_args.kwargs["allow_redirects"], False)
        clerk = new_test_user(
            self.env, "clerk", "zoho_projects_connector.group_zoho_user"
        )
        with self.assertRaises(AccessError):
            self.integration.with_user(clerk).action_test_hint()

    def test_tests_fill_nothing(self):
        for number in range(120):
            self._hint("test", str(number))
        self.assertEqual(self.hints.search_count([]), 100)
        task, _link = self._a_task()
        self._hint("task", task.id)
        self._fetch()
        self.assertEqual(set(self.hints.search([]).mapped("entity")), {"test"})

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

    def test_addresses_of_ones_own_network(self):
        near = (
            "http://localhost:8069",
            "http://10.0.0.7",
            "https://odoo",
            "http://[::1]",
        )
        for url in near:
            self.assertTrue(zoho_integration_hints._is_near(url), url)
        for url in ("https://odoo.example.com", "https://8.8.8.8:443/odoo"):
            self.assertFalse(zoho_integration_hints._is_near(url), url)

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
