"""A Zoho that answers by the book, or as a test wants it to."""

import io
import json
from urllib.parse import parse_qs, urlsplit

from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from odoo.tests import TransactionCase, new_test_user

from ...zoho.data_centers import SCOPES

SECRETS = ("top-secret", "1000.refresh", "1000.access", "1000.grant")
TOKEN_PATH = "/oauth/v2/token"
REVOKE_PATH = "/oauth/v2/token/revoke"
PORTALS_PATH = "/api/v3/portals"


def portal_row(zoho_id="60118842377", name="northlight", **values):
    """Return a portal as Zoho lists it to its administrator."""
    return {
        "id": zoho_id,
        "portal_name": name,
        "portal_url": f"https://projects.zoho.eu/portal/{name}",
        "project_plan": "Enterprise",
        "timezone": "Europe/Amsterdam",
        "profile": {"id": 192004000000011111, "name": "Administrator"},
        **values,
    }


def token_row(**values):
    """Return the answer of a code exchange."""
    return {
        "access_token": "1000.access.1",
        "refresh_token": "1000.refresh.1",
        "scope": " ".join(SCOPES),
        "expires_in": 3600,
        "token_type": "Bearer",
        **values,
    }


class FakeZoho:
    """Answers by path; the last answer given for a path is repeated.

    :ivar requests: what was asked: ``(host, path, form)``.
    """

    def __init__(self):
        self.requests = []
        self.answers = {
            TOKEN_PATH: [token_row()],
            REVOKE_PATH: [{"status": "success"}],
            PORTALS_PATH: [[portal_row()]],
        }

    def will_answer(self, path, *answers):
        """Answer in turn: a body, ``(status, text)``, an exception or a function."""
        self.answers[path] = list(answers)

    def answer(self, request):
        """Return the response to a prepared request.

        :raise requests.RequestException: when a test wants it.
        """
        url = urlsplit(request.url)
        form = {key: value[0] for key, value in parse_qs(request.body or "").items()}
        self.requests.append((url.hostname, url.path, form))
        answers = self.answers[url.path]
        body = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(body, Exception):
            raise body
        if callable(body):
            body = body(request)
        status, text = body if isinstance(body, tuple) else (200, json.dumps(body))
        raw = HTTPResponse(
            io.BytesIO(text.encode()), status=status, preload_content=False
        )
        return HTTPAdapter().build_response(request, raw)

    def asked(self, path):
        """Return the forms that were sent to a path."""
        return [form for _host, asked, form in self.requests if asked == path]


class ConnectCase(TransactionCase):
    """An integration in the European data center, and people of each group."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zoho = FakeZoho()
        cls.company = cls.env["res.company"].create({"name": "Northlight Odoo"})
        cls.manager = cls._new_user("zoho_manager", "group_zoho_manager")
        cls.user = cls._new_user("zoho_user", "group_zoho_user")
        cls.integration = cls._new_integration()

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        if ".zoho." in (urlsplit(request.url).hostname or ""):
            return cls.zoho.answer(request)
        return super()._request_handler(session, request, **kwargs)

    @classmethod
    def _new_user(cls, login, group, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,zoho_projects_connector.{group}",
            company_id=company.id,
            company_ids=[company.id],
        )

    @classmethod
    def _new_integration(cls, **values):
        return cls.env["zoho.integration"].create(
            {
                "name": "Northlight",
                "company_id": cls.company.id,
                "data_center": "eu",
                "client_id": "1000.CLIENT",
                "client_secret": "top-secret",
                **values,
            }
        )

    def setUp(self):
        super().setUp()
        type(self).zoho = FakeZoho()

    def sign_in(self, integration=None):
        """Sign an integration in with the code of a self client."""
        integration = integration or self.integration
        integration.grant_code = "1000.grant"
        integration.action_sign_in_with_code()
        return integration

    def credential(self, integration=None):
        """Return the secrets of an integration, as only code can see them."""
        return self.env["zoho.credential"]._get_for(integration or self.integration)
