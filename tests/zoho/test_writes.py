"""What is written to Zoho, and how its answers are read."""

import pytest

from zoho.endpoints import LOG_UPDATE
from zoho.writes import amount_text, approval_body, changed_fields, refused_rows

REFUSAL = {"error": {"title": "APPROVER_MISMATCH", "status_code": "400"}}


def test_a_body_names_the_module_in_a_word():
    body = approval_body([("1", "task"), ("2", "bug"), ("3", "general")], "Approved")
    assert [one["module"] for one in body] == ["task", "issue", "general"]
    assert body[0] == {"id": "1", "module": "task", "approval_status": "Approved"}


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        (None, set()),
        ({"message": "Updated"}, set()),
        ([{"id": "1", "approval": {"status": "Approved"}}], set()),
        (
            {"time_logs": [{"log_details": [{"id": "1"}, {"id": "2", **REFUSAL}]}]},
            {"2"},
        ),
        ([{"id_string": "7", "id": 7, "status": "failure"}], {"7"}),
        ({"success": [{"id": "1"}], "failed": [{"id": "2"}]}, {"2"}),
        ({"data": {"success": ["1"], "failed": ["2", 3]}}, {"2", "3"}),
    ],
)
def test_refused_rows_of_every_form(answer, refused):
    assert set(refused_rows(answer, LOG_UPDATE)) == refused


def test_why_a_row_was_refused():
    [error] = refused_rows([{"id": "2", **REFUSAL}], LOG_UPDATE).values()
    assert (error.code, error.title) == ("bad_request", "APPROVER_MISMATCH")


@pytest.mark.parametrize(
    ("amount", "digits", "text"),
    [(1250, 2, "1250.00"), (-0.001, 2, "0.00"), (0.005, 3, "0.005"), (99.6, 0, "100")],
)
def test_amounts(amount, digits, text):
    assert amount_text(amount, digits) == text


def test_only_what_has_changed():
    assert changed_fields({"a": "1", "b": "2"}, {"a": "1", "c": "3"}) == {"b": "2"}
