"""The text of an invoice line, by a template: words, and placeholders in braces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

# What a template may name; what each is, `LineFacts` knows.
PLACEHOLDERS = (
    "project",
    "task",
    "task_list",
    "phase",
    "person",
    "period",
    "day",
    "hours",
    "rate",
    "notes",
)

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# What stands between the parts of a line goes with the part after it.
SEPARATOR = re.compile(r"(\s+[-–—·|/]\s+|[,;]\s+)")
BRACKETS = re.compile(r"(\s*\([^()]*\))")
BRACE = re.compile(r"[{}]")


def unknown_placeholders(template: str) -> list[str]:
    """Return what a template names that no line of an invoice has."""
    return [
        name
        for name in dict.fromkeys(PLACEHOLDER.findall(template))
        if name not in PLACEHOLDERS
    ]


def has_stray_brace(template: str) -> bool:
    """Whether a brace of a template opens or closes no placeholder."""
    return bool(BRACE.search(PLACEHOLDER.sub("", template)))


def fill_template(template: str, facts: Mapping[str, str]) -> str:
    """Return the text of a line.

    Words are taken as they are and looked at once: nothing in a value is a placeholder,
    and nothing is evaluated. A part whose placeholders are all empty goes, with the
    separator before it and its brackets; so does a line of which nothing is left.

    :param facts: what each placeholder stands for, empty where there is nothing.
    """
    lines = (_fill_line(line, facts) for line in template.splitlines())
    return "\n".join(line for line in lines if line)


def _fill_line(line: str, facts: Mapping[str, str]) -> str:
    """Return a line, or a part in brackets, without its empty parts."""
    filled = ""
    for separator, part in _parts(line):
        text = _fill_part(part, facts)
        if text.strip():
            filled += (separator if filled else "") + text
    return filled.strip()


def _parts(line: str) -> Iterator[tuple[str, str]]:
    """Yield each part of a line with the separator before it.

    Separators in brackets are those of another, smaller line.
    """
    separator, part = "", ""
    for number, piece in enumerate(BRACKETS.split(line)):
        # Every second piece is in brackets: it belongs to the part before it.
        pieces = [piece] if number % 2 else SEPARATOR.split(piece)
        part += pieces[0]
        for position in range(1, len(pieces), 2):
            yield separator, part
            separator, part = pieces[position], pieces[position + 1]
    yield separator, part


def _fill_part(part: str, facts: Mapping[str, str]) -> str:
    """Return a part, empty if it has placeholders and all of them are."""
    names = PLACEHOLDER.findall(part)
    if names and not any(facts.get(name) for name in names):
        return ""
    filled = ""
    for number, piece in enumerate(BRACKETS.split(part)):
        if number % 2:
            inside = _fill_line(piece.strip()[1:-1], facts)
            filled += f" ({inside})" if inside else ""
        else:
            filled += _fill_words(piece, facts)
    return filled


def _fill_words(words: str, facts: Mapping[str, str]) -> str:
    """Return words with their placeholders, and no colon or blank before nothing."""
    filled = ""
    for number, piece in enumerate(PLACEHOLDER.split(words)):
        if number % 2 == 0:
            filled += piece
        elif value := facts.get(piece):
            filled += value
        else:
            filled = filled.rstrip().removesuffix(":").rstrip()
    return filled
