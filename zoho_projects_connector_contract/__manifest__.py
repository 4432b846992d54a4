{
    "name": "Zoho Projects Connector: Subscriptions",
    "summary": "Renewal invoices that take the unbilled time of a project",
    "version": "19.0.1.1.0",
    "category": "Services/Project",
    "author": "Zoho Projects Connector contributors",
    "license": "AGPL-3",
    "depends": ["zoho_projects_connector", "contract"],
    "data": [
        "security/ir.model.access.csv",
        "security/subscription_rules.xml",
        "views/contract_contract_views.xml",
        "views/project_project_views.xml",
        "views/project_subscription_create_views.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "zoho_projects_connector_contract/static/tests/tours/**/*",
        ],
    },
    "auto_install": True,
}
