"""How the terms of a language follow the template."""

import polib
import pytest

pytest.importorskip("psycopg2")

from tools.terms import update


def write(path, **terms):
    file = polib.POFile(encoding="utf-8")
    file.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    file.extend(
        polib.POEntry(msgid=source, msgstr=value) for source, value in terms.items()
    )
    file.save(str(path))
    return path


@pytest.fixture
def template(tmp_path):
    return write(tmp_path / "addon.pot", Invoice="", Project="", Task="")


def test_new_terms_are_counted_and_old_ones_kept(tmp_path, template):
    path = write(tmp_path / "fr.po", Project="Projet", Invoice="Facture")
    assert update(path, template) == 1
    terms = {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))}
    assert terms == {"Invoice": "Facture", "Project": "Projet", "Task": ""}


def test_a_term_that_is_gone_leaves_the_language(tmp_path, template):
    path = write(
        tmp_path / "fr.po",
        Invoice="Facture",
        Project="Projet",
        Task="Tâche",
        Old="Vieux",
    )
    assert update(path, template) == 0
    assert "Vieux" not in path.read_text(encoding="utf-8")


def test_a_changed_term_is_not_guessed(tmp_path, template):
    path = write(
        tmp_path / "fr.po", Invoices="Factures", Project="Projet", Task="Tâche"
    )
    assert update(path, template) == 1
