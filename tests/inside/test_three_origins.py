"""Zoho's page, the widget in it, and Odoo in that: three origins of a real browser.

Cookies of third parties are blocked, as browsers do it.
"""

import re
from dataclasses import replace

import pytest

from tools.browser import ensure_browser
from tools.extension import load_maker
from tools.odoo_server import OdooServer
from tools.postgres import free_port
from tools.settings import read_settings
from tools.templates import open_workshop

from .chrome import Chrome
from .origins import HOST, SDK, WIDGET, Zoho
from .world import KEYS, LOGIN, PASSWORD, PROJECT, SCRIPT, TASK, shell

OPENED, PAGE = "/inside/open", "/zoho_projects/inside/"
# What a browser says of itself that is no fault of a page.
NO_FAULT = re.compile(r"favicon\.ico")


class Story:
    """A server of Odoo, Zoho's names beside it, and a browser."""

    def __init__(self, odoo, zoho, configuration, settings):
        self.odoo, self.zoho = odoo, zoho
        self.configuration, self.settings = configuration, settings
        self.zoho.told = {"shape": "plain", "odoo": odoo.url, "item": "", "keys": KEYS}

    def browser(self):
        return Chrome({name: self.zoho.port for name in (HOST, WIDGET, SDK)})

    def select(self, expression):
        """Return what an expression is in Odoo."""
        script = f"import json\nprint(json.dumps({expression}))\n"
        return shell(self.settings, self.configuration, script)

    def change(self, statement):
        """Change something in Odoo."""
        script = f"{statement}\nenv.cr.commit()\n"
        shell(self.settings, self.configuration, script)

    def drafts(self):
        return self.select(
            'env["account.move"].search([("move_type", "=", "out_invoice")])'
            '.mapped("amount_untaxed")'
        )

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
            yield Story(odoo, zoho, configuration, settings)


def test_a_project_manager_stays_in_zoho(story):
    """He pairs once, invoices a ticked task, changes the draft and deletes it."""
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
        # An expense, with what it says of itself.
        chrome.click(PAGE, "button", "New expense")
        chrome.type(PAGE, "input[name=name]", "Taxi")
        chrome.type(PAGE, "input[name=amount]", "42.5")
        chrome.click(PAGE, "button", "Save the expense")
        chrome.wait(PAGE, "document.body.innerText.includes('The expense is saved')")
        # A quotation, and what the customer said to it.
        chrome.click(PAGE, "button", "Back")
        chrome.click(PAGE, "button", "New quotation")
        chrome.type(PAGE, "input[name^=amount_task]", "500")
        chrome.click(PAGE, "button", "Make the quotation")
        chrome.click(PAGE, "button", "Mark as accepted")
        chrome.wait(PAGE, "document.body.innerText.includes('Accepted')")
        # The next visit needs no window: the widget shows its secret.
        chrome.open(f"https://{HOST}/portal/northlight/again")
        chrome.wait(OPENED, "document.body.innerText.includes('Taxi')")
        faults = [one for one in chrome.errors if not NO_FAULT.search(one)]
        assert not faults
    # No secret has left by an address: neither to Zoho nor into Odoo's log.
    log = story.odoo.log.read_text()
    assert OPENED in log
    secrets = story.select('env["zoho.pairing"].search([]).mapped("secret_hash")')
    assert len(secrets) == 1
    for _host, path, referrer in story.zoho.asked:
        assert "secret" not in path + referrer and "token" not in path + referrer
    assert not re.search(r"inside/(?:open|show|act|file)\?", log)


def test_the_extension_of_somebody_else(story):
    """It has a page below the same host, and gets no secret."""
    known = 'env["zoho.integration"].search([])'
    story.change(f"{known}.widget_origins = False")
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
        story.change(f'{known}.widget_origins = "https://{WIDGET}"')


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


def test_a_task_shows_just_that(story):
    story.zoho.tab, story.zoho.told["item"] = "task_tab", TASK
    with story.browser() as chrome:
        story.pair(chrome)
        assert chrome.wait(OPENED, "document.querySelector('h1').innerText") == "Design"
    story.zoho.tab, story.zoho.told["item"] = "project_tab", ""
