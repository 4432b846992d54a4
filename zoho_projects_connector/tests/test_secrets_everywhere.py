"""Known secrets are planted, everything that can be read is read, none is found.

:source: product.md, section 10.
"""

import logging

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..models.sync.diagnostic import Diagnostic
from ..models.sync.zoho_credential import MASKED_LOGGERS
from .secrets_common import SECRET_FIELDS, PlantedCase

GROUPS = {
    "employee": "base.group_user",
    "portal": "base.group_portal",
    "user": "base.group_user,zoho_projects_connector.group_zoho_user",
    "manager": "base.group_user,zoho_projects_connector.group_zoho_manager",
    "billing": "base.group_user,zoho_projects_connector.group_zoho_billing",
    "system": "base.group_system,base.group_erp_manager,"
    "zoho_projects_connector.group_zoho_manager,project.group_project_manager,"
    "zoho_projects_connector.group_zoho_billing,hr.group_hr_manager",
}


@tagged("post_install", "-at_install")
class TestSecretsEverywhere(PlantedCase):
    def setUp(self):
        super().setUp()
        self.people = {
            name: new_test_user(
                self.env,
                f"zoho_{name}",
                groups if name == "portal" else f"{groups},base.group_allow_export",
                company_id=self.company.id,
                company_ids=[Command.set(self.company.ids)],
            )
            for name, groups in GROUPS.items()
        }

    def models(self):
        """Return the names of the models that this addon makes or extends."""
        return sorted(
            name
            for name in self.env
            if not self.env[name]._abstract
            and any(
                "zoho_projects_connector" in field._modules
                for field in self.env[name]._fields.values()
            )
        )

    def test_what_is_searched_for_is_there(self):
        """Otherwise the other tests would find nothing anywhere."""
        self.env.flush_all()
        rows = self.env.execute_query(SQL("SELECT c::text FROM zoho_credential c"))
        self.assertIn(self.sim.client_secret, str(rows))
        self.assertIn(self.credential().refresh_token, str(rows))
        self.assertGreaterEqual(len(self.secrets), 6)
        with self.assertRaises(AssertionError):
            self.assertNoSecret([{"a": [self.state]}], "here")

    def test_no_other_table_holds_one(self):
        """Whatever the groups may read, it is not there."""
        self.env.flush_all()
        tables = self.env.execute_query(
            SQL(
                """SELECT c.relname FROM pg_class c
                     JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'm')
                      AND c.relname <> 'zoho_credential'"""
            )
        )
        self.assertGreater(len(tables), 100)
        wanted = [f"%{secret}%" for secret in self.secrets]
        for (table,) in tables:
            query = SQL(
                "SELECT 1 FROM %s t WHERE t::text LIKE ANY(%s) LIMIT 1",
                SQL.identifier(table),
                wanted,
            )
            with self.subTest(table):
                self.assertFalse(self.env.execute_query(query))

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model")
    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_no_group_reads_one(self):
        read = set()
        for group, user in self.people.items():
            for name in self.models():
                model = self.env[name].with_user(user).with_context(active_test=False)
                for method in ("fields_get", "default_get", "search_read", "export"):
                    with self.subTest(group=group, model=name, method=method):
                        try:
                            said = getattr(self, f"_{method}")(model)
                        # Odoo's dialog that sends fails where it has nothing to send.
                        except (UserError, IndexError) as refusal:
                            said = str(refusal)
                        else:
                            read.add((group, name, method))
                        self.assertNoSecret(said, (group, name, method))
        for method in ("search_read", "export"):
            self.assertIn(("manager", "zoho.integration", method), read)
            self.assertIn(("user", "zoho.sync.error", method), read)
            self.assertIn(("system", "zoho.sync.run", method), read)
            self.assertNotIn(("employee", "zoho.integration", method), read)

    def _fields_get(self, model):
        return call_kw(model, "fields_get", [], {})

    def _default_get(self, model):
        return call_kw(model, "default_get", [list(model._fields)], {})

    def _search_read(self, model):
        return call_kw(model, "search_read", [[]], {"limit": 40})

    def _export(self, model):
        """Read by the ways that the web client has, and group by each column."""
        ids = call_kw(model, "search", [[]], {"limit": 10})
        names = list(call_kw(model, "fields_get", [], {"attributes": []}))
        said = [
            call_kw(model, "web_read", [ids, {name: {} for name in names}], {}),
            call_kw(model, "export_data", [ids, [n for n in names if n != "id"]], {}),
            call_kw(model, "copy_data", [ids[:1]], {}) if ids else None,
        ]
        for name in names:
            field = model._fields[name]
            if field.store and field.type in ("char", "text") and not field.translate:
                said.append(
                    call_kw(
                        model,
                        "formatted_read_group",
                        [[], [name], ["__count"]],
                        {"limit": 40},
                    )
                )
        return said

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model")
    def test_no_oracle_tells_one(self):
        """Neither a domain nor an order nor a group, not even with access given."""
        self.env["ir.model.access"].create(
            {
                "name": "curious",
                "model_id": self.env["ir.model"]._get("zoho.credential").id,
                "group_id": self.env.ref("base.group_user").id,
                "perm_read": True,
                "perm_write": True,
            }
        )
        for group in ("employee", "manager", "system"):
            model = self.env["zoho.credential"].with_user(self.people[group])
            for name in SECRET_FIELDS:
                for method, arguments, options in (
                    ("search", [[(name, "=like", "1%")]], {}),
                    ("search", [[(name, "!=", False)]], {}),
                    ("search", [[]], {"order": name}),
                    ("search_read", [[], [name]], {}),
                    ("read", [self.credential().ids, [name]], {}),
                    ("web_read", [self.credential().ids, {name: {}}], {}),
                    ("export_data", [self.credential().ids, [name]], {}),
                    ("formatted_read_group", [[], [name], ["__count"]], {}),
                    ("formatted_read_group", [[], [], [f"{name}:max"]], {}),
                    ("write", [self.credential().ids, {name: "mine"}], {}),
                ):
                    with self.subTest(group=group, field=name, method=method):
                        self._refused(model, method, arguments, options)

    def test_no_oracle_on_the_form(self):
        model = self.env["zoho.integration"].with_user(self.people["system"])
        for name in ("client_secret", "grant_code"):
            for method, arguments, options in (
                ("search", [[(name, "=like", "1%")]], {}),
                ("search", [[]], {"order": name}),
                ("formatted_read_group", [[], [name], ["__count"]], {}),
            ):
                with self.subTest(field=name, method=method):
                    self._refused(model, method, arguments, options)

    def _refused(self, model, method, arguments, options):
        """Check that a call is refused, or answers without the secret's help."""
        try:
            call_kw(model, method, arguments, options)
        except (AccessError, ValueError, UserError) as error:
            self.assertNoSecret(str(error), method)
        else:
            self.fail(f"{method} was answered")

    def test_no_line_of_the_log_says_one(self):
        text = "\n".join(self.log_lines)
        for said in ('INSERT INTO "zoho_credential"', "zoho_sync_run", "web_save"):
            self.assertIn(said, text)
        self.assertNoSecret(text, "log")

    def test_lines_of_odoo_are_masked_once(self):
        """By the registry of a database with the addon, however often it is loaded."""
        for name, masking in MASKED_LOGGERS.items():
            self.assertIn(masking, logging.getLogger(name).filters, name)
            logging.getLogger(name).removeFilter(masking)
        for _time in range(2):
            self.env["zoho.credential"]._register_hook()
        for name, masking in MASKED_LOGGERS.items():
            self.assertEqual(logging.getLogger(name).filters.count(masking), 1, name)

    def test_a_failed_statement_says_none(self):
        with self.all_logs() as lines:
            logger = logging.getLogger("odoo.sql_db")
            secret = self.sim.client_secret
            logger.error(
                "bad query: %s",
                f"b'UPDATE \"zoho_credential\" SET \"client_secret\" = \\'{secret}\\''",
            )
            logger.error("bad query: %s", "SELECT 'harmless' FROM res_partner")
        self.assertNoSecret("\n".join(lines), "log")
        self.assertTrue(
            any("zoho_credential" in line or "***" in line for line in lines)
        )
        self.assertTrue(any("harmless" in line for line in lines))

    def test_the_diagnostic_file_says_none(self):
        content = Diagnostic(self.integration.sudo()).content()
        self.assertTrue(content["runs"])
        self.assertNoSecret(content, "diagnostic")

    def test_nothing_is_left_after_delete(self):
        dialogs = {
            way: getattr(self.integration, f"action_ask_{way}")()
            for way in ("disable", "delete")
        }
        for action in dialogs.values():
            dialog = self.env[action["res_model"]].with_context(**action["context"])
            self.assertNoSecret(dialog.create({}).read(), action["name"])
        with self.all_logs() as lines:
            self.integration.action_delete()
        self.assertNoSecret("\n".join(lines), "log")
        self.test_no_other_table_holds_one()
        self.assertFalse(self.env["zoho.credential"].search([]))
