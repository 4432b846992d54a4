"""A database made by the version before is updated, and goes on where it was."""

import ast
import os
import subprocess
from contextlib import closing

import pytest
from psycopg2 import sql

from tools.bench import work
from tools.databases import connect, select
from tools.odoo_server import bring_modules, write_configuration
from tools.portal_simulator import SimulatedPortal
from tools.settings import REPOSITORY, read_settings
from tools.templates import BASE, addons_of, open_workshop

from ..kill.content import content_of

MANIFEST = "zoho_projects_connector/__manifest__.py"
# The books of each sync: how far it is, its calls, what the lists have shown, by whom.
BOOKS = {
    *("bus_bus", "ir_cron", "ir_cron_progress", "ir_cron_trigger", "res_device_log"),
    *("zoho_credential", "zoho_integration", "zoho_listed_record", "zoho_page"),
    *("zoho_stream", "zoho_sync_run", "zoho_sync_run_line", "orm_signaling_registry"),
    *("zoho_project_customer", "zoho_quota", "zoho_sync_error"),
}
# What makes a database what it is: of each kind a query of what is ours.
OURS = "starts_with(module, 'zoho_projects_connector')"
SHAPE = {
    "columns": """SELECT table_name, column_name, data_type, is_nullable
                    FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """SELECT conrelid::regclass::text, pg_get_constraintdef(oid)
                        FROM pg_constraint WHERE conrelid > 0""",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "names": f"""SELECT module, name, model FROM ir_model_data WHERE {OURS}""",
    "versions": """SELECT name, latest_version FROM ir_module_module
                    WHERE state = 'installed'""",
    # A button's name may be the number of an action.
    "views": rf"""SELECT d.name,
                         regexp_replace(v.arch_db::text, 'name=\\"\d+\\"', '', 'g')
                    FROM ir_ui_view v
                   JOIN ir_model_data d ON d.res_id = v.id AND d.model = 'ir.ui.view'
                  WHERE {OURS}""",
}


def git(*words, **options):
    done = subprocess.run(
        ["git", *words], cwd=REPOSITORY, capture_output=True, check=False, **options
    )
    return done.stdout if done.returncode == 0 else b""


def version_of(commit):
    """Return the version of the addon in a commit, ``None`` where it has none."""
    text = git("show", f"{commit}:{MANIFEST}").decode()
    return ast.literal_eval(text).get("version") if text else None


def commit_before():
    """Return the first commit of the version before; ``UPDATE_FROM`` names another.

    What was made in it since is what an update has to make up for.
    """
    if given := os.environ.get("UPDATE_FROM"):
        return given
    now = version_of("HEAD")
    raised = git("log", "--format=%H", '-G"version"', "--", MANIFEST).decode().split()
    return next((one for one in raised if version_of(one) not in (None, now)), None)


class Story:
    """A database, the addons that it has now, and the portal."""

    def __init__(self, workshop, portal, configuration):
        self.workshop, self.portal = workshop, portal
        self.configuration, self.database = configuration, configuration.stem

    def bring(self, addons):
        """Install or update the addons of a folder."""
        settings = self.workshop.settings
        write_configuration(settings, self.workshop.server, self.database, addons)
        names = [folder.name for folder in addons_of(addons)]
        bring_modules(settings, self.configuration, names, "They cannot be brought.")
        return settings.log(self.database).read_text()

    def work(self, *words):
        """Do something in Odoo, with the addons that were brought last."""
        return work(self.workshop.settings, self.configuration, *words)

    def sync(self, button):
        """Press a button of the integration and wait for the end of the run."""
        portal, code = self.portal, self.portal.read("self_client_code")["code"]
        account = (portal.url, portal.client_id, portal.client_secret, code)
        return self.work("sync", button, *account)

    def content(self):
        """Return what is Zoho's: the update changes the state of other time."""
        query = "SELECT id FROM zoho_integration"
        [(integration,)] = select(self.workshop.server, self.database, query)
        with closing(connect(self.workshop.server, self.database)) as opened:
            return content_of(opened, integration)

    def ledger(self):
        query = """SELECT move_line_id, timesheet_id, hours, amount
                     FROM project_billed_time ORDER BY id"""
        return select(self.workshop.server, self.database, query)

    def rows(self):
        """Return by table where each row lies and who wrote it, but of the books."""
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        found = {}
        for (name,) in select(self.workshop.server, self.database, tables):
            if name not in BOOKS:
                query = sql.SQL("SELECT ctid::text, xmin::text, t.*::text FROM {} t")
                query = query.format(sql.Identifier(name))
                rows = select(self.workshop.server, self.database, query)
                found[name] = {row[:2]: row[2] for row in rows}
        return found

    def shape(self):
        return {
            kind: set(select(self.workshop.server, self.database, query))
            for kind, query in SHAPE.items()
        }


def written(before, after):
    """Return the rows of each table that were written, or are gone."""
    return {
        name: [after[name].get(key) or before[name][key] for key in changed]
        for name in after
        if (changed := after[name].keys() ^ before.get(name, {}).keys())
    }


@pytest.fixture
def old_addons(tmp_path):
    """The folder of the addons of the version before."""
    if "UPDATE" not in os.environ:
        pytest.skip("It takes minutes: `make test-all` runs it, or UPDATE=1.")
    commit = commit_before()
    archive = commit and git("archive", commit)
    if not archive:
        pytest.skip("This clone's history does not reach back to another version.")
    subprocess.run(["tar", "-x", "-C", tmp_path], input=archive, check=True)
    return tmp_path


@pytest.fixture
def story(old_addons):
    settings = read_settings()
    workshop = open_workshop(settings)
    with (
        SimulatedPortal(settings, "small", 600) as portal,
        workshop.lend(BASE) as configuration,
    ):
        yield Story(workshop, portal, configuration)


def test_a_database_of_the_version_before(story, old_addons):
    story.work("prepare", "40")
    ordered = story.work("draft of order")
    assert ordered["hours"]
    story.bring(old_addons)
    story.work("prepare", "40")
    invoiced = story.work("draft of wizard")
    assert invoiced["hours"]
    story.sync("action_save_and_sync")
    before = story.content()
    assert all(before.values())
    billed = story.ledger()
    assert sum(row[2] for row in billed) == invoiced["hours"]

    log = story.bring(REPOSITORY)
    assert [line for line in log.splitlines() if " ERROR " in line] == []
    assert story.content() == before
    # What was invoiced before the addon was there is taken over, and nothing else.
    ledger = story.ledger()
    taken_over = ledger[len(billed) :]
    assert ledger == billed + taken_over
    assert sum(row[2] for row in taken_over) == ordered["hours"]
    assert sum(row[3] for row in taken_over) == ordered["amount"]
    with story.workshop.lend() as fresh:
        wanted = Story(story.workshop, story.portal, fresh).shape()
    found = story.shape()
    for kind, rows in wanted.items():
        assert sorted(found[kind] - rows, key=str) == [], f"left of {kind}"
        assert sorted(rows - found[kind], key=str) == [], f"missing of {kind}"

    # What the new version knows more of a record comes with the first comparison.
    story.sync("action_full_sync")
    for button in ("action_sync", "action_full_sync"):
        rows = story.rows()
        story.sync(button)
        assert written(rows, story.rows()) == {}, button
    assert story.content() == before
