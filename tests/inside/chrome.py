"""A browser that blocks cookies of third parties, and every frame of it."""

import json
import shutil
import subprocess
import tempfile
import time
import urllib.request

import websocket

from tools.browser import BROWSERS
from tools.postgres import free_port

WAIT_SECONDS = 60
SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-proxy-server",
    "--no-first-run",
    "--ignore-certificate-errors",
    "--test-third-party-cookie-phaseout",
    "--remote-allow-origins=*",
    # A click by DevTools is no gesture of a person.
    "--disable-popup-blocking",
    # Odoo stands on this very machine, which is no local network to a person.
    "--disable-features=LocalNetworkAccessChecks",
)

# {key: its code, its number, what it types}
KEYS = {
    "Tab": ("Tab", 9, ""),
    "Enter": ("Enter", 13, "\r"),
    " ": ("Space", 32, " "),
}


class Chrome:
    """Talks to each page and frame by DevTools, by a part of its address.

    :param names: ``{name of a server: port of loopback}`` that stands for it.
    """

    def __init__(self, names):
        self.folder = tempfile.mkdtemp()
        port = free_port()
        rules = ",".join(f"MAP {name}:443 127.0.0.1:{to}" for name, to in names.items())
        program = next(name for name in BROWSERS if shutil.which(name))
        self.process = subprocess.Popen(
            [
                *(program, *SWITCHES, f"--host-resolver-rules={rules}"),
                *(f"--remote-debugging-port={port}", f"--user-data-dir={self.folder}"),
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.socket = websocket.create_connection(
            self._address(port), timeout=WAIT_SECONDS, http_no_proxy=["127.0.0.1"]
        )
        self.number = 0
        self.sessions = {}
        self.errors = []
        # {request: its address}, and what became of those that the browser refused.
        self.requests, self.refused = {}, {}
        self.send("Target.setDiscoverTargets", discover=True)
        pages = self.send("Target.getTargets")["targetInfos"]
        page = next(one for one in pages if one["type"] == "page")
        self.page = self._attach(page["targetId"])

    def _address(self, port):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        end = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                with opener.open(f"http://127.0.0.1:{port}/json/version") as answer:
                    return json.load(answer)["webSocketDebuggerUrl"]
            except OSError:
                assert time.monotonic() < end, "the browser does not start"
                time.sleep(0.1)

    def _attach(self, target):
        """Return the session of a page or a frame, and note its faults."""
        answer = self.send("Target.attachToTarget", targetId=target, flatten=True)
        session = answer.get("sessionId")
        if session:
            self.sessions[session] = target
            self.send("Runtime.enable", session)
            self.send("Log.enable", session)
            self.send("Network.enable", session)
        return session

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.socket.close()
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def send(self, method, session=None, **params):
        """Return the answer to a command."""
        self.number += 1
        number = self.number
        message = {"id": number, "method": method, "params": params}
        self.socket.send(
            json.dumps({**message, **({"sessionId": session} if session else {})})
        )
        while True:
            answer = json.loads(self.socket.recv())
            self._note(answer)
            if answer.get("id") == number:
                return answer.get("result", answer)

    def _note(self, message):
        """Keep which frames there are, and what went wrong in them."""
        params = message.get("params", {})
        if message.get("method") == "Target.detachedFromTarget":
            self.sessions.pop(params["sessionId"], None)
        elif message.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
            self.errors.append(json.dumps(params))
        elif message.get("method") == "Network.requestWillBeSent":
            self.requests[params["requestId"]] = params["request"]["url"]
        elif message.get("method") == "Network.loadingFailed":
            url = self.requests.get(params["requestId"], "")
            self.refused[url] = params.get("errorText", "")

    def open(self, url):
        """Show a page."""
        self.send("Page.navigate", self.page, url=url)

    def frames(self):
        """Return ``{session: address}`` of all pages and frames."""
        infos = self.send("Target.getTargets")["targetInfos"]
        urls = {
            one["targetId"]: one["url"]
            for one in infos
            if one["type"] in ("page", "iframe")
        }
        for target in urls.keys() - {*self.sessions.values()}:
            self._attach(target)
        return {
            session: urls[target]
            for session, target in self.sessions.items()
            if target in urls
        }

    def evaluate(self, session, code):
        """Return the value of an expression in a frame, None where it fails."""
        answer = self.send(
            "Runtime.evaluate",
            session,
            expression=code,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        return answer.get("result", {}).get("value")

    def wait(self, part, code):
        """Return the value of an expression in a frame, once it is true.

        :param part: of the address of the page or frame.
        """
        end = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < end:
            for session, url in list(self.frames().items()):
                if part in url and (value := self.evaluate(session, code)):
                    return value
            time.sleep(0.1)
        seen = {
            url: self.evaluate(session, "document.body.innerText")
            for session, url in self.frames().items()
        }
        raise AssertionError(f"not so: {code}\n{json.dumps(seen, indent=1)}")

    def click(self, part, selector, text=""):
        """Click on the first element of a frame that has a text, once it may be."""
        found = json.dumps([selector, text])
        self.wait(
            part,
            f"""(() => {{
                const [selector, text] = {found};
                const one = [...document.querySelectorAll(selector)].find(
                    (one) => one.textContent.includes(text) && one.offsetParent
                        && !one.disabled);
                if (one) {{ setTimeout(() => one.click()); return true; }}
            }})()""",
        )

    def press(self, key, times=1):
        """Press a key, wherever the focus is."""
        code, number, text = KEYS[key]
        for _time in range(times):
            for kind in ("keyDown", "keyUp"):
                self.send(
                    "Input.dispatchKeyEvent",
                    self.page,
                    type=kind,
                    **{"key": key, "code": code, "windowsVirtualKeyCode": number},
                    **({"text": text} if text and kind == "keyDown" else {}),
                )

    def tab_to(self, part, text):
        """Press Tab until the focus is on what has a text."""
        focus = (
            "(document.activeElement.labels?.[0] ?? document.activeElement)"
            f".textContent.includes({json.dumps(text)})"
            " && document.activeElement !== document.body"
        )
        for _time in range(60):
            if any(
                self.evaluate(session, focus)
                for session, url in self.frames().items()
                if part in url
            ):
                return
            self.press("Tab")
        raise AssertionError(f"no key leads to {text}")

    def choose(self, part, selector, path):
        """Choose a file in a field of a frame."""
        self.wait(part, f"!!document.querySelector({json.dumps(selector)})")
        for session, url in self.frames().items():
            if part in url:
                found = self.send(
                    "Runtime.evaluate",
                    session,
                    expression=f"document.querySelector({json.dumps(selector)})",
                )["result"]["objectId"]
                self.send(
                    "DOM.setFileInputFiles", session, files=[str(path)], objectId=found
                )

    def history(self):
        """Return the addresses that the button Back leads to, and this one."""
        entries = self.send("Page.getNavigationHistory", self.page)["entries"]
        return [entry["url"] for entry in entries]

    def type(self, part, selector, text):
        """Type into a field of a frame."""
        found = json.dumps([selector, text])
        self.wait(
            part,
            f"""(() => {{
                const [selector, text] = {found};
                const one = document.querySelector(selector);
                if (one) {{ one.value = text; return true; }}
            }})()""",
        )
