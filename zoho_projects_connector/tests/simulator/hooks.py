"""Webhooks: rules of the portal call an address when people change records.

:source: section 11.1: an administrator makes them by hand, for time logs, tasks, issues
    and projects; no signature, no retry; the parameters are whatever he typed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import requests

# Phases, task lists, customers and users have no rules.
KINDS = ("log", "task", "issue", "project")
STYLES = ("form", "json", "query")
SECONDS = 10

Send = Callable[..., Any]


@dataclass
class Hook:
    """A rule, and the webhook that it calls.

    :ivar parameters: what is sent, with ``{id}``, ``{project}`` and ``{type}`` in it.
    """

    url: str
    kind: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    style: str = "form"

    def call(self, record: Any) -> dict[str, Any]:
        """Return the arguments of the call that a change of a record makes."""
        known = {
            "id": record.id,
            "project": getattr(record, "project", record.id),
            "type": getattr(record, "kind", ""),
        }
        texts = {name: text.format(**known) for name, text in self.parameters.items()}
        if self.style == "query":
            return {"url": f"{self.url}?{urlencode(texts)}"}
        return {"url": self.url, "json" if self.style == "json" else "data": texts}


class Hooks:
    """The rules of a portal; nothing waits for what they call.

    :param send: makes a call; tests that answer in process replace it.
    """

    def __init__(self, send: Send | None = None) -> None:
        self.rules: list[Hook] = []
        self.sent = 0
        self.send = send or _send_later

    def add(self, **values: Any) -> Hook:
        """Make a rule.

        :raise ValueError: Zoho has none for this kind, or none that sends so.
        """
        hook = Hook(**values)
        if hook.kind not in KINDS or hook.style not in STYLES:
            raise ValueError(f"There are no such rules: {hook.kind}, {hook.style}.")
        self.rules.append(hook)
        return hook

    def changed(self, record: Any) -> None:
        """Call what a change of a record calls."""
        kind = type(record).__name__.lower()
        for hook in self.rules:
            if hook.kind == kind:
                self.sent += 1
                self.send(**hook.call(record))


def _send_later(**call: Any) -> None:
    """Make a call from a thread: who changes a record does not wait for it."""
    threading.Thread(target=_send, kwargs=call, daemon=True).start()


def _send(**call: Any) -> None:
    session = requests.Session()
    session.trust_env = False
    try:
        session.post(**call, timeout=SECONDS)
    except requests.RequestException:
        # Nobody is told, and nothing is sent again.
        return
