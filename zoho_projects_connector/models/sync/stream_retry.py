"""Trying again what is in the error summary: from what was read before, or read anew.

Single records are read by their ids, because no listing answers for them. A normal run
asks so for nothing but projects that others belong to and that no listing holds, each
once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from odoo import SUPERUSER_ID, fields

from ...const import BATCH_SIZE
from ...zoho import endpoints
from ...zoho.endpoints import PageRequest
from ...zoho.errors import ZohoError, ZohoRefused, ZohoUnreadable
from ...zoho.paging import row_id
from ...zoho.values import is_storable
from .entities import JsonRow, path_ids_of
from .portal_session import PortalSession
from .stream_base import CONTACTS, Stream
from .stream_cursor import Pass
from .stream_projects import ProjectStream

_logger = logging.getLogger(__name__)

# What one click tries at once; more of it is left to a synchronisation.
RETRIED_AT_ONCE = 500
# Whoever presses Retry waits for these.
ASKED_AT_ONCE = 30


def retry(
    integration: Any, errors: Any, user: Any, asks: bool = True, hinted: bool = False
) -> tuple[Any, bool]:
    """Fetch the records of some errors, and what waits for them.

    Zoho is asked only for what may have been put right there. Whoever calls holds the
    integration's row.

    :param errors: open ``zoho.sync.error`` of one integration.
    :param asks: whether Zoho may have put right what they say.
    :param hinted: whether Zoho itself has said that all of them have changed.
    :return: the ``zoho.sync.run`` that counts what became of them, and whether all is
        done that can be done without asking Zoho.
    """
    # The records are written as a synchronisation writes them; whoever may resolve
    # errors was checked before.
    own = integration.with_user(SUPERUSER_ID).with_company(integration.company_id)
    # As in the schedule, whatever companies are switched on in the browser.
    own = own.with_context(allowed_company_ids=integration.company_id.ids)
    run = _new_run(own, user, "webhook" if hinted else "retry")
    errors, tried = errors.with_env(own.env), 0
    asked = errors._askable() if asks else errors.browse()
    asked = errors if hinted else asked
    with PortalSession(own, run) as session:
        is_left = _ask_again(session, asked)
        errors |= asked
        for record in own.stream_ids.sorted("sequence"):
            for count in _retry_module(record._stream(session), errors):
                tried += count
                if tried >= RETRIED_AT_ONCE:
                    return run, False
    if is_left or errors._only_listed():
        return run, all(error.resolved_at for error in errors)
    return run, all(error.payload or error.resolved_at for error in errors)


def _new_run(integration: Any, user: Any, trigger: str) -> Any:
    """Return the run of one click or hint, which is over at once."""
    now = fields.Datetime.now()
    return integration.env["zoho.sync.run"].create(
        {
            "integration_id": integration.id,
            "trigger": trigger,
            "status": "done",
            "started_at": now,
            "ended_at": now,
            "until": now,
            "user_id": user.id,
        }
    )


def _ask_again(session: PortalSession, errors: Any) -> bool:
    """Ask Zoho for what may have been put right there, as far as a click goes.

    :return: whether something is left that only a synchronisation finds out.
    """
    if not errors:
        return False
    is_left = len(errors) > ASKED_AT_ONCE
    try:
        session.connect()
        for error in errors[:ASKED_AT_ONCE]:
            is_left |= not read_again(session, error)
    except ZohoError as error:
        _logger.info("Nothing was asked again: %s", error.message)
        return True
    return is_left


def _retry_module(stream: Stream, errors: Any) -> Iterator[int]:
    """Try the chosen errors of a module, then all that waited for what is there.

    :return: yields how many records were tried.
    """
    names = ("customer", "contact") if stream.name == "customer" else (stream.name,)
    for name in names:
        current = CONTACTS if name == "contact" else None
        chosen = errors.filtered(
            lambda error, name=name: error.entity == name and error.payload
        )
        for start in range(0, len(chosen), BATCH_SIZE):
            batch = chosen[start : start + BATCH_SIZE]
            stream.retry(batch, current, name)
            yield len(batch)
        yield from _retry_waiting(stream, current, name)


def _retry_waiting(stream: Stream, current: Pass | None, name: str) -> Iterator[int]:
    """Try what waits for a record that is there, until a round brings nothing."""
    errors, healed = stream.env["zoho.sync.error"], 1
    while healed:
        healed, last_id = 0, 0
        while batch := errors._healable(
            stream.integration, name, last_id, None, BATCH_SIZE
        ):
            last_id = batch[-1].id
            healed += stream.retry(batch, current, name)
            yield len(batch)


# Single records, read by their ids


def read_again(session: PortalSession, error: Any) -> bool:
    """Read the record of an error by its id, and keep what was read.

    :param error: ``zoho.sync.error`` whose payload becomes what Zoho says now.
    :return: whether Zoho has told it.
    :raise ZohoRetryLater: nothing was written then.
    """
    raw = _read(session, error)
    lists = []
    if raw and error.entity == "project":
        lists = [*_read_customers(session, error.zoho_id)]
    error.asked_at = fields.Datetime.now()
    if not raw:
        return False
    kind = (error.payload or {}).get("type")
    error.payload = {"type": kind, **raw} if kind else raw
    if lists:
        project_stream(session).note_customers(error.zoho_id, lists)
    return True


def _read(session: PortalSession, error: Any) -> JsonRow | None:
    """Return the record as Zoho wrote it, None when it does not tell it."""
    kind = (error.payload or {}).get("type")
    ids = path_ids_of(error.entity, error.zoho_id, error.project_zoho_id, kind)
    # Of the paths of single records some are guesses (reference, sections 7.1 and 14):
    # the first that tells the very record is believed.
    for form in endpoints.FORMS[error.entity]:
        try:
            raw = session.record(form, ids)
        except (ZohoRefused, ZohoUnreadable):
            continue
        if raw and row_id(raw) == error.zoho_id and is_storable(raw):
            return raw
    return None


def _read_customers(
    session: PortalSession, project: str
) -> Iterator[tuple[str, list[JsonRow]]]:
    """Yield the customers of a project, and its accounts in the CRM.

    :return: pairs of the sink for the rows, and the rows as Zoho wrote them.
    """
    customers = endpoints.PROJECT_CUSTOMERS
    ways = {"project_customers": [customers, endpoints.INSTEAD[customers.name]]}
    if session.integration.crm_first:
        ways["crm_accounts"] = [endpoints.PROJECT_CRM_ACCOUNTS]
    for sink, listings in ways.items():
        for listing in listings:
            request = PageRequest(listing, path_ids={"project": project})
            try:
                page = session.page(request)
            except (ZohoRefused, ZohoUnreadable):
                continue
            yield sink, page.rows
            break


def project_stream(session: PortalSession) -> ProjectStream:
    """Return the stream of the portal's projects."""
    streams = session.integration.stream_ids
    record = streams.filtered(lambda stream: stream.entity == "project")
    return ProjectStream(record, session)
