"""No token or secret in texts, errors or logs: rule 9 of section 14, pitfall 35."""

import copy
import logging
import pickle
import traceback

import pytest
import requests

from zoho import auth
from zoho import endpoints as e
from zoho.errors import ZohoError, ZohoThrottled
from zoho.redact import RedactingFilter, StatementFilter, mask

ACCESS = "1000.aaaabbbbcccc.ddddeeeeffff"
REFRESH = "1000.9999888877.6666555544"
SECRET = "5ecretsecretsecret"


@pytest.mark.parametrize(
    "text",
    [
        f"token {ACCESS} here",
        f"Authorization: Zoho-oauthtoken {SECRET}",
        f"{{'Authorization': 'Bearer {SECRET}', 'Accept': 'x'}}",
        f"Zoho-oauthtoken {SECRET}",
        f"POST /oauth/v2/token/revoke?token={SECRET}&x=1",
        f"client_secret={SECRET}&client_id=1",
        f'{{"client_secret": "{SECRET}", "a": 1}}',
        f"refresh_token: '{SECRET}'",
        f"https://erp.example/cb?code={SECRET}&location=eu",
        f"https://erp.example/cb?state=1&code={SECRET}",
        f"code={SECRET}",
        f"access_token={SECRET}",
        f"grant_code={SECRET}",
        f"https://erp.example/cb?code=x&state={SECRET}",
        f"/web/login?redirect=%2Fcb%3Fcode%3D{SECRET}%26location%3Deu",
        f"/web/login?redirect=%2Fcb%3Flocation%3Deu%26state%3D{SECRET}",
    ],
)
def test_masked(text):
    masked = mask(text)
    assert SECRET not in masked and ACCESS not in masked
    assert "***" in masked


@pytest.mark.parametrize(
    "text", ["status_code=400", "error code: 6500", "client_id=1000.ABC", "tokens: 5"]
)
def test_not_masked(text):
    assert mask(text) == text


def test_other_things_than_text_are_masked_as_text():
    assert mask({"refresh_token": SECRET}) == "{'refresh_token': '***'}"


def test_statements_on_a_table_hide_their_values():
    def said(message, *arguments):
        record = logging.LogRecord("sql", 10, "", 1, message, arguments, None)
        assert StatementFilter("vault").filter(record)
        return record.getMessage()

    masked = said("[%.1f ms] query: %s", 1.0, f"UPDATE vault SET a = 'x''{SECRET}'")
    assert masked == "[1.0 ms] query: UPDATE vault SET a = '***'"
    assert SECRET not in said(repr(f"UPDATE \"vault\" SET a = '{SECRET}'".encode()))
    assert said("SELECT '%s' FROM others", SECRET) == f"SELECT '{SECRET}' FROM others"


def test_log_records_are_masked_with_their_arguments_and_traceback():
    logger = logging.getLogger("test.masking")
    records = []
    handler = logging.Handler()
    handler.emit = lambda record: records.append(
        logging.Formatter("%(message)s").format(record)
    )
    handler.addFilter(RedactingFilter())
    logger.addHandler(handler)
    logger.propagate = False
    try:
        logger.warning("token %s of %s", ACCESS, {"client_secret": SECRET})
        logger.warning("bad arguments %d", ACCESS)
        try:
            raise ValueError(f"refused {REFRESH}")
        except ValueError:
            logger.exception("failed")
    finally:
        logger.removeHandler(handler)
    text = "\n".join(records)
    assert len(records) == 3
    assert "Traceback" in text
    for secret in (ACCESS, SECRET, REFRESH):
        assert secret not in text


def test_on_a_shared_logger_the_lines_of_others_stay():
    masking = RedactingFilter("zoho")

    def said(text):
        record = logging.makeLogRecord({"msg": "GET %s", "args": (text,)})
        assert masking.filter(record)
        return record.getMessage()

    assert SECRET not in said(f"/zoho_projects/callback?code={SECRET}")
    assert said(f"/shop?code={SECRET}") == f"GET /shop?code={SECRET}"


def test_texts_of_objects(client):
    token = auth.Token(ACCESS, REFRESH)
    for text in (repr(token), str(token), repr(client), str(client)):
        assert ACCESS not in text and REFRESH not in text
    assert "projectsapi.zoho.eu" in repr(client)


FAILURES = [
    requests.ConnectionError(f"GET https://x/?token={REFRESH} {ACCESS}"),
    requests.exceptions.InvalidHeader(f"header Zoho-oauthtoken {ACCESS}"),
    requests.exceptions.ReadTimeout(ACCESS),
    requests.exceptions.InvalidURL(f"https://x/{ACCESS}"),
]


@pytest.mark.parametrize("failure", FAILURES)
def test_errors_hold_no_secret(fake, client, failure):
    fake.fail(failure).fail(failure)
    with pytest.raises(ZohoError) as caught:
        client.fetch(e.PageRequest(e.TASKS))
    fake.prepared.clear()
    shown = "".join(traceback.format_exception(caught.value))
    for text in (caught.value.message, repr(caught.value), shown):
        assert ACCESS not in text and REFRESH not in text


@pytest.mark.parametrize("failure", FAILURES)
def test_errors_of_the_sign_in_hold_no_secret(fake, session, failure):
    fake.fail(failure)
    with pytest.raises(ZohoError) as caught:
        auth.refresh_token(session, "https://accounts.zoho.eu", "i", SECRET, REFRESH)
    shown = "".join(traceback.format_exception(caught.value))
    assert SECRET not in shown and REFRESH not in shown


def test_an_echo_of_a_secret_in_an_answer_is_masked(fake, client, session):
    echo = {"error": {"title": f"BAD_{ACCESS}", "message": f"no {ACCESS}"}}
    fake.answer(echo, 400)
    with pytest.raises(ZohoError) as caught:
        client.fetch(e.PageRequest(e.TASKS, 2))
    assert ACCESS not in str(caught.value)
    fake.answer({"error": f"bad {REFRESH}"})
    with pytest.raises(ZohoError) as caught:
        auth.refresh_token(session, "https://accounts.zoho.eu", "i", SECRET, REFRESH)
    assert REFRESH not in str(caught.value)


def test_the_log_of_the_http_library_hides_what_is_revoked(caplog, session, fake):
    class Talking(type(fake)):
        def send(self, request, **options):
            logger = logging.getLogger("urllib3.connectionpool")
            logger.debug('"%s %s HTTP/1.1" 200', request.method, request.url)
            return super().send(request, **options)

    fake.__class__ = Talking
    fake.answer({"status": "success"})
    with caplog.at_level(logging.DEBUG):
        assert auth.revoke_token(session, "https://accounts.zoho.eu", REFRESH)
    assert "revoke" in caplog.text
    assert REFRESH not in caplog.text
    assert not logging.getLogger("urllib3.connectionpool").filters


def test_nothing_is_logged_or_printed_by_a_call(fake, client, caplog, capsys):
    fake.answer([{"id": "1"}])
    with caplog.at_level(logging.DEBUG):
        client.fetch(e.PageRequest(e.TASKS))
    assert ACCESS not in caplog.text
    assert capsys.readouterr() == ("", "")


def test_errors_travel_between_threads_and_processes():
    error = ZohoThrottled("too many", status=400, request_id="r", endpoint="/x")
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(twin) is ZohoThrottled
        assert vars(twin) == vars(error)
        assert str(twin) == "too many"
