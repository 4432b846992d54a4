"""What the addon does around its own life."""


def uninstall_hook(env) -> None:
    """Give the sign-ins back to Zoho: nobody could revoke them here afterwards."""
    for integration in env["zoho.integration"].search([]):
        integration._revoke_sign_in()
