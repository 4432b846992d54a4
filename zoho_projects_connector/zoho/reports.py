"""Where Zoho's own reports on time logs are read.

:source: Zoho Projects API reference, section 7.1.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from .endpoints import TIME_LOGS, Endpoint

TIME_REPORT = Endpoint("time_report", f"{TIME_LOGS.path}/report", TIME_LOGS.scope)
PROJECT_TIME_REPORT = replace(
    TIME_REPORT,
    name="project_time_report",
    path="/portal/{portal}/projects/{project}/timelogs/report",
)


def report_params(start: date, end: date, kind: str = "") -> dict[str, str]:
    """Return the query of the totals of a period.

    :param kind: for a portal that asks for one kind of time logs at a time.
    :source: section 7.1; no value of ``report_type`` was ever recorded.
    """
    params = {
        "report_type": "project",
        "view_type": "customdate",
        "start_date": start.isoformat(),
        "end_date": end.isoformat(),
    }
    if kind:
        params["module"] = json.dumps({"type": kind}, separators=(",", ":"))
    return params
