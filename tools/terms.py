"""``make terms``: the templates of what is translated, and each language's terms.

Odoo writes the templates from a database with the addons; the files of the languages
then get the new terms, empty, and lose the ones that are gone.
"""

from __future__ import annotations

from pathlib import Path

import polib

from tools.odoo_server import run_odoo
from tools.settings import Settings
from tools.shell import say
from tools.templates import addons_of, open_workshop


def write_terms(settings: Settings) -> int:
    """Write templates and languages anew, and print what is left to translate.

    :return: the exit code; 1 while a term has no translation.
    """
    names = [folder.name for folder in addons_of(settings.repository)]
    with open_workshop(settings).lend() as configuration:
        say("writing the templates of the terms")
        failure, export = "Odoo cannot write the templates.", ("i18n", "export")
        run_odoo(settings, configuration, *names, failure=failure, command=export)
    left = 0
    for name in names:
        folder = settings.repository / name / "i18n"
        for path in sorted(folder.glob("*.po")):
            open_terms = update(path, folder / f"{name}.pot")
            print(f"{name} {path.stem}: {open_terms} to translate")
            left += open_terms
    return 1 if left else 0


def update(path: Path, template: Path) -> int:
    """Bring the terms of one language in line with the template.

    :return: how many terms have no translation.
    """
    terms = polib.pofile(str(path), encoding="utf-8")
    terms.merge(polib.pofile(str(template), encoding="utf-8"))
    for gone in terms.obsolete_entries():
        terms.remove(gone)
    terms.sort(key=lambda entry: entry.msgid)
    terms.save(str(path))
    return len([entry for entry in terms if not entry.translated()])
