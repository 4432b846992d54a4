"""Everything a machine needs to run Odoo 19, each step only when it is missing."""

from __future__ import annotations

from tools.oca import ensure_oca_addons
from tools.odoo_source import ensure_source
from tools.settings import Settings
from tools.shell import locked
from tools.venv import ensure_venv


def install(settings: Settings) -> None:
    """Bring Odoo, its Python packages and the OCA's addons to this machine."""
    settings.home.mkdir(parents=True, exist_ok=True)
    with locked(settings.home / "lock"):
        ensure_venv(settings, ensure_source(settings))
        ensure_oca_addons(settings)
