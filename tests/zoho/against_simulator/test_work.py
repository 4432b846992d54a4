"""Projects and the work in them in every dialect: sections 4 and 6."""

from dataclasses import replace
from datetime import timedelta

import pytest

from zoho import endpoints as e
from zoho import records as r
from zoho.errors import ZohoRefused


def person_id(person):
    return person.zoho_id if person else ""


def test_projects(read):
    dialect = read.dialect
    expected = {}
    for one in read.portal.projects.values():
        hidden = {
            "template": not dialect.templates_listed,
            "archived": dialect.archived_listed == "never",
        }
        if hidden.get(one.type):
            continue
        told = dialect.project_customer and one.primary
        expected[one.id] = {
            "key": one.key,
            "name": one.name,
            "description": one.description,
            "start": one.start,
            "end": one.end,
            "status_name": one.status,
            "is_closed": one.closed,
            "is_archived": one.type == "archived",
            "is_template": one.type == "template",
            "currency": one.currency if dialect.project_currency else "",
            "tags": tuple(one.tags),
            "custom": one.custom,
            "modified": read.utc(one.modified),
            "created": read.utc(one.created),
            "customer": told and r.Customer(told) or None,
            "owner": one.owner,
        }
    found = {
        key: replace(
            one,
            owner=person_id(one.owner),
            customer=one.customer and r.Customer(one.customer.zoho_id),
        )
        for key, one in read.projects.items()
    }
    read.assert_same(found, expected)


def test_phases(read):
    expected = {
        one.id: {
            "name": one.name,
            "project_id": one.project,
            "start": one.start,
            "end": one.end,
            "is_closed": one.closed,
            "status_name": one.status,
            "modified": read.utc(one.modified),
            "custom": {},
        }
        for one in read.portal.phases.values()
    }
    assert "None" in {one["name"] for one in expected.values()}
    read.assert_same(read.phases, expected)


def test_task_lists(read):
    expected = {
        one.id: {
            "name": one.name,
            "project_id": one.project,
            "phase_id": one.phase,
            "is_closed": one.closed,
            "is_general": one.general,
            "modified": read.utc(one.modified),
            "custom": {},
        }
        for one in read.portal.task_lists.values()
    }
    read.assert_same(read.task_lists, expected)


def test_tasks(read):
    portal = read.portal
    expected = {
        one.id: {
            "key": one.key,
            "name": one.name,
            "description": one.description,
            "project_id": one.project,
            "project_name": portal.projects[one.project].name,
            "task_list_id": one.task_list,
            "phase_id": one.phase,
            "parent_id": one.parent,
            "status_name": one.status,
            "is_closed": one.closed,
            "priority": one.priority,
            "owners": tuple(owner for owner in one.owners if portal.person(owner)),
            "start": read.utc(one.start),
            "end": one.end and read.utc(one.end + timedelta(days=1, seconds=-1)),
            "planned_minutes": one.planned_minutes or None,
            "tags": tuple(one.tags),
            "depth": one.depth,
            "modified": read.utc(one.modified),
            "custom": one.custom,
        }
        for one in portal.tasks.values()
    }
    found = {
        key: replace(one, owners=tuple(map(person_id, one.owners)))
        for key, one in read.tasks.items()
    }
    read.assert_same(found, expected)


def test_issues(read):
    dialect, portal = read.dialect, read.portal
    expected = {
        one.id: {
            "key": one.key,
            "name": one.name,
            "description": one.description if dialect.issue_description else "",
            "project_id": one.project,
            "phase_id": one.phase,
            "status_name": one.status,
            "is_closed": one.closed,
            "severity": one.severity,
            "classification": one.classification,
            "assignee": one.owner if portal.person(one.owner) else "",
            "due": one.due,
            "tags": tuple(one.tags),
            "modified": read.utc(one.modified),
            "custom": one.custom,
        }
        for one in portal.issues.values()
        if portal.projects[one.project].issues_enabled
    }
    found = {
        key: replace(one, assignee=person_id(one.assignee))
        for key, one in read.issues.items()
    }
    read.assert_same(found, expected)


# What each form of reading one log answers: the path known before, and the new one.
LOG_ANSWERS = {
    "plain": [True, "module_disabled"],
    "new": ["module_disabled", True],
    "both": [True, True],
    "lost": ["not_found", "not_found"],
}


def test_single_records(read):
    portal, client = read.portal, read.client
    task = next(iter(portal.tasks.values()))
    row = client.get(e.TASK, project=task.project, task=task.id)
    assert r.parse_task(row).name == task.name
    issue = next(iter(portal.issues.values()))
    row = client.get(e.ISSUE, project=issue.project, issue=issue.id)
    assert r.parse_issue(row).name == issue.name
    row = client.get(e.PROJECT, project=task.project)
    assert r.parse_project(row).zoho_id == task.project
    log = next(one for one in portal.logs.values() if one.kind == "issue")
    answers = []
    for form in e.FORMS["timelog"]:
        try:
            row = client.get(form, project=log.project, log=log.id, type="issue")
            assert r.parse_time_log(row).minutes == log.minutes
            answers.append(True)
        except ZohoRefused as error:
            answers.append(error.code)
    assert answers == LOG_ANSWERS[read.dialect.log_path]
    row = client.get(e.PORTAL)
    assert r.parse_portal(row).zoho_id == portal.id


def test_a_record_that_is_gone(read):
    with pytest.raises(ZohoRefused) as caught:
        read.client.get(e.PROJECT, project="192004000000999999")
    assert caught.value.code == "not_found"
