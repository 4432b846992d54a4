from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ...zoho import endpoints
from .zoho_field_mapping_fetch import FIELD_MODULES

# The filter on the day of change knows days only, of an unknown time zone.
OVERLAP = timedelta(days=1)


# Where phases are listed by project, one project may have them switched off.
LEFT_OUT = ("not_found", "module_disabled", "access_denied")


# Zoho does not know the listing; what is forbidden is so under any other address.
UNKNOWN_LISTING = ("bad_request", "module_disabled", "not_found")


FORBIDDEN = 403


class ZohoStream(models.Model):
    """Which passes over which listings a module needs.

    :source: Zoho Projects API reference, sections 9.3, 9.6 and 14.
    """

    _inherit = "zoho.stream"

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
        is_scheduled = not is_full and run.trigger == "schedule"
        passes = [] if is_scheduled else [{"listing": "customers", "sink": "upsert"}]
        # People who were left without their company, which is there by now.
        errors = self.env["zoho.sync.error"]
        if is_full or errors._healable(self.integration_id, "contact", 0, None, 1):
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
            passes.append(
                {
                    "listing": "project_alone",
                    "sink": "stage",
                    "each": "unlisted",
                    "path": "project",
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
            optional = ["sort_by", "has_parents"]
            passes.append({**passes[0], "params": params, "optional": optional})
        return passes

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
        if self._split_logs(step, error):
            return True
        if onward := self._without_one(step, error):
            self.cursor = onward
        elif self._refuses_modified(step, error):
            self.ignores_modified = True
            others = [one for one in cursor["passes"] if "by_modified" not in one]
            self.cursor = self._settled(
                {**cursor, "passes": others, "index": 0, "page": 1}
            )
        elif other := self._alternative(step, error):
            passes = list(cursor["passes"])
            passes[cursor["index"]] = other
            self.cursor = self._settled({**cursor, "passes": passes, "page": 1})
        elif step.get("is_extra"):
            skipped = {**cursor, "index": cursor["index"] + 1, "page": 1}
            self.cursor = self._settled({**skipped, "is_cut": True})
        else:
            return False
        return True

    def _without_one(self, step, error):
        """Return the cursor behind a record whose list Zoho refuses, or None.

        It may be gone, or closed to the signed-in user. Where Zoho gives the list of
        none of them it is the listing that is refused.
        """
        codes = LEFT_OUT if step["listing"] == "project_phases" else ("not_found",)
        if not step.get("each") or error.code not in codes:
            return None
        onward = self._after_step(self.cursor, step)
        is_last = onward["index"] > self.cursor["index"]
        return None if is_last and not step.get("is_answered") else onward

    def _alternative(self, step, error):
        """Return another pass to the same end, or None.

        :param dict step: the pass that Zoho has refused.
        :rtype: dict | None
        """
        if error.code == "bad_request" and step.get("optional"):
            blamed = {error.field} & set(step["optional"]) or set(step["optional"])
            return {
                **step,
                "params": {k: v for k, v in step["params"].items() if k not in blamed},
                "optional": [name for name in step["optional"] if name not in blamed],
            }
        if error.code in UNKNOWN_LISTING and error.status != FORBIDDEN:
            if other := endpoints.INSTEAD.get(step["listing"]):
                is_apart = "{project}" in other.path and not step.get("path")
                apart = {"each": "known_project", "path": "project"} if is_apart else {}
                return {**step, "listing": other.name, **apart}
        return self._other_lookup(step)

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

        :param str each: a name of :meth:`_sources`.
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
        return {
            "customer": self._known(integration, "customer"),
            "project": SQL(
                """SELECT DISTINCT zoho_id FROM zoho_listed_record
                    WHERE stream_id = %s AND needs_customer""",
                stream.id,
            ),
            "unlisted": self._unlisted(integration),
            "several": self.env["zoho.project.customer"]._undecided(integration),
            "known_project": self._known(integration, "project"),
            "task": self._known(integration, "task"),
            "bug": self._known(integration, "bug"),
        }

    def _known(self, integration, entity):
        """Return the query of all listed records: fetched, failed and left out.

        Time may outlive its task, but no list of Zoho is asked for a project gone.
        """
        own = SQL(
            "integration_id = %s AND entity = %s AND zoho_id <> ''",
            integration.id,
            entity,
        )
        return SQL(
            """SELECT zoho_id FROM zoho_link WHERE %s
                      AND (entity <> 'project' OR state = 'linked')
                UNION SELECT zoho_id FROM zoho_skipped_record WHERE %s
                UNION SELECT zoho_id FROM zoho_sync_error
                       WHERE %s AND resolved_at IS NULL""",
            own,
            own,
            own,
        )

    # Before a module is read in full: which fields it has by now.

    def _read_fields(self, session, run):
        """Keep the field mapping in step; a refusal does no harm to the records.

        :param SyncSession session: the line to Zoho.
        :raise ZohoRetryLater: when Zoho does not answer; nothing was written then.
        """
        if self.entity not in FIELD_MODULES or not self._is_full(run):
            return
        integration = self.integration_id
        if self.entity == "project":
            integration._read_portal_currency(session, run)
        integration._fetch_fields(
            self.entity,
            lambda request: integration._fetch_page(session, run, request),
        )
