"""Status that moves by itself: what is kept, what is sent, and to whom."""

import json
from collections import Counter
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.sql_db import Cursor
from odoo.tests import HttpCase, new_test_user, tagged

from ...models.sync.entities import MODULES
from ...models.sync.status import CHANNEL, NOTIFICATION, sync_status
from .common_connect import SECRETS, ConnectCase
from .sync_common import SyncCase

SHOWN = {
    "company_id",
    "id",
    "is_queued",
    "last_sync",
    "name",
    "note",
    "progress",
    "retry_at",
    "status",
}


@tagged("post_install", "-at_install")
class TestProgress(SyncCase):
    def sent_while(self, action):
        """Return what is sent to the screens of the company while something runs."""
        sent = []

        def listen(_bus, target, kind, payload):
            if kind == NOTIFICATION:
                self.assertEqual(target, (self.company, CHANNEL))
                sent.append(json.loads(json.dumps(payload)))

        with patch.object(self.env.registry["bus.bus"], "_sendone", listen):
            action()
        return sent

    def test_a_first_sync_moves_forward_to_its_end(self):
        sent = self.sent_while(self.sync)
        steps = [one["progress"] for one in sent if one["progress"]]
        entities = list(dict.fromkeys(step["entity"] for step in steps))
        self.assertEqual(entities, list(MODULES))
        percents = [step["percent"] for step in steps]
        self.assertEqual(percents, sorted(percents))
        self.assertLess(percents[0], 10)
        self.assertLess(percents[-1], 100)
        self.assertEqual(sent[-1]["status"], "active")
        self.assertFalse(sent[-1]["progress"])

    def test_it_is_published_now_and_then(self):
        """At the end of a module, and every two seconds: the bus costs a connection."""
        sent = self.sent_while(self.sync)
        told = [one["progress"]["entity"] for one in sent if one["progress"]]
        self.assertEqual(told, list(MODULES))
        self.advance(minutes=20)
        run = self.env.registry["zoho.sync.run"]
        note, pages = run._note_progress, []

        def slowly(this):
            note(this)
            pages.append((this.progress or {}).get("entity"))
            self.frozen.tick(timedelta(seconds=1))

        with patch.object(run, "_note_progress", slowly):
            sent = self.sent_while(lambda: self.sync(full=True))
        told = [one["progress"]["entity"] for one in sent if one["progress"]]
        self.assertEqual(list(dict.fromkeys(told)), list(MODULES))
        self.assertGreater(told.count("project"), 1)
        self.assertLess(told.count("project"), pages.count("project") / 2)

    def test_records_are_those_of_the_run(self):
        sent = self.sent_while(self.sync)
        told = {
            one["progress"]["entity"]: one["progress"]["records"]
            for one in sent
            if one["progress"]
        }
        lines = self.integration.run_ids.line_ids
        counted = {line.entity: line.fetched for line in lines}
        counted.pop("contact")
        self.assertEqual(told, counted)

    def test_the_next_run_of_the_kind_knows_how_many_there_are(self):
        self.sync()
        total = self.integration.run_ids.line_ids.filtered(
            lambda line: line.entity == "task"
        )
        self.advance(minutes=20)
        sent = self.sent_while(lambda: self.sync(full=True))
        tasks = [
            one["progress"]
            for one in sent
            if one["progress"] and one["progress"]["entity"] == "task"
        ]
        self.assertEqual({task["total"] for task in tasks}, {total.fetched})

    def test_nothing_secret_is_sent(self):
        sent = self.sent_while(self.sync)
        credential = self.credential()
        secrets = [
            credential.client_secret,
            credential.refresh_token,
            credential.access_token,
            *SECRETS,
        ]
        for one in sent:
            self.assertEqual(set(one), SHOWN)
            self.assertFalse([secret for secret in secrets if secret in str(one)])

    def test_the_end_is_foretold(self):
        """25 % in 60 seconds: 180 seconds are left. In a first run, only the last
        module knows: half of it took 20 seconds, so 20 are left.
        """
        self.sync()
        run = self.integration.run_ids
        now = fields.Datetime.now()
        run.started_at = now - timedelta(seconds=60)
        first, last = self.integration.stream_ids[0], self.integration.stream_ids[-1]
        known = {"expected": {"task": 9}, "percent": 25}
        self.assertEqual(
            run._estimate_end(first, 0.1, known),
            fields.Datetime.to_string(now + timedelta(seconds=180)),
        )
        since = fields.Datetime.to_string(now - timedelta(seconds=20))
        unknown = {"expected": {}, "percent": 70, "since": since}
        self.assertFalse(run._estimate_end(first, 0.5, unknown))
        self.assertEqual(
            run._estimate_end(last, 0.5, unknown),
            fields.Datetime.to_string(now + timedelta(seconds=20)),
        )
        self.assertFalse(run._estimate_end(first, 0.1, {**known, "percent": 4}))

    def test_waiting_is_told_with_its_time(self):
        self.sim.throttle.limit = 3
        sent = self.sent_while(self.sync)
        waiting = [one for one in sent if one["status"] == "waiting"]
        self.assertTrue(waiting)
        self.assertEqual(
            waiting[-1]["retry_at"],
            fields.Datetime.to_string(self.integration.retry_at),
        )
        # To all alike: each reader asks for the words in his own language.
        self.assertEqual(waiting[-1]["note"]["code"], "paused")
        self.env["res.lang"]._activate_lang("fr_FR")
        told = sync_status(self.env)["integrations"][0]["message"]
        self.assertIn("nothing is lost", told)
        french = self.integration.with_context(lang="fr_FR")
        self.assertIn("rien n'est perdu", french.status_message)
        self.assertIn("rien n'est perdu", french.run_ids[:1].message)

    def test_a_run_whose_worker_died_stalls_and_resumes(self):
        """Nobody holds the integration any more, and no page comes for 16 minutes."""
        self.integration.action_save_and_sync()
        with self.one_page_a_time():
            self.run_cron(until_idle=4)
        self.assertEqual(self.shown_status(), "syncing")
        self.advance(minutes=16)
        self.assertEqual(self.shown_status(), "stalled")
        self.run_cron()
        self.assertEqual(self.shown_status(), "active")
        self.assertEqual(self.integration.run_ids.status, "done")
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())

    def shown_status(self):
        [shown] = self.integration.get_sync_status()["integrations"]
        return shown["status"]

    def statements(self):
        """Return how many statements a sync of the unchanged portal takes."""
        self.advance(minutes=20)
        execute, count = Cursor.execute, Counter()

        def listen(cursor, *args, **kwargs):
            count["statements"] += 1
            return execute(cursor, *args, **kwargs)

        with patch.object(Cursor, "execute", listen):
            self.sync()
        return count["statements"]

    def test_it_costs_few_statements(self):
        """Besides the row of the bus, a page costs a handful of small ones."""
        self.sync()
        run = self.env.registry["zoho.sync.run"]
        with patch.object(run, "_note_progress", lambda self: None):
            silent = self.statements()
        told = []
        sent = self.sent_while(lambda: told.append(self.statements()))
        pages = len([one for one in sent if one["progress"]])
        self.assertLess(told[0] - silent, 6 * pages + 10)
        self.assertLess(told[0], 1.1 * silent)


@tagged("post_install", "-at_install")
class TestAudience(ConnectCase, HttpCase):
    """Who hears it: Zoho users of the company, and nobody else."""

    def hear(self, login, is_deleted=False):
        """Return the names of the integrations whose status, or end, reaches a user."""
        self.authenticate(login, login)
        found = self.make_jsonrpc_request(
            "/websocket/peek_notifications",
            {"channels": [], "last": 0, "is_first_poll": True},
        )
        return [
            one["message"]["payload"]["name"]
            for one in found["notifications"]
            if one["message"]["type"] == NOTIFICATION
            and one["message"]["payload"].get("is_deleted", False) == is_deleted
        ]

    def test_users_of_the_company_with_the_group(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self._new_user("zoho_elsewhere", "group_zoho_user", elsewhere)
        new_test_user(
            self.env,
            "zoho_plain",
            "base.group_user",
            company_id=self.company.id,
            company_ids=[self.company.id],
        )
        self.integration.status = "signed_in"
        self.env.cr.precommit.run()
        self.assertEqual(self.hear("zoho_user"), ["Northlight"])
        self.assertEqual(self.hear("zoho_manager"), ["Northlight"])
        self.assertFalse(self.hear("zoho_elsewhere"))
        self.assertFalse(self.hear("zoho_plain"))

    def test_asking_instead_of_hearing(self):
        """Where there is no bus, the same is read with the rights of the user."""
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        other = self._new_user("zoho_elsewhere", "group_zoho_user", elsewhere)
        self.integration.status = "active"
        known = self.integration.with_user(self.user).get_sync_status()
        self.assertEqual([one["name"] for one in known["integrations"]], ["Northlight"])
        [shown] = known["integrations"]
        self.assertEqual(shown["attention"], known["attention"])
        self.assertEqual(known["modules"]["task"], "Tasks")
        self.assertEqual(known["statuses"]["active"], "Active")
        known = self.integration.with_user(other).get_sync_status()
        self.assertFalse(known["integrations"])

    def test_a_deleted_one_leaves_the_screens(self):
        self.integration.with_user(self.manager).action_delete()
        self.env.cr.precommit.run()
        self.assertEqual(self.hear("zoho_user", is_deleted=True), ["Northlight"])

    def test_the_web_client_knows_whose_screen_it_is(self):
        for login, expected in [
            ("zoho_user", {"is_manager": False}),
            ("zoho_manager", {"is_manager": True}),
        ]:
            self.authenticate(login, login)
            info = self.make_jsonrpc_request("/web/session/get_session_info", {})
            self.assertEqual(info["zoho_projects"], expected)
        new_test_user(self.env, "zoho_plain", "base.group_user")
        self.authenticate("zoho_plain", "zoho_plain")
        info = self.make_jsonrpc_request("/web/session/get_session_info", {})
        self.assertNotIn("zoho_projects", info)
