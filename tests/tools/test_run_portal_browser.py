"""The browser of ``make run`` against a small Odoo in its place."""

import json
import threading

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from tools.portal_browser import Browser
from tools.shell import ToolError

FORM = '<form><input type="hidden" name="csrf_token" value="t1"/></form>'


class SmallOdoo:
    """Answers the pages that the browser opens; calls go to ``answer``."""

    def __init__(self):
        self.calls = []
        self.result = {"result": True}

    @Request.application
    def __call__(self, request):
        if request.path == "/web/login":
            return self._login(request)
        if request.path.startswith("/web/dataset/call_kw/"):
            params = json.loads(request.data)["params"]
            self.calls.append(params)
            return Response(json.dumps(self.result), mimetype="application/json")
        if request.path == "/accepted":
            return Response(status=302, headers={"Location": "/odoo"})
        if request.path == "/refused":
            page = '<p class="alert alert-warning">It&#39;s <b>too</b> late.</p>'
            return Response(page, status=400, mimetype="text/html")
        if request.path == "/report/pdf/invoice/7":
            return Response(b"%PDF-1.4", mimetype="application/pdf")
        return Response("fine")

    def _login(self, request):
        if request.method == "GET":
            return Response(FORM, mimetype="text/html")
        right = {"csrf_token": "t1", "login": "admin", "password": "admin"}
        if request.form.to_dict() != right:
            return Response("Wrong login/password")
        return Response(status=303, headers={"Location": "/odoo"})


@pytest.fixture
def odoo():
    app = SmallOdoo()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    app.url = f"http://127.0.0.1:{server.port}"
    yield app
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def browser(odoo):
    return Browser(odoo.url)


def test_the_login_page_is_filled_in(browser):
    browser.log_in("admin", "admin")


def test_a_refused_login_is_said(browser):
    with pytest.raises(ToolError, match="does not let admin in"):
        browser.log_in("admin", "wrong")


def test_calls_go_out_as_those_of_the_web_client(browser, odoo):
    odoo.result = {"result": [7]}
    assert browser.create("res.partner", {"name": "A"}) == 7
    assert odoo.calls == [
        {
            "model": "res.partner",
            "method": "create",
            "args": [[{"name": "A"}]],
            "kwargs": {},
        }
    ]


def test_a_refused_call_is_the_sentence_of_the_dialog(browser, odoo):
    data = {"name": "odoo.exceptions.UserError", "message": "Choose the portal."}
    odoo.result = {"error": {"message": "Odoo Server Error", "data": data}}
    with pytest.raises(ToolError, match="action_sync: Choose the portal."):
        browser.call("zoho.integration", "action_sync", [1])


def test_an_error_without_details_is_said_too(browser, odoo):
    odoo.result = {"error": {"message": "Session Expired"}}
    with pytest.raises(ToolError, match="Session Expired"):
        browser.call("zoho.integration", "action_sync", [1])


def test_groups_are_tuples(browser, odoo):
    odoo.result = {"result": [{"code": "odoo_refused", "__count": 2, "x": 1}]}
    assert browser.groups("zoho.sync.error", [], "code", "__count") == [
        ("odoo_refused", 2)
    ]


def test_the_newest_record_or_none(browser, odoo):
    odoo.result = {"result": [{"id": 7}]}
    assert browser.last("res.partner", []) == {"id": 7}
    assert odoo.calls[0]["kwargs"] == {"limit": 1, "order": "id desc"}
    odoo.result = {"result": []}
    assert browser.last("res.partner", []) == {}


def test_labels_are_the_words_of_a_selection(browser, odoo):
    odoo.result = {"result": {"state": {"selection": [["a", "A"], ["b", "B"]]}}}
    assert browser.labels("x", "state") == {"a": "A", "b": "B"}


def test_redirects_lead_back_to_odoo(browser, odoo):
    assert browser.follow({"url": f"{odoo.url}/accepted"}) == f"{odoo.url}/odoo"


def test_a_page_that_refuses_is_quoted(browser, odoo):
    with pytest.raises(ToolError, match="refused: It's too late."):
        browser.follow({"url": f"{odoo.url}/refused"})


def test_only_a_pdf_is_downloaded(browser):
    assert browser.download("/report/pdf/invoice/7") == b"%PDF-1.4"
    with pytest.raises(ToolError, match="does not print /report/pdf/invoice/8"):
        browser.download("/report/pdf/invoice/8")
