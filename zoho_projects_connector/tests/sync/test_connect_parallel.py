"""What only shows between real transactions: locks, and what outlives a rollback."""

import time
from concurrent.futures import ThreadPoolExecutor

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_connect import PORTALS_PATH, TOKEN_PATH, ConnectCase, portal_row, token_row

WORKERS = 4


@tagged("post_install", "-at_install")
class TestParallel(ConnectCase):
    """Works on an integration that is committed, and removed afterwards."""

    def setUp(self):
        super().setUp()
        # A portal that no other integration of the database can have.
        self.zoho.will_answer(PORTALS_PATH, [portal_row("990001", "committed")])
        with self.transaction() as env:
            integration = env["zoho.integration"].create(
                {
                    "name": "Committed",
                    "data_center": "eu",
                    "client_id": "1000.CLIENT",
                    "client_secret": "top-secret",
                    "grant_code": "1000.grant",
                }
            )
            self.committed_id = integration.id
        self.addCleanup(self._remove)
        with self.transaction() as env:
            integration = self.committed(env)
            integration.action_sign_in_with_code()
            integration.status = "active"

    def transaction(self):
        """Return a context of an environment on a connection of its own."""
        return OwnEnvironment(self.registry)

    def committed(self, env):
        """Return the committed integration in another transaction."""
        return env["zoho.integration"].browse(self.committed_id)

    def secrets(self, env):
        """Return the secrets of the committed integration in another transaction."""
        return env["zoho.credential"]._get_for(self.committed(env))

    def _remove(self):
        with self.transaction() as env:
            self.committed(env).unlink()

    def _press(self, method):
        with self.transaction() as env:
            getattr(self.committed(env), method)()

    def _status(self):
        with self.transaction() as env:
            integration = self.committed(env)
            return integration.status, integration.status_message

    def test_parallel_workers_refresh_once(self):
        answers = iter(range(2, 9))

        def slow_answer(request):
            time.sleep(0.2)
            return token_row(access_token=f"1000.access.{next(answers)}")

        self.zoho.will_answer(TOKEN_PATH, slow_answer)

        def refresh(_number):
            with self.transaction() as env:
                return self.secrets(env)._refresh_access_token("1000.access.1")

        with ThreadPoolExecutor(WORKERS) as pool:
            tokens = set(pool.map(refresh, range(WORKERS)))
        self.assertEqual(tokens, {"1000.access.2"})
        self.assertEqual(len(self.zoho.asked(TOKEN_PATH)), 2)

    def test_a_new_token_outlives_a_rollback(self):
        self.zoho.will_answer(TOKEN_PATH, token_row(access_token="1000.access.2"))
        with self.assertRaises(ZeroDivisionError), self.transaction() as env:
            self.secrets(env)._refresh_access_token("1000.access.1")
            raise ZeroDivisionError
        with self.transaction() as env:
            client = self.secrets(env)._client()
            self.assertEqual(client.access_token, "1000.access.2")

    def test_a_dead_sign_in_is_kept_as_status(self):
        self.zoho.will_answer(TOKEN_PATH, {"error": "invalid_code"})
        with self.transaction() as env:
            self.secrets(env).refresh_after = fields.Datetime.now()
        with self.assertRaisesRegex(UserError, "Sign in Again"):
            self._press("action_fetch_portals")
        status, message = self._status()
        self.assertEqual(status, "sign_in_again")
        self.assertIn("Sign in Again", message)

    def test_a_failure_while_disabled_keeps_it_disabled(self):
        with self.transaction() as env:
            self.committed(env).status = "disabled"
        self.zoho.will_answer(PORTALS_PATH, (500, "{}"))
        with self.assertRaises(UserError):
            self._press("action_enable")
        status, message = self._status()
        self.assertEqual(status, "disabled")
        self.assertIn("another try", message)

    def test_a_status_that_a_sync_holds_is_written_with_it(self):
        self.zoho.will_answer(PORTALS_PATH, (500, "{}"))
        with self.transaction() as env:
            integration = self.committed(env)
            integration.lock_for_update()
            with self.assertRaises(UserError):
                integration.action_fetch_portals()
            self.assertIn("another try", integration.status_message)

    def test_nobody_deletes_under_a_running_sync(self):
        with self.transaction() as env:
            self.committed(env).lock_for_update()
            with self.assertRaisesRegex(UserError, "press Stop"):
                self._press("action_delete")

    def test_nobody_moves_the_cutoff_under_a_running_sync(self):
        with self.transaction() as env:
            self.committed(env).lock_for_update(allow_referencing=True)
            with self.transaction() as other:
                dialog = other["zoho.cutoff.change"].create(
                    {"integration_id": self.committed_id, "timesheet_cutoff": "date"}
                )
                dialog.timesheet_cutoff_date = "2026-11-01"
                with self.assertRaisesRegex(UserError, "press Stop"):
                    dialog.action_apply()
                other.cr.rollback()

    def test_nobody_spends_a_code_under_a_running_sync(self):
        with self.transaction() as env:
            self.committed(env).grant_code = "1000.grant"
        with self.transaction() as env:
            self.committed(env).lock_for_update()
            with self.assertRaisesRegex(UserError, "press Stop"):
                self._press("action_sign_in_with_code")
        self.assertEqual(len(self.zoho.asked(TOKEN_PATH)), 1)


class OwnEnvironment:
    """An environment on a real connection: committed at the end unless it raises."""

    def __init__(self, registry):
        self.cursor = registry.cursor()

    def __enter__(self):
        return api.Environment(self.cursor.__enter__(), SUPERUSER_ID, {})

    def __exit__(self, *error):
        self.cursor.__exit__(*error)
