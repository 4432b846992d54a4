"""Tours: their browser, and an accountant's project of 3,125.00."""

import sys
from pathlib import Path
from unittest.mock import patch

from odoo import Command
from odoo.tests import HttpCase, common, new_test_user

from odoo.addons.base.models.ir_asset import IrAsset

# `make test` fetches it; elsewhere tours do not look at their pages.
AXE = Path(sys.prefix, "lib", "node_modules", "axe-core", "axe.min.js")
FILES_OF_BUNDLES = {}


def files_of(assets, bundle, assets_params, find=IrAsset._get_asset_paths):
    """Return the files of a bundle, looked for once: they stay as they are.

    Each test begins without what Odoo has cached.
    """
    key = bundle, *sorted(assets_params.items())
    if key not in FILES_OF_BUNDLES:
        FILES_OF_BUNDLES[key] = find(assets, bundle, assets_params)
    return FILES_OF_BUNDLES[key]


class TourBrowser(common.ChromeBrowser):
    """A browser that waits, and that has what its pages are looked at with.

    It waits six times as long as Odoo's for a page and for each step.
    """

    throttling_factor = property(lambda self: 6, lambda self, factor: None)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if AXE.is_file():
            self._websocket_request(
                "Page.addScriptToEvaluateOnNewDocument",
                params={"source": AXE.read_text()},
            )

    def _handle_console(self, type, **kwargs):
        """Let a warning fail the tour as well: nobody reads it in a console."""
        severity = "error" if type == "warning" else type
        return super()._handle_console(severity, **kwargs)


class TourCase(HttpCase):
    """A tour that a busy machine makes slow, but does not make fail.

    A page asks for several things at once, and all requests of a test share one
    cursor. Odoo answers one that has waited 20 s for it with an error page, which the
    browser takes for the JSON that it asked for.
    """

    test_cursor_lock_timeout = 180
    browser_class = TourBrowser

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.object(IrAsset, "_get_asset_paths", files_of))

    def browser_js(self, *args, **kwargs):
        with patch.object(common, "ChromeBrowser", self.browser_class):
            super().browser_js(*args, **kwargs)


class BillingTourCase(TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.company
        if not company.chart_template:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", company, install_demo=False
            )
        company.account_sale_tax_id = False
        cls.env["product.product"].search([("type", "=", "service")]).taxes_id = False
        new_test_user(
            cls.env,
            "tour_accountant",
            "zoho_projects_connector.group_zoho_billing",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        cls.customer = cls.env["res.partner"].create({"name": "Tour customer"})
        cls.project = cls._project("Website", billing_method="staff_hours")
        cls.design = cls._task(cls.project, "Design", allocated_hours=16.0)
        # The golden example: 10 h × 100 + 20 h × 50 + 15 h × 75 = 3,125.00
        for name, hours, rate in [("Anna", 10, 100), ("Ben", 20, 50), ("Cem", 15, 75)]:
            employee = cls.env["hr.employee"].create({"name": name})
            cls.env["project.billing.rate"].create(
                {
                    "project_id": cls.project.id,
                    "employee_id": employee.id,
                    "rate": rate,
                }
            )
            cls._log(cls.design, employee, hours)
        cls._log(cls.design, employee, 1.0).sudo().billing_exclusion = "Our mistake"

    @classmethod
    def _project(cls, name, **values):
        return cls.env["project.project"].create(
            {
                "name": name,
                "partner_id": cls.customer.id,
                "allow_billable": True,
                "allow_timesheets": True,
                "billing_rate": 75.0,
                **values,
            }
        )

    @classmethod
    def _task(cls, project, name, **values):
        return cls.env["project.task"].create(
            {"name": name, "project_id": project.id, "user_ids": [], **values}
        )

    @classmethod
    def _log(cls, task, employee, hours):
        return cls.env["account.analytic.line"].create(
            {
                "name": "Work",
                "project_id": task.project_id.id,
                "task_id": task.id,
                "employee_id": employee.id,
                "unit_amount": hours,
            }
        )

    def _leave_only(self, projects):
        """Let no other project be billable."""
        others = self.env["project.project"].search([("id", "not in", projects.ids)])
        others.allow_billable = False

    def _tour(self, name, path):
        self.start_tour(path, name, login="tour_accountant")
