import json
from dataclasses import replace

from odoo import models
from odoo.tools import SQL

from ...const import BATCH_SIZE
from ...zoho.records import Customer

RANKS = {True: "primary", False: "other", None: "unknown"}
CUSTOMER_PASS = {
    "listing": "customer_projects",
    "sink": "customer_projects",
    "each": "customer",
    "path": "customer",
}


class ZohoStream(models.Model):
    """Projects need their customers first, which no listing of projects shows.

    So the listing is staged, the customers are asked for in the cheaper way, by
    customer or by project, and then the staged projects are written.
    """

    _inherit = "zoho.stream"

    def _sink_stage(self, run, step, records, unseen):
        """Keep the rows of projects until their customers are known."""
        fresh = [record for record in records if record.zoho_id in unseen]
        run._line("project")._add({"fetched": len(fresh)})
        if not step.get("each"):
            self._mark_unlisted([record.zoho_id for record in fresh], False)
        self._note_earliest(fresh)
        inline = [record for record in fresh if record.customer]
        self.env["zoho.project.customer"]._note(
            run,
            [(record.zoho_id, record.customer.zoho_id, "primary") for record in inline],
        )
        asked = self._need_customer(fresh) - {record.zoho_id for record in inline}
        for record in fresh:
            self.env.execute_query(
                SQL(
                    """UPDATE zoho_listed_record
                          SET payload = %s, needs_customer = %s
                        WHERE stream_id = %s AND zoho_id = %s RETURNING 1""",
                    json.dumps(record.raw, default=str),
                    record.zoho_id in asked,
                    self.id,
                    record.zoho_id,
                )
            )

    def _note_earliest(self, records):
        """Keep the first day of all projects: logs are asked for from then on."""
        days = [record.start for record in records if record.start]
        days += [record.created.date() for record in records if record.created]
        if self.earliest_day:
            days.append(self.earliest_day)
        if days and min(days) != self.earliest_day:
            self.earliest_day = min(days)

    def _need_customer(self, records):
        """Return the ids of projects whose customer must be asked for.

        :rtype: set
        """
        ids = [record.zoho_id for record in records]
        if self.cursor["is_full"]:
            return set(ids)
        integration = self.integration_id
        known = {
            link.zoho_id: link.remote_modified
            for link in self.env["zoho.link"].search_fetch(
                [
                    ("integration_id", "=", integration.id),
                    ("entity", "=", "project"),
                    ("zoho_id", "in", ids),
                ],
                ["zoho_id", "remote_modified"],
            )
        }
        left_out = self.env["zoho.skipped.record"]._left_out(
            integration, [("project", zoho_id) for zoho_id in ids]
        )
        return {
            record.zoho_id
            for record in records
            if (
                record.zoho_id not in known
                and ("project", record.zoho_id) not in left_out
            )
            or (
                record.modified
                and record.zoho_id in known
                and known[record.zoho_id] != record.modified
            )
        }

    def _plan_lookups(self, run):
        """Ask for the customers of the staged projects in the cheaper way."""
        done = self.cursor.get("lookups", 0)
        if done == 0:
            return self._plan_customer_calls(run)
        if done == 1 and self.cursor.get("by_customer"):
            self._add_passes([{**self._project_pass("several"), "is_extra": True}], 2)
            return True
        return False

    def _plan_customer_calls(self, run):
        projects = self._count_source("project")
        customers = self._count_source("customer")
        by_customer = 0 < customers < projects
        passes = [CUSTOMER_PASS] if by_customer else []
        if projects and not by_customer:
            passes = [self._project_pass("project")]
        if self.integration_id.crm_first and projects:
            passes.append(
                {
                    "listing": "project_crm_accounts",
                    "sink": "crm_accounts",
                    "rows": "crm",
                    "each": "project",
                    "path": "project",
                    "is_extra": True,
                }
            )
        self._add_passes(passes, 1, by_customer=by_customer)
        return True

    def _other_lookup(self, step):
        """Return the other way to learn the customers of projects, once.

        :param dict step: the pass that Zoho has refused.
        :rtype: dict | None
        """
        if self.entity != "project" or step.get("is_other"):
            return None
        if step["sink"] == "customer_projects":
            return {**self._project_pass("project"), "is_other": True}
        if step["sink"] == "project_customers" and step["each"] == "project":
            return {**CUSTOMER_PASS, "is_other": True}
        return None

    def _project_pass(self, each):
        return {
            "listing": "project_customers",
            "sink": "project_customers",
            "rows": "customer",
            "each": each,
            "path": "project",
        }

    def _add_passes(self, passes, lookups, **values):
        self.cursor = self._settled(
            {
                **self.cursor,
                "passes": [*self.cursor["passes"], *passes],
                "lookups": lookups,
                **values,
            }
        )

    def _count_source(self, each):
        [[count]] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM (%s) AS source",
                self._sources(self.integration_id, self)[each],
            )
        )
        return count

    def _sink_customer_projects(self, run, step, records, unseen):
        """The rows are the projects of one customer."""
        self.env["zoho.project.customer"]._note(
            run,
            [(one.zoho_id, step["at"], RANKS[one.is_primary]) for one in records],
        )

    def _sink_project_customers(self, run, step, records, unseen):
        """The rows are the customers of one project."""
        self.env["zoho.project.customer"]._note(
            run,
            [(step["at"], one.zoho_id, RANKS[one.is_primary]) for one in records],
        )
        known = self.env["zoho.link"].search_fetch(
            [
                ("integration_id", "=", self.integration_id.id),
                ("entity", "=", "customer"),
                ("zoho_id", "in", [record.zoho_id for record in records]),
            ],
            ["zoho_id"],
        )
        new = {record.zoho_id for record in records} - set(known.mapped("zoho_id"))
        for _page in self._upsert_batches(
            run,
            [record for record in records if record.zoho_id in new],
            entity="customer",
        ):
            yield

    def _sink_crm_accounts(self, run, step, records, unseen):
        """The rows are the accounts of the CRM that a project is linked to."""
        self.env["zoho.project.customer"]._note(
            run, [(step["at"], record.zoho_id, "crm") for record in records[:1]]
        )
        for _page in self._upsert_batches(run, records[:1], entity="customer"):
            yield

    def _step_apply(self, session, run):
        """Write the staged projects, a batch at a time."""
        if not self.cursor.get("at"):
            self._forget_old_customers(run)
        rows = self.env.execute_query(
            SQL(
                """SELECT id, payload FROM zoho_listed_record
                    WHERE stream_id = %s AND id > %s AND payload IS NOT NULL
                 ORDER BY id LIMIT %s""",
                self.id,
                self.cursor.get("at", 0),
                BATCH_SIZE,
            )
        )
        if not rows:
            # Every project is staged in every run: none is left to be healed.
            self._end(run)
            yield 0
            return
        records, _broken = self._parse([payload for _id, payload in rows])
        for page in self._upsert_batches(run, self._with_customers(records)):
            self._read_whole_projects(page)
            yield
        self._move(at=rows[-1][0])
        yield len(rows)

    def _read_whole_projects(self, page):
        """Let this run read every module again when an older project is fetched now.

        What belongs to it has not changed lately, so nothing else would list it. Only
        what waited in the error summary is there already.
        """
        if self.cursor["is_full"] or not self.last_sync:
            return
        new = set(page.fetched) - set(page.links)
        waited = self.env["zoho.sync.error"].search(
            [
                ("integration_id", "=", self.integration_id.id),
                ("entity", "=", "project"),
                ("zoho_id", "in", list(new)),
                "|",
                ("resolved_at", "=", False),
                ("resolved_at", ">=", page.run.started_at),
            ]
        )
        new -= set(waited.mapped("zoho_id"))
        if any(
            record.zoho_id in new
            and (not record.created or record.created < self.last_sync)
            for record in page.records
        ):
            later = self.integration_id.stream_ids.filtered(
                lambda stream: stream.sequence > self.sequence
            )
            later.needs_full_sync = True

    def _forget_old_customers(self, run):
        """Delete pairs of project and customer that Zoho no longer shows."""
        asked = self.env.execute_query(
            self._sources(self.integration_id, self)["project"]
        )
        self.env["zoho.project.customer"]._forget_others(
            run, [zoho_id for (zoho_id,) in asked], self.cursor.get("is_cut")
        )

    def _with_customers(self, records):
        """Return the projects with the customer that each is billed to."""
        customers = self.env["zoho.project.customer"]._customers_of(
            self.integration_id, [record.zoho_id for record in records]
        )
        found = []
        for record in records:
            zoho_id, count = customers.get(record.zoho_id, ("", 0))
            # An empty id says: there are several, and nobody knows the primary one.
            customer = Customer(zoho_id=zoho_id or "") if count else None
            found.append(replace(record, customer=customer))
        return found
