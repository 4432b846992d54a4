"""Zoho's page, the widget in it, and Odoo in that: three origins of a real browser.

Cookies of third parties are blocked, as browsers do it.
"""

import json
import re
from dataclasses import replace

import pytest
from lxml import html
from PIL import Image

from tools.browser import ensure_browser
from tools.databases import select
from tools.extension import load_maker
from tools.odoo_server import OdooServer
from tools.portal_browser import Browser
from tools.postgres import free_port
from tools.settings import read_settings
from tools.templates import open_workshop

from .chrome import Chrome
from .origins import HOST, SDK, STRANGER, WIDGET, Zoho
from .world import (
    BUG,
    KEYS,
    LOGIN,
    PASSWORD,
    PHASE,
    PORTAL,
    PROJECT,
    SCRIPT,
    TASK,
    USER,
    shell,
)

OPENED, PAGE = "/inside/open", "/zoho_projects/inside/"
CLAIMS = {"portal": PORTAL, "user": USER, "user_name": "Ann Zoho", "email": ""}
# How the browser refuses what may not be framed.
BLOCKED = "net::ERR_BLOCKED_BY_RESPONSE"
# What a browser says of itself that is no fault of a page, and that what somebody has
# invoiced meanwhile is refused.
NO_FAULT = re.compile(r"favicon\.ico|status of 422")
# Whether all of a page is seen without scrolling to the side, on a phone.
NARROW = "document.querySelector('#widget').width = 400"
FITS = "innerWidth <= 400 && document.documentElement.scrollWidth <= innerWidth"


class Story:
    """A server of Odoo, Zoho's names beside it, and a browser."""

    def __init__(self, odoo, zoho, configuration, server):
        self.odoo, self.zoho = odoo, zoho
        self.configuration, self.server = configuration, server
        self.zoho.told = {"shape": "plain", "odoo": odoo.url, "item": "", "keys": KEYS}

    def browser(self):
        names = (HOST, WIDGET, SDK, STRANGER)
        return Chrome({name: self.zoho.port for name in names})

    def accountant(self):
        """Return another browser of the same person, in Odoo itself."""
        browser = Browser(self.odoo.url)
        browser.log_in(LOGIN, PASSWORD)
        return browser

    def secret(self):
        """Return a secret, as the person gets it who pairs."""
        session, url = self.accountant().session, f"{self.odoo.url}{PAGE}pair"
        asked = {**CLAIMS, "origin": f"https://{WIDGET}"}
        page = html.fromstring(session.get(url, params=asked).text)
        done = session.post(url, data=dict(page.forms[0].form_values()))
        return html.fromstring(done.text).xpath("//main/@data-secret")[0]

    def from_origin(self, origin):
        """Say where an administrator has paired before, None for nowhere."""
        statement = "UPDATE zoho_integration SET widget_origins = %s RETURNING id"
        select(self.server, self.configuration.stem, statement, origin)

    def drafts(self):
        """Return the totals of the invoices that there are."""
        domain = [("move_type", "=", "out_invoice")]
        rows = self.accountant().rows("account.move", domain, ["amount_untaxed"])
        return [row["amount_untaxed"] for row in rows]

    def pair(self, chrome):
        """Sign in at Odoo in a window of its own, and confirm."""
        chrome.open(f"https://{HOST}/portal/northlight")
        chrome.click(WIDGET, "button", "Sign in to Odoo")
        chrome.type("/web/login", "#login", LOGIN)
        chrome.type("/web/login", "#password", PASSWORD)
        chrome.click("/web/login", "form.oe_login_form button[type=submit]")
        assert "Ann Zoho" in chrome.wait("/inside/pair", "document.body.innerText")
        # A click that was meant for what was there before is none of his.
        ready = "!document.querySelector('#pair').disabled && performance.now()"
        assert chrome.wait("/inside/pair", ready) >= 1500
        chrome.click("/inside/pair", "button", "Pair")
        chrome.wait(OPENED, "document.body.innerText.includes('How it stands')")


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    ensure_browser()
    settings = replace(read_settings(), http_port=free_port())
    workshop = open_workshop(settings)
    files = load_maker(settings.repository)
    with workshop.lend() as configuration:
        url = f"http://127.0.0.1:{settings.http_port}"
        shell(settings, configuration, SCRIPT % {"url": url})
        files = files.extension_files(url)
        with (
            OdooServer(settings, configuration, settings.http_port) as odoo,
            Zoho(files, tmp_path_factory.mktemp("zoho")) as zoho,
        ):
            yield Story(odoo, zoho, configuration, workshop.server)


def test_a_project_manager_stays_in_zoho(story, tmp_path):
    """He pairs once, invoices a ticked task, changes the draft and deletes it."""
    story.zoho.asked.clear()
    with story.browser() as chrome:
        story.pair(chrome)
        chrome.click(PAGE, "button", "New invoice")
        chrome.click(PAGE, "label", "Design")
        chrome.click(PAGE, "button", "Make the draft")
        chrome.wait(PAGE, "document.body.innerText.includes('The draft is made')")
        assert story.drafts() == [400.0]
        chrome.type(PAGE, "input[name^=price_unit]", "90")
        chrome.click(PAGE, "button", "Save")
        chrome.wait(PAGE, "document.body.innerText.includes('Saved.')")
        assert story.drafts() == [360.0]
        chrome.click(PAGE, "button", "Delete the draft")
        chrome.wait(PAGE, "document.body.innerText.includes('can be billed again')")
        assert story.drafts() == []
        # The tab is open, and somebody invoices the same in Odoo.
        chrome.click(PAGE, "button", "New invoice")
        chrome.wait(PAGE, "document.body.innerText.includes('Bill up to')")
        elsewhere = story.accountant()
        project = elsewhere.last("project.project", [("name", "=", "Website")])["id"]
        wizard = {"project_ids": [(6, 0, [project])]}
        made = elsewhere.create("project.invoice.create", wizard)
        elsewhere.call("project.invoice.create", "action_create_invoice", [made])
        chrome.click(PAGE, "button", "Make the draft")
        chrome.wait(PAGE, "document.body.innerText.includes('nothing to invoice')")
        assert story.drafts() == [700.0]
        chrome.click(PAGE, "button", "Back")
        chrome.click(PAGE, "button.link", "Draft")
        chrome.click(PAGE, "button", "Delete the draft")
        # An expense, with its receipt.
        chrome.click(PAGE, "button", "New expense")
        chrome.type(PAGE, "input[name=name]", "Taxi")
        chrome.type(PAGE, "input[name=amount]", "42.5")
        receipt = tmp_path / "taxi.png"
        Image.new("RGB", (9, 9)).save(receipt)
        chrome.choose(PAGE, "input[name=receipt]", receipt)
        chrome.click(PAGE, "button", "Save the expense")
        chrome.wait(PAGE, "document.body.innerText.includes('The expense is saved')")
        chrome.wait(PAGE, "document.body.innerText.includes('taxi.png')")
        # A quotation, and what the customer said to it.
        chrome.click(PAGE, "button", "Back")
        chrome.click(PAGE, "button", "New quotation")
        chrome.type(PAGE, "input[name^=amount_task]", "500")
        chrome.click(PAGE, "button", "Make the quotation")
        chrome.click(PAGE, "button", "Mark as accepted")
        chrome.wait(PAGE, "document.body.innerText.includes('Accepted')")
        token = chrome.wait(PAGE, "document.querySelector('[name=token]').value")
        assert chrome.wait(PAGE, "document.referrer === ''")
        # The next visit needs no window: the widget shows its secret.
        chrome.open(f"https://{HOST}/portal/northlight/again")
        chrome.wait(OPENED, "document.body.innerText.includes('Taxi')")
        faults = [one for one in chrome.errors if not NO_FAULT.search(one)]
        assert not faults
        kept = "Object.values(localStorage).join()"
        secret = chrome.wait(WIDGET, kept).partition(".")[2]
        addresses = [*chrome.history(), *chrome.requests.values()]
    # Neither has left by an address: to Zoho, into a history, or into Odoo's log.
    log = story.odoo.log.read_text()
    assert OPENED in log
    assert OPENED in str(addresses)
    assert len(secret) > 40
    assert len(token) > 40
    said = json.dumps([addresses, story.zoho.asked]) + log
    assert secret not in said
    assert token not in said
    assert not re.search(r"inside/(?:open|show|act|file)\?", log)
    # No third party is known again: to a browser only the page itself has cookies.
    cookies = {host: cookie for host, _path, _referrer, cookie in story.zoho.asked}
    assert cookies[HOST]
    assert not cookies[WIDGET]
    assert not cookies[SDK]


def test_no_other_page_shows_ours(story):
    """Not even one that has a secret; and no page shows the rest of Odoo."""
    where = {"project": PROJECT, "entity": "project"}
    fields = {"secret": story.secret(), **CLAIMS, **where}
    ours = f"{story.odoo.url}/zoho_projects/inside/open"
    rest = ["/web/login", "/zoho_projects/inside/pair", "/zoho_projects/inside/go"]
    rest = [f"{story.odoo.url}{path}" for path in rest]
    with story.browser() as chrome:
        for host in (HOST, STRANGER):
            chrome.refused.clear()
            chrome.open(f"https://{host}/frames/{host}")
            page = f"/frames/{host}"
            chrome.wait(page, "!!document.body")
            chrome.wait(page, f"show({json.dumps(ours)}, {json.dumps(fields)}), true")
            for url in rest:
                chrome.wait(page, f"show({json.dumps(url)}), true")
            chrome.wait(page, f"loaded >= {len(rest) + 1}")
            heard = chrome.wait(page, "[heard.join()]")
            if host == HOST:
                # What a frame of the portal's own page shows says how high it is.
                assert "zoho_inside_height" in heard[0]
                assert ours not in chrome.refused
            else:
                assert heard == [""]
                assert chrome.refused[ours] == BLOCKED
            # Who is not signed in is sent to that page, from all of Odoo.
            assert chrome.refused[f"{story.odoo.url}/web/login"] == BLOCKED


def test_the_extension_of_somebody_else(story):
    """It has a page below the same host, and gets no secret."""
    story.from_origin(None)
    try:
        with story.browser() as chrome:
            chrome.open(f"https://{HOST}/portal/northlight")
            chrome.click(WIDGET, "button", "Sign in to Odoo")
            chrome.type("/web/login", "#login", LOGIN)
            chrome.type("/web/login", "#password", PASSWORD)
            chrome.click("/web/login", "form.oe_login_form button[type=submit]")
            chrome.wait("/inside/pair", "document.body.innerText.includes('is new')")
            chrome.wait("/inside/pair", "!document.querySelector('#pair')")
    finally:
        story.from_origin(f"https://{WIDGET}")


def test_each_shape_of_the_sdk(story):
    """Whatever Zoho's answers look like, the widget finds where it stands."""
    with story.browser() as chrome:
        for shape in ("wrapped", "text", "record", "number"):
            story.zoho.told = {**story.zoho.told, "shape": shape}
            chrome.open(f"https://{HOST}/portal/{shape}")
            chrome.wait(f"{HOST}/portal/{shape}", "true")
            chrome.wait(WIDGET, "document.body.innerText.includes('Sign in to Odoo')")
            link = chrome.wait(WIDGET, "document.querySelector('a').href")
            assert f"project={PROJECT}" in link
    story.zoho.told = {**story.zoho.told, "shape": "plain"}


def test_a_task_shows_and_bills_just_that(story):
    """By the keyboard alone, once the person is paired, and on a phone."""
    story.zoho.tab, story.zoho.told["item"] = "task_tab", TASK
    with story.browser() as chrome:
        story.pair(chrome)
        chrome.wait(f"{HOST}/portal", NARROW)
        chrome.wait(OPENED, FITS)
        assert chrome.wait(OPENED, "document.querySelector('h1').innerText") == "Design"
        chrome.tab_to(OPENED, "New invoice")
        chrome.press("Enter")
        chrome.wait(PAGE, "document.querySelector('[name=task]').checked")
        chrome.wait(PAGE, FITS)
        chrome.tab_to(PAGE, "Make the draft")
        chrome.press("Enter")
        chrome.wait(PAGE, "document.body.innerText.includes('The draft is made')")
        chrome.wait(PAGE, FITS)
        assert story.drafts() == [400.0]
        chrome.tab_to(PAGE, "Delete the draft")
        chrome.press("Enter")
        chrome.wait(PAGE, "document.body.innerText.includes('can be billed again')")
        # An issue and a phase, of which the SDK tells in another way.
        for tab, item, keys, heading in (
            ("issue_tab", BUG, {}, "Build"),
            ("milestone_tab", "", {"milestone.id": PHASE}, "Launch"),
        ):
            story.zoho.tab = tab
            story.zoho.told |= {"item": item, "keys": {**KEYS, **keys}}
            chrome.open(f"https://{HOST}/portal/{tab}")
            is_there = f"document.querySelector('h1').innerText === '{heading}'"
            chrome.wait(OPENED, is_there)
    story.zoho.told["keys"] = KEYS
    story.zoho.tab, story.zoho.told["item"] = "project_tab", ""
