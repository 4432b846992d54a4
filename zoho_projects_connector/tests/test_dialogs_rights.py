"""What a dialog takes from its caller: links to records that he may read."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .billing.billing_common import BillingCommon

GROUPS = {
    "billing": "zoho_projects_connector.group_zoho_billing",
    "administrator": "zoho_projects_connector.group_zoho_manager",
    "approver": "hr_timesheet.group_hr_timesheet_approver",
}
# What belongs to no company is for all to choose; who made a dialog, nobody writes.
SHARED = {"res.currency", "res.users"}


@tagged("post_install", "-at_install")
class TestDialogsRights(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.callers = {
            name: new_test_user(
                cls.env, name, groups=group, company_id=cls.env.company.id
            )
            for name, group in GROUPS.items()
        }
        cls.other = cls.env["res.company"].create({"name": "Other Company"})
        cls.log = cls._log(2)
        cls.own = cls._records(cls.env.company, cls.project, cls.design, cls.log)
        cls.foreign = cls._foreign_records()

    @classmethod
    def _foreign_records(cls):
        """Return a record of the other company for each model."""
        env = cls.env(su=True)
        env = env(context={**env.context, "allowed_company_ids": cls.other.ids})
        customer = env["res.partner"].create(
            {"name": "Foreign", "company_id": cls.other.id, "email": "f@example.com"}
        )
        project = cls.project.with_env(env).create(
            {
                "name": "Foreign Project",
                "company_id": cls.other.id,
                "partner_id": customer.id,
                "allow_billable": True,
            }
        )
        task = env["project.task"].create(
            {"name": "Foreign Task", "project_id": project.id}
        )
        worker = env["hr.employee"].create(
            {"name": "Foreign Worker", "company_id": cls.other.id}
        )
        log = env["account.analytic.line"].create(
            {
                "name": "Foreign Work",
                "project_id": project.id,
                "task_id": task.id,
                "employee_id": worker.id,
                "unit_amount": 7,
            }
        )
        return cls._records(cls.other, project, task, log)

    @classmethod
    def _records(cls, company, project, task, log):
        """Return a record of a company for each model that a dialog can name."""
        env = project.env(su=True)
        integration = env["zoho.integration"].create(
            {"name": company.name, "company_id": company.id, "client_id": "1000.X"}
        )
        journal = env["account.journal"].create(
            {
                "name": "Sales",
                "code": "DLG",
                "type": "sale",
                "company_id": company.id,
            }
        )
        records = (
            company,
            project,
            task,
            log,
            log.employee_id,
            project.partner_id,
            integration,
            env["project.milestone"].create(
                {"name": "Phase", "project_id": project.id}
            ),
            env["zoho.task.list"].create({"name": "List", "project_id": project.id}),
            env["product.product"].create({"name": "Plan", "company_id": company.id}),
            env["account.move"].create(
                {"move_type": "entry", "journal_id": journal.id}
            ),
            env["zoho.sync.error"].create(
                {"integration_id": integration.id, "entity": "task", "code": "other"}
            ),
            env["zoho.link"].create(
                {
                    "integration_id": integration.id,
                    "company_id": company.id,
                    "portal_zoho_id": company.id,
                    "entity": "task",
                    "zoho_id": "1",
                    "res_model": "project.task",
                    "res_id": task.id,
                }
            ),
            env["project.time.approval"].create(
                {
                    "partner_id": project.partner_id.id,
                    "approver_id": project.partner_id.id,
                    "company_id": company.id,
                }
            ),
            env["zoho.difference"].create(
                {
                    "integration_id": integration.id,
                    "company_id": company.id,
                    "timesheet_id": log.id,
                    "project_id": project.id,
                    "kind": "changed",
                }
            ),
        )
        return {record._name: record.with_env(cls.env) for record in records}

    def dialogs(self):
        """Return the dialogs of the addons, by name."""
        return {
            name: self.env[name]
            for name, model in self.env.registry.items()
            if model._transient
            and (model._original_module or "").startswith("zoho_projects_connector")
        }

    def links(self, model):
        """Return the fields of a dialog that lead to records that stay."""
        return [
            field
            for field in model._fields.values()
            if field.relational
            and field.comodel_name not in SHARED
            and not self.env[field.comodel_name]._transient
        ]

    def test_each_dialog_is_its_maker_s_alone(self):
        self.assertGreaterEqual(len(self.dialogs()), 18)
        rules = self.env["ir.rule"].with_user(self.callers["billing"])
        for name in self.dialogs():
            for mode in ("read", "write", "create", "unlink"):
                with self.subTest(model=name, mode=mode):
                    domain = rules._compute_domain(name, mode)
                    conditions = list(domain.iter_conditions())
                    self.assertIn("create_uid", [one.field_expr for one in conditions])

    def test_each_dialog_checks_what_it_is_given(self):
        mixin = self.env.registry["caller.choice.mixin"]
        for name, model in self.dialogs().items():
            with self.subTest(model=name):
                self.assertTrue(issubclass(type(model), mixin))
                # What is computed anew each time is taken from nobody.
                kinds = {
                    field.type
                    for field in model._fields.values()
                    if field.store or not field.compute or field.inverse
                }
                self.assertFalse(kinds & {"reference", "many2one_reference", "json"})

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nobody_makes_changes_deletes_or_names_what_is_not_his(self):
        """All dialogs, all their links, all ways in, for each kind of caller."""
        tried, taken = set(), []
        for user in self.callers.values():
            for model in self.dialogs().values():
                for field in self.links(model):
                    tried.add(field.comodel_name)
                    dialog = model.with_user(user)
                    taken += [
                        (user.login, str(field), value, way)
                        for value in self.attempts(field)
                        for way in self.ways_in(dialog, field, value)
                    ]
        self.assertEqual(tried, set(self.foreign))
        self.assertFalse(taken)
        self.assertUntouched()

    def attempts(self, field):
        """Return what a caller could send for a field."""
        own, foreign = self.own[field.comodel_name], self.foreign[field.comodel_name]
        vals = {own._rec_name or "name": "Taken over"}
        if field.type == "many2one":
            return [foreign.id, {"id": own.id, **vals}, "5", [[]], 2**40, True]
        return [
            [Command.create(vals)],
            [Command.update(own.id, vals)],
            [Command.update(foreign.id, vals)],
            [Command.delete(own.id)],
            [Command.delete(foreign.id)],
            [Command.link(foreign.id)],
            [Command.set([foreign.id])],
            [foreign.id],
            [vals],
            [(9, 0, 0)],
            # What no form sends: a sentence, too, and no traceback.
            "all",
            2**40,
            [[]],
            [[Command.SET]],
            [[Command.SET, 0, "all"]],
            [[Command.LINK, [own.id]]],
            [[Command.UPDATE, vals]],
        ]

    def ways_in(self, dialog, field, value):
        """Return the ways in by which a dialog takes a value."""
        vals, name = {field.name: value}, field.name
        context = {f"default_{name}": value}
        ways = {
            "create": lambda: dialog.create(vals),
            "save": lambda: dialog.web_save(vals, {}),
            "form": lambda: dialog.onchange(dict(vals), [name], {name: {}}),
            "context": lambda: dialog.with_context(**context).default_get([name]),
        }
        return [way for way, attempt in ways.items() if not self.is_refused(attempt)]

    def is_refused(self, attempt):
        # No savepoint: a value is refused before anything is done with it.
        try:
            attempt()
        except AccessError:
            return True
        return False

    def assertUntouched(self):
        for records in (self.own, self.foreign):
            for record in records.values():
                self.assertTrue(record.exists())
        for name in self.own:
            label = self.env[name]._rec_name
            if label and self.env[name]._fields[label].type == "char":
                found = self.env[name].sudo().with_context(active_test=False)
                self.assertFalse(found.search([(label, "=", "Taken over")]))

    def test_staff_is_chosen_and_no_employee_is_made_changed_or_deleted(self):
        """Billing may not even read employees: it links those whom everybody sees."""
        wizards = self.env["project.invoice.create"].with_user(self.callers["billing"])
        projects = [Command.set(self.project.ids)]
        wizard = wizards.create({"project_ids": projects, "employee_ids": self.ben.ids})
        self.assertEqual(wizard.sudo().employee_ids, self.ben)
        wizard.write({"employee_ids": [Command.link(self.ann.id)]})
        self.assertEqual(wizard.sudo().employee_ids, self.ann + self.ben)
        before = (
            self.env["hr.employee"].with_context(active_test=False).search_count([])
        )
        for command in (
            Command.create({"name": "Eve", "company_id": self.other.id}),
            Command.update(self.ben.id, {"pin": "1234", "hourly_cost": 1.0}),
            Command.delete(self.cid.id),
            Command.link(self.foreign["hr.employee"].id),
        ):
            vals = {"project_ids": projects, "employee_ids": [command]}
            for way in (
                lambda vals=vals: wizards.create(vals),
                lambda vals=vals: wizard.write(vals),
            ):
                with self.assertRefused("choose among what you may see"):
                    way()
        found = self.env["hr.employee"].with_context(active_test=False)
        self.assertEqual(found.search_count([]), before)
        self.assertFalse(self.ben.pin)
        self.assertNotEqual(self.ben.hourly_cost, 1.0)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_nobody_reaches_another_s_dialog(self):
        """Neither its lines nor its buttons, by whatever id."""
        billing = self.callers["billing"]
        projects = {"project_ids": [Command.set(self.project.ids)]}
        milestone = self.own["project.milestone"]
        item = {"milestone_id": milestone.id, "amount": 10}
        wizards = self.env["project.invoice.create"]
        other = wizards.with_user(self.accountant).create(
            {**projects, "mode": "items", "item_ids": [Command.create(item)]}
        )
        line, own = other.item_ids, wizards.with_user(billing).create(projects)
        for way in (
            lambda: other.with_user(billing).action_create_invoice(),
            lambda: other.with_user(billing).read(["mode"]),
            lambda: line.with_user(billing).read(["amount"]),
            lambda: line.with_user(billing).write({"amount": 1}),
            lambda: own.write({"item_ids": [Command.link(line.id)]}),
            lambda: own.write({"item_ids": [Command.update(line.id, {"amount": 1})]}),
            lambda: own.write({"item_ids": [Command.delete(line.id)]}),
            lambda: line.with_user(billing).create({**item, "wizard_id": other.id}),
        ):
            with self.assertRaises(AccessError):
                way()
        self.assertEqual(other.item_ids.amount, 10)
        self.assertFalse(line.with_user(billing).search([]))

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_what_a_line_shows_is_read_with_the_rights_of_who_looks(self):
        """A line that came to name a record of another company tells nothing of it."""
        billing, administrator = self.callers["billing"], self.callers["administrator"]
        wizard = self.env["project.invoice.create"].with_user(billing).create({})
        item = wizard.sudo().item_ids.create(
            {
                "wizard_id": wizard.id,
                "milestone_id": self.foreign["project.milestone"].id,
            }
        )
        chooser = self.env["zoho.customer.choose"].with_user(administrator)
        chooser = chooser.create({"error_id": self.own["zoho.sync.error"].id})
        contact = chooser.sudo().candidate_ids.create(
            {"wizard_id": chooser.id, "partner_id": self.foreign["res.partner"].id}
        )
        self.env.invalidate_all()
        for line, user, names in (
            (item, billing, ("name", "hours", "project_id")),
            (contact, administrator, ("email", "city")),
        ):
            for name in names:
                with self.assertRaises(AccessError):
                    line.with_user(user).read([name])

    def test_a_quotation_sells_the_work_of_its_projects_alone(self):
        """Lines come from the form: what they cover is looked at again."""
        other = self._project("Other Project")
        strange = self._task("Strange Work", other)
        subtask = self._task("Part of Design", parent_id=self.design.id)
        wizards = self.env["project.quotation.create"].with_user(self.accountant)

        def quotation(**line):
            vals = {"name": "Line", "fixed_amount": 10, **line}
            return wizards.create(
                {
                    "project_id": self.project.id,
                    "line_ids": [Command.create(vals)],
                }
            )

        for line in (
            {"task_id": strange.id},
            {"task_id": self.design.id, "covered_task_ids": strange.ids},
            {"task_id": self.design.id, "covered_task_ids": self.build.ids},
            {},
        ):
            with self.assertRefused("Line: not in the chosen projects"):
                quotation(**line).action_create_quotation()
        covered = (self.design + subtask).ids
        action = quotation(
            task_id=self.design.id, covered_task_ids=covered
        ).action_create_quotation()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(order.order_line.quoted_task_ids.ids, covered)

    def test_of_a_shared_project_each_company_bills_its_own_time(self):
        """2 h of Ann at 100.00; the 7 h of the other company's worker are not ours."""
        shared = self._project("Shared", company_id=False)
        self._flat_rate(100, shared)
        task = self._task("Common Work", shared)
        self._log(2, task=task)
        theirs = self._log(
            7, self.foreign["hr.employee"], task, company_id=self.other.id
        )
        self.assertEqual(theirs.company_id, self.other)
        wizards = self.env["project.invoice.create"].with_user(self.accountant)
        wizard = wizards.create({"project_ids": shared.ids})
        self.assertEqual((wizard.total_hours, wizard.total_amount), (2, 200))
        self.assertFalse(wizard.left_out_ids)

    def test_a_choice_changes_only_what_its_dialog_is_for(self):
        """The link of a task never comes to lead to an employee or a contact."""
        administrator, link = self.callers["administrator"], self.own["zoho.link"]
        error = self.own["zoho.sync.error"]
        customer = link.sudo().copy({"entity": "customer", "zoho_id": "2"})
        maps = self.env["zoho.user.map"].with_user(administrator)
        choices = self.env["zoho.customer.choose"].with_user(administrator)
        for subject in (
            {},
            {"link_id": link.id},
            {"error_id": error.id},
            {"error_id": error.id, "link_id": customer.id},
        ):
            for ask in (
                maps.create({**subject, "employee_id": self.ben.id}).action_map,
                choices.create(
                    {**subject, "partner_id": self.customer.id}
                ).action_choose,
            ):
                with self.assertRefused("not decided here"):
                    ask()
        self.assertEqual(link.sudo()._record(), self.design)
        self.assertFalse(self.env["zoho.pick"].sudo().search([]))
