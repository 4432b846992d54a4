from lxml import etree

from odoo import Command, fields
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import SQL

from .common_connect import ConnectCase

ROWS = 5000


@tagged("post_install", "-at_install")
class TestForm(ConnectCase):
    def test_set_up_through_the_form(self):
        Integration = self.env["zoho.integration"].with_user(self.manager)
        with Form(Integration) as form:
            form.name = "From the form"
            form.data_center = "in"
            self.assertEqual(form.accounts_url, "https://accounts.zoho.in")
            self.assertEqual(form.console_url, "https://api-console.zoho.in")
            form.client_id = "1000.FORM"
            form.client_secret = "top-secret"
        integration = form.record
        self.assertEqual(self.credential(integration).client_secret, "top-secret")
        with Form(integration) as form:
            self.assertFalse(form.client_secret)
            form.timesheet_cutoff = "date"
            form.timesheet_cutoff_date = "2026-01-01"
        self.assertEqual(self.credential(integration).client_secret, "top-secret")

    def test_own_addresses_are_asked_for(self):
        with Form(self.env["zoho.integration"]) as form:
            form.data_center = "custom"
            form.accounts_url = "http://127.0.0.1:1"
            form.api_url = "http://127.0.0.1:2"
        self.assertEqual(form.record.api_url, "http://127.0.0.1:2")

    def test_a_bound_portal_cannot_be_changed(self):
        self.sign_in().status = "active"
        with Form(self.integration) as form, self.assertRaises(AssertionError):
            form.portal_id = self.integration.portal_id.browse()

    def test_on_a_phone_lists_are_cards(self):
        """Nothing has to be pushed aside to be read or pressed."""
        without = [
            action.name
            for action in self._own("ir.actions.act_window")
            if "list" in action.view_mode and "kanban" not in action.view_mode
        ]
        for view in self._own("ir.ui.view").filtered(lambda one: one.type == "form"):
            lists = etree.fromstring(view.arch).iterfind(".//field/list")
            without += [
                f"{view.name}: {one.getparent().get('name')}"
                for one in lists
                if one.getparent().find("kanban") is None
            ]
        self.assertFalse(without)

    def _own(self, model):
        """Return the records that the addon brings."""
        names = self.env["ir.model.data"].search(
            [("module", "=", "zoho_projects_connector"), ("model", "=", model)]
        )
        return self.env[model].browse(names.mapped("res_id"))

    def test_the_lists_behind_the_buttons(self):
        self.sign_in()
        integration = self.integration.with_user(self.user)
        for method in (
            "action_open_links",
            "action_open_errors",
            "action_open_skipped",
            "action_open_differences",
            "action_open_runs",
        ):
            with self.subTest(method):
                action = getattr(integration, method)()
                self.assertIn(("integration_id", "=", integration.id), action["domain"])
                Model = self.env[action["res_model"]].with_user(self.user)
                Model.get_views(action["views"])
                self.assertFalse(Model.search(action["domain"]))


@tagged("post_install", "-at_install")
class TestErrorList(ConnectCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.flush_all()
        cls.roots = cls._insert(ROWS // 100, "project", SQL("NULL"))
        cls._insert(ROWS, "task", SQL("%s + serie %% %s", cls.roots[0], len(cls.roots)))
        cls.env["zoho.sync.error"].invalidate_model()

    @classmethod
    def _insert(cls, count, entity, parent):
        """Insert errors as a long life leaves them."""
        rows = cls.env.execute_query(
            SQL(
                """INSERT INTO zoho_sync_error (integration_id, company_id, entity,
                        zoho_id, name, code, reason, cause, hours, first_seen,
                        last_seen, parent_id)
                   SELECT %s, %s, %s, 'x' || serie, 'Name ' || serie, 'odoo_refused',
                          'odoo_refused', 'refused', 1.5, now(), now(), %s
                     FROM generate_series(1, %s) serie RETURNING id""",
                cls.integration.id,
                cls.company.id,
                entity,
                parent,
                count,
            )
        )
        return sorted(row[0] for row in rows)

    def _open(self):
        """Read what the list shows first: groups, then the page of one group."""
        action = self.integration.with_user(self.user).action_open_errors()
        Error = self.env["zoho.sync.error"].with_user(self.user)
        domain = [
            *action["domain"],
            ("resolved_at", "=", False),
            ("parent_id", "=", False),
        ]
        groups = Error.formatted_read_group(domain, ["entity"], ["__count"])
        names = ("entity", "name", "why", "resolution", "child_count", "child_hours")
        rows = Error.web_search_read(
            domain, {name: {} for name in (*names, "url", "record_model")}, limit=80
        )
        return groups, rows

    def test_it_opens_with_few_queries(self):
        self._open()
        self.env.invalidate_all()
        with self.assertQueryCount(20):
            self._open()

    def test_children_are_folded_under_their_cause(self):
        groups, rows = self._open()
        self.assertEqual([group["__count"] for group in groups], [len(self.roots)])
        self.assertEqual(rows["length"], len(self.roots))
        counts = {row["child_count"] for row in rows["records"]}
        self.assertEqual(counts, {ROWS // len(self.roots)})

    def test_the_counts_on_the_form(self):
        self.assertEqual(self.integration.error_count, ROWS + len(self.roots))
        # One cause: what Odoo refused of projects. The tasks wait for them.
        self.assertEqual(self.integration.attention_count, 1)
        text = f"1 to resolve, {ROWS + len(self.roots)} records wait for it"
        self.assertEqual(self.integration.attention_text, text)

    def test_an_empty_list_says_what_it_knows(self):
        Error = self.env["zoho.sync.error"].with_user(self.manager)
        help_message = "<p>Nothing is missing</p>"
        others = self.env["zoho.integration"].search([])
        others.last_sync = False
        self.integration.portal_id = False
        said = Error.get_empty_list_help(help_message)
        self.assertIn("No portal is connected", said)
        self.assertIn(">Connect</a>", said)
        # As in each list that a sync fills.
        for name in ("customer", "field.mapping", "link", "reconciliation", "sync.run"):
            records = self.env[f"zoho.{name}"].with_user(self.manager)
            self.assertEqual(records.get_empty_list_help("Nothing"), said)
        self.sign_in()
        said = Error.get_empty_list_help(help_message)
        self.assertIn("has not ended yet", said)
        self.assertNotIn("Connect", said)
        # Nor do accountants hear that all agrees, who may not read integrations.
        company = self.integration.company_id
        accountant = new_test_user(
            self.env,
            "empty_list",
            "zoho_projects_connector.group_zoho_billing",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        for model in ("zoho.difference", "zoho.skipped.record"):
            said = self.env[model].with_user(accountant).get_empty_list_help("Agreed")
            self.assertIn("has not ended yet", said)
        self.integration.last_sync = fields.Datetime.now()
        for model in ("zoho.sync.error", "zoho.difference", "zoho.skipped.record"):
            said = self.env[model].with_user(self.manager).get_empty_list_help("Agreed")
            self.assertEqual(said, "Agreed")

    def test_reason_of_an_unknown_code(self):
        error = self.env["zoho.sync.error"].create(
            {
                "integration_id": self.integration.id,
                "entity": "task",
                "code": "something_new",
            }
        )
        self.assertEqual(error.reason, "other")

    def test_the_way_to_odoo(self):
        project = self.env["project.project"].create({"name": "Harbour"})
        self.env["zoho.link"].create(
            {
                "integration_id": self.integration.id,
                "company_id": self.company.id,
                "portal_zoho_id": "60118842377",
                "entity": "project",
                "zoho_id": "192",
                "res_model": "project.project",
                "res_id": project.id,
            }
        )
        error = self.env["zoho.sync.error"].browse(self.roots[0])
        self.assertFalse(error.record_model)
        error.project_zoho_id = "192"
        action = error.action_open_record()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("project.project", project.id)
        )


@tagged("post_install", "-at_install")
class TestRunView(ConnectCase):
    def test_the_mapping_of_a_run_is_readable(self):
        run = self.env["zoho.sync.run"].create(
            {
                "integration_id": self.integration.id,
                "trigger": "button",
                "mapping_snapshot": [
                    {
                        "entity": "task",
                        "zoho_field": "cf_po",
                        "zoho_label": "<b>PO</b>",
                        "zoho_type": "text",
                        "field": "x_zoho_po",
                    }
                ],
            }
        )
        self.assertIn("x_zoho_po", run.mapping_table)
        self.assertIn("Tasks", run.mapping_table)
        self.assertNotIn("<b>", run.mapping_table)
        self.assertEqual(run.display_name, "Queued")
        run.started_at = fields.Datetime.to_datetime("2026-03-09 10:00:00")
        self.assertIn("2026", run.display_name)
        self.assertIn("cf_po", run.mapping_table)

    def test_standard_fields_are_mapped_fields_too(self):
        """Nothing else is mapped, and one of them is switched off."""
        off = {
            "entity": "project",
            "zoho_field": "tags",
            "zoho_label": "Tags",
            "field": "tag_ids",
            "is_standard": True,
            "active": False,
        }
        values = {
            "integration_id": self.integration.id,
            "trigger": "button",
            "started_at": fields.Datetime.now(),
            "status": "done",
        }
        plain, switched = self.env["zoho.sync.run"].create(
            [values, {**values, "mapping_snapshot": [off]}]
        )
        for run in (plain, switched):
            for name in ("partner_id", "unit_amount", "currency_code"):
                self.assertIn(name, run.mapping_table)
        self.assertNotIn("Switched off", plain.mapping_table)
        self.assertEqual(switched.mapping_table.count("Switched off"), 1)
        rows = plain.mapping_table.count("<tr>")
        self.assertEqual(switched.mapping_table.count("<tr>"), rows)

    def test_what_a_run_did_in_one_line(self):
        """2 + 3 fetched; what stayed as it was is no change."""
        values = [
            {"entity": "task", "fetched": 2, "created": 1, "failed": 1},
            {"entity": "timelog", "fetched": 3, "updated": 2, "unchanged": 1},
            {"entity": "user", "unchanged": 4},
        ]
        run = self.env["zoho.sync.run"].create(
            {
                "integration_id": self.integration.id,
                "trigger": "button",
                "line_ids": [Command.create(line) for line in values],
            }
        )
        self.assertEqual(
            run.summary, "Tasks: 1 created, 1 with an error; Timesheets: 2 updated"
        )
        self.assertEqual((run.fetched, run.created, run.updated), (5, 1, 2))
        self.assertEqual((run.unchanged, run.failed, run.skipped), (5, 1, 0))

    def test_without_a_mapping(self):
        run = self.env["zoho.sync.run"].create(
            {"integration_id": self.integration.id, "trigger": "button"}
        )
        self.assertFalse(run.mapping_table)


@tagged("post_install", "-at_install")
class TestSettings(ConnectCase):
    def _settings(self, user=None):
        Settings = self.env["res.config.settings"].with_company(self.company)
        return Settings.with_user(user) if user else Settings

    def test_preferences_are_those_of_the_company(self):
        settings = self._settings().create(
            {"zoho_sync_general_timesheets": True, "zoho_duplicate_customers": "clone"}
        )
        settings.execute()
        self.assertTrue(self.integration.sync_general_timesheets)
        self.assertEqual(self.integration.duplicate_customers, "clone")
        self.assertEqual(settings.action_zoho_open()["res_id"], self.integration.id)

    def test_without_an_integration(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        settings = self._settings().with_company(company).create({})
        settings.execute()
        action = settings.action_zoho_connect()
        self.assertFalse(action["res_id"])
        self.assertEqual(action["target"], "current")
        self.assertEqual(action["context"]["default_company_id"], company.id)

    def test_it_opens_the_guide_until_it_is_set_up(self):
        settings = self._settings().create({})
        self.assertEqual(settings.action_zoho_open()["path"], "zoho-set-up")
        self.integration.status = "active"
        action = settings.action_zoho_open()
        self.assertEqual(action["res_id"], self.integration.id)
        self.assertEqual(action["path"], "zoho-integrations")

    def test_several_integrations(self):
        """Each has its own preferences: those of none are on the page."""
        second = self._new_integration(name="Second", duplicate_customers="clone")
        settings = self._settings().create({})
        both = self.integration + second
        self.assertEqual(settings.zoho_integration_ids, both)
        self.assertFalse(settings.zoho_integration_id)
        settings.execute()
        self.assertEqual(both.mapped("duplicate_customers"), ["overwrite", "clone"])
        for one in both:
            self.assertEqual(one.action_open_form()["res_id"], one.id)

    def test_an_administrator_of_odoo_alone_saves_the_settings(self):
        user = self._new_user("plain_system", "group_zoho_user")
        user.group_ids = self.env.ref("base.group_system")
        self._settings(user).create({}).execute()
        self.assertNotIn("zoho_status", self._settings(user).fields_get())


@tagged("post_install", "-at_install")
class TestSmartButtons(ConnectCase):
    """*Open in Zoho* on the native forms, for those who may see links."""

    def test_the_button_is_there(self):
        for model in ("res.partner", "project.project", "project.task"):
            with self.subTest(model):
                arch = self.env[model].get_view(view_type="form")["arch"]
                self.assertIn("action_open_in_zoho", arch)
        view = self.env.ref("hr_timesheet.hr_timesheet_line_form")
        arch = self.env["account.analytic.line"].get_view(view.id)["arch"]
        self.assertIn("action_open_in_zoho", arch)

    def test_where_it_leads(self):
        self.sign_in()
        project = self.env["project.project"].create({"name": "Harbour"})
        self.assertFalse(project.zoho_url)
        self.env["zoho.link"].create(
            {
                "integration_id": self.integration.id,
                "company_id": self.company.id,
                "portal_zoho_id": self.integration.portal_zoho_id,
                "entity": "project",
                "zoho_id": "192",
                "res_model": "project.project",
                "res_id": project.id,
            }
        )
        project.invalidate_recordset()
        action = project.action_open_in_zoho()
        self.assertEqual(action["type"], "ir.actions.act_url")
        self.assertEqual(
            action["url"],
            "https://projects.zoho.eu/portal/northlight#zp/projects/192",
        )
