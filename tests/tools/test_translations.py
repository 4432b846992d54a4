"""Every term of the addons is translated, with the same placeholders and tags."""

import re
from collections import Counter

import polib
import pytest

from tools.settings import REPOSITORY

LANGUAGES = ("de", "es", "fr")
TEMPLATES = sorted(REPOSITORY.glob("zoho_projects_connector*/i18n/*.pot"))
# What a translation has to take over as it is.
KEPT = re.compile(r"%\(\w+\)[a-z]|%[sd]|</?\w+[^>]*>")
FRENCH_MARKS = re.compile(r"(?<=[^\s\u00a0\u202f]) [:;?!»](?=\s|$)|« ")


def kept(text):
    return Counter(KEPT.findall(text))


@pytest.fixture(params=TEMPLATES, ids=lambda path: path.stem)
def template(request):
    return request.param


@pytest.fixture(params=LANGUAGES)
def translated(template, request):
    """The translation of an addon; polib refuses a term that is there twice."""
    path = template.with_name(f"{request.param}.po")
    return polib.pofile(str(path), encoding="utf-8", check_for_duplicates=True)


def test_every_addon_has_a_template():
    addons = {path.parent.name for path in REPOSITORY.glob("*/__manifest__.py")}
    assert {path.stem for path in TEMPLATES} == addons


def test_no_term_is_left_in_english(template, translated):
    terms = {entry.msgid for entry in polib.pofile(str(template))}
    done = {
        entry.msgid
        for entry in translated
        if entry.msgstr.strip() and not entry.fuzzy and not entry.obsolete
    }
    assert sorted(terms - done) == []
    assert sorted(done - terms) == []


def test_placeholders_and_tags_stay(translated):
    changed = [e.msgid for e in translated if kept(e.msgid) != kept(e.msgstr)]
    assert changed == []


def test_french_marks_do_not_begin_a_line(template):
    """French puts a space before these marks, at which no line may break."""
    french = polib.pofile(str(template.with_name("fr.po")), encoding="utf-8")
    assert [e.msgstr for e in french if FRENCH_MARKS.search(e.msgstr)] == []
