import json
import logging
from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_connect import SECRETS, TOKEN_PATH, ConnectCase, token_row

ACTIONS = (
    "action_connect",
    "action_sign_in_with_code",
    "action_fetch_portals",
    "action_save_and_sync",
    "action_sync",
    "action_explain_hours",
    "action_full_sync",
    "action_stop",
    "action_disable",
    "action_enable",
    "action_delete",
)


@tagged("post_install", "-at_install")
class TestSecrets(ConnectCase):
    """Nobody reads a secret over RPC, whatever his groups are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.billing = cls._new_user("zoho_billing", "group_zoho_billing")
        cls.system = cls._new_user("zoho_system", "group_zoho_manager")
        cls.system.group_ids += cls.env.ref("base.group_system")

    def setUp(self):
        super().setUp()
        self.sign_in()
        self.integration.with_user(self.manager).action_connect()
        self.state_hash = self.credential().state_hash
        self.integration.grant_code = "1000.grant"

    def _people(self):
        return self.user + self.manager + self.billing + self.system

    def assertNoSecret(self, text):
        """Check a text for secrets, tokens, and the traces of a running sign-in."""
        for secret in (*SECRETS, self.state_hash):
            self.assertNotIn(secret, text)

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model")
    def test_no_field_of_any_model_shows_one(self):
        names = [name for name in self.env if name.startswith("zoho.")]
        self.assertIn("zoho.credential", names)
        for user in self._people():
            for name in names:
                model = self.env[name].with_user(user)
                if model._abstract:
                    continue
                with self.subTest(user=user.login, model=name):
                    try:
                        rows = model.with_context(active_test=False).search_read([])
                    except AccessError:
                        continue
                    self.assertNoSecret(json.dumps(rows, default=str))

    def test_the_form_and_an_export_show_none(self):
        integration = self.integration.with_user(self.system)
        names = [
            name for name, field in integration._fields.items() if not field.groups
        ]
        exported = integration.export_data([name for name in names if name != "id"])
        self.assertNoSecret(json.dumps(exported, default=str))
        values = integration.web_read({name: {} for name in names})
        self.assertNoSecret(json.dumps(values, default=str))
        copied = integration.copy_data()
        self.assertNoSecret(json.dumps(copied, default=str))

    def test_searching_tells_nothing(self):
        Integration = self.env["zoho.integration"].with_user(self.system)
        for name in ("client_secret", "grant_code"):
            with self.assertRaises(ValueError):
                Integration.search([(name, "=", "top-secret")])

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model")
    def test_access_rights_do_not_open_the_secrets(self):
        self.env["ir.model.access"].create(
            {
                "name": "curious",
                "model_id": self.env["ir.model"]._get("zoho.credential").id,
                "group_id": self.env.ref("base.group_system").id,
                "perm_read": True,
                "perm_write": True,
            }
        )
        credential = self.credential().with_user(self.system).sudo(False)
        self.assertNoSecret(json.dumps(credential.read(), default=str))
        for name in ("client_secret", "refresh_token", "access_token", "grant_code"):
            with self.subTest(name), self.assertRaises(AccessError):
                credential.read([name])

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model")
    def test_no_command_reaches_the_secrets(self):
        with self.assertRaises(AccessError):
            self.env["zoho.credential"].with_user(self.system).search([])
        for name in ("_get_for", "_client", "_refresh_access_token"):
            with self.subTest(name), self.assertRaises(AccessError):
                get_public_method(self.credential(), name)

    def test_errors_and_logs_show_none(self):
        self.zoho.will_answer(
            TOKEN_PATH, {"error": "invalid_code", "refresh_token": "1000.refresh.9"}
        )
        with self.all_logs() as lines:
            with self.assertRaises(UserError) as caught:
                self.integration.action_sign_in_with_code()
            self.zoho.will_answer(TOKEN_PATH, token_row())
            self.integration.grant_code = "1000.grant"
            self.integration.action_sign_in_with_code()
            self.credential()._refresh_access_token("1000.access.1")
            self.integration.action_delete()
        self.assertNoSecret(str(caught.exception))
        self.assertTrue(lines)
        self.assertNoSecret("\n".join(lines))

    @contextmanager
    def all_logs(self):
        """Collect what every logger but that of Odoo's own SQL says at debug level."""
        lines, handler = [], logging.Handler()
        handler.emit = lambda record: lines.append(record.getMessage())
        handler.addFilter(lambda record: record.name != "odoo.sql_db")
        loggers = [logging.getLogger(name) for name in ("", "odoo", "urllib3")]
        levels = [logger.level for logger in loggers]
        try:
            loggers[0].addHandler(handler)
            for logger in loggers:
                logger.setLevel(logging.DEBUG)
            logging.getLogger("odoo.addons.zoho_projects_connector").debug("listening")
            yield lines
        finally:
            loggers[0].removeHandler(handler)
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)


@tagged("post_install", "-at_install")
class TestRights(ConnectCase):
    """A user reads, a manager acts, and companies are apart."""

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.models")
    def test_a_user_reads_and_does_nothing(self):
        self.sign_in()
        integration = self.integration.with_user(self.user)
        self.assertEqual(integration.status, "signed_in")
        self.assertEqual(integration.portal_id.name, "northlight")
        for action in ACTIONS:
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(integration, action)()
        with self.assertRaises(AccessError):
            integration.sync_timesheets = False

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.models")
    def test_an_employee_sees_nothing(self):
        employee = new_test_user(self.env, "zoho_employee", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.integration.with_user(employee).read(["name"])

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.models")
    def test_a_manager_removes_by_the_button_only(self):
        with self.assertRaises(AccessError):
            self.integration.with_user(self.manager).unlink()
        self.integration.with_user(self.manager).action_delete()
        self.assertFalse(self.integration.exists())

    def test_a_manager_sets_up(self):
        values = {"name": "Own", "client_id": "1000.X", "client_secret": "top-secret"}
        integration = (
            self.env["zoho.integration"]
            .with_user(self.manager)
            .with_company(self.company)
            .create(values)
        )
        integration.grant_code = "1000.grant"
        integration.action_sign_in_with_code()
        self.assertEqual(integration.portal_id.name, "northlight")

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.models")
    def test_two_companies(self):
        self.sign_in()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        other = self._new_user("zoho_manager_2", "group_zoho_manager", company)
        self.sign_in(self._new_integration(name="Second", company_id=company.id))
        for name in ("zoho.integration", "zoho.portal"):
            records = self.env[name].with_user(other).search([])
            self.assertEqual(records.company_id, company, name)
        for action in ACTIONS:
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(self.integration.with_user(other), action)()

    def test_one_portal_for_two_companies(self):
        self.sign_in()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        second = self.sign_in(self._new_integration(company_id=company.id))
        second.flush_recordset()
        self.assertEqual(second.portal_zoho_id, self.integration.portal_zoho_id)
        self.assertNotEqual(second.portal_id, self.integration.portal_id)

    def test_every_model_has_a_company_rule(self):
        """A dialog is seen by nobody but who opened it."""
        # What nobody reads.
        apart = ["zoho.credential", "zoho.quota", "zoho.listed.record"]
        apart += ["zoho.form.use", "zoho.hint", "zoho.page"]
        for name in self.env:
            model = self.env[name]
            if (
                not name.startswith("zoho.")
                or model._abstract
                or model._transient
                or name in apart
            ):
                continue
            with self.subTest(name):
                rules = self.env["ir.rule"].search([("model_id.model", "=", name)])
                self.assertIn("company_id", "".join(rules.mapped("domain_force")))

    def test_the_groups_build_on_each_other(self):
        groups = "zoho_projects_connector.group_zoho_"
        self.assertTrue(self.manager.has_group(f"{groups}user"))
        self.assertFalse(self.user.has_group(f"{groups}manager"))
        self.user.group_ids = [Command.link(self.env.ref(f"{groups}billing").id)]
        self.assertTrue(self.user.has_group("account.group_account_invoice"))
