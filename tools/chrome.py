"""A Chrome without a window, driven as a person would: look, click, type."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
from collections.abc import Mapping
from contextlib import ExitStack
from tempfile import TemporaryDirectory
from typing import Any

import requests
import websocket

from tools.browser import BROWSERS
from tools.postgres import free_port
from tools.shell import ToolError

WORDS = [
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--no-proxy-server", "--disable-background-networking", "--hide-scrollbars"),
    *("--disable-component-update", "--disable-sync", "--remote-allow-origins=*"),
]
PATIENCE = 60.0
# In sight, and on top where its middle is; "selector >> words" wants these words in it.
FIND = """
(wanted => {
    const [selector, words = ""] = wanted.split(" >> ");
    return [...document.querySelectorAll(selector)].find(element => {
        if (!element.textContent.includes(words) || !element.getClientRects().length) {
            return false;
        }
        element.scrollIntoView({ block: "nearest" });
        return true;
    });
})
"""
SUBMIT = """
((url, fields) => {
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action: url });
    for (const [name, value] of Object.entries(fields)) {
        form.append(Object.assign(document.createElement("input"), { name, value }));
    }
    document.body.append(form);
    form.submit();
})
"""
# Odoo waits for nothing, and nothing has moved for a while.
QUIET = """
new Promise(done => {
    const busy = ".o_loading_indicator, .o_blockUI, .o_view_sample_data";
    let timer;
    const again = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
            const isQuiet = document.readyState === "complete" && document.body
                && !document.querySelector(busy)
                && [...document.images].every(image => image.complete);
            isQuiet ? (observer.disconnect(), done(true)) : again();
        }, 500);
    };
    const observer = new MutationObserver(again);
    observer.observe(document, { childList: true, subtree: true });
    again();
    setTimeout(() => done(false), 15000);
})
"""


class Chrome:
    """One page of a browser; as a context it ends at the end.

    :param url: the address of Odoo.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._count = 0

    def __enter__(self) -> Chrome:
        """Start the browser.

        :raise ToolError: it is not there, or does not answer.
        """
        # A start that fails is never left by ``__exit__``: it ends what it began.
        with ExitStack() as begun:
            folder = begun.enter_context(TemporaryDirectory(ignore_cleanup_errors=True))
            executable = next(filter(None, map(shutil.which, BROWSERS)))
            port = free_port() or 0
            command = [executable, *WORDS, f"--remote-debugging-port={port}"]
            process = subprocess.Popen(
                [*command, f"--user-data-dir={folder}", "about:blank"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            # The last comes first.
            begun.callback(process.wait)
            begun.callback(process.kill)
            self._socket = websocket.create_connection(
                self._address(port), timeout=PATIENCE, http_no_proxy=["127.0.0.1"]
            )
            # Without a farewell, for which a silent page would keep us waiting.
            begun.callback(self._socket.shutdown)
            self.send("Page.enable")
            self._begun = begun.pop_all()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._begun.close()

    def _address(self, port: int) -> str:
        session = requests.Session()
        session.trust_env = False
        for _try in range(int(PATIENCE * 5)):
            try:
                tabs = session.get(f"http://127.0.0.1:{port}/json", timeout=5).json()
                return next(
                    str(tab["webSocketDebuggerUrl"])
                    for tab in tabs
                    if tab["type"] == "page"
                )
            except (OSError, StopIteration):
                time.sleep(0.2)
        raise ToolError("The browser does not answer.")

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command of the protocol and return its answer.

        :raise ToolError: the page is silent.
        """
        number = self._write(method, **params)
        while True:
            try:
                message = json.loads(self._socket.recv())
            except websocket.WebSocketTimeoutException as error:
                raise ToolError(f"The page is silent ({method}).") from error
            if message.get("method") == "Page.javascriptDialogOpening":
                # Whether to leave a page with something typed in.
                self._write("Page.handleJavaScriptDialog", accept=True)
            if message.get("id") == number:
                return dict(message.get("result") or {})

    def _write(self, method: str, **params: Any) -> int:
        self._count += 1
        command = {"id": self._count, "method": method, "params": params}
        self._socket.send(json.dumps(command))
        return self._count

    def evaluate(self, expression: str) -> Any:
        """Return what an expression of the page is, once its promise is kept."""
        answer = self.send(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
        )
        return answer.get("result", {}).get("value")

    def sign_in(self, session: str) -> None:
        """Be the user of a session from now on."""
        self.send("Network.setCookie", name="session_id", value=session, url=self.url)

    def resize(self, width: int, height: int) -> None:
        """Give the page a size; below 600 it is that of a phone."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def open(self, path: str) -> None:
        """Open a page of Odoo and wait until it is quiet."""
        self.send("Page.navigate", url="about:blank")
        self.send("Page.navigate", url=f"{self.url}{path}")
        self.settle()

    def post(self, path: str, fields: Mapping[str, str]) -> None:
        """Send a form to Odoo, as another page would, and wait for what it shows."""
        self.send("Page.navigate", url="about:blank")
        self.settle()
        self.evaluate(f"{SUBMIT}({json.dumps(self.url + path)}, {json.dumps(fields)})")
        self.settle()

    def settle(self) -> None:
        """Wait until the page is quiet."""
        end = time.monotonic() + PATIENCE
        while not self.evaluate(QUIET) and time.monotonic() < end:
            time.sleep(0.2)

    def click(self, wanted: str) -> None:
        """Click on what a selector finds.

        :raise ToolError: there is no such thing.
        """
        middle = f"""
            (found => found && (box => [box.x + box.width / 2, box.y + box.height / 2])(
                found.getBoundingClientRect()
            ))({FIND}({json.dumps(wanted)}))
        """
        end = time.monotonic() + PATIENCE
        while not (place := self.evaluate(middle)):
            if time.monotonic() > end:
                raise ToolError(f"The page has no {wanted}")
            time.sleep(0.2)
        mouse = {"x": place[0], "y": place[1], "button": "left", "clickCount": 1}
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, **mouse)
        self.settle()

    def type(self, text: str) -> None:
        """Type over what the focus is on."""
        self.evaluate("document.activeElement.select()")
        self.send("Input.insertText", text=text)
        self.settle()

    def picture(self) -> bytes:
        """Return a picture of the page as a PNG."""
        # A pointer over a row or a button is no part of it.
        self.send("Input.dispatchMouseEvent", type="mouseMoved", x=0, y=0)
        self.settle()
        data = self.send("Page.captureScreenshot", format="png").get("data", "")
        return base64.b64decode(data)
