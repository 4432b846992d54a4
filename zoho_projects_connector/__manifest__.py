{
    "name": "Zoho Projects Connector",
    "summary": "Projects, tasks and time logs of Zoho Projects, invoiced in Odoo",
    "version": "19.0.1.0.0",
    "category": "Services/Project",
    "author": "Zoho Projects Connector contributors",
    "license": "LGPL-3",
    "depends": ["sale_timesheet", "sale_project"],
    "external_dependencies": {"python": ["requests"]},
    "data": [
        "security/zoho_projects_groups.xml",
        "security/ir.model.access.csv",
        "security/zoho_projects_rules.xml",
        "data/ir_cron.xml",
    ],
    "application": True,
    "installable": True,
}
