"""Nothing is left of a merge that was resolved by hand."""

from __future__ import annotations

from . import sources

KINDS = {".csv", ".js", ".md", ".po", ".py", ".scss", ".sql", ".toml", ".xml"}
MARKERS = ("<" * 7 + " ", ">" * 7 + " ")


def is_unfinished(text: str) -> bool:
    return any(line.startswith(MARKERS) for line in text.splitlines())


def test_no_marker_is_left() -> None:
    # Hidden folders hold databases and environments, which come and go meanwhile.
    places = [path for path in sources.REPOSITORY.iterdir() if path.name[0] != "."]
    files = [path for place in places for path in (place, *place.rglob("*"))]
    texts = [path for path in files if path.is_file() and path.suffix in KINDS]
    assert sources.REPOSITORY / "CHANGELOG.md" in texts
    unfinished = [path for path in texts if is_unfinished(path.read_text())]
    assert not unfinished


def test_a_marker_is_found() -> None:
    assert is_unfinished("one\n" + MARKERS[0] + "HEAD\n")
    assert not is_unfinished("a <<<<<<< b\n")
