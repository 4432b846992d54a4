"""Every refusal of sections 10.1 and 10.2, in every form its body may take."""

from datetime import datetime, timedelta, timezone

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from zoho import endpoints as e
from zoho.errors import (
    ZohoError,
    ZohoRefused,
    ZohoRetryLater,
    ZohoSignInAgain,
    ZohoThrottled,
    ZohoTokenRejected,
    ZohoUnreadable,
)
from zoho.failures import error_of, parse_refusal
from zoho.transport import Answer, decode

THROTTLE = "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED"
SAID = "Cannot execute more than 200 requests per API in 2 minutes."


def body(title, status=400, **more):
    return {"error": {"status_code": str(status), "title": title, **more}}


NO_SCOPE = {"message": "The token has no scope ZohoProjects.teams.READ"}


def fetched_error(fake, client, payload, status, listing=e.ISSUES, headers=None):
    """Return the error of one answer; ``times`` answers for what is asked twice."""
    fake.answer(payload, status, headers)
    if status >= 500 or status == 408:
        fake.answer(payload, status, headers)
    with pytest.raises(ZohoError) as caught:
        # The first page might be asked for again in other sizes.
        client.fetch(e.PageRequest(listing, 2))
    fake.prepared.clear()
    return caught.value


@pytest.mark.parametrize(
    ("payload", "status", "kind", "code"),
    [
        (body("INVALID_OAUTHTOKEN", 401), 401, ZohoTokenRejected, "invalid_oauthtoken"),
        (body("INVALID_OAUTHTOKEN"), 400, ZohoTokenRejected, "invalid_oauthtoken"),
        (body("INVALID_TICKET", 401), 401, ZohoTokenRejected, "invalid_ticket"),
        ({"error": {"code": 6890, "message": "x"}}, 401, ZohoTokenRejected, "6890"),
        (None, 401, ZohoTokenRejected, "token_rejected"),
        (body("INVALID_OAUTHSCOPE", 401), 401, ZohoRefused, "scope_missing"),
        (body("UNAUTHORIZED", details=NO_SCOPE), 401, ZohoRefused, "scope_missing"),
        (body("SCOPE_MISMATCH"), 401, ZohoRefused, "scope_missing"),
        (body("FORBIDDEN", 401), 401, ZohoRefused, "access_denied"),
        (
            body("INVALID_OAUTHTOKEN", details=NO_SCOPE),
            401,
            ZohoTokenRejected,
            "invalid_oauthtoken",
        ),
        (body("INVALID_OAUTHSCOPE"), 200, ZohoRefused, "scope_missing"),
        ({"error": {"code": 7103, "message": "x"}}, 403, ZohoRefused, "scope_missing"),
        ({"error": {"code": "7218"}}, 403, ZohoRefused, "scope_missing"),
        (body("URL_RULE_NOT_CONFIGURED"), 400, ZohoRefused, "module_disabled"),
        (
            body("FORBIDDEN", 403, details=[{"message": "Enable the issues module"}]),
            403,
            ZohoRefused,
            "module_disabled",
        ),
        (
            body("FORBIDDEN", 403, details={"message": "The module is turned off"}),
            403,
            ZohoRefused,
            "module_disabled",
        ),
        (
            body(
                "FORBIDDEN", 403, details=[{"message": "No permission to the module"}]
            ),
            403,
            ZohoRefused,
            "access_denied",
        ),
        (body("FORBIDDEN", 403), 403, ZohoRefused, "access_denied"),
        (body("FORBIDDEN"), 400, ZohoRefused, "access_denied"),
        (None, 403, ZohoRefused, "access_denied"),
        (
            body("FORBIDDEN", 403, details="Please upgrade your plan"),
            403,
            ZohoRefused,
            "licence",
        ),
        ({"error": {"code": 6403, "message": "x"}}, 403, ZohoRefused, "licence"),
        ({"error": {"code": 6403}}, 400, ZohoRefused, "licence"),
        (body("LICENSE_REQUIRED", 402), 402, ZohoRefused, "licence"),
        (None, 402, ZohoRefused, "licence"),
        (
            {"error": {"code": 6500, "message": "General Error"}},
            400,
            ZohoRefused,
            "module_disabled",
        ),
        (
            {"error": {"code": 6500, "message": "General Error"}},
            500,
            ZohoRefused,
            "module_disabled",
        ),
        (body("RESOURCE_NOT_FOUND", 404), 404, ZohoRefused, "not_found"),
        (body("RECORD_NOT_FOUND"), 400, ZohoRefused, "not_found"),
        (
            body("INVALID_ID", details=[{"message": "The task does not exist"}]),
            400,
            ZohoRefused,
            "not_found",
        ),
        (None, 404, ZohoRefused, "not_found"),
        (None, 410, ZohoRefused, "not_found"),
        (
            body(
                "LESS_THAN_MIN_OCCURANCE",
                details=[{"message": "Parameter missing", "field_name": "page"}],
            ),
            400,
            ZohoRefused,
            "bad_request",
        ),
        (
            body("PATTERN_NOT_MATCHED", details=[{"field_name": "module"}]),
            400,
            ZohoRefused,
            "bad_request",
        ),
        (body("INVALID_METHOD", 405), 405, ZohoRefused, "bad_request"),
        (body("EXTRA_PARAM_FOUND"), 400, ZohoRefused, "bad_request"),
        (body("INTERNAL_SERVER_ERROR", 500), 500, ZohoRetryLater, "retry_later"),
        (body("INTERNAL_SERVER_ERROR"), 400, ZohoRetryLater, "retry_later"),
        (None, 500, ZohoRetryLater, "retry_later"),
        (None, 502, ZohoRetryLater, "retry_later"),
        (None, 408, ZohoRetryLater, "retry_later"),
        ("Service Unavailable", 503, ZohoRetryLater, "retry_later"),
        (body(THROTTLE), 400, ZohoThrottled, "throttled"),
        (body(THROTTLE, 429), 429, ZohoThrottled, "throttled"),
        (body(THROTTLE, 400), 200, ZohoThrottled, "throttled"),
        (body("THROTTLES_EXCEEDED"), 400, ZohoThrottled, "throttled"),
        ({"error": {"message": SAID}}, 400, ZohoThrottled, "throttled"),
        ("Too Many Requests", 429, ZohoThrottled, "throttled"),
        (None, 429, ZohoThrottled, "throttled"),
    ],
)
def test_each_refusal_has_its_kind(fake, client, payload, status, kind, code):
    error = fetched_error(fake, client, payload, status)
    assert type(error) is kind
    assert error.code == code
    assert error.endpoint == "/api/v3/portal/{portal}/issues"
    assert error.message == str(error) and error.message.endswith(".")


@pytest.mark.parametrize(
    ("listing", "code"),
    [
        (e.PORTALS, "bad_request"),
        (e.PROJECTS, "bad_request"),
        (e.BIN, "module_disabled"),
    ],
)
def test_only_an_optional_module_may_be_missing(fake, client, listing, code):
    error = fetched_error(fake, client, body("URL_RULE_NOT_CONFIGURED"), 400, listing)
    assert (error.code, error.status) == (code, 400)


@pytest.mark.parametrize(
    "error",
    [
        {"title": THROTTLE, "status_code": 400, "details": {"message": SAID}},
        {"title": THROTTLE, "status_code": "400", "details": [{"message": SAID}]},
        {"title": THROTTLE, "status_code": "400", "details": SAID},
        {"title": THROTTLE.lower(), "message": SAID},
        {"code": THROTTLE, "message": SAID},
        {"error_code": THROTTLE, "details": [{"message": SAID, "field_name": "x"}]},
        [{"title": THROTTLE, "details": [SAID]}],
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_forms_of_an_error_body(error, status):
    refusal = parse_refusal({"error": error}, status)
    assert refusal.title == THROTTLE
    assert SAID.rstrip(".") in refusal.saying
    assert refusal.status == 400


def test_forms_of_short_error_bodies():
    assert parse_refusal({"error": "invalid_code"}, 200).title == "invalid_code"
    assert (
        parse_refusal({"error": "x", "error_description": "why"}, 400).saying == "why"
    )
    assert parse_refusal({"error": []}, 400).title == ""
    assert parse_refusal({"error": True, "code": "X"}, 400).title == "X"
    assert parse_refusal({"code": 6500, "message": "General"}, 400).saying == "General"
    assert parse_refusal([1], 400).title == "1"
    assert parse_refusal([], 500).status == 500
    assert parse_refusal({"status": "failure", "message": "no"}, 200).saying == "no"


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        {},
        {"tasks": []},
        {"error": None},
        {"error": "", "x": 1},
        {"id": "1", "error": "a field called so"},
        {"error": "a word", "tasks": [{"id": "1"}]},
        {"status": "success"},
        {"status": "failed", "id": "1"},
    ],
)
def test_a_success_is_no_refusal(payload):
    assert parse_refusal(payload, 200) is None


def test_the_missing_scope_is_named(fake, client):
    error = fetched_error(fake, client, body("INVALID_OAUTHSCOPE", 401), 401)
    assert "ZohoProjects.bugs.READ" in error.message
    assert not isinstance(error, ZohoSignInAgain)


def test_the_field_at_fault_is_named(fake, client):
    details = [{"message": "Parameter missing", "field_name": "page"}]
    error = fetched_error(fake, client, body("LESS_THAN", details=details), 400)
    assert "Parameter missing (page)" in error.message
    assert (error.title, error.field) == ("LESS_THAN", "page")


def test_the_request_id_is_kept(fake, client):
    headers = {"X-Request-Id": "abc-1"}
    error = fetched_error(fake, client, None, 403, headers=headers)
    assert error.request_id == "abc-1"
    assert fetched_error(fake, client, None, 403).request_id == ""


def minutes_until(error):
    return (error.retry_at - datetime.now(timezone.utc)) / timedelta(minutes=1)


@pytest.mark.parametrize(
    ("details", "headers", "minutes"),
    [
        ({"message": f"{SAID} Try again after 9 minutes."}, {}, 9),
        ([{"message": f"{SAID} Try again after 30 seconds."}], {}, 0.5),
        ({"message": f"{SAID} Try again after 1 hour"}, {}, 60),
        ({"message": SAID}, {}, 10),
        (None, {"Retry-After": "120"}, 2),
        ({"message": "Try again after 9 minutes"}, {"Retry-After": "120"}, 2),
        (None, {"Retry-After": "soon"}, 10),
        (None, {}, 10),
    ],
)
def test_a_throttle_tells_when_to_come_back(fake, client, details, headers, minutes):
    error = fetched_error(
        fake, client, body(THROTTLE, details=details), 400, headers=headers
    )
    assert minutes_until(error) == pytest.approx(minutes, abs=0.2)
    assert error.retry_at.tzinfo is timezone.utc


def test_a_server_that_names_a_moment_is_not_asked_again_at_once(fake, client):
    fake.answer(None, 503, {"Retry-After": "60"})
    with pytest.raises(ZohoRetryLater) as caught:
        client.fetch(e.PageRequest(e.TASKS))
    assert minutes_until(caught.value) == pytest.approx(1, abs=0.2)
    assert client.calls == 1


@pytest.mark.parametrize("status", [200, 400, 401, 404])
def test_a_web_page_means_a_wrong_address(fake, client, status):
    error = fetched_error(fake, client, "<!DOCTYPE html><title>Zoho</title>", status)
    assert type(error) is ZohoUnreadable
    assert "address may be wrong" in error.message
    assert (error.code, error.status) == ("wrong_address", status)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_web_page_of_a_broken_server_means_later(fake, client, status):
    error = fetched_error(fake, client, "<html>We are down</html>", status)
    assert type(error) is ZohoRetryLater


def test_a_maintenance_page_may_come_as_a_success(fake, client):
    page = "\ufeff <html><h1>Scheduled maintenance</h1></html>"
    error = fetched_error(fake, client, page, 200)
    assert type(error) is ZohoRetryLater
    assert client.calls == 1


def test_a_web_page_may_be_a_throttle(fake, client):
    assert type(fetched_error(fake, client, "<html>", 429)) is ZohoThrottled


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_is_never_followed(fake, client, status):
    headers = {"Location": "https://evil.example/"}
    error = fetched_error(fake, client, "", status, headers=headers)
    assert type(error) is ZohoUnreadable
    assert error.status == status
    assert len(fake.asked) == 1


@pytest.mark.parametrize(
    "payload", ["OK", '{"tasks": [{"id": 1}, oops]}', "{]}", '"a" b']
)
def test_text_that_is_no_json(fake, client, payload):
    error = fetched_error(fake, client, payload, 200)
    assert type(error) is ZohoUnreadable
    assert "not JSON" in error.message


@pytest.mark.parametrize("payload", ["[" * 100_000, f'{{"page": {"9" * 5000}}}'])
def test_json_that_no_parser_takes(fake, client, payload):
    fake.answer(payload).answer(payload)
    with pytest.raises(ZohoError):
        client.fetch(e.PageRequest(e.TASKS))
    fake.prepared.clear()


WHOLE = '{"tasks": [{"id": "1", "name": "Größe \\u00e9 \\"x\\""}, {"id": 2.5}]}'


@pytest.mark.parametrize("length", range(1, len(WHOLE)))
def test_json_cut_anywhere_means_later(fake, client, length):
    cut = WHOLE.encode()[:length]
    fake.answer(cut).answer(cut)
    with pytest.raises(ZohoRetryLater) as caught:
        client.fetch(e.PageRequest(e.TASKS))
    assert caught.value.code == "cut"


def test_an_answer_shorter_than_announced_means_later(fake, client):
    headers = {"Content-Length": "500"}
    fake.answer("[]", 200, headers).answer("[]", 200, headers)
    with pytest.raises(ZohoRetryLater):
        client.fetch(e.PageRequest(e.TASKS))


def test_no_sentence_holds_a_secret():
    said = "Bad token 1000.aaaaaaaa.bbbbbbbb for refresh_token=abcdef123"
    refusal = parse_refusal({"error": {"title": "X", "message": said}}, 400)
    error = error_of(refusal, e.TASKS, {})
    assert "aaaaaaaa" not in error.message
    assert "abcdef123" not in error.message


def test_no_sentence_is_endless():
    refusal = parse_refusal({"error": {"title": "X", "message": "y" * 9999}}, 400)
    assert len(error_of(refusal, e.TASKS, {}).message) < 500


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "title", "code", "details", "message", "status"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(JSON, st.sampled_from([200, 204, 400, 401, 403, 404, 429, 500, 503]))
def test_any_error_body_becomes_an_error_of_ours(payload, status):
    refusal = parse_refusal(payload, status)
    assert (refusal is not None) or status < 400
    if refusal:
        assert isinstance(error_of(refusal, e.ISSUES, {}), ZohoError)


def test_an_older_http_library_hands_over_what_is_short():
    headers = {"Content-Length": "500"}
    answer = Answer(200, b'[{"id": "1"}]', headers)
    with pytest.raises(ZohoRetryLater) as caught:
        decode(answer, "/x")
    assert caught.value.code == "cut"
    headers["Content-Encoding"] = "gzip"
    assert decode(answer, "/x") == [{"id": "1"}]


def test_what_no_database_stores_is_left_out():
    answer = requests.Response()
    answer.status_code = 200
    answer._content = rb'{"a\u0000": ["x\u0000y", "\ud83d\ude00", "\ud83d", "\\u0000"]}'
    texts = ["xy", "\U0001f600", "\N{REPLACEMENT CHARACTER}", "\\u0000"]
    assert decode(answer, "/x") == {"a": texts}
