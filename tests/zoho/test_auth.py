"""Sign-in: section 1 of the reference."""

from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from zoho import auth
from zoho.addresses import parse_origin
from zoho.data_centers import (
    DATA_CENTERS,
    SCOPES,
    allowed_accounts_server,
    is_same_server,
)
from zoho.errors import (
    ZohoRetryLater,
    ZohoSignInAgain,
    ZohoThrottled,
    ZohoTokenRejected,
    ZohoUnreadable,
)

EU = "https://accounts.zoho.eu"
GRANTED = {
    "access_token": "1000.7c0f",
    "refresh_token": "1000.91ab",
    "scope": "ZohoProjects.portals.READ ZohoProjects.projects.READ",
    "api_domain": "https://www.zohoapis.eu",
    "token_type": "Bearer",
    "expires_in": 3600,
}


def exchange(session, **options):
    return auth.exchange_code(session, EU, "1000.ID", "s3cret", "1000.code", **options)


def refresh(session):
    return auth.refresh_token(session, EU, "1000.ID", "s3cret", "1000.re.fresh")


def test_data_centers_of_the_reference():
    assert list(DATA_CENTERS) == ("us eu in au jp ca sa cn uk ae sg".split())
    canada = DATA_CENTERS["ca"]
    assert canada.accounts_url == "https://accounts.zohocloud.ca"
    assert canada.api_url == "https://projectsapi.zohocloud.ca"
    assert DATA_CENTERS["au"].accounts_url == "https://accounts.zoho.com.au"
    assert DATA_CENTERS["us"].console_url == "https://api-console.zoho.com"
    assert all(center.code == code for code, center in DATA_CENTERS.items())


def test_scopes_are_read_only():
    assert len(SCOPES) == 12
    assert all(scope.endswith(".READ") for scope in SCOPES)
    assert "ZohoProjects.bugs.READ" in SCOPES


def test_the_page_to_sign_in():
    url = auth.authorize_url(f"{EU}/", "1000.ID", "https://erp.example/cb?a=1", "s/t")
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{EU}/oauth/v2/auth"
    assert parse_qs(parts.query) == {
        "response_type": ["code"],
        "client_id": ["1000.ID"],
        "scope": [",".join(SCOPES)],
        "redirect_uri": ["https://erp.example/cb?a=1"],
        "access_type": ["offline"],
        "prompt": ["consent"],
        "state": ["s/t"],
    }


def test_a_code_becomes_tokens(fake, session):
    fake.answer(GRANTED)
    token = exchange(session, redirect_uri="https://erp.example/cb")
    assert (token.access_token, token.refresh_token) == ("1000.7c0f", "1000.91ab")
    assert token.expires_in == 3600
    assert token.scopes == {"ZohoProjects.portals.READ", "ZohoProjects.projects.READ"}
    assert fake.last.method == "POST"
    assert fake.last.url == f"{EU}/oauth/v2/token"
    assert fake.form == {
        "grant_type": "authorization_code",
        "client_id": "1000.ID",
        "client_secret": "s3cret",
        "code": "1000.code",
        "redirect_uri": "https://erp.example/cb",
    }


def test_the_self_client_has_no_redirect_address(fake, session):
    fake.answer(GRANTED)
    exchange(session)
    assert "redirect_uri" not in fake.form


def test_a_refresh_gives_no_new_refresh_token(fake, session):
    fake.answer({key: one for key, one in GRANTED.items() if key != "refresh_token"})
    token = refresh(session)
    assert token.refresh_token is None
    assert fake.form["grant_type"] == "refresh_token"
    assert fake.form["refresh_token"] == "1000.re.fresh"
    assert fake.query == {}


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        ({"expires_in": 3600}, 3600),
        ({"expires_in": "3600"}, 3600),
        ({"expires_in": 3600000, "expires_in_sec": 3600}, 3600),
        ({"expires_in": 3600000}, 3600),
        ({"expires_in_sec": 0, "expires_in": 1800}, 1800),
        ({"expires_in": None}, 3600),
        ({"expires_in": "soon"}, 3600),
    ],
)
def test_life_of_a_token(fake, session, answer, seconds):
    fake.answer({"access_token": "1000.a", **answer})
    assert refresh(session).expires_in == seconds


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    "word",
    [
        "invalid_code",
        "invalid_client",
        "invalid_client_secret",
        "invalid_redirect_uri",
        "invalid_scope",
        "invalid_grant",
        "access_denied",
    ],
)
def test_what_zoho_refuses_needs_a_person(fake, session, word, status):
    fake.answer({"error": word}, status)
    with pytest.raises(ZohoSignInAgain) as caught:
        refresh(session)
    assert caught.value.code == word
    assert not isinstance(caught.value, ZohoTokenRejected)
    assert caught.value.message.endswith(".")
    assert caught.value.endpoint == "/oauth/v2/token"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (
            {
                "error": "Access Denied",
                "error_description": "You have made too many requests continuously. "
                "Please try again after some time.",
                "status": "failure",
            },
            400,
        ),
        ({"error": "Access Denied"}, 200),
        ({"error": "access_denied", "error_description": "Too many requests"}, 400),
        ({"error": "general_error"}, 429),
        (None, 429),
        ("<html>Access Denied</html>", 429),
    ],
)
def test_too_many_tokens(fake, session, body, status):
    fake.answer(body, status)
    with pytest.raises(ZohoThrottled) as caught:
        refresh(session)
    wait = caught.value.retry_at - datetime.now(timezone.utc)
    assert timedelta(minutes=9) < wait <= timedelta(minutes=10)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"error": "general_error"}, 200),
        ({"error": "server_error"}, 500),
        ({"error": {"code": 1}}, 200),
        ("<html>Sorry</html>", 200),
        ("<html>Sorry</html>", 404),
        ("<html>Sorry</html>", 503),
        ("Sorry", 200),
        ("Sorry", 502),
        (None, 500),
        (None, 404),
        ('{"access_token": "10', 200),
    ],
)
def test_anything_else_is_for_later_and_asked_once(fake, session, body, status):
    fake.answer(body, status)
    with pytest.raises(ZohoRetryLater) as caught:
        refresh(session)
    assert not isinstance(caught.value, ZohoThrottled)
    assert len(fake.asked) == 1


@pytest.mark.parametrize(
    "body", [{}, None, [], {"access_token": ""}, {"access_token": 5}, {"status": "ok"}]
)
def test_an_answer_without_a_token_is_named(fake, session, body):
    fake.answer(body)
    with pytest.raises(ZohoUnreadable, match="access_token") as caught:
        refresh(session)
    assert caught.value.field == "access_token"


def test_a_redirect_of_the_accounts_server_is_a_wrong_address(fake, session):
    fake.answer("", 302, {"Location": "https://evil.example"})
    with pytest.raises(ZohoUnreadable):
        refresh(session)
    assert len(fake.asked) == 1


def test_a_broken_line_to_the_accounts_server(fake, session):
    fake.fail(requests.ConnectionError("reset"))
    with pytest.raises(ZohoRetryLater):
        refresh(session)


def test_revoke(fake, session):
    fake.answer({"status": "success"})
    assert auth.revoke_token(session, EU, "1000.re.fresh") is True
    assert fake.last.method == "POST"
    assert fake.path == "/oauth/v2/token/revoke"
    assert fake.query == {"token": "1000.re.fresh"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"error": "invalid_token"}, 400),
        ({"error": "invalid_token"}, 200),
        ({"status": "failure"}, 200),
        ("<html>", 500),
        (None, 500),
        ("{", 200),
    ],
)
def test_revoke_never_raises(fake, session, body, status):
    fake.answer(body, status)
    assert auth.revoke_token(session, EU, "1000.re.fresh") is False


def test_revoke_without_a_line(fake, session):
    fake.fail(requests.ConnectionError("reset"))
    assert auth.revoke_token(session, EU, "1000.re.fresh") is False
    assert auth.revoke_token(session, "nonsense", "1000.re.fresh") is False


def test_scopes_that_were_not_granted():
    token = auth.Token(
        "a", scopes=frozenset({"zohoprojects.TASKS.all", "ZohoProjects.bugs.READ"})
    )
    wanted = (
        "ZohoProjects.tasks.READ",
        "ZohoProjects.bugs.READ",
        "ZohoProjects.x.READ",
    )
    assert token.missing_scopes(wanted) == ("ZohoProjects.x.READ",)
    assert len(token.missing_scopes()) == 10


def test_scopes_nobody_told_of_are_not_missing():
    assert auth.Token("a").missing_scopes() == ()


@pytest.mark.parametrize(
    "url",
    [
        "https://accounts.zoho.eu",
        "https://accounts.zoho.eu/",
        "https://ACCOUNTS.zoho.EU:443",
        "https://accounts.zohocloud.ca",
    ],
)
def test_servers_that_may_get_the_secret(url):
    assert allowed_accounts_server(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        None,
        "accounts.zoho.eu",
        "http://accounts.zoho.eu",
        "ftp://accounts.zoho.eu",
        "https://accounts.zoho.eu.evil.example",
        "https://evil.example/accounts.zoho.eu",
        "https://accounts.zoho.eu@evil.example",
        "https://user@accounts.zoho.eu",
        "https://:pw@accounts.zoho.eu",
        "https://accounts.zoho.eu:8443",
        "https://accounts.zoho.eu:port",
        "https://accounts.zoho.eu/oauth",
        "https://accounts.zoho.eu?x=1",
        "https://accounts.zoho.eu#x",
        "https://accounts.zoho.eu\\@evil.example",
        "https://accounts.zoho.eu\n",
        " https://accounts.zoho.eu",
        "https://[accounts.zoho.eu",
        "https://accounts.zoho.xx",
        "https://projectsapi.zoho.eu",
        "http://127.0.0.1:8099",
    ],
)
def test_servers_that_may_not(url):
    assert not allowed_accounts_server(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8100",
        "https://127.0.0.1:8099",
        "http://127.0.0.1:8099\\@evil.example",
        "http://evil.example\\@127.0.0.1:8099/",
        "http://evil.example#@127.0.0.1:8099",
        "http://127.0.0.1:8099%2f@evil.example",
        "http://127.0.0.1:8099/?",
        "http://127.0.0.1:8099\x00",
        "http://127.0.0.1:08099.evil.example",
        "",
        None,
    ],
)
def test_only_scheme_name_and_port_make_a_server_the_same(url):
    own = "http://127.0.0.1:8099"
    assert is_same_server(f"{own}/", own)
    assert not is_same_server(url, own)
    assert not is_same_server(own, url)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://accounts.example.com", "address_insecure"),
        ("http://127.0.0.1.example.com", "address_insecure"),
        ("http://localhost.example.com", "address_insecure"),
        ("https://accounts.example.com/oauth", "address_form"),
        ("https://me@accounts.example.com", "address_form"),
        ("https://accounts.example.com\\@evil.example", "address_form"),
        ("https://accounts.example.com:70000", "address_form"),
        ("https://accounts.ex\u212aample.com", "address_form"),
        ("https:///accounts.example.com", "address_form"),
    ],
)
def test_an_address_that_gets_no_secret(session, url, code):
    with pytest.raises(ZohoUnreadable) as caught:
        parse_origin(url)
    assert caught.value.code == code
    # The session would answer to any address: nothing is sent at all.
    with pytest.raises(ZohoUnreadable):
        auth.refresh_token(session, url, "1000.ID", "s3cret", "1000.re.fresh")
    assert not auth.revoke_token(session, url, "1000.re.fresh")


@pytest.mark.parametrize("url", ["http://localhost:8069", "http://[::1]:80/"])
def test_this_machine_needs_no_https(url):
    assert parse_origin(url).scheme == "http"
