"""What a person's browser does with Odoo: pages, calls of the client, redirects."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

import requests

from tools.shell import ToolError

Domain = Sequence[Any]
Row = dict[str, Any]

TIMEOUT = 300
CSRF_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
SENTENCE = re.compile(r'class="alert[^>]*>(.*?)</p>', re.S)


class Browser:
    """One signed-in user of Odoo, with his session cookie.

    :param url: the address of Odoo.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        # Everything is on loopback: a proxy of the machine knows nothing of it.
        self.session.trust_env = False

    def log_in(self, login: str, password: str) -> None:
        """Fill in the login page.

        :raise ToolError: Odoo does not let the user in.
        """
        page = f"{self.url}/web/login"
        found = CSRF_TOKEN.search(self.session.get(page, timeout=TIMEOUT).text)
        form = {"csrf_token": found[1] if found else "", "login": login}
        form["password"] = password
        answer = self.session.post(
            page, data=form, timeout=TIMEOUT, allow_redirects=False
        )
        if answer.status_code != 303:
            raise ToolError(
                f"Odoo does not let {login} in: its password was changed. "
                "`make clean` begins anew."
            )

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method as Odoo's web client does.

        :raise ToolError: with the sentence that a person would read in a dialog.
        """
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        answer = self.session.post(
            f"{self.url}/web/dataset/call_kw/{model}/{method}",
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=TIMEOUT,
        ).json()
        if "error" in answer:
            data = answer["error"].get("data") or {}
            said = data.get("message") or answer["error"].get("message")
            raise ToolError(f"Odoo refused {model}.{method}: {said}")
        return answer.get("result")

    def rows(
        self, model: str, domain: Domain, fields: Sequence[str], **options: Any
    ) -> list[Row]:
        """Return the values of the records that match."""
        return list(self.call(model, "search_read", domain, fields, **options))

    def last(self, model: str, domain: Domain, *fields: str) -> Row:
        """Return the values of the newest record that matches, none without one."""
        names = fields or ("id",)
        found = self.rows(model, domain, names, limit=1, order="id desc")
        return found[0] if found else {}

    def row(self, model: str, record_id: int, fields: Sequence[str]) -> Row:
        """Return the values of one record."""
        return dict(self.call(model, "read", [record_id], fields)[0])

    def create(self, model: str, values: Mapping[str, Any]) -> int:
        """Make a record and return its id."""
        return int(self.call(model, "create", [values])[0])

    def groups(
        self, model: str, domain: Domain, by: str, *aggregates: str, **options: Any
    ) -> list[tuple[Any, ...]]:
        """Return one row for each value of a field: the value, then the aggregates."""
        options |= {"groupby": [by], "aggregates": aggregates}
        grouped = self.call(model, "formatted_read_group", domain, **options)
        return [tuple(group[name] for name in (by, *aggregates)) for group in grouped]

    def labels(self, model: str, field: str) -> dict[str, str]:
        """Return the words that Odoo shows for the codes of a selection field."""
        described = self.call(model, "fields_get", [field], ["selection"])
        return dict(described[field]["selection"])

    def download(self, path: str) -> bytes:
        """Return a PDF of Odoo's.

        :raise ToolError: Odoo answers with something else.
        """
        answer = self.session.get(f"{self.url}{path}", timeout=TIMEOUT)
        if not answer.content.startswith(b"%PDF"):
            raise ToolError(f"Odoo does not print {path}; its log says why.")
        return answer.content

    def follow(self, action: Mapping[str, Any]) -> str:
        """Go where an action sends the browser, through every redirect.

        :return: the address where it ends.
        :raise ToolError: with what the last page says, when it refuses.
        """
        answer = self.session.get(action["url"], timeout=TIMEOUT)
        # Back at Odoo means that the sign-in was accepted; Zoho's own pages refuse.
        if answer.status_code >= 400 or not answer.url.startswith(self.url):
            said = SENTENCE.search(answer.text)
            page = said[1] if said else answer.text
            text = html.unescape(re.sub(r"<[^>]+>", " ", page))
            raise ToolError(f"The sign-in was refused: {' '.join(text.split())[:300]}")
        return answer.url
