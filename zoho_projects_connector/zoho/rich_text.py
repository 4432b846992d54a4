"""Readable text of Zoho's rich text.

:source: Zoho Projects API reference, section 13, pitfall 19.
"""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

_DECLARATION = re.compile(r"<!--.*?-->|<![^>]*>", re.DOTALL)
_TAG = re.compile(r"<[A-Za-z/!]")
_SPACES = re.compile(r"[ \t\r\f\v\xa0]+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def plain_text(html: object) -> str:
    """Return the readable text of rich text: breaks kept, entities unescaped."""
    text = html if isinstance(html, str) else ""
    if _TAG.search(text):
        reader = _TextReader()
        # The parser of some Python versions trips over declarations of other kinds.
        reader.feed(_DECLARATION.sub("", text).replace("<!", "&lt;!"))
        reader.close()
        text = "".join(reader.parts)
    else:
        text = unescape(text)
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


class _TextReader(HTMLParser):
    """Collects text; each block element starts on a line of its own."""

    BLOCKS = frozenset(
        "address article blockquote dd div dl dt figure footer h1 h2 h3 h4 h5 h6 header"
        " hr li ol p pre section table td th tr ul".split()
    )
    SILENT = frozenset({"script", "style", "head", "title", "template"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in self.SILENT:
            self._silent += 1
        if tag == "br":
            self.parts.append("\n")
        elif tag in self.BLOCKS:
            self._new_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT and self._silent:
            self._silent -= 1
        if tag in self.BLOCKS:
            self._new_line()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))

    def _new_line(self) -> None:
        if self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append("\n")
