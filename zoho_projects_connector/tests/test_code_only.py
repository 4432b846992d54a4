"""No caller writes what only code may write: each model, each field, each group."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.zoho_projects_connector.models.code_only_mixin import ADDONS, ByCode

from .billing.billing_common import BillingCommon

# How a customer is invoiced, and whether he approves time.
PARTNER_EDITABLE = {
    *("billing_rounding", "billing_rounding_minutes", "time_approval"),
    *("time_approval_days", "time_approver_id", "billed_time_annex"),
    "billing_line_template",
}
# What people may edit, by model. A new field is either read-only, and then written by
# code alone, or it is decided here that a person may write it.
EDITABLE = {
    # The terms under which a project is billed, and its dates and names.
    "project.project": {
        *("billing_rounding", "billing_rounding_minutes", "billing_method"),
        *("billing_rate", "fixed_cost", "billing_currency_id", "billing_rate_ids"),
        # Task lists are records that project managers may edit by themselves.
        *("zoho_task_list_ids", "expense_markup", "budget_amount", "billing_is_free"),
    },
    "project.billing.rate": {
        *("project_id", "task_id", "employee_id", "rate", "is_free", "date_from"),
        *("partner_id", "job_id", "company_id"),
        *("default_unit", "default_currency_id"),
    },
    "project.task": {"zoho_task_list_id", "billing_rate", "billing_is_free"},
    "zoho.task.list": {
        *("name", "active", "project_id", "milestone_id", "is_closed", "task_ids"),
    },
    "res.partner": PARTNER_EDITABLE,
    "res.users": PARTNER_EDITABLE,
    "res.company": {
        *("billing_rounding", "billing_rounding_minutes", "attach_billed_time_annex"),
        *("portal_time", "portal_staff", "portal_notes", "billing_line_template"),
        "portal_budget",
    },
    # The set-up and the preferences; what binds the portal is checked by `write`.
    "zoho.integration": {
        *("name", "company_id", "data_center", "accounts_url", "api_url", "portal_id"),
        *("sync_timesheets", "sync_general_timesheets", "require_approval"),
        *("timesheet_cutoff", "timesheet_cutoff_date", "include_closed_projects"),
        *("duplicate_customers", "crm_first", "restrict_project_creation"),
        *("quick_interval", "full_interval", "mapping_ids", "client_id"),
        *("client_secret", "grant_code", "setup_step"),
        *("portal_time", "portal_staff", "portal_notes"),
        *("inside_enabled", "inside_hosts", "hints_enabled", "lock_invoiced"),
    },
    # Where custom fields go; standard rows are locked.
    "zoho.field.mapping": {
        *("integration_id", "entity", "sequence", "zoho_field", "zoho_label"),
        *("zoho_type", "field_id", "active", "figure"),
    },
    # What a subscription takes, and what an expense costs the customer.
    "contract.contract": {
        *("project_ids", "include_unbilled_hours", "include_unbilled_expenses"),
        "unbilled_group_by",
    },
    "hr.expense": {"billable", "markup"},
}
# Written by code alone: nobody may create, change or delete a record.
BOOKS = {
    *("project.billed.time", "project.subscription.period", "project.unbilled.time"),
    *("zoho.credential", "zoho.customer", "zoho.difference", "zoho.link"),
    *("zoho.form.use", "zoho.hint", "zoho.listed.record", "zoho.page", "zoho.pairing"),
    *("zoho.pick", "zoho.portal", "zoho.project.customer"),
    *("zoho.quota", "zoho.reconciliation", "zoho.reconciliation.line"),
    *("zoho.skipped.record", "zoho.stream", "zoho.sync.error", "zoho.sync.run"),
    *("zoho.log.lock", "zoho.project.writing"),
    *("zoho.sync.run.line", "project.time.approval", "project.time.approval.line"),
}
# They hand our fields on to the model that they are also a record of.
DELEGATING = {"res.users": "res.partner", "account.bank.statement.line": "account.move"}
GROUPS = (
    "base.group_public",
    "base.group_portal",
    "base.group_user",
    "base.group_system",
    "account.group_account_basic",
    "account.group_account_invoice",
    "account.group_account_manager",
    "hr.group_hr_manager",
    "hr_timesheet.group_hr_timesheet_user",
    "hr_timesheet.group_timesheet_manager",
    "project.group_project_user",
    "project.group_project_manager",
    "sales_team.group_sale_salesman",
    "sales_team.group_sale_manager",
    "zoho_projects_connector.group_zoho_billing",
    "zoho_projects_connector.group_zoho_user",
    "zoho_projects_connector.group_zoho_manager",
)
VALUES = {
    "binary": "MQ==",
    "boolean": True,
    "char": "1",
    "date": "2026-01-05",
    "datetime": "2026-01-05 10:00:00",
    "float": 1.0,
    "integer": 1,
    "json": {"a": 1},
    "many2many": [Command.clear()],
    "many2one": 1,
    "many2one_reference": 1,
    "monetary": 1.0,
    "one2many": [Command.clear()],
}


def own_fields(model):
    """Return the fields of a model that our addons introduced.

    What a model has from the one it delegates to names its modules in no order.
    """
    return {
        name: field
        for name, field in model._fields.items()
        if any(
            module.startswith(ADDONS)
            for module in (field._modules if field.inherited else field._modules[:1])
        )
        and name not in MAGIC_COLUMNS
    }


@tagged("post_install", "-at_install")
class TestCodeOnly(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._log(3)
        action = (
            cls.env["project.invoice.create"]
            .create(
                {
                    "project_ids": [Command.set(cls.project.ids)],
                    "show_sections": False,
                }
            )
            .action_create_invoice()
        )
        cls.invoice = cls.env["account.move"].browse(action["res_id"])
        cls.log = cls._log(1)
        cls.task_list = cls.env["zoho.task.list"].create(
            {"name": "List", "project_id": cls.project.id}
        )
        cls.milestone = cls.env["project.milestone"].create(
            {"name": "Phase", "project_id": cls.project.id}
        )
        cls.integration = cls.env["zoho.integration"].sudo().create({"name": "Portal"})
        cls.mapping = (
            cls.env["zoho.field.mapping"]
            .sudo()
            .create(
                {
                    "integration_id": cls.integration.id,
                    "entity": "task",
                    "zoho_field": "cf_gate",
                    "zoho_label": "Gate",
                }
            )
        )
        cls.people = {
            name: new_test_user(cls.env, f"one_of_{name}", groups=name)
            for name in GROUPS
        }
        internal = [name for name in GROUPS[2:]]
        cls.everything = new_test_user(cls.env, "everything", groups=",".join(internal))

    def _models(self):
        """Return the models with fields of ours that have a table, or look as if."""
        for name in sorted(self.env.registry.models):
            model = self.env[name]
            if not (model._abstract or model._transient) and own_fields(model):
                yield model

    def _some(self, model, user):
        """Return a record of a model as a user sees it, maybe one that is none."""
        known = {
            "account.analytic.line": self.log,
            "account.move": self.invoice,
            "account.move.line": self.invoice.invoice_line_ids[:1],
            "project.project": self.project,
            "project.task": self.design,
            "res.partner": self.customer,
            "zoho.field.mapping": self.mapping,
        }
        found = known.get(model._name) or model.sudo().search([], limit=1)
        return model.with_user(user).browse(found.id or 1)

    def _value(self, field):
        if field.type == "selection":
            return field.get_values(self.env)[0]
        return VALUES.get(field.type, "1")

    def assertKept(self, what, call):
        """The call ends in the sentence that names what Odoo itself keeps."""
        with self.assertRaises(AccessError, msg=what) as caught:
            call()
        self.assertIn("Odoo itself keeps", str(caught.exception), what)

    def test_every_field_is_decided(self):
        for model in self._models():
            allowed = EDITABLE.get(model._name, set())
            fields = own_fields(model)
            inherits = DELEGATING.get(model._name)
            open_fields = {
                name
                for name, field in fields.items()
                if not field.readonly and (field.inherited or not inherits)
            }
            with self.subTest(model=model._name):
                self.assertLessEqual(open_fields, allowed)
                kept = fields.keys() - allowed
                if not (inherits or model._name in BOOKS) and kept:
                    self.assertIn("code.only.mixin", model._inherit_module)
                    self.assertEqual(model._code_only_fields(), kept)

    def test_nobody_may_touch_the_books(self):
        for name in sorted(BOOKS & self.env.registry.models.keys()):
            for user in (*self.people.values(), self.everything):
                model = self.env[name].with_user(user)
                for operation in ("create", "write", "unlink"):
                    with self.subTest(model=name, user=user.login, way=operation):
                        self.assertFalse(model.has_access(operation))

    def _ways(self, model, user):
        """Return how a user may hand values to a model: name and call."""
        own, record = model.with_user(user), self._some(model, user)
        ways = {}
        if record.exists() and record.has_access("write"):
            ways["write"] = record.write
        if own.has_access("create"):
            ways["create"] = own.create
            # Others stop at what Odoo's own copying reads.
            is_seen = record.exists() and record.has_access("read")
            if user == self.everything and is_seen:
                ways["copy"] = record.copy
        return ways.items()

    def test_nobody_writes_what_only_code_may_write(self):
        """Each as each group, by each way that may create or change a record."""
        tried = set()
        for model in self._models():
            names = getattr(model, "_code_only_fields", frozenset)()
            for user in (*self.people.values(), self.everything):
                for way, call in self._ways(model, user):
                    tried.add((model._name, way))
                    for name in sorted(names):
                        vals = {name: self._value(model._fields[name])}
                        what = f"{way} {model._name}.{name} as {user.login}"
                        self.assertKept(what, lambda c=call, v=vals: c(v))
        for name in EDITABLE.keys() & self.env.registry.models.keys():
            self.assertIn((name, "create"), tried, name)
        for name in ("account.analytic.line", "account.move", "account.move.line"):
            self.assertIn((name, "write"), tried, name)

    @mute_logger("odoo.models")
    def test_nobody_imports_it(self):
        """Not even who has all rights there are."""
        for model in self._models():
            own = model.with_user(self.everything)
            if not (own.has_access("write") and own.has_access("create")):
                continue
            for name in sorted(getattr(model, "_code_only_fields", frozenset)()):
                field = model._fields[name]
                if field.type in ("one2many", "many2many", "json"):
                    continue
                column = f"{name}/.id" if field.type == "many2one" else name
                value = self._value(field)
                with self.subTest(model=model._name, field=name):
                    result = own.load([column], [[str(value)]])
                    self.assertFalse(result["ids"])
                    said = " ".join(one["message"] for one in result["messages"])
                    self.assertTrue(said)

    def test_no_default_reaches_it(self):
        """Neither the context of a call nor a saved default, also for code."""
        for model in self._models():
            names = sorted(getattr(model, "_code_only_fields", frozenset)())
            context = {
                f"default_{name}": self._value(model._fields[name]) for name in names
            }
            for own in (model.sudo(), model.with_user(self.everything)):
                with self.subTest(model=model._name, su=own.env.su):
                    self.assertEqual(
                        own.with_context(**context).default_get(names),
                        own.default_get(names),
                    )
        self.env["ir.default"].sudo().set(
            "account.analytic.line", "billing_exclusion", "Mine"
        )
        self.assertFalse(self._log(1).billing_exclusion)

    def test_no_other_record_hands_it_on(self):
        """Commands of a parent, and records that are also another's."""
        line = self.invoice.invoice_line_ids
        accountant = self.people["account.group_account_invoice"]
        invoice = self.invoice.with_user(accountant)
        for command in (
            Command.update(line.id, {"billing_origin_id": line.id}),
            Command.create({"name": "New", "billing_origin_id": line.id}),
        ):
            self.assertKept(
                "line", lambda c=command: invoice.write({"invoice_line_ids": [c]})
            )
        user = self.people["base.group_user"].with_user(self.everything)
        with self.assertRaises(AccessError):
            user.write({"billing_layout": {"a": 1}})
        statement = self.env["account.bank.statement.line"].with_user(self.everything)
        vals = {
            "journal_id": self.company_data["default_journal_bank"].id,
            "billing_left_ids": [Command.set(self.log.ids)],
        }
        self.assertKept("statement", lambda: statement.create(vals))

    def test_code_writes_it(self):
        """With more rights, or by values that no remote call can make."""
        log = self.log.with_user(self.everything)
        log.sudo().zoho_approver = "Ann"
        self.assertEqual(log.zoho_approver, "Ann")
        log.write({"zoho_approver": ByCode("Ben")})
        self.assertEqual(log.zoho_approver, "Ben")
        for forged in ({"value": "Cid"}, ["Cid"], "Cid"):
            self.assertKept("forged", lambda f=forged: log.write({"zoho_approver": f}))

    def test_what_is_no_dictionary_is_refused_by_rights_first(self):
        """As Odoo refuses it: whoever may not write hears that, and nothing else."""
        milestone = self.milestone.with_user(self.people["base.group_user"])
        with self.assertRaises(AccessError):
            milestone.write(["name"])

    def test_the_portal_stays_bound(self):
        """No administrator gets round the binding by the status."""
        integration = self.integration.with_user(
            self.people["zoho_projects_connector.group_zoho_manager"]
        )
        portals = self.env["zoho.portal"].sudo()
        first, second = portals.create(
            [
                {"integration_id": integration.id, "zoho_id": zoho_id, "name": zoho_id}
                for zoho_id in ("one", "two")
            ]
        )
        integration.portal_id = first
        integration.sudo().status = "active"
        self.assertKept("status", lambda: integration.write({"status": "draft"}))
        with self.assertRefused("bound to its portal"):
            integration.write({"portal_id": second.id})
        self.assertEqual(integration.portal_id, first)
