"""A portal that may be written to, and a project whose time can be invoiced."""

from odoo import Command

from ...zoho.data_centers import LOG_SCOPE, PROJECT_SCOPE, SCOPES
from ..simulator.entities import CustomField
from ..sync.sync_common import SyncedCase

# Each log, and what it is in Zoho before it is invoiced.
APPROVALS = {
    "pending": "pending",
    "rejected": "rejected",
    "approved": "approved",
    "bug": "pending",
    "general": "pending",
}
FIELDS = [
    ("cf_unbilled", "Unbilled", "currency"),
    ("cf_invoiced", "Invoiced", "Double"),
    ("cf_odoo", "In Odoo", "url"),
]


class WriteBackCase(SyncedCase):
    preferences = {"require_approval": False, "sync_general_timesheets": True}

    def make_portal(self):
        portal = super().make_portal()
        self.golden = portal.golden_project
        self.logs = {}
        for name, approval in APPROVALS.items():
            item = {
                "bug": lambda: portal.add_issue(self.golden, "Bug of ours").id,
                "general": lambda: "",
            }.get(name, lambda n=name: portal.add_task(self.golden, f"Task {n}").id)()
            log = portal.add_log(
                self.golden, item, 60, "2026-10-12", notes=name, approval=approval
            )
            self.logs[name] = log.id
        for name, label, kind in FIELDS:
            portal.custom_fields.append(
                CustomField(portal.new_id(), "projects", name, label, kind)
            )
        return portal

    def connect(self, **values):
        scopes = (*SCOPES, LOG_SCOPE, PROJECT_SCOPE)
        code = self.sim.self_client_code(scopes)
        return super().connect(grant_code=code, **values)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        cls.project = cls.env["project.project"].search(
            [("company_id", "=", cls.company.id), ("name", "=", "Golden staff example")]
        )
        cls.project.write({"billing_method": "project_hours", "billing_rate": 100})
        cls.writer = cls.env.ref("zoho_projects_connector.ir_cron_zoho_write_back")

    def invoice(self, *names):
        """Return a posted invoice with a line for each of these logs."""
        lines = [self.record("timelog", self.logs[name]).id for name in names]
        action = (
            self.env["project.invoice.create"]
            .create(
                {
                    "project_ids": [Command.set(self.project.ids)],
                    "timesheet_ids": [Command.set(lines)],
                    "group_by": "entry",
                    "show_sections": False,
                }
            )
            .action_create_invoice()
        )
        move = self.env["account.move"].browse(action["res_id"])
        move.action_post()
        return move

    def write_back(self):
        """Run the scheduled action, and return how it called, by route."""
        before = self.sim.ledger.calls.copy()
        with self.enter_registry_test_mode():
            self.writer.method_direct_trigger()
        self.env.invalidate_all()
        return self.sim.ledger.calls - before

    def approvals(self, *names):
        """Return what these logs are in Zoho."""
        return [self.portal.logs[self.logs[name]].approval for name in names]
