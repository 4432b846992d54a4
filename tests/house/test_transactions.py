"""Who ends a transaction, and who opens one of his own: counted and named.

Everybody else works in the transaction that he was called in.
:source: house.md, rule 9.
"""

from __future__ import annotations

from . import sources

COMMITS = {"commit", "_commit_progress", "rollback"}
CURSORS = {"cursor"}
# {(file, function): why}
ENDS = {
    ("zoho_integration_flow.py", "_cron_sync"): "the scheduled action",
    ("zoho_integration_flow.py", "_cron_reconcile"): "a report of the nightly check",
    ("zoho_integration_flow.py", "_sync_in_slices"): "a slice of it",
    ("zoho_integration_flow.py", "_commit_page"): "a page of it",
    ("zoho_integration.py", "_cron_write_back"): "what was written to Zoho",
    ("zoho_integration.py", "_write_in_slices"): "a call of it",
    ("page.py", "_undone_if_refused"): "what follows a commit of Odoo's in sending",
}
OPENS = {
    ("zoho_integration_flow.py", "_keep_failure"): "why it failed outlives a rollback",
    ("zoho_credential.py", "_refresh_in_own_cursor"): "a new token outlives it, too",
    ("rehearsal.py", "_tell"): "how far it is, while all else is rolled back",
    ("zoho_sync_run_schedule.py", "_start_sync"): "the run is queued before it starts",
    ("zoho_hint.py", "_take_tests"): "a test comes by a request that began later",
    ("zoho_sync_run_schedule.py", "_tell_workers"): "an alarm, long after its commit",
}


def places(names: set[str]) -> set[tuple[str, str]]:
    return {
        (path.name, function)
        for path in sources.product_files()
        for called, function in sources.calls(path)
        if called in names
    }


def test_one_loop_commits() -> None:
    assert places(COMMITS) == set(ENDS)


def test_own_cursors_are_named() -> None:
    assert places(CURSORS) == set(OPENS)
