from odoo.api import Environment

from .models.zoho_integration import WAITING


def post_init_hook(env: Environment) -> None:
    """Give the portals that are there already their channels."""
    # As on creation: whoever installs need not see them.
    env["zoho.integration"].sudo().search([])._prepare_job_channels()


def uninstall_hook(env: Environment) -> None:
    """Leave what is in hand to the scheduled action again."""
    # Whoever uninstalls need not see them.
    integrations = env["zoho.integration"].sudo().search([])
    integrations._sync_jobs(WAITING).unlink()
    integrations._job_channels().unlink()
    env["zoho.sync.run"]._cron()._trigger()
