from collections.abc import Iterable
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...zoho.records import CrmAccount
from ..changes import changed_values, label_changes
from .entities import ENTITIES, ENTITY_SELECTION
from .field_values import readable
from .page import SyncPage, any_of_keys

# All that an unchanged record is asked for, of many columns.
COMPARED = [
    *("zoho_id", "res_id", "state"),
    *("fingerprint", "remote_modified", "is_withheld"),
]


class ZohoLink(models.Model):
    """Which Odoo record stands for which record of a Zoho portal.

    A link outlives its integration: connecting the same portal again finds it.
    """

    _name = "zoho.link"
    _inherit = ["code.only.mixin", "synced.list.mixin"]
    _description = "Link to Zoho Projects"
    _rec_name = "zoho_id"
    _order = "entity, id"

    integration_id = fields.Many2one(
        "zoho.integration", ondelete="set null", index=True, readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    portal_zoho_id = fields.Char("Portal ID", required=True, readonly=True)
    entity = fields.Selection(ENTITY_SELECTION, required=True, readonly=True)
    zoho_id = fields.Char("Zoho ID", required=True, readonly=True)
    name = fields.Char(readonly=True, help="The name in Zoho when it was linked.")
    project_zoho_id = fields.Char("Project ID in Zoho", readonly=True)
    res_model = fields.Char("Model", required=True, readonly=True)
    # No foreign key can lead to several models: what is deleted by SQL, or by the
    # cascade of a key, leaves its link behind; see `_forget_dangling`.
    res_id = fields.Many2oneReference(
        "Record", model_field="res_model", required=True, readonly=True
    )
    remote_modified = fields.Datetime("Changed in Zoho", readonly=True)
    fingerprint = fields.Char(readonly=True, export_string_translation=False)
    state = fields.Selection(
        [("linked", "Linked"), ("withdrawn", "Withdrawn")],
        required=True,
        default="linked",
        readonly=True,
        index=True,
    )
    is_manual = fields.Boolean(
        "Picked by Hand",
        readonly=True,
        help="Chosen by a person: the synchronisation never chooses another record.",
    )
    is_crm = fields.Boolean(
        "From the CRM",
        readonly=True,
        help="Its details win over those in Zoho Projects.",
    )
    is_withheld = fields.Boolean(
        readonly=True,
        export_string_translation=False,
        help="Not all that Zoho says may be written: each synchronisation tries again.",
    )
    currency = fields.Char("Currency in Zoho", readonly=True)
    is_unlisted = fields.Boolean(
        "Read by Its ID",
        readonly=True,
        help="No list of Zoho shows this project, though others belong to it.",
    )
    values_before = fields.Json(readonly=True, copy=False)
    has_values_before = fields.Boolean(compute="_compute_has_values_before")
    url = fields.Char("Open in Zoho", compute="_compute_url", compute_sudo=True)
    # Rendered by a template of ours, which escapes, and never stored.
    changes = fields.Html("Overwritten", compute="_compute_changes", sanitize=False)

    # The id first: by any other column PostgreSQL may go through a whole module for a
    # page of it, as long as it has not counted what was linked within the last minutes.
    _zoho_uniq = models.UniqueIndex(
        "(zoho_id, entity, portal_zoho_id, company_id)",
        "This record of Zoho is linked already.",
    )
    _record_index = models.Index("(res_model, res_id)")

    @api.depends("values_before")
    def _compute_has_values_before(self) -> None:
        for link in self:
            link.has_values_before = bool(link.values_before)

    @api.depends("zoho_id", "entity", "project_zoho_id", "integration_id")
    def _compute_url(self) -> None:
        for link in self:
            link.url = link.integration_id.portal_id._record_url(
                link.entity, link.zoho_id, link.project_zoho_id
            )

    @api.depends("name", "zoho_id")
    def _compute_display_name(self) -> None:
        for link in self:
            link.display_name = link.name or link.zoho_id

    def _record(self) -> Any:
        """Return the linked Odoo record."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)

    def _is_in_step(self, digest: str) -> bool:
        """Return whether the record already has all values of this fingerprint."""
        return (
            self.state == "linked"
            and self.fingerprint == digest
            and not self.is_withheld
        )

    def action_open_record(self) -> dict[str, Any]:
        """Return the action that opens the linked Odoo record."""
        self.ensure_one()
        return self._record().get_formview_action()

    def action_merge_customers(self) -> dict[str, Any]:
        """Open Odoo's merge for these customers and companies of the same name.

        :raise UserError: when there is nothing to merge.
        """
        links = self.filtered(lambda link: link.entity == "customer")
        partners = self.env["res.partner"].browse(links.mapped("res_id")).exists()
        for company, of_company in links.grouped("company_id").items():
            names = of_company.mapped("name") + partners.mapped("name")
            found = partners._zoho_candidates(company, names)
            partners = partners.union(*found.values())
        if len(partners) < 2:
            raise UserError(
                self.env._(
                    "No other company has this name. Tick the customers to merge, or "
                    "use Merge in the list of contacts."
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "base.action_partner_merge"
        )
        context = {"active_model": "res.partner", "active_ids": partners.ids}
        return {**action, "context": context}

    @api.model
    def _follow_merge(self, merged: Any, kept: Any) -> None:
        """Let the links of merged contacts lead to the one that is kept.

        Two customers of Zoho may then be one contact of Odoo.
        """
        self.search(
            [("res_model", "=", kept._name), ("res_id", "in", merged.ids)]
        ).res_id = kept.id

    def _parent_is_withdrawn(self) -> bool:
        """Return whether the task or project of a record is gone already.

        What lies below a deleted record vanishes from Zoho's lists with it.
        """
        self.ensure_one()
        record = self._record().exists()
        parents = record and record._zoho_parents()
        # Whether it was withdrawn decides, whoever may read links.
        return any(
            parent and "withdrawn" in parent.sudo().zoho_link_ids.mapped("state")
            for parent in parents or ()
        )

    def _withdraw(self, kind: str) -> Any:
        """Take linked records out of sight; what is on an invoice only differs.

        :param str kind: of the difference: ``deleted``, ``unapproved``, ``unbillable``.
        :return: the links that were withdrawn.
        :rtype: zoho.link
        """
        withdrawn = self.browse()
        for model, links in self.grouped("res_model").items():
            records = self.env[model].browse(links.mapped("res_id")).exists()
            free = records._zoho_withdrawable()
            (records - free)._zoho_tell_kept(kind)
            free._zoho_withdraw()
            gone = set(links.mapped("res_id")) - set(records.ids)
            withdrawn |= links.filtered(
                lambda link, ids={*free.ids, *gone}: link.res_id in ids
            )
        withdrawn.state = "withdrawn"
        # Should Zoho offer it again as it was, the difference is to be settled.
        (self - withdrawn).filtered("fingerprint").fingerprint = False
        return withdrawn

    # Reading and writing in bulk, for the synchronisation
    @api.model
    def _of_entity(self, integration: Any, entity: str, zoho_ids: Iterable[str]) -> Any:
        """Return the links of records of one kind, with when they changed in Zoho."""
        return self.search_fetch(
            [
                ("integration_id", "=", integration.id),
                ("entity", "=", entity),
                ("zoho_id", "in", list(zoho_ids)),
            ],
            ["zoho_id", "remote_modified"],
        )

    @api.model
    def _resolve_page(self, page: SyncPage) -> None:
        """Fill the links and references of a page with one query.

        :param SyncPage page: gets ``links``, ``refs`` and ``left_out``.
        """
        integration = page.integration
        own = {record.zoho_id for record in page.records}
        referred = {
            reference
            for record in page.records
            for reference in (
                *self.env[page.model]._zoho_references(record),
                *page.mapping._references(record),
            )
            if reference[1]
        }
        wanted = {(page.entity, zoho_id) for zoho_id in own} | referred
        if not wanted:
            return
        ids = []
        # In SQL: through the ORM, the records of all references would be read with all
        # their columns for one of them.
        for link_id, entity, zoho_id, res_id in self.env.execute_query(
            SQL(
                """SELECT id, entity, zoho_id, res_id FROM zoho_link
                    WHERE portal_zoho_id = %s AND company_id = %s AND (%s)""",
                integration.portal_id.zoho_id,
                integration.company_id.id,
                any_of_keys(wanted),
            )
        ):
            page.refs[entity, zoho_id] = res_id
            if entity == page.entity and zoho_id in own:
                ids.append(link_id)
        links = self.browse(ids)
        links.fetch(COMPARED)
        page.links = {link.zoho_id: link for link in links}
        page.left_out = self.env["zoho.skipped.record"]._left_out(integration, referred)

    @api.model
    def _link_page(self, page: SyncPage, links: list[tuple[Any, int, str]]) -> None:
        """Create or update the links of records that were just written.

        :param list links: ``(record, Odoo id, fingerprint)`` of each.
        """
        new = []
        for record, res_id, digest in links:
            values = {
                "fingerprint": digest,
                "remote_modified": record.modified,
                "state": "linked",
                "project_zoho_id": getattr(record, "project_id", "") or False,
                "currency": getattr(record, "currency", "") or False,
                "is_withheld": record.zoho_id in page.failures,
            }
            values |= page.overwritten.get(record.zoho_id, {})
            link = page.links.get(record.zoho_id)
            if not link:
                new.append((record, {**values, "res_id": res_id}))
            elif changes := changed_values(link, values):
                link.write(changes)
        self._link_new(page, new)

    @api.model
    def _link_new(self, page: SyncPage, new: list[tuple[Any, dict[str, Any]]]) -> None:
        """Create links; Odoo's `create` takes longer for them than for their records.

        :param list new: ``(record, values)`` of each.
        """
        if not new:
            return
        integration, now = page.integration, self.env.cr.now()
        common = {
            "integration_id": integration.id,
            "company_id": integration.company_id.id,
            "portal_zoho_id": integration.portal_id.zoho_id,
            "entity": page.entity,
            "res_model": page.model,
            **dict.fromkeys(("create_uid", "write_uid"), self.env.uid),
            **dict.fromkeys(("create_date", "write_date"), now),
        }
        self._insert(
            {
                **common,
                **values,
                "zoho_id": record.zoho_id,
                "name": getattr(record, "name", "")
                or getattr(record, "email", "")
                or False,
                "is_crm": isinstance(record, CrmAccount),
                "origin": page.origin(record.zoho_id),
            }
            for record, values in new
        )
        # The statement went past the cache.
        records = self.env[page.model].browse(values["res_id"] for _one, values in new)
        records.invalidate_recordset(["zoho_link_ids", "zoho_id", "zoho_url"], False)

    @api.model
    def _insert(self, rows: Iterable[dict[str, Any]]) -> None:
        """Insert rows of values, with one statement."""
        rows = list(rows)
        names = sorted(set().union(*rows))
        converters = [self._fields[name].convert_to_column_insert for name in names]
        stored = [
            tuple(
                convert(row.get(name), self)
                for name, convert in zip(names, converters, strict=True)
            )
            for row in rows
        ]
        self.env.cr.execute(
            SQL(
                "INSERT INTO zoho_link (%s) VALUES %s",
                SQL(", ").join(map(SQL.identifier, names)),
                SQL(", ").join(stored),
            )
        )

    @api.model
    def _adopt(self, integration: Any) -> None:
        """Bind the links that an earlier integration with this portal left."""
        links = self.search(
            [
                ("portal_zoho_id", "=", integration.portal_id.zoho_id),
                ("company_id", "=", integration.company_id.id),
                ("integration_id", "!=", integration.id),
            ]
        )
        links.integration_id = integration
        links.filtered(lambda link: not link.is_manual).origin = "kept"

    @api.model
    def _forget_dangling(self, integration: Any) -> None:
        """Delete links whose Odoo record was deleted behind the ORM's back."""
        for model in {entity.model for entity in ENTITIES.values()}:
            self.env.execute_query(
                SQL(
                    """DELETE FROM zoho_link link
                        WHERE link.integration_id = %s AND link.res_model = %s
                          AND NOT EXISTS (SELECT FROM %s r WHERE r.id = link.res_id)
                    RETURNING link.id""",
                    integration.id,
                    model,
                    SQL.identifier(self.env[model]._table),
                )
            )
        # The statements went past the cache.
        self.invalidate_model()

    # What the synchronisation has overwritten of a contact, before and after.

    @api.depends("values_before", "values_after", "res_id")
    @api.depends_context("lang")
    def _compute_changes(self) -> None:
        for link in self:
            link.changes = bool(link.values_before) and self.env["ir.qweb"]._render(
                "zoho_projects_connector.zoho_link_changes",
                {"changes": link._readable_changes()},
            )

    def _readable_changes(self) -> list[tuple[str, str, str]]:
        """Return ``(label, before, after)`` of each overwritten value."""
        return label_changes(self._record(), self._named_changes())

    def _named_changes(self) -> list[tuple[str, str, str]]:
        """Return ``(field, before, after)`` of each overwritten value.

        Note: `self.ensure_one()`
        """
        record = self._record()
        before, after = self.values_before or {}, self.values_after or {}
        return [
            (
                name,
                readable(self.env, record._fields[name], value),
                readable(self.env, record._fields[name], after.get(name)),
            )
            for name, value in before.items()
            if name in record._fields
        ]
