"""Time on posted invoices is locked in Zoho, and set back as it was."""

from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.write_back import log_locks, zoho_integration
from ...zoho.data_centers import LOG_SCOPE, SCOPES
from .write_back_common import APPROVALS, WriteBackCase

ALL = tuple(APPROVALS)
BEFORE = list(APPROVALS.values())


@tagged("post_install", "-at_install")
class TestLogLocks(WriteBackCase):
    def setUp(self):
        super().setUp()
        self.integration.lock_invoiced = True

    def locks(self):
        domain = [("portal_zoho_id", "=", self.portal.id)]
        return self.env["zoho.log.lock"].search(domain)

    def states(self):
        """Return ``{log: (state, what it was before)}`` of what is noted."""
        names = {log_id: name for name, log_id in self.logs.items()}
        return {
            names[lock.zoho_id]: (lock.state, lock.approval_before)
            for lock in self.locks()
        }

    def test_posted_credited_in_part_and_posted_again(self):
        self.assertFalse(self.write_back())
        calls = self.sim.ledger.total
        move = self.invoice(*ALL)
        self.assertEqual(self.sim.ledger.total, calls, "posting asks nothing")
        calls = self.write_back()
        # A list for each kind, and all in one call.
        self.assertEqual(calls, {"project_timelogs": 3, "timelog_write": 1})
        self.assertEqual(self.approvals(*ALL), ["approved"] * 5)
        self.assertEqual(
            self.states(), {name: ("locked", APPROVALS[name]) for name in ALL}
        )
        self.assertEqual(self.integration.locked_count, 5)
        self.assertFalse(self.write_back())
        # Our own echo is no difference, bills nothing, and is not answered.
        with self.business_writes() as statements:
            self.advance(minutes=20)
            self.sync()
            self.assertFalse(self.write_back())
            self.advance(hours=5)
            self.sync(full=True)
            self.assertFalse(self.write_back())
        self.assertEqual(statements, [])
        self.assertFalse(self.env["zoho.difference"].search([]))
        self.assertFalse(self.errors(code="lock_refused"))

        credit = move._reverse_moves([{"invoice_date": "2026-11-02"}])
        kept = credit.invoice_line_ids.filtered(lambda line: "rejected" in line.name)
        self.assertEqual(len(kept), 1)
        (credit.invoice_line_ids - kept).unlink()
        self.assertFalse(self.write_back(), "a draft credits nothing")
        credit.action_post()
        self.write_back()
        self.assertEqual(
            self.approvals("rejected", "pending"), ["rejected", "approved"]
        )
        self.assertNotIn("rejected", self.states())
        credit.button_draft()
        self.write_back()
        self.assertEqual(self.approvals(*ALL), ["approved"] * 5)
        self.assertEqual(self.states()["rejected"], ("locked", "rejected"))

    def test_reset_cancelled_and_posted_again(self):
        move = self.invoice(*ALL)
        self.write_back()
        move.button_draft()
        self.write_back()
        self.assertEqual(self.approvals(*ALL), BEFORE)
        self.assertFalse(self.locks())
        move.action_post()
        self.write_back()
        self.assertEqual(self.approvals(*ALL), ["approved"] * 5)
        move.button_draft()
        # Before the schedule has seen it, it is posted again: nothing is to be done.
        move.action_post()
        self.assertFalse(self.write_back())
        move.button_cancel()
        self.write_back()
        self.assertEqual(self.approvals(*ALL), BEFORE)
        self.advance(minutes=20)
        self.sync(full=True)
        self.assertFalse(self.env["zoho.difference"].search([]))

    def test_switched_off_and_disabled(self):
        self.invoice("pending", "rejected")
        self.integration.action_disable()
        self.assertFalse(self.write_back())
        self.integration.sudo().status = "active"
        self.write_back()
        self.assertEqual(self.approvals("pending", "rejected"), ["approved"] * 2)
        self.integration.lock_invoiced = False
        # The way back needs the same permission.
        self.assertIn(LOG_SCOPE, self.integration.scopes_wanted)
        self.write_back()
        self.assertEqual(self.approvals("pending", "rejected"), ["pending", "rejected"])
        self.assertFalse(self.locks())
        self.assertNotIn(LOG_SCOPE, self.integration.scopes_wanted)
        self.assertFalse(self.write_back())

    def test_each_dialect_of_writing(self):
        for dialect, error in (
            ({"approval_words": "pending"}, ""),
            ({"approval_words": "pending", "bulk_refusal": "rows"}, ""),
            ({"approval_words": "pending", "bulk_refusal": "lists"}, ""),
            ({"bulk_answer": "array", "missing_title": "RECORD_NOT_FOUND"}, ""),
            ({"bulk_answer": "none", "log_shape": "v2"}, ""),
            ({"bulk_answer": "sentence", "approval": "flat"}, ""),
            ({"approval_words": "two"}, "unlock"),
            ({"approval_words": "off"}, "off"),
        ):
            with self.subTest(dialect=dialect):
                self.sim.dialect = replace(self.sim.dialect, **dialect)
                move = self.invoice("pending", "rejected", "bug")
                self.write_back()
                off = self.errors(code="module_disabled")
                self.assertEqual(bool(off), error == "off")
                wanted = (
                    ["approved"] * 3 if error != "off" else BEFORE[:2] + BEFORE[3:4]
                )
                self.assertEqual(self.approvals("pending", "rejected", "bug"), wanted)
                move.button_cancel()
                self.write_back()
                found = self.approvals("pending", "rejected", "bug")
                noted = self.errors().filtered(lambda one: "write:" in one.zoho_id)
                if error == "unlock":
                    self.assertEqual(found, ["approved", "rejected", "approved"])
                    self.assertEqual(noted.code, "lock_refused")
                    self.assertIn("not set back: 2 (", noted.why)
                    self.assertIn("yourself", noted.resolution)
                    for name in ("pending", "bug"):
                        self.portal.withdraw_log(self.logs[name])
                    # Somebody has done so: what is tried again finds nothing to do.
                    noted.action_retry()
                    self.write_back()
                    self.assertTrue(noted.resolved_at)
                    self.assertFalse(self.locks())
                else:
                    self.assertEqual(found, ["pending", "rejected", "pending"])
                    self.assertFalse(noted, "nothing is wrong any more")
                self.sim.dialect = replace(
                    self.sim.dialect,
                    **{
                        name: getattr(type(self.sim.dialect)(), name)
                        for name in dialect
                    },
                )

    def test_one_that_zoho_refuses(self):
        self.portal.unjudged_logs.add(self.logs["pending"])
        for form in ("whole", "rows", "lists"):
            with self.subTest(form=form):
                self.sim.dialect = replace(self.sim.dialect, bulk_refusal=form)
                move = self.invoice("pending", "rejected", "bug")
                self.write_back()
                self.assertEqual(move.state, "posted")
                self.assertEqual(
                    self.approvals("pending", "rejected", "bug"),
                    ["pending", "approved", "approved"],
                )
                error = self.errors(code="lock_refused")
                self.assertIn("not locked: 1 (", error.why)
                self.assertIn("pending", error.why)
                self.assertFalse(self.write_back(), "tried again tomorrow")
                self.advance(hours=25)
                self.assertEqual(set(self.write_back()), {"timelog_write"})
                self.assertEqual(self.errors(code="lock_refused"), error)
                self.portal.unjudged_logs.clear()
                error.action_retry()
                self.write_back()
                self.assertEqual(self.approvals("pending"), ["approved"])
                self.assertTrue(error.resolved_at)
                move.button_cancel()
                self.write_back()
                self.assertFalse(self.locks())
                self.portal.unjudged_logs.add(self.logs["pending"])

    def test_many_refusals_are_not_asked_for_one_by_one(self):
        self.portal.unjudged_logs.update(self.logs.values())
        self.invoice(*ALL)
        with patch.object(log_locks, "MOST_REFUSED", 1):
            calls = self.write_back()["timelog_write"]
        self.assertLess(calls, 7)
        self.assertIn("not locked: 4 (", self.errors(code="lock_refused").why)

    def test_pauses_and_stumbles_lose_nothing(self):
        self.invoice(*ALL)
        for kind, route in (
            ("throttle", "project_timelogs"),
            ("throttle", "timelog_write"),
            ("error_500", "timelog_write"),
        ):
            times = 2 if kind == "error_500" else 1
            self.sim.fault(kind, route, times=times)
            self.sim.throttle.limit = 100
            self.write_back()
            self.assertEqual(self.approvals(*ALL), BEFORE, (kind, route))
            triggers = self.env["ir.cron.trigger"].search(
                [("cron_id", "=", self.writer.id)]
            )
            self.assertTrue(triggers, "it comes back by itself")
            self.advance(minutes=31)
        self.write_back()
        self.assertEqual(self.approvals(*ALL), ["approved"] * 5)
        self.assertFalse(self.errors(code="lock_refused"))

    @contextmanager
    def killed(self):
        """Let a server die as soon as Zoho has taken something."""

        def die(locks):
            if locks:
                raise RuntimeError

        model = self.env.registry["zoho.log.lock"]
        logger = mute_logger(zoho_integration.__name__)
        with patch.object(model, "_settle", die), logger:
            yield

    def test_killed_between_call_and_commit(self):
        move = self.invoice("pending", "rejected")
        with self.killed():
            self.write_back()
        self.assertEqual(self.approvals("pending", "rejected"), ["approved"] * 2)
        self.assertEqual(
            self.states(),
            {"pending": ("to_lock", "pending"), "rejected": ("to_lock", "rejected")},
        )
        # Cancelled before it is known that they are locked: set back all the same.
        move.button_draft()
        with self.killed():
            self.write_back()
        self.assertEqual(self.approvals("pending", "rejected"), ["pending", "approved"])
        self.write_back()
        self.assertEqual(self.approvals("pending", "rejected"), ["pending", "rejected"])
        self.assertFalse(self.locks())
        move.action_post()
        self.write_back()
        self.assertEqual(self.approvals("pending", "rejected"), ["approved"] * 2)

    def test_without_the_permission(self):
        read_only = self.sim.self_client_code(SCOPES)
        self.integration.grant_code = read_only
        self.integration.action_sign_in_with_code()
        self.assertFalse(self.integration.scopes_message, "all can be read")
        self.assertIn(LOG_SCOPE, self.integration.write_message)
        self.invoice("pending")
        self.write_back()
        self.assertEqual(self.approvals("pending"), ["pending"])
        self.assertEqual(self.integration.status, "active")
        error = self.errors(code="scope_missing")
        self.assertIn("does not let Odoo lock", error.why)
        self.advance(minutes=20)
        self.sync(full=True)
        self.assertFalse(error.resolved_at, "a sync does not heal it")
        # The browser is sent with what is switched on, and with nothing else.
        url = self.integration.action_connect()["url"]
        [asked] = parse_qs(urlsplit(url).query)["scope"]
        self.assertEqual(asked.split(","), [*SCOPES, LOG_SCOPE])
        self.integration.grant_code = self.sim.self_client_code((*SCOPES, LOG_SCOPE))
        self.integration.action_sign_in_with_code()
        self.assertFalse(self.integration.write_message)
        self.write_back()
        self.assertEqual(self.approvals("pending"), ["approved"])
        self.assertTrue(error.resolved_at)
        self.integration.lock_invoiced = False
        self.write_back()
        url = self.integration.action_connect()["url"]
        [asked] = parse_qs(urlsplit(url).query)["scope"]
        self.assertEqual(asked.split(","), [*SCOPES])

    def test_another_company_has_invoiced_the_same_log(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.portal.approve_log(self.logs["pending"])
        theirs = self.env["zoho.log.lock"].create(
            {
                "company_id": other.id,
                "portal_zoho_id": self.portal.id,
                "zoho_id": self.logs["pending"],
                "kind": "task",
                "day": "2026-10-12",
                "state": "locked",
                "approval_before": "pending",
            }
        )
        move = self.invoice("pending")
        self.write_back()
        ours = self.locks() - theirs
        self.assertEqual((ours.state, ours.approval_before), ("locked", "pending"))
        move.button_draft()
        self.assertNotIn("timelog_write", self.write_back())
        self.assertEqual(self.approvals("pending"), ["approved"])
        self.assertEqual(self.locks(), theirs)
        move.action_post()
        self.write_back()
        theirs.unlink()
        move.button_draft()
        self.write_back()
        self.assertEqual(self.approvals("pending"), ["pending"], "by the last of them")

    def test_deleted_or_judged_in_zoho_meanwhile(self):
        self.portal.delete_log(self.logs["bug"])
        self.portal.edit_log(self.logs["general"], day="2026-01-05")
        move = self.invoice("pending", "rejected", "bug", "general")
        self.write_back()
        self.assertEqual(self.states()["bug"], ("gone", False))
        self.assertEqual(self.approvals("general"), ["approved"], "asked for alone")
        self.assertFalse(self.errors(code="lock_refused"))
        self.portal.reject_log(self.logs["pending"])
        self.advance(minutes=20)
        self.sync(full=True)
        kinds = set(self.env["zoho.difference"].search([]).mapped("kind"))
        self.assertEqual(kinds, {"deleted", "changed"})
        self.assertFalse(self.write_back(), "nobody is fought with")
        self.advance(hours=25)
        self.assertEqual(
            self.write_back(), {"project_timelogs": 1, "timelog": 1, "timelog_new": 1}
        )
        self.assertEqual(self.states()["bug"][0], "gone", "looked for again, daily")
        self.portal.delete_log(self.logs["rejected"])
        move.button_cancel()
        self.write_back()
        self.assertEqual(self.approvals("pending", "general"), ["rejected", "pending"])
        self.assertEqual(set(self.states()), {"rejected"}, "nobody knows of it yet")
        self.assertIn("not set back: 1 (", self.errors(code="lock_refused").why)
        self.sync(full=True)
        self.advance(hours=25)
        self.write_back()
        self.assertFalse(self.locks())
        self.assertFalse(self.errors(code="lock_refused"))

    def test_moved_to_another_project(self):
        other = next(
            one
            for one in self.portal.projects
            if one != self.golden and self.record("project", one)
        )
        move = self.invoice("pending")
        self.write_back()
        log = self.logs["pending"]
        self.portal.move_log(log, self.portal.add_task(other, "Elsewhere").id)
        move.button_cancel()
        self.write_back()
        self.assertEqual(self.states(), {"pending": ("to_release", "pending")})
        self.assertIn("not set back: 1 (", self.errors(code="lock_refused").why)
        self.advance(minutes=20)
        self.sync(full=True)
        self.write_back()
        self.assertEqual(self.approvals("pending"), ["pending"])
        self.assertFalse(self.locks())
        self.assertFalse(self.errors(code="lock_refused"))

    def test_one_that_may_not_be_read_is_not_lost(self):
        move = self.invoice("pending")
        self.write_back()
        self.portal.edit_log(self.logs["pending"], day="2026-01-05")
        self.sim.fault("module_disabled", "timelog", times=1)
        move.button_draft()
        self.write_back()
        self.assertEqual(self.approvals("pending"), ["approved"])
        error = self.errors(code="lock_refused")
        self.assertIn("not set back: 1 (", error.why)
        error.action_retry()
        self.write_back()
        self.assertEqual(self.approvals("pending"), ["pending"])
        self.assertFalse(self.locks())

    def test_switched_off_between_two_calls(self):
        names = ("pending", "rejected", "bug")
        self.invoice(*names)
        send = log_locks.LogLocks._send
        for field, value, left in (
            ("status", "disabled", 2),
            ("lock_invoiced", False, 1),
        ):

            def once(work, locks, approval, field=field, value=value):
                send(work, locks, approval)
                work.integration[field] = value

            with (
                self.subTest(field),
                patch.object(log_locks, "BATCH", 1),
                patch.object(log_locks.LogLocks, "_send", once),
            ):
                self.write_back()
                found = [one for one in self.approvals(*names) if one != "approved"]
                self.assertEqual(len(found), left)
            self.integration.sudo().status = "active"
        self.write_back()
        self.assertEqual(self.approvals(*names), ["pending", "rejected", "pending"])

    def test_a_sync_comes_first(self):
        self.invoice("pending")
        runs = self.env["zoho.sync.run"]
        runs._queue_run(self.integration.sudo(), "button", False, self.env.user)
        triggers = self.env["ir.cron.trigger"]
        triggers.search([("cron_id", "=", self.cron.id)]).unlink()
        self.assertFalse(self.write_back())
        self.assertTrue(triggers.search([("cron_id", "=", self.cron.id)]))
        self.run_cron()
        self.write_back()
        self.assertEqual(self.approvals("pending"), ["approved"])

    def test_what_is_set_back_needs_no_lock(self):
        move = self.invoice("pending")
        self.write_back()
        move.button_draft()
        self.invoice("rejected")
        self.sim.fault("module_disabled", "timelog_write", times=1)
        self.write_back()
        self.assertEqual(self.approvals("pending", "rejected"), ["pending", "rejected"])
        self.assertTrue(self.errors(code="module_disabled"), "nothing is locked")

    def test_a_portal_without_lists_of_time(self):
        self.sim.dialect = replace(self.sim.dialect, module_id_required=True)
        self.invoice("pending")
        self.write_back()
        self.assertEqual(self.approvals("pending"), ["approved"])
        self.sim.dialect = replace(self.sim.dialect, log_path="lost")
        self.invoice("bug")
        self.write_back()
        self.assertEqual(self.approvals("bug"), ["pending"])
        self.assertIn("Zoho has not locked: 1 (", self.errors(code="lock_refused").why)

    def test_deleted_and_connected_again(self):
        move = self.invoice("pending")
        self.write_back()
        lock = self.locks()
        confirm = self.integration.action_ask_delete()
        self.assertEqual(confirm["res_model"], "zoho.integration.confirm")
        self.integration.action_delete()
        self.assertFalse(lock.integration_id)
        move.button_draft()
        self.write_back()
        self.assertEqual(self.approvals("pending"), ["approved"], "nobody is signed in")
        self.integration = self.connect()
        self.sync()
        self.write_back()
        self.assertEqual(self.approvals("pending"), ["pending"])
        self.assertFalse(lock.exists())

    def test_a_copy_of_the_database_sets_nothing_back(self):
        self.invoice("pending")
        self.write_back()
        self.env.flush_all()
        for query in get_neutralization_queries(["zoho_projects_connector"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertFalse(self.locks())
        self.assertFalse(self.integration.lock_invoiced)
        self.integration.sudo().status = "active"
        self.assertFalse(self.write_back())
        self.assertEqual(self.approvals("pending"), ["approved"])
