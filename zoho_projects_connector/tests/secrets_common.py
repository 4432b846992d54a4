"""A synced portal whose secrets are known, so that they can be searched for."""

import json
import logging
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from odoo.exceptions import UserError
from odoo.service.model import call_kw

from .sync.sync_common import SyncedCase

SECRET_FIELDS = (
    "client_secret",
    "grant_code",
    "refresh_token",
    "access_token",
    "state_hash",
)
LOGGERS = ("", "odoo", "odoo.sql_db", "odoo.models", "urllib3", "werkzeug")


class PlantedCase(SyncedCase):
    """A portal that was synced, and every secret of it by its value."""

    def open_first_portal(self):
        if "first_store" in vars(type(self)):
            return super().open_first_portal()
        with self.all_logs() as lines:
            type(self).log_lines = lines
            super().open_first_portal()
            self.code = self.sim.self_client_code()
            self.sync()
            self._press_connect()
            self._make_an_error()
            self.advance(minutes=20)
            self.sync(full=True)
            self.credential()._refresh_access_token(self.credential().access_token)
        return self._remember()

    def _remember(self):
        """Keep every secret that there is, by its value."""
        secrets = {
            self.sim.client_secret,
            self.code,
            self.state,
            *self.sim.store.access_tokens,
            *self.sim.store.refresh_tokens,
            *(self.credential()[name] for name in SECRET_FIELDS),
        }
        type(self).secrets = secrets - {False}
        type(self).state = self.state

    def _press_connect(self):
        """Start a sign-in that is not finished."""
        manager = self.env["zoho.integration"].browse(self.integration.id)
        url = call_kw(manager.browse(), "action_connect", [manager.ids], {})["url"]
        self.state = parse_qs(urlsplit(url).query)["state"][0].partition(".")[2]

    def _make_an_error(self):
        """Type the secret again, and a code that Zoho refuses."""
        values = {"client_secret": self.sim.client_secret, "grant_code": "1000.no.no"}
        call_kw(
            self.env["zoho.integration"],
            "web_save",
            [self.integration.ids, values, {"name": {}}],
            {},
        )
        with self.assertRaises(UserError) as caught:
            self.integration.action_sign_in_with_code()
        self.log_lines.append(str(caught.exception))
        self.integration.grant_code = self.code

    @contextmanager
    def all_logs(self):
        """Collect what every logger says at debug level, that of SQL too."""
        lines, handler = [], logging.Handler()
        handler.emit = lambda record: lines.append(handler.format(record))
        loggers = [logging.getLogger(name) for name in LOGGERS]
        levels = [logger.level for logger in loggers]
        try:
            loggers[0].addHandler(handler)
            for logger in loggers:
                logger.setLevel(logging.DEBUG)
            yield lines
        finally:
            loggers[0].removeHandler(handler)
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)

    def assertNoSecret(self, said, where):
        """Search any value, however deep, for each of the secrets."""
        text = said if isinstance(said, str) else json.dumps(said, default=str)
        found = [secret for secret in self.secrets if secret in text]
        self.assertFalse(found, where)
