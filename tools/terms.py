"""``make terms``: the templates of what is translated, and each language's terms.

Odoo writes the templates from a database with the addons; the files of the languages
then get the new terms, empty, and lose the ones that are gone.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polib

from tools.odoo_server import run_odoo, write_configuration
from tools.settings import read_settings
from tools.shell import ToolError, say
from tools.templates import addons_of, open_workshop


def main() -> int:
    """Write templates and languages anew, and print what is left to translate.

    :return: the exit code; 1 while a term has no translation.
    """
    try:
        templates = _write_templates()
    except ToolError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    left = 0
    for template in templates:
        for path in sorted(template.parent.glob("*.po")):
            open_terms = update(path, template)
            print(f"{path.parent.parent.name} {path.stem}: {open_terms} to translate")
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


def _write_templates() -> list[Path]:
    """Let Odoo write the template of each addon into its folder."""
    settings = read_settings()
    workshop = open_workshop(settings)
    folders = addons_of(settings.repository)
    with workshop.test_database() as name:
        configuration = write_configuration(settings, workshop.server, name)
        say("writing the templates of the terms")
        run_odoo(
            settings,
            configuration,
            *(folder.name for folder in folders),
            command=("i18n", "export"),
            failure="Odoo cannot write the templates.",
        )
    return [folder / "i18n" / f"{folder.name}.pot" for folder in folders]


if __name__ == "__main__":
    sys.exit(main())
