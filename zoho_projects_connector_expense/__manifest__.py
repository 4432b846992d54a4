{
    "name": "Zoho Projects Connector: Expenses",
    "summary": "Expenses of projects, re-invoiced at cost or with a markup",
    "version": "19.0.1.1.0",
    "category": "Services/Project",
    "author": "Zoho Projects Connector contributors",
    "license": "LGPL-3",
    "depends": [
        "zoho_projects_connector",
        "hr_expense",
        "sale_expense",
        "project_hr_expense",
        "project_sale_expense",
    ],
    "data": [
        "security/hr_expense_rules.xml",
        "data/expense_products.xml",
        "views/hr_expense_views.xml",
        "views/project_project_views.xml",
        "views/project_billing_terms_views.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "zoho_projects_connector_expense/static/tests/tours/**/*",
        ],
    },
    "auto_install": ["zoho_projects_connector", "hr_expense"],
}
