"""Zoho's side of a browser: the page of a project, the files of an extension, the SDK.

Three names of Zoho's own lead to one server on loopback, each an origin of its own.
"""

import datetime
import functools
import http.server
import json
import ssl
import threading
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "projects.zoho.com"
WIDGET = "a1b2c3.zappsusercontent.com"
SDK = "js.zohocdn.com"
# A page that has nothing to do with any of these.
STRANGER = "stranger.example.com"
# What a server would know a browser by, were cookies of third parties let through.
COOKIE = "known=1; Secure; SameSite=None; Path=/"
HOST_PAGE = """<!doctype html><title>Project in Zoho</title>
<h1>Project in Zoho</h1>
<iframe id="widget" src="https://{widget}/app/{tab}.html" width="1200" height="900">
</iframe>"""
# Frames of whatever is asked for, and what they say.
FRAMES_PAGE = """<!doctype html><title>Frames</title>
<script>
    const heard = [];
    let loaded = 0;
    addEventListener("message", (event) => heard.push(event.data.type));
    function show(url, fields) {
        const frame = document.createElement("iframe");
        frame.name = `frame${document.querySelectorAll("iframe").length}`;
        document.body.append(frame);
        frame.addEventListener("load", () => loaded++);
        if (!fields) {
            frame.src = url;
            return;
        }
        const form = document.createElement("form");
        Object.assign(form, { method: "post", action: url, target: frame.name });
        for (const [name, value] of Object.entries(fields)) {
            const input = document.createElement("input");
            form.append(Object.assign(input, { name, value }));
        }
        document.body.append(form);
        form.submit();
    }
</script><body></body>"""
# The documented calls, each answer in one of the shapes that are known of it.
# :source: zoho-extension.md, section 4.
SDK_FILE = """
(() => {{
    const told = {told};
    const shapes = {{
        plain: (value) => ({{ data: value, status: "success" }}),
        wrapped: (value) => ({{ data: {{ data: value }} }}),
        text: (value) => JSON.stringify({{ data: value }}),
        record: (value) => ({{
            data: typeof value === "string" ? {{ id: value }} : value,
        }}),
        number: (value) => ({{ data: /^\\d+$/.test(value) ? Number(value) : value }}),
    }};
    const shape = shapes[told.shape];
    window.zohoprojects = {{
        init: async () => ({{ status: "success" }}),
        metadata: async () =>
            shape({{
                configs: [{{ name: "odoo_url", type: "text", value: told.odoo }}],
            }}),
        context: async () => {{
            if (!told.item) {{
                throw new Error("no context here");
            }}
            return {{ module_name: "tasks", entity_id: told.item }};
        }},
        get: async (key) => {{
            if (!(key in told.keys)) {{
                throw new Error("unknown key");
            }}
            return shape(told.keys[key]);
        }},
    }};
}})();
"""


class Zoho:
    """The server behind Zoho's names; what its SDK tells can be changed.

    :param files: of the extension, by path.
    """

    def __init__(self, files, folder):
        self.files = files
        self.told = {}
        self.tab = "project_tab"
        self.asked = []
        handler = functools.partial(Handler, self)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate(folder))
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)

    @property
    def port(self):
        return self.server.server_port

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exception):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, host, path):
        """Return the content and type of a page."""
        if path.startswith("/frames"):
            return FRAMES_PAGE.encode(), "text/html"
        if host == HOST:
            page = HOST_PAGE.format(widget=WIDGET, tab=self.tab)
            return page.encode(), "text/html"
        if host == SDK:
            return SDK_FILE.format(
                told=json.dumps(self.told)
            ).encode(), "text/javascript"
        kinds = {"html": "text/html", "js": "text/javascript", "css": "text/css"}
        kind = kinds.get(path.rpartition(".")[2], "application/octet-stream")
        return self.files.get(path.lstrip("/"), b""), kind


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by the name that was asked for, and notes each request."""

    def __init__(self, zoho, *arguments):
        self.zoho = zoho
        super().__init__(*arguments)

    def do_GET(self):
        host = self.headers["Host"].partition(":")[0]
        told = [self.headers.get(name, "") for name in ("Referer", "Cookie")]
        self.zoho.asked.append((host, self.path, *told))
        content, kind = self.zoho.answer(host, urlsplit(self.path).path)
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Set-Cookie", COOKIE)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments):
        """Say nothing."""


def certificate(folder):
    """Return the file of a key and a certificate that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "zoho")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=9))
        .sign(key, hashes.SHA256())
    )
    path = folder / "zoho.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path
