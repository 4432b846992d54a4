"""The page on which the app opens: how each sync is, and what needs somebody."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ...clock import is_over, say_moment
from ...groups import BILLING_GROUP
from ...hours import clock
from ..sync.health import Health
from ..sync.sentences import count_records
from ..sync.status import status_values
from ..sync.zoho_integration import SET_UP_STATUSES
from .attention import Attention
from .card import OpenCard

if TYPE_CHECKING:
    from odoo.models import BaseModel

# For so long, a first sync is told of with what comes next.
NEW_FOR = timedelta(days=7)
# What comes after a first sync, for who bills; what is not installed is left out.
NEXT_STEPS = (
    "zoho_projects_connector.billing_rate_grid_action",
    "zoho_projects_connector.project_project_action_billing",
    "zoho_projects_connector.billing_month_end_action",
)


class Overview:
    """What the page shows, for whoever opens it.

    :param env: with the companies that are switched on.
    """

    def __init__(self, env: Any) -> None:
        self.env = env
        self.integrations = env["zoho.integration"].search([])
        self.attention = Attention(self.integrations)

    def page(self, wanted: list[str]) -> dict[str, Any]:
        """Return the page.

        :param wanted: keys of cards, the best first: the first that is still there is
            opened, else the most urgent one.
        """
        cards = self.attention.cards(wanted[0] if wanted else "")
        keys = [card["key"] for card in cards]
        opened = next((key for key in wanted if key in keys), next(iter(keys), ""))
        counts = self.attention.counts()[self.integrations.browse()]
        told = opened and OpenCard(self.env, cards[keys.index(opened)]).details()
        for card in cards:
            # Of an open card the buttons have them.
            card.pop("difference_ids", None)
        return {
            "is_manager": self.env["zoho.integration"].has_access("create"),
            "integrations": [self._integration(one) for one in self.integrations],
            "attention": counts._asdict(),
            "cards": cards,
            "opened": opened,
            "open": told,
            "checked": self._checked(),
            "first_syncs": self._first_syncs(),
        }

    def _integration(self, integration: BaseModel) -> dict[str, Any]:
        is_set_up = integration.status not in SET_UP_STATUSES
        return {
            **status_values(integration),
            "status_label": self._label(integration),
            "is_set_up": is_set_up,
            "portal": integration.portal_id.name or "",
            "company": integration.company_id.name,
            "last": say_moment(self.env, integration.last_sync),
            "next": say_moment(self.env, integration.next_sync),
            "has_synced": bool(integration.last_sync),
            "result": self._result(integration),
        }

    def _label(self, integration: BaseModel) -> str:
        status = integration._fields["status"]
        return dict(status._description_selection(self.env))[integration.status]

    def _result(self, integration: BaseModel) -> dict[str, Any]:
        """Return how the last sync ended, in words."""
        run = self._last_run(integration)
        sentences = {
            "done": self.env._("The sync has ended: nothing has changed."),
            "failed": self.env._("The sync has failed. %(why)s", why=run.message or ""),
            "stopped": self.env._(
                "The sync was stopped. The next one goes on where it stopped."
            ),
        }
        text = sentences.get(run.status, "")
        if run.status == "done" and run.summary:
            text = self.env._("The sync has ended. %(summary)s.", summary=run.summary)
        kind = {"done": "success", "failed": "danger"}.get(run.status, "info")
        return {"text": text, "type": kind}

    def _last_run(self, integration: BaseModel) -> BaseModel:
        # Retries are told of where they are made.
        domain = [("integration_id", "=", integration.id), ("trigger", "!=", "retry")]
        return self.env["zoho.sync.run"].search(domain, limit=1)

    def _checked(self) -> list[dict[str, str]]:
        """Return what was looked at before anything is said to be well."""
        lines = []
        for integration in self.integrations.filtered("last_sync"):
            health = Health(integration)
            for line in [*health.lines_of_working()[:1], *health.lines_of_checks()]:
                lines.append({**line, "integration": integration.name})
        return lines

    # What comes after the set-up

    def _first_syncs(self) -> list[dict[str, Any]]:
        """Return what the first sync of new integrations has brought."""
        found = []
        for integration in self.integrations.filtered("last_sync"):
            runs = integration.run_ids
            first = runs.filtered(
                lambda run: run.trigger == "setup" and run.status == "done"
            )[-1:]
            if first and not is_over(first.ended_at, NEW_FOR):
                found.append(self._first_sync(integration, first))
        return found

    def _first_sync(self, integration: BaseModel, run: BaseModel) -> dict[str, Any]:
        counts = dict(
            self.env["zoho.link"]._read_group(
                [("integration_id", "=", integration.id), ("state", "=", "linked")],
                ["entity"],
                ["__count"],
            )
        )
        left_out = integration.skipped_hours
        return {
            "key": f"{integration.id}-{run.id}",
            "integration": integration.name,
            "fetched": count_records(self.env, counts),
            "left_out": left_out and clock(left_out) or "",
            "steps": self._next_steps(),
        }

    def _next_steps(self) -> list[dict[str, str]]:
        """Return the pages on which one goes on, for who may bill."""
        if not self.env.user.has_group(BILLING_GROUP):
            return []
        actions = [self.env.ref(one, raise_if_not_found=False) for one in NEXT_STEPS]
        # Names of pages of this addon, for who may open them.
        return [
            {"action": xmlid, "label": action.sudo().name}
            for xmlid, action in zip(NEXT_STEPS, actions, strict=True)
            if action
        ]
