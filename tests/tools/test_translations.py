"""Every term of the addons has its French, with the same placeholders and tags."""

import re
from collections import Counter

import polib
import pytest

from tools.settings import REPOSITORY

TEMPLATES = sorted(REPOSITORY.glob("zoho_projects_connector*/i18n/*.pot"))
# What a translation has to take over as it is.
KEPT = re.compile(r"%\(\w+\)[a-z]|%[sd]|</?\w+[^>]*>")
FRENCH_MARKS = re.compile(r"(?<=[^\s\u00a0\u202f]) [:;?!»](?=\s|$)|« ")


def kept(text):
    return Counter(KEPT.findall(text))


@pytest.fixture(params=TEMPLATES, ids=lambda path: path.stem)
def template(request):
    return request.param


@pytest.fixture
def french(template):
    """The translation of an addon; polib refuses a term that is there twice."""
    return polib.pofile(
        str(template.with_name("fr.po")), encoding="utf-8", check_for_duplicates=True
    )


def test_every_addon_has_a_template():
    addons = {path.parent.name for path in REPOSITORY.glob("*/__manifest__.py")}
    assert {path.stem for path in TEMPLATES} == addons


def test_no_term_is_left_in_english(template, french):
    terms = {entry.msgid for entry in polib.pofile(str(template))}
    done = {
        entry.msgid
        for entry in french
        if entry.msgstr.strip() and not entry.fuzzy and not entry.obsolete
    }
    assert sorted(terms - done) == []
    assert sorted(done - terms) == []


def test_placeholders_and_tags_stay(french):
    changed = [e.msgid for e in french if kept(e.msgid) != kept(e.msgstr)]
    assert changed == []


def test_marks_do_not_begin_a_line(french):
    """French puts a space before these marks, at which no line may break."""
    assert [e.msgstr for e in french if FRENCH_MARKS.search(e.msgstr)] == []
