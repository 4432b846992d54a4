"""A fake Zoho: canned answers behind a real session, and a book of what was asked."""

from __future__ import annotations

import io
import json
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from hypothesis import settings
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from zoho.client import ZohoClient

# The same examples on every machine, however slow it is.
settings.register_profile("zoho", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("zoho")

API = "https://projectsapi.zoho.eu"
TOKEN = "1000.aaaabbbbcccc.ddddeeeeffff"


class FakeZoho(BaseAdapter):
    """Answers each request with the next prepared answer."""

    def __init__(self):
        super().__init__()
        self.prepared = []
        self.asked = []

    def answer(self, body=None, status=200, headers=None):
        """Prepare one answer; text and bytes as they are, the rest as JSON."""
        self.prepared.append((body, status, headers or {}))
        return self

    def fail(self, error):
        """Prepare a failure of the network."""
        self.prepared.append((error, 0, {}))
        return self

    def send(self, request, **_options):
        self.asked.append(request)
        body, status, headers = self.prepared.pop(0)
        if isinstance(body, Exception):
            raise body
        if body is None:
            body = ""
        if not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        raw = HTTPResponse(
            body=io.BytesIO(body.encode() if isinstance(body, str) else body),
            headers={"Content-Type": "application/json", **headers},
            status=status,
            preload_content=False,
        )
        return HTTPAdapter().build_response(request, raw)

    def close(self):
        """Nothing stays open."""

    @property
    def last(self):
        """The request that came last."""
        return self.asked[-1]

    @property
    def path(self):
        """Path of the last request."""
        return urlsplit(self.last.url).path

    @property
    def query(self):
        """Query of the last request."""
        return dict(parse_qsl(urlsplit(self.last.url).query))

    @property
    def form(self):
        """Form body of the last request."""
        return dict(parse_qsl(self.last.body or ""))


@pytest.fixture
def fake():
    """A fake Zoho; every prepared answer must have been asked for."""
    zoho = FakeZoho()
    yield zoho
    assert not zoho.prepared, "answers that nobody asked for"


@pytest.fixture
def session(fake):
    """A session that reaches nothing but the fake."""
    made = requests.Session()
    made.mount("https://", fake)
    made.mount("http://", fake)
    return made


@pytest.fixture
def client(session):
    """A client of the fake."""
    return ZohoClient(API, "60118842377", TOKEN, session)
