"""The extension of Zoho Projects as a file to upload, made for one server of Odoo.

Plain Python: Odoo offers it on the form of an integration, and ``make extension``
writes it.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

MANIFEST = "plugin-manifest.json"
FOLDER = Path(__file__).parent / "extension"
# What stands for Odoo's address in the files.
PLACEHOLDER = "https://odoo.example.com"
TEXTS = (".json", ".js")
# The same files make the same zip.
MADE_AT = (2026, 1, 1, 0, 0, 0)


def extension_files(odoo_url: str, pages_url: str = "") -> dict[str, bytes]:
    """Return the files of the extension, with the address of a server in them.

    :param odoo_url: scheme and host of Odoo, such as ``https://odoo.example.com``.
    :param pages_url: where the folder ``app`` lies, when Zoho is not to serve it. Never
        Odoo itself: the pages run a script of Zoho's, which could do there all that
        the person may who looks at them.
    """
    files = {}
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            if path.suffix in TEXTS and path.name != "widget.js":
                content = content.replace(
                    PLACEHOLDER.encode(), odoo_url.rstrip("/").encode()
                )
            files[path.relative_to(FOLDER).as_posix()] = content
    if pages_url:
        manifest = json.loads(files[MANIFEST])
        for widget in manifest["modules"]["widgets"]:
            widget["url"] = pages_url.rstrip("/") + widget["url"]
        parts = urlsplit(pages_url)
        manifest["whiteListedDomains"].append(f"{parts.scheme}://{parts.netloc}")
        files[MANIFEST] = json.dumps(manifest, indent=4).encode()
    return files


def extension_zip(odoo_url: str, pages_url: str = "") -> bytes:
    """Return the extension as a zip, to be uploaded to Zoho."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in extension_files(odoo_url, pages_url).items():
            entry = zipfile.ZipInfo(name, MADE_AT)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return target.getvalue()
