"""A file is as long as its subject: what is longer than usual says why.

:source: house.md, rule 2.
"""

from __future__ import annotations

from . import sources

MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 40
# {file: why it is one subject all the same}
LONG_FILES = {
    "zoho_projects_connector/models/billing/account_move_line.py": (
        "what a line of a document bills, credits and says of itself"
    ),
    "zoho_projects_connector/models/billing/sale_order_line.py": (
        "what an order line sells, has delivered and offers, of one ledger"
    ),
    "zoho_projects_connector/models/sync/zoho_integration.py": (
        "the fields of the form, the guide and the settings, and what refuses them"
    ),
    "zoho_projects_connector/models/sync/zoho_integration_buttons.py": (
        "thirty buttons: each checks who presses it, and calls what does the work"
    ),
}
LONG_FUNCTIONS = {
    "zoho_projects_connector/models/billing/project_billed_time_check.py:"
    "_misstated_timesheets": "one statement of SQL",
    "zoho_projects_connector/models/billing/project_billed_time_check.py:"
    "_unlogged_documents": "one statement of SQL",
    "zoho_projects_connector/zoho/transport.py:send": (
        "the parameters of requests, handed on one by one"
    ),
}


def test_files_are_one_subject() -> None:
    long = {
        sources.name_of(path)
        for path in sources.product_files()
        if len(path.read_text().splitlines()) > MOST_LINES
    }
    assert long == set(LONG_FILES)


def test_functions_are_one_thought() -> None:
    long = {
        f"{sources.name_of(path)}:{function.name}"
        for path in sources.product_files()
        for function in sources.functions(path)
        if sources.lines_of(function) > MOST_LINES_OF_A_FUNCTION
    }
    assert long == set(LONG_FUNCTIONS)
