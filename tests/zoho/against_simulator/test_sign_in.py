"""Sign-in at the simulated accounts server: section 1."""

from datetime import datetime, timezone
from urllib.parse import parse_qs, urlsplit

import pytest

from simulator import CLIENT_ID, CLIENT_SECRET, session_for
from zoho import auth, data_centers
from zoho.client import ZohoClient
from zoho.errors import (
    ZohoRetryLater,
    ZohoSignInAgain,
    ZohoThrottled,
    ZohoTokenRejected,
)

API = "https://projectsapi.zoho.com"
ACCOUNTS = "https://accounts.zoho.com"


def sign_in(sim, session, **changes):
    """Walk through the sign-in; return the query of the callback."""
    redirect = "https://erp.example/zoho_projects/oauth/callback"
    url = auth.authorize_url(ACCOUNTS, CLIENT_ID, redirect, "state-1", **changes)
    answer = session.get(url, allow_redirects=False)
    assert answer.status_code == 302
    location = answer.headers["Location"]
    assert location.startswith(redirect)
    return {key: one[0] for key, one in parse_qs(urlsplit(location).query).items()}


def test_the_whole_sign_in(sim):
    session = session_for(sim)
    callback = sign_in(sim, session)
    assert callback["state"] == "state-1"
    server = callback["accounts-server"]
    assert data_centers.allowed_accounts_server(server)
    redirect = "https://erp.example/zoho_projects/oauth/callback"
    token = auth.exchange_code(
        session, server, CLIENT_ID, CLIENT_SECRET, callback["code"], redirect
    )
    assert token.refresh_token
    assert token.expires_in == 3600
    assert token.missing_scopes() == ()
    client = ZohoClient(API, sim.portal.id, token.access_token, session)
    assert client.portals()
    sim.store.expire_access()
    with pytest.raises(ZohoTokenRejected):
        client.portals()
    renewed = auth.refresh_token(
        session, server, CLIENT_ID, CLIENT_SECRET, token.refresh_token
    )
    assert renewed.refresh_token is None
    client.access_token = renewed.access_token
    assert client.portals()
    assert auth.revoke_token(session, server, token.refresh_token)
    with pytest.raises(ZohoSignInAgain) as caught:
        auth.refresh_token(
            session, server, CLIENT_ID, CLIENT_SECRET, token.refresh_token
        )
    assert caught.value.code == "invalid_code"
    with pytest.raises(ZohoTokenRejected):
        client.portals()


def test_a_refused_sign_in(sim):
    sim.oauth.denies = True
    callback = sign_in(sim, session_for(sim))
    assert callback["error"] == "access_denied"


def test_the_self_client(sim):
    session = session_for(sim)
    code = sim.self_client_code()
    token = auth.exchange_code(session, ACCOUNTS, CLIENT_ID, CLIENT_SECRET, code)
    assert token.refresh_token and token.missing_scopes() == ()
    with pytest.raises(ZohoSignInAgain) as caught:
        auth.exchange_code(session, ACCOUNTS, CLIENT_ID, CLIENT_SECRET, code)
    assert caught.value.code == "invalid_code"


def test_a_scope_that_zoho_dropped(sim):
    sim.store.dropped_scopes = frozenset({"ZohoProjects.timesheets.READ"})
    code = sign_in(sim, session_for(sim))["code"]
    redirect = "https://erp.example/zoho_projects/oauth/callback"
    token = auth.exchange_code(
        session_for(sim), ACCOUNTS, CLIENT_ID, CLIENT_SECRET, code, redirect
    )
    assert token.missing_scopes() == ("ZohoProjects.timesheets.READ",)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"client_id": "1000.UNKNOWN"}, "invalid_client"),
        ({"client_secret": "wrong"}, "invalid_client_secret"),
        ({"code": "1000.no.code"}, "invalid_code"),
        ({"accounts_url": "https://accounts.zoho.eu"}, "invalid_client"),
    ],
)
def test_a_sign_in_that_is_not_set_up_right(sim, changes, word):
    given = {
        "accounts_url": ACCOUNTS,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "code": sim.self_client_code(),
        **changes,
    }
    with pytest.raises(ZohoSignInAgain) as caught:
        auth.exchange_code(session_for(sim), **given)
    assert caught.value.code == word


def test_a_redirect_address_that_differs(sim):
    code = sign_in(sim, session_for(sim))["code"]
    with pytest.raises(ZohoSignInAgain) as caught:
        auth.exchange_code(
            session_for(sim), ACCOUNTS, CLIENT_ID, CLIENT_SECRET, code, "https://x/"
        )
    assert caught.value.code == "invalid_redirect_uri"


def test_too_many_refreshes(sim):
    _access, refresh = sim.tokens()
    session = session_for(sim)
    with pytest.raises(ZohoThrottled) as caught:
        for _ in range(20):
            auth.refresh_token(session, ACCOUNTS, CLIENT_ID, CLIENT_SECRET, refresh)
    assert caught.value.retry_at > datetime.now(timezone.utc)


@pytest.mark.parametrize(
    "kind", ["error_500", "html_503", "html_200", "reset", "timeout", "cut_json"]
)
def test_faults_of_the_accounts_server(sim, kind):
    _access, refresh = sim.tokens()
    sim.fault(kind, "oauth.token")
    session = session_for(sim)
    with pytest.raises(ZohoRetryLater):
        auth.refresh_token(session, ACCOUNTS, CLIENT_ID, CLIENT_SECRET, refresh)
    assert auth.refresh_token(session, ACCOUNTS, CLIENT_ID, CLIENT_SECRET, refresh)
    assert not sim.faults.unmet()
