"""The guide of developers names files and words that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from . import sources

GUIDE = sources.REPOSITORY / "docs/developer.md"
ADDON = "zoho_projects_connector"
FILE = re.compile(r"[\w./*]+\.(?:py|xml|js|json|scss|toml|md)\b")
WORD = re.compile(r"_?[A-Za-z][A-Za-z_]+")


def rows() -> list[str]:
    """Return the rows of the guide's tables, each about some files."""
    lines = GUIDE.read_text().splitlines()
    return [line for line in lines if line.startswith("| ") and FILE.search(line)]


def named(row: str) -> list[str]:
    """Return what stands between backticks in a row."""
    return re.findall(r"`([^`]+)`", row)


def found(name: str) -> list[str]:
    """Return the sources that a name of the guide means.

    A bare name is a file beside the one before it: any folder will do.
    """
    # Hidden folders hold databases and environments, which come and go meanwhile.
    folders = [path for path in sources.REPOSITORY.iterdir() if path.name[0] != "."]
    paths = {*sources.REPOSITORY.glob(name)}
    for folder in filter(Path.is_dir, folders):
        paths |= {*folder.glob(name), *folder.glob(f"**/{name}")}
    return [path.read_text() for path in paths]


def bracketed(row: str) -> list[tuple[str, list[str]]]:
    """Return each file of a row that has words in brackets behind it, with these."""
    behind = re.findall(r"`([^`]+)` \(([^)]*)", row)
    return [
        (name, [word for word in named(text) if WORD.fullmatch(word)])
        for name, text in behind
        if FILE.fullmatch(name)
    ]


def test_every_file_is_there():
    lines = GUIDE.read_text().splitlines()
    names = [name for line in lines for name in named(line) if FILE.fullmatch(name)]
    assert len(names) > 100
    assert not [name for name in names if not found(name)]


@pytest.mark.parametrize("row", rows())
def test_words_in_brackets_stand_in_the_file_before_them(row):
    for name, words in bracketed(row):
        text = "\n".join(found(name))
        missing = [word for word in words if not re.search(rf"\b{word}\b", text)]
        assert not missing, f"not in {name}: {missing}"


@pytest.mark.parametrize("row", rows())
def test_each_row_names_what_is_there(row):
    texts = []
    for name in named(row):
        if FILE.fullmatch(name):
            assert (texts_of_it := found(name)), f"no file is {name}"
            texts += texts_of_it
    words = [name for name in named(row) if WORD.fullmatch(name)]
    everything = "\n".join(texts)
    missing = [word for word in words if not re.search(rf"\b{word}\b", everything)]
    assert not missing, f"not in the files of this row: {missing}"
