"""What a person may choose for ``make run``, read from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields

from tools.shell import ToolError

SIZES = ("small", "medium", "large", "huge")
START = "ZOHO_"
ACCOUNT = ("ZOHO_DATA_CENTER", "ZOHO_CLIENT_ID", "ZOHO_CLIENT_SECRET")


@dataclass(frozen=True)
class ZohoAccount:
    """A real account of Zoho that takes the place of the simulator.

    :param grant_code: code of the self client; needed for the first sign-in only.
    :param portal: name or id of the portal, when the account sees several.
    """

    data_center: str
    client_id: str
    client_secret: str
    grant_code: str = ""
    portal: str = ""
    accounts_url: str = ""
    api_url: str = ""


@dataclass(frozen=True)
class Options:
    """The choices of one ``make run``."""

    size: str = "small"
    once: bool = False
    account: ZohoAccount | None = None

    @property
    def database(self) -> str:
        """Return the database: one for each kind of data, so that none mix."""
        if self.account:
            return "portal_zoho"
        return "portal" if self.size == "small" else f"portal_{self.size}"


def read_options(environment: Mapping[str, str] = os.environ) -> Options:
    """Read ``SIZE``, ``ONCE`` and the ``ZOHO_…`` variables.

    :raise ToolError: a variable holds what it cannot, or one is missing.
    """
    given = {name: value for name, value in environment.items() if value}
    size = given.get("SIZE", "small")
    if size not in SIZES:
        raise ToolError(f"SIZE={size} is not known; choose {', '.join(SIZES)}.")
    once = given.get("ONCE", "0") not in ("0", "no", "false")
    if not any(name.startswith(START) for name in given):
        return Options(size, once)
    if missing := [name for name in ACCOUNT if name not in given]:
        raise ToolError(f"For a real Zoho account {', '.join(missing)} must be set.")
    names = [field.name for field in fields(ZohoAccount)]
    account = {name: given.get(f"{START}{name.upper()}", "") for name in names}
    return Options(size, once, ZohoAccount(**account))
