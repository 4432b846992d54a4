"""A database in which a project of Zoho can be invoiced, and who may do so."""

import subprocess

from tools.odoo_server import odoo_environment

from .origins import WIDGET

PORTAL = "60118842377"
PROJECT, TASK, USER = "5000000001", "6000000001", "4000000001"
BUG, PHASE = "6000000002", "7000000001"
LOGIN = PASSWORD = "inside-accountant"
SCRIPT = f"""
from odoo import Command
company = env.company
env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
company.account_sale_tax_id = False
env["product.product"].search([("type", "=", "service")]).taxes_id = False
customer = env["res.partner"].create({{"name": "Golden Customer"}})
project = env["project.project"].create({{
    "name": "Website", "partner_id": customer.id, "company_id": company.id,
    "allow_billable": True, "allow_timesheets": True,
    "billing_method": "project_hours", "billing_rate": 100.0,
}})
design, build = env["project.task"].create([
    {{"name": name, "project_id": project.id, "allocated_hours": 8}}
    for name in ("Design", "Build")
])
phase = env["project.milestone"].create({{"name": "Launch", "project_id": project.id}})
worker = env["hr.employee"].create({{"name": "Ann"}})
for task, hours in ((design, 4), (build, 3)):
    env["account.analytic.line"].create({{
        "name": "Work", "project_id": project.id, "task_id": task.id,
        "employee_id": worker.id, "unit_amount": hours,
    }})
user = env["res.users"].create({{
    "name": "Inside Accountant", "login": "{LOGIN}", "password": "{PASSWORD}",
    "group_ids": [Command.link(
        env.ref("zoho_projects_connector.group_zoho_billing").id)],
}})
env["hr.employee"].create({{"name": "Dora", "user_id": user.id}})
integration = env["zoho.integration"].create(
    {{"name": "Northlight", "company_id": company.id, "data_center": "us"}})
integration.portal_id = env["zoho.portal"].create({{
    "integration_id": integration.id, "zoho_id": "{PORTAL}", "name": "northlight"}})
# An administrator has paired before: who comes after him has no such rights.
integration.write({{
    "status": "active", "inside_enabled": True, "widget_origins": "https://{WIDGET}"}})
for entity, zoho_id, record in (
    ("project", "{PROJECT}", project), ("task", "{TASK}", design),
    ("bug", "{BUG}", build), ("phase", "{PHASE}", phase),
):
    env["zoho.link"].create({{
        "integration_id": integration.id, "company_id": company.id,
        "portal_zoho_id": "{PORTAL}", "entity": entity, "zoho_id": zoho_id,
        "project_zoho_id": "{PROJECT}", "res_model": record._name,
        "res_id": record.id,
    }})
env["ir.config_parameter"].set_param("web.base.url", "%(url)s")
env.cr.commit()
"""
# What the SDK knows of where the widget stands.
KEYS = {
    "portal.id_string": PORTAL,
    "project.id": PROJECT,
    "current_user": {"id": USER, "full_name": "Ann Zoho", "email": "ann@example.com"},
}


def shell(settings, configuration, script):
    """Run a script in Odoo."""
    done = subprocess.run(
        [
            *(settings.venv_python, "-m", "odoo", "shell", "-c", configuration),
            *("--no-http", "--log-level=error", "--shell-interface=python"),
        ],
        input=script,
        env=odoo_environment(settings),
        cwd=settings.home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
