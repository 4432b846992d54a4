from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..zoho import endpoints

# Logs may be older than their project, and may be dated ahead.
DAYS_BEFORE_FIRST_PROJECT = 365
DAYS_AHEAD = 31
DAYS_WITHOUT_PROJECTS = 730
# The filter on the day of change knows days only, of an unknown time zone.
OVERLAP = timedelta(days=1)
# Between two re-readings of the days that wait for approval, on the schedule.
REREAD_HOURS = 4
REREAD_DAYS = 150
LOG_KINDS = ("task", "issue", "general")


class ZohoStream(models.Model):
    """Which passes over which listings a module needs.

    :source: Zoho Projects API reference, sections 9.3, 9.6 and 14.
    """

    _inherit = "zoho.stream"

    last_reread = fields.Datetime(readonly=True)

    def _plan(self, run, is_full):
        """Return the passes of this run.

        A pass names its listing, what becomes of its rows (``sink``), the query
        (``params``), which of it may be dropped when Zoho refuses it (``optional``),
        and, for one call per record, which records (``each``).

        :rtype: list[dict]
        """
        plans = {
            "customer": self._plan_customers,
            "user": self._plan_users,
            "project": self._plan_projects,
            "task": self._plan_tasks,
            "timelog": self._plan_time_logs,
        }
        plan = plans.get(self.entity, self._plan_listing)
        return plan(run, is_full)

    def _plan_listing(self, run, is_full):
        listings = {"task_list": "task_lists", "phase": "phases", "bug": "issues"}
        return [{"listing": listings[self.entity], "sink": "upsert"}]

    def _plan_customers(self, run, is_full):
        if not is_full and run.trigger == "schedule":
            return []
        passes = [{"listing": "customers", "sink": "upsert"}]
        if is_full:
            passes.append(
                {"listing": "client_users", "sink": "contacts", "is_extra": True}
            )
        return passes

    def _plan_users(self, run, is_full):
        if not is_full and run.trigger == "schedule":
            return []
        return [
            {
                "listing": "users",
                "sink": "upsert",
                "params": {"view_type": view},
                "optional": ["view_type"],
            }
            for view in ("active", "inactive")
        ]

    def _plan_projects(self, run, is_full):
        passes = [{"listing": "projects", "sink": "stage"}]
        if is_full:
            passes.append(
                {
                    "listing": "projects",
                    "sink": "stage",
                    "params": endpoints.project_filter("all_closed"),
                    "optional": ["filter"],
                    "is_extra": True,
                }
            )
        return passes

    def _plan_tasks(self, run, is_full):
        newest_first = {
            "listing": "tasks",
            "sink": "upsert",
            "params": {"sort_by": "DESC(last_modified_time)"},
            "optional": ["sort_by"],
        }
        if is_full or not self.modified_until:
            return [{"listing": "tasks", "sink": "upsert"}]
        since = fields.Datetime.to_string(self.modified_until - OVERLAP)
        passes = [{**newest_first, "since": since}]
        if self.subtasks_apart:
            params = {**newest_first["params"], "has_parents": "true"}
            passes.append({**newest_first, "params": params, "since": since})
        return passes

    def _plan_time_logs(self, run, is_full):
        today = fields.Date.to_date(run.until)
        if is_full or not self.modified_until:
            self.last_reread = run.until
            start = self._first_log_day(today)
            end = today + timedelta(days=DAYS_AHEAD)
            return self._plan_days(start, end)
        passes = []
        if not self.ignores_modified:
            passes = self._plan_days(
                fields.Date.to_date(self.modified_until - OVERLAP),
                today + OVERLAP,
                by_modified=True,
            )
        return passes + self._plan_reread(run, today)

    def _plan_days(self, start, end, by_modified=False):
        """Return three passes for each slice of days: no kind of log is left out."""
        return [
            {
                "listing": "time_logs",
                "sink": "upsert",
                "kind": kind,
                "params": endpoints.time_log_params(kind, first, last, by_modified),
                **({"by_modified": first.isoformat()} if by_modified else {}),
            }
            for first, last in endpoints.month_slices(start, end)
            for kind in LOG_KINDS
        ]

    def _plan_reread(self, run, today):
        """Return passes over the days that wait for approval.

        Nobody knows whether an approval counts as a change of the log.
        """
        self.env.cr.execute(
            SQL(
                """SELECT min(day) FROM zoho_skipped_record
                    WHERE integration_id = %s AND entity = 'timelog' AND day >= %s
                      AND reason = 'timesheet_not_approved'""",
                self.integration_id.id,
                today - timedelta(days=REREAD_DAYS),
            )
        )
        [first] = self.env.cr.fetchone()
        if self.ignores_modified:
            month_ago = today - timedelta(days=DAYS_AHEAD)
            first = min(first or month_ago, month_ago)
        recent = self.last_reread and (
            run.until - self.last_reread < timedelta(hours=REREAD_HOURS)
        )
        if not first or (recent and run.trigger == "schedule"):
            return []
        self.last_reread = run.until
        return self._plan_days(first, today + timedelta(days=1))

    def _first_log_day(self, today):
        """Return the first day that a full reading asks for."""
        projects = self.integration_id.stream_ids.filtered(
            lambda stream: stream.entity == "project"
        )
        first = projects.earliest_day or today - timedelta(days=DAYS_WITHOUT_PROJECTS)
        return (first - timedelta(days=DAYS_BEFORE_FIRST_PROJECT)).replace(day=1)

    # What is found out on the way

    def _plan_more(self, run):
        """Add the passes that only what was read tells of.

        :return: whether there is more to fetch.
        """
        if self.entity == "project":
            return self._plan_lookups(run)
        if self.entity == "task":
            return self._plan_subtasks()
        if self.entity == "timelog":
            return self._plan_unfiltered(run)
        return False

    def _plan_unfiltered(self, run):
        """Read by day of work when the filter on the day of change proved ignored."""
        cursor = self.cursor
        if not self.ignores_modified or cursor["is_full"] or cursor.get("unfiltered"):
            return False
        days = self._plan_reread(run, fields.Date.to_date(run.until))
        self._move(passes=[*cursor["passes"], *days], unfiltered=True)
        return bool(days)

    def _plan_subtasks(self):
        """Ask for subtasks apart when the plain list held none of them."""
        cursor = self.cursor
        if (
            not cursor["is_full"]
            or cursor.get("has_subtasks")
            or len(cursor["passes"]) > 1
        ):
            return False
        step = {
            "listing": "tasks",
            "sink": "upsert",
            "params": {"has_parents": "true"},
            "optional": ["has_parents"],
            "is_extra": True,
        }
        self._move(passes=[*cursor["passes"], step])
        return True

    def _plan_around(self, error):
        """Change the pass in hand so that Zoho need not refuse it.

        :param ZohoRefused error: what Zoho has said.
        :return: whether there is another way.
        """
        cursor = self.cursor
        step = cursor["passes"][cursor["index"]]
        passes = list(cursor["passes"])
        if error.code == "bad_request" and step.get("optional"):
            params = {
                name: value
                for name, value in step["params"].items()
                if name not in step["optional"]
            }
            passes[cursor["index"]] = {**step, "params": params, "optional": []}
            self._move(passes=passes, page=1)
            return True
        if error.code == "bad_request" and self._needs_item(error, step):
            passes[cursor["index"]] = {
                **step,
                "each": "task" if step["kind"] == "task" else "bug",
            }
            self.cursor = self._settled({**cursor, "passes": passes, "page": 1})
            return True
        if step.get("each") and error.code == "not_found":
            self.cursor = self._after_step(cursor, step)
            return True
        if step.get("is_extra"):
            skipped = {**cursor, "index": cursor["index"] + 1, "page": 1}
            self.cursor = self._settled(skipped)
            return True
        return False

    def _needs_item(self, error, step):
        """Return whether Zoho wants the time logs of one task or issue at a time."""
        return (
            step.get("kind") in ("task", "issue")
            and not step.get("each")
            and "id" in error.message.lower()
        )

    def _passed(self, step, records):
        """Return whether a list sorted by change has come to what is known already.

        A list that turns out not to be sorted is walked to its end.
        """
        if not step.get("since") or not records:
            return False
        moments = [record.modified for record in records]
        if not all(moments) or moments != sorted(moments, reverse=True):
            return False
        return moments[-1] < fields.Datetime.to_datetime(step["since"])

    def _next_of(self, each, after):
        """Return the id that follows ``after`` among the records to ask for.

        :param str each: ``customer``, ``project``, ``several``, ``task`` or ``bug``.
        :rtype: str | None
        """
        own = self.env["zoho.stream"]._sources(self.integration_id, self)[each]
        rows = self.env.execute_query(
            SQL(
                """SELECT zoho_id FROM (%s) AS source
                    WHERE zoho_id COLLATE "C" > %s
                 ORDER BY zoho_id COLLATE "C" LIMIT 1""",
                own,
                after,
            )
        )
        return rows[0][0] if rows else None

    def _sources(self, integration, stream):
        """Return the queries behind the passes that ask once for each record."""
        linked = SQL(
            "SELECT zoho_id FROM zoho_link WHERE integration_id = %s AND entity = ",
            integration.id,
        )
        return {
            "customer": SQL(
                """%s 'customer' UNION
                   SELECT zoho_id FROM zoho_sync_error
                    WHERE integration_id = %s AND entity = 'customer'
                      AND resolved_at IS NULL AND zoho_id <> ''""",
                linked,
                integration.id,
            ),
            "project": SQL(
                """SELECT DISTINCT zoho_id FROM zoho_listed_record
                    WHERE stream_id = %s AND needs_customer""",
                stream.id,
            ),
            "several": self.env["zoho.project.customer"]._undecided(integration),
            "task": SQL("%s 'task'", linked),
            "bug": SQL("%s 'bug'", linked),
        }
