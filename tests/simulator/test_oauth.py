"""The accounts server against section 1 of the API reference."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from simulator import CLIENT_ID, CLIENT_SECRET, READ_SCOPES, Client

ACCOUNTS = "https://accounts.zoho.com"
BACK = "https://erp.example/zoho/callback?db=x"
CLIENT = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


def authorize(caller, **changes):
    """Send the browser to Zoho and return the answer without following it."""
    params = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "scope": ",".join(READ_SCOPES),
        "redirect_uri": BACK,
        "access_type": "offline",
        "prompt": "consent",
        "state": "s3cr3t",
        **changes,
    }
    url = changes.pop("url", f"{ACCOUNTS}/oauth/v2/auth")
    params = {key: value for key, value in params.items() if value is not None}
    return caller.session.get(url, params=params, allow_redirects=False)


def callback(answer):
    """Return the parameters of the redirect."""
    query = urlsplit(answer.headers["Location"]).query
    return {key: values[0] for key, values in parse_qs(query).items()}


def token(caller, host=ACCOUNTS, **form):
    """Ask the token endpoint."""
    return caller.session.post(f"{host}/oauth/v2/token", data={**CLIENT, **form})


def exchange(caller, code, **changes):
    """Exchange a code."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    return token(caller, **{**form, **changes}).json()


def refresh(caller, value, **changes):
    """Refresh a token."""
    form = {"grant_type": "refresh_token", "refresh_token": value}
    return token(caller, **{**form, **changes})


def test_code_flow_gives_both_tokens(caller):
    back = callback(authorize(caller))
    assert back["state"] == "s3cr3t"
    assert (back["location"], back["accounts-server"]) == ("us", ACCOUNTS)
    assert back["db"] == "x"
    body = exchange(caller, back["code"])
    assert body["expires_in"] == 3600
    assert set(body["scope"].split(" ")) == set(READ_SCOPES)
    assert body["api_domain"] == "https://www.zohoapis.com"
    again = refresh(caller, body["refresh_token"]).json()
    assert "refresh_token" not in again
    assert again["access_token"] != body["access_token"]


def test_a_code_is_good_for_one_use(caller):
    code = callback(authorize(caller))["code"]
    assert "access_token" in exchange(caller, code)
    assert exchange(caller, code) == {"error": "invalid_code"}


def test_a_code_expires(caller, clock):
    code = callback(authorize(caller))["code"]
    clock.advance(121)
    assert exchange(caller, code) == {"error": "invalid_code"}


def test_redirect_uri_must_be_exact(caller):
    code = callback(authorize(caller))["code"]
    wrong = exchange(caller, code, redirect_uri=f"{BACK}/")
    assert wrong == {"error": "invalid_redirect_uri"}


def test_unregistered_redirect_uri_never_comes_back(caller, sim):
    sim.store.register(
        Client(secrets={"us": CLIENT_SECRET}, redirect_uris=frozenset({BACK}))
    )
    assert authorize(caller).status_code == 302
    answer = authorize(caller, redirect_uri="https://erp.example/other")
    assert answer.status_code == 200
    assert "Redirect Uri" in answer.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"client_id": "1000.NOBODY"}, "Invalid Client ID"),
        ({"scope": "ZohoProjects.nothing.READ"}, "Invalid OAuth Scope"),
        ({"response_type": "token"}, "Invalid Response Type"),
        ({"redirect_uri": None}, "Invalid Redirect Uri"),
    ],
)
def test_mistakes_are_shown_on_a_page(caller, change, words):
    answer = authorize(caller, **change)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert words in answer.text


def test_refusal_comes_back_as_access_denied(caller, sim):
    sim.oauth.denies = True
    back = callback(authorize(caller))
    assert back["error"] == "access_denied"
    assert "code" not in back


def test_consent_page_has_an_accept_button(caller):
    answer = authorize(caller, interactive="1")
    assert '<button name="answer" value="accept">Accept</button>' in answer.text
    accepted = caller.session.post(
        answer.url, data={"answer": "accept"}, allow_redirects=False
    )
    assert "code" in callback(accepted)
    rejected = caller.session.post(
        answer.url, data={"answer": "reject"}, allow_redirects=False
    )
    assert callback(rejected)["error"] == "access_denied"


def test_online_access_gives_no_refresh_token(caller):
    code = callback(authorize(caller, access_type="online"))["code"]
    assert "refresh_token" not in exchange(caller, code)


def test_second_consent_without_prompt_gives_no_refresh_token(caller):
    first = callback(authorize(caller, prompt=None))["code"]
    assert "refresh_token" in exchange(caller, first)
    second = callback(authorize(caller, prompt=None))["code"]
    assert "refresh_token" not in exchange(caller, second)
    third = callback(authorize(caller))["code"]
    assert "refresh_token" in exchange(caller, third)


def test_scopes_may_be_shorter_than_asked(caller, sim):
    sim.store.dropped_scopes = frozenset({"ZohoProjects.bugs.READ"})
    asked = ",".join((*READ_SCOPES, "ZohoProjects.nonsense.READ"))
    body = exchange(caller, callback(authorize(caller, scope=asked))["code"])
    granted = body["scope"].split(" ")
    assert "ZohoProjects.bugs.READ" not in granted
    assert "ZohoProjects.nonsense.READ" not in granted
    assert len(granted) == len(READ_SCOPES) - 1


def test_self_client_needs_no_redirect_uri(caller, sim, clock):
    body = exchange(caller, sim.self_client_code(), redirect_uri=None)
    assert "refresh_token" in body
    late = sim.self_client_code(seconds=60)
    clock.advance(61)
    assert exchange(caller, late) == {"error": "invalid_code"}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"client_id": "1000.NOBODY"}, "invalid_client"),
        ({"client_secret": "wrong"}, "invalid_client_secret"),
        ({"code": "1000.wrong"}, "invalid_code"),
        ({"grant_type": "password"}, "invalid_grant_type"),
    ],
)
def test_errors_come_with_http_200(caller, change, word):
    form = {"grant_type": "authorization_code", "code": "1000.x", **change}
    answer = token(caller, **form)
    assert (answer.status_code, answer.json()) == (200, {"error": word})


def test_tokens_of_one_data_center_are_unknown_in_another(caller, sim):
    europe = "https://accounts.zoho.eu"
    assert refresh(caller, caller.refresh, host=europe).json() == {
        "error": "invalid_client"
    }
    sim.store.clients[CLIENT_ID].secrets["eu"] = "european-secret"
    answer = refresh(caller, caller.refresh, host=europe)
    assert answer.json() == {"error": "invalid_client_secret"}
    answer = refresh(
        caller, caller.refresh, host=europe, client_secret="european-secret"
    )
    assert answer.json() == {"error": "invalid_code"}
    answer = caller.get("projects", host="projectsapi.zoho.eu")
    assert answer.json()["error"]["title"] == "INVALID_OAUTHTOKEN"


def test_client_credentials_give_no_refresh_token(caller):
    form = {"grant_type": "client_credentials", "scope": READ_SCOPES[0]}
    body = token(caller, **form).json()
    assert "access_token" in body
    assert "refresh_token" not in body
    form["scope"] = "nonsense"
    assert token(caller, **form).json() == {"error": "invalid_scope"}


def test_revoking_kills_the_access_tokens(caller):
    url = f"{ACCOUNTS}/oauth/v2/token/revoke"
    answer = caller.session.post(url, params={"token": caller.refresh})
    assert answer.json() == {"status": "success"}
    assert caller.get("projects").status_code == 401
    assert refresh(caller, caller.refresh).json() == {"error": "invalid_code"}
    answer = caller.session.post(url, params={"token": caller.refresh})
    assert answer.status_code == 400


def test_too_many_refreshes_are_throttled(caller, clock):
    for _ in range(9):
        assert "access_token" in refresh(caller, caller.refresh).json()
    answer = refresh(caller, caller.refresh)
    assert answer.status_code == 400
    assert answer.json()["error"] == "Access Denied"
    clock.advance(601)
    assert "access_token" in refresh(caller, caller.refresh).json()


def test_the_eleventh_access_token_drops_the_oldest(caller, sim, clock):
    sim.store.limits.access_per_refresh = 0
    for _ in range(10):
        refresh(caller, caller.refresh)
    assert caller.get("projects").json()["error"]["title"] == "INVALID_OAUTHTOKEN"


def test_the_21st_refresh_token_deletes_the_oldest(caller, sim):
    sim.store.limits.refresh_per_minute = 0
    for _ in range(20):
        sim.tokens()
    assert refresh(caller, caller.refresh).json() == {"error": "invalid_code"}


def test_refresh_tokens_five_a_minute(caller, sim, clock):
    for _ in range(4):
        assert "refresh_token" in exchange(caller, sim.self_client_code())
    code = sim.self_client_code()
    assert exchange(caller, code)["error"] == "Access Denied"
    clock.advance(61)
    assert "refresh_token" in exchange(caller, code)


def test_codes_ten_in_ten_minutes(caller):
    for _ in range(10):
        assert authorize(caller).status_code == 302
    assert "too many requests" in authorize(caller).text


def test_access_tokens_expire(caller, clock):
    assert caller.get("projects").status_code == 200
    clock.advance(3601)
    answer = caller.get("projects")
    assert answer.status_code == 401
    assert answer.json()["error"]["title"] == "INVALID_OAUTHTOKEN"


def test_server_info_lists_the_data_centers(caller):
    body = caller.session.get(f"{ACCOUNTS}/oauth/serverinfo").json()
    assert body["locations"]["in"] == "https://accounts.zoho.in"


def test_user_info_needs_its_scope(caller, sim):
    url = f"{ACCOUNTS}/oauth/user/info"
    assert caller.raw(url).status_code == 401
    caller.token, _refresh = sim.tokens(["AaaServer.profile.Read"])
    assert caller.raw(url).json()["Email"] == "mila@example.eu"


def test_loopback_is_its_own_accounts_server(caller):
    back = callback(authorize(caller, url="http://zoho.test/oauth/v2/auth"))
    assert back["accounts-server"] == "http://zoho.test"


def test_other_pages_are_not_there(caller):
    assert caller.raw(f"{ACCOUNTS}/oauth/v2/nothing").status_code == 404
    assert caller.raw(f"{ACCOUNTS}/api/v3/portals").status_code == 404


def test_old_payloads_count_milliseconds(caller, sim):
    sim.dialect = replace(sim.dialect, expires="milliseconds", callback_location=False)
    back = callback(authorize(caller))
    assert "location" not in back
    body = exchange(caller, back["code"])
    assert (body["expires_in"], body["expires_in_sec"]) == (3_600_000, 3600)
