{
    "name": "Zoho Projects Connector: Job Queue",
    "summary": "The sync as jobs, a channel for each portal, on any number of servers",
    "version": "19.0.1.0.0",
    "category": "Services/Project",
    "author": "Zoho Projects Connector contributors",
    "license": "LGPL-3",
    "depends": ["zoho_projects_connector", "queue_job"],
    "data": ["data/queue_job.xml"],
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
    "auto_install": True,
}
