from collections.abc import Sequence
from typing import Any

from odoo import api, fields, models
from odoo.tools import SQL

from .stream_batches import parse_rows


class ZohoProjectCustomer(models.Model):
    """Which customers a project has in Zoho, and which of them is the primary one.

    No listing of projects shows it; it is asked for apart and kept.

    :source: Zoho Projects API reference, section 5.
    """

    _name = "zoho.project.customer"
    _inherit = ["code.only.mixin"]
    _description = "Customer of a Zoho Project"

    integration_id = fields.Many2one(
        "zoho.integration", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="integration_id.company_id", store=True)
    project_zoho_id = fields.Char(required=True, readonly=True)
    customer_zoho_id = fields.Char(required=True, readonly=True)
    rank = fields.Selection(
        [
            ("crm", "Account of the CRM"),
            ("primary", "Primary"),
            ("other", "Not Primary"),
            ("unknown", "Unknown"),
        ],
        required=True,
        readonly=True,
    )
    run_id = fields.Many2one("zoho.sync.run", readonly=True, ondelete="set null")

    _pair_uniq = models.UniqueIndex(
        "(integration_id, project_zoho_id, customer_zoho_id)"
    )

    @api.model
    def _keep_pairs(self, run: Any, pairs: list[tuple[str, str, str]]) -> None:
        """Keep pairs of project and customer, with what is known of their rank.

        A rank that an earlier run knew is asked for again: it may be another now.

        :param pairs: ``(project Zoho id, customer Zoho id, rank)``.
        """
        ranks: dict[tuple[str, str], str] = {}
        for project, customer, rank in pairs:
            if rank != "unknown" or (project, customer) not in ranks:
                ranks[project, customer] = rank
        if not ranks:
            return
        # One statement for a page, where the ORM would send one for each row. The
        # company, a stored related field, is written here as well: only the ORM knows.
        self.env.execute_query(
            SQL(
                """INSERT INTO zoho_project_customer AS known
                     (integration_id, company_id, run_id,
                      project_zoho_id, customer_zoho_id, rank)
                   SELECT %s, %s, %s, * FROM unnest(%s, %s, %s)
                   ON CONFLICT (integration_id, project_zoho_id, customer_zoho_id)
                   DO UPDATE SET run_id = excluded.run_id,
                      rank = CASE WHEN excluded.rank = 'unknown'
                                   AND known.run_id = excluded.run_id
                                  THEN known.rank ELSE excluded.rank END
                   RETURNING 1""",
                run.integration_id.id,
                run.integration_id.company_id.id,
                run.id,
                [project for project, _customer in ranks],
                [customer for _project, customer in ranks],
                [*ranks.values()],
            )
        )
        # The statement went past the cache.
        self.invalidate_model()

    @api.model
    def _to_ask(self, integration: Any, records: Sequence[Any]) -> set[str]:
        """Return the ids of projects whose customers a quick sync must ask for.

        Those are new ones, and in Zoho changed ones. What waits since an earlier run,
        for its customer as a rule, has its turn instead.

        :param records: projects as a page has listed them.
        """
        modified = {record.zoho_id: record.modified for record in records}
        left_out = self.env["zoho.skipped.record"]._left_out(
            integration, [("project", zoho_id) for zoho_id in modified]
        )
        known = {zoho_id: modified[zoho_id] for _entity, zoho_id in left_out}
        links = self.env["zoho.link"]._of_entity(integration, "project", modified)
        known |= {link.zoho_id: link.remote_modified for link in links}
        errors = self.env["zoho.sync.error"]
        errors = errors._find_open(integration, "project", modified)
        # What somebody wants to be tried again is asked for as if it were new.
        for error in errors:
            known.pop(error.zoho_id, None)
        waiting = [error.payload for error in errors if error.last_seen]
        read = parse_rows(filter(None, waiting), "project").records
        known |= {record.zoho_id: record.modified for record in read}
        return {
            zoho_id
            for zoho_id, moment in modified.items()
            if zoho_id not in known or (moment and moment != known[zoho_id])
        }

    @api.model
    def _forget_others(self, run: Any, projects: list[str], keeps_crm: bool) -> None:
        """Delete pairs of these projects that this run has not seen.

        :param keeps_crm: the accounts of the CRM could not all be asked for.
        """
        domain = [
            ("integration_id", "=", run.integration_id.id),
            ("run_id", "!=", run.id),
            ("project_zoho_id", "in", projects),
        ]
        if keeps_crm and run.integration_id.crm_first:
            domain.append(("rank", "!=", "crm"))
        self.search(domain).unlink()

    @api.model
    def _customers_of(
        self, integration: Any, projects: list[str]
    ) -> dict[str, tuple[str | None, int]]:
        """Return the customer that each project is billed to.

        :return: ``{project Zoho id: (customer Zoho id or None, number of customers)}``;
            the account of the CRM first, then the primary one, then the only one.
        """
        groups: dict[str, list[tuple[int, str]]] = {}
        order = [value for value, _label in self._fields["rank"].selection]
        for pair in self.search(
            [
                ("integration_id", "=", integration.id),
                ("project_zoho_id", "in", projects),
            ]
        ):
            groups.setdefault(pair.project_zoho_id, []).append(
                (order.index(pair.rank), pair.customer_zoho_id)
            )
        return {
            project: self._choose(sorted(pairs), order.index("other"))
            for project, pairs in groups.items()
        }

    @api.model
    def _choose(
        self, pairs: list[tuple[int, str]], first_undecided: int
    ) -> tuple[str | None, int]:
        """Return the customer among pairs of rank and Zoho id, and their number.

        :param first_undecided: the first rank that decides nothing.
        """
        rank, customer = pairs[0]
        is_decided = rank < first_undecided or len(pairs) == 1
        return (customer if is_decided else None), len(pairs)

    @api.model
    def _undecided(self, integration: Any) -> SQL:
        """Return the query of projects whose primary customer is not known."""
        return SQL(
            """SELECT project_zoho_id AS zoho_id FROM zoho_project_customer
                WHERE integration_id = %s GROUP BY project_zoho_id
               HAVING count(*) > 1 AND bool_and(rank = 'unknown')""",
            integration.id,
        )
