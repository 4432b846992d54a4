"""A person without a mouse: real key events, as Chrome gets them from a keyboard."""

import json
import time
from unittest.mock import patch

from .tour_common import TourBrowser, TourCase

PATIENCE = 60
# Of the longest page, with the navigation bar before it.
MOST_STOPS = 120
KEYS = {
    "Tab": {"windowsVirtualKeyCode": 9},
    "Enter": {"windowsVirtualKeyCode": 13, "text": "\r"},
    "Space": {"windowsVirtualKeyCode": 32, "text": " ", "key": " "},
    "Escape": {"windowsVirtualKeyCode": 27},
}
# Where the focus is, whether it can be seen there, and whether it got there by itself.
FOCUS = """
(selector => {
    const focused = document.activeElement;
    const hasCaret = focused.matches(
        "input:not([type=checkbox], [type=radio]), textarea, [contenteditable=true]"
    );
    const looks = element => {
        const style = getComputedStyle(element);
        const isOutlined = style.outlineStyle !== "none"
            && style.outlineWidth !== "0px";
        return isOutlined || style.boxShadow !== "none";
    };
    const box = focused.getBoundingClientRect();
    const isMoved = focused !== window.focusedBefore;
    window.focusedBefore = focused;
    return {
        is_there: focused.matches(selector),
        is_moved: isMoved || focused === document.body,
        is_ours: !!focused.closest(".o_action_manager, .modal"),
        is_seen: focused.matches("select") || hasCaret
            || (looks(focused) && box.width > 0),
        html: focused.outerHTML.slice(0, 200),
    };
})
"""
# A calendar or a list of choices that opens under the focus may hold it for a moment.
MOST_PRESSES = 3
# Odoo's own stops whose look does not change.
UNSEEN = ("o_list_view", "o_data_cell", "o_searchview")


class Keyboard:
    """Presses keys in a browser, and looks where the focus went."""

    def __init__(self, browser):
        self.browser = browser

    def evaluate(self, expression):
        """Return what an expression of the page is; nothing while it is loaded."""
        params = {"expression": expression, "returnByValue": True}
        answer = self.browser._websocket_request("Runtime.evaluate", params=params)
        return answer["result"].get("value")

    def wait(self, selector):
        """Wait until the page has something, and nothing is being loaded."""
        end = time.monotonic() + PATIENCE
        wanted = f"""
            !!document.querySelector({json.dumps(selector)})
            && !document.querySelector(".o_blockUI, .o_loading_indicator")
        """
        while not self.evaluate(wanted):
            if time.monotonic() > end:
                raise AssertionError(f"The keys did not lead to {selector}")
            time.sleep(0.1)

    def press(self, name):
        """Press a key and let it go."""
        key = {"code": name, "key": name, **KEYS[name]}
        for kind in ("keyDown", "keyUp"):
            params = {"type": kind, **key}
            self.browser._websocket_request("Input.dispatchKeyEvent", params=params)

    def type(self, text):
        """Type a text where the focus is."""
        for character in text:
            for kind in ("keyDown", "keyUp"):
                params = {"type": kind, "key": character}
                if kind == "keyDown":
                    params["text"] = character
                self.browser._websocket_request("Input.dispatchKeyEvent", params=params)

    def reach(self, selector):
        """Go to a control by Tab alone; each stop on the way can be seen and left."""
        self.wait(selector)
        if self.evaluate(f"document.activeElement.matches({json.dumps(selector)})"):
            return
        presses = 0
        for _stop in range(MOST_STOPS):
            self.press("Tab")
            focus = self.evaluate(f"{FOCUS}({json.dumps(selector)})")
            presses = 0 if focus["is_moved"] else presses + 1
            if presses == MOST_PRESSES:
                raise AssertionError(f"Tab cannot leave {focus['html']}")
            is_odoos = any(name in focus["html"] for name in UNSEEN)
            if focus["is_ours"] and not focus["is_seen"] and not is_odoos:
                raise AssertionError(f"The focus cannot be seen on {focus['html']}")
            if focus["is_there"]:
                return
        raise AssertionError(f"Tab does not lead to {selector}")

    def use(self, selector, key="Enter"):
        """Go to a control and press a key there."""
        self.reach(selector)
        self.press(key)


class KeyboardBrowser(TourBrowser):
    def _wait_code_ok(self, code, timeout, error_checker=None):
        """Let the test type, where a tour would wait for its end."""
        self.test_case.at_keyboard(Keyboard(self))
        if self._result.done():
            self._result.result()


class KeyboardCase(TourCase):
    def by_keys(self, path, at_keyboard, login):
        """Open a page and let a function do there what a person would.

        :param at_keyboard: takes the keyboard.
        """
        self.at_keyboard = at_keyboard
        with patch.object(self, "browser_class", KeyboardBrowser):
            self.browser_js(path, code="", ready="odoo.isReady === true", login=login)
