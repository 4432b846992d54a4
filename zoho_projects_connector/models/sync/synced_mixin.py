from collections.abc import Iterable, Sequence
from typing import Any

from lxml import etree

from odoo import api, fields, models

from ...const import SYNC_CONTEXT
from ..asked_once_mixin import AskedOnce
from ..changes import changed_values
from .entities import ENTITIES
from .field_values import CURRENCY_FIELDS, KINDS, PREFIX, fit, readable, shown
from .page import Accepted, Counted, Key, NotFetched, SyncPage, fingerprint


class ZohoSyncedMixin(models.AbstractModel):
    """The contract of a model that receives records of Zoho Projects.

    A model says what a record refers to (`_zoho_references`), what may already
    stand for it (`_zoho_match`) and which values it gets (`_zoho_prepare_values`).
    Everything else, from links to grouped writes, is done here once.
    """

    _name = "zoho.synced.mixin"
    _inherit = "asked.once.mixin"
    _description = "Record Synced with Zoho Projects"

    zoho_link_ids = fields.One2many(
        "zoho.link",
        "res_id",
        string="Zoho Links",
        # An id alone may be that of a record of another model.
        domain=lambda self: [("res_model", "=", self._name)],
        groups="zoho_projects_connector.group_zoho_user",
        copy=False,
        export_string_translation=False,
        readonly=True,
    )
    zoho_id = fields.Char(
        "Zoho ID",
        compute="_compute_zoho_link",
        search="_search_zoho_id",
        compute_sudo=True,
    )
    zoho_url = fields.Char("Zoho Link", compute="_compute_zoho_link", compute_sudo=True)

    @api.depends("zoho_link_ids.zoho_id", "zoho_link_ids.url")
    @api.depends_context("allowed_company_ids")
    def _compute_zoho_link(self) -> None:
        # Not from `zoho_link_ids`, which has those of other companies as well.
        links = self.env["zoho.link"].search_fetch(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("company_id", "in", self.env.companies.ids),
            ],
            ["res_id", "zoho_id", "integration_id", "project_zoho_id"],
            order="id desc",
        )
        by_record = {link.res_id: link for link in links}
        for record in self:
            # In a form that is being edited, only the origin has an id.
            link = by_record.get(record._origin.id)
            record.zoho_id = link.zoho_id if link else False
            record.zoho_url = link.url if link else False

    def _search_zoho_id(self, operator: str, value: Any) -> Any:
        if operator not in ("in", "like", "ilike", "=like"):
            return NotImplemented
        domain = [
            ("res_model", "=", self._name),
            ("company_id", "in", self.env.companies.ids),
        ]
        if operator == "in" and False in value:
            # The ids of Zoho are for everybody who may read the record.
            linked = self.env["zoho.link"].sudo().search(domain)
            wanted = linked.filtered(lambda link: link.zoho_id in value)
            unlinked = set(linked.mapped("res_id")) - set(wanted.mapped("res_id"))
            return [("id", "not in", list(unlinked))]
        domain.append(("zoho_id", operator, value))
        found = self.env["zoho.link"].sudo().search(domain)
        return [("id", "in", found.mapped("res_id"))]

    def unlink(self) -> bool:
        """Forget the links of deleted records, so that Zoho may bring them again."""
        self.env["zoho.link"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()
        return super().unlink()

    def action_open_in_zoho(self) -> dict[str, Any]:
        """Return the action that shows the record in Zoho Projects."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.zoho_url, "target": "new"}

    # What a model says of itself

    @api.model
    def _zoho_references(self, record: Any) -> Iterable[Key]:
        """Return the ``(entity, zoho_id)`` pairs that a record refers to."""
        return ()

    @api.model
    def _zoho_make_missing(self, page: SyncPage) -> None:
        """Make what the records of a page refer to and no listing of Zoho shows."""

    @api.model
    def _zoho_prepare_page(self, page: SyncPage) -> Any:
        """Return, made ready in bulk, what the values of a page need (stages, tags …).

        :return: a dataclass of the model's own; it becomes ``page.lookups``.
        """

    @api.model
    def _zoho_warm_up(self, page: SyncPage) -> None:
        """Read all records that a page refers to, one query for each model.

        Odoo's own `create` reads them one by one where they are not in the cache.
        """
        for entity in {entity for entity, _zoho_id in page.refs}:
            model = self.env[ENTITIES[entity].model]
            ids = {res_id for (one, _id), res_id in page.refs.items() if one == entity}
            model.browse(ids).mapped("display_name")

    @api.model
    def _zoho_match(self, page: SyncPage, records: Sequence[Any]) -> dict[str, Any]:
        """Return ``{zoho_id: record}`` of what already stands for new records.

        :param records: records of the page that have no link yet.
        """
        return {}

    @api.model
    def _zoho_prepare_values(self, record: Any, page: SyncPage) -> dict[str, Any]:
        """Return the values of one record of Zoho for this model; write nothing.

        :param record: a dataclass of the API library.
        :param page: the page in hand, with its links and references.
        :raise NotFetched: when the record cannot be brought into Odoo.
        :raise Counted: when it is left out by choice.
        """
        raise NotImplementedError

    @api.model
    def _zoho_mapped_values(self, record: Any, page: SyncPage) -> dict[str, Any]:
        """Return the values of a record as the field mapping wants them.

        :raise NotFetched: naming a value that does not fit.
        """
        values = page.without_switched_off(self._zoho_prepare_values(record, page))
        fitting = self._zoho_fitting_values(record, page, values)
        return fitting | page.mapping._values(record, page)

    @api.model
    def _zoho_fitting_values(
        self, record: Any, page: SyncPage, values: dict[str, Any]
    ) -> dict[str, Any]:
        """Return those of the values that their fields take, cleaned.

        A record without one of the others is fetched all the same, and the error
        summary says what is missing.

        :raise NotFetched: when it cannot be without.
        """
        fitting = {}
        for name, value in values.items():
            field = self._fields[name]
            try:
                fitting[name] = fit(field, value, KINDS.get(name, ""))
            except ValueError:
                label = field._description_string(self.env)
                failure = NotFetched("value_refused", field=label, value=shown(value))
                if field.required or name == self._rec_name:
                    raise failure from None
                page.leave(record, failure)
        return fitting

    @api.model
    def _zoho_prepare_defaults(self, record: Any, page: SyncPage) -> dict[str, Any]:
        """Return values that a new record starts with, and people may change."""
        return {}

    # What is done for every model

    @api.model
    def _zoho_upsert(self, page: SyncPage) -> None:
        """Create, update or leave alone the Odoo records of one page.

        :param page: its counts, failures and counted records are filled.
        """
        # Zoho's words are the source, in whatever language somebody retries.
        model = self.with_context(**SYNC_CONTEXT, lang=None)
        self.env["zoho.link"]._resolve_page(page)
        model._zoho_make_missing(page)
        page.lookups = model._zoho_prepare_page(page)
        new = [record for record in page.records if record.zoho_id not in page.links]
        page.matches.update(model._zoho_match(page, new))
        creates, writes = [], []
        for record in page.records:
            link = page.links.get(record.zoho_id)
            try:
                values = model._zoho_mapped_values(record, page)
            except (NotFetched, Counted) as outcome:
                page.leave(record, outcome)
                continue
            digest = fingerprint(values)
            is_whole = record.zoho_id not in page.failures
            if is_whole and link and link._is_in_step(digest):
                page.counts["unchanged"] += 1
                page.fetched.append(record.zoho_id)
                if record.modified and link.remote_modified != record.modified:
                    link.remote_modified = record.modified
            elif link or page.matches.get(record.zoho_id):
                writes.append((record, values, digest))
            else:
                creates.append((record, values, digest))
        model._zoho_after_mapping(page)
        model._zoho_write_page(page, writes)
        model._zoho_create_page(page, creates)

    @api.model
    def _zoho_create_page(
        self, page: SyncPage, creates: list[tuple[Any, dict[str, Any], str]]
    ) -> None:
        """Create all new records of a page at once, and link them."""
        if not creates:
            return
        self._zoho_warm_up(page)
        vals_list = [
            {**self._zoho_defaults(record, page), **values}
            for record, values, _digest in creates
        ]
        making = self.with_context(**self._zoho_creating())
        made = making.create(vals_list)._zoho_created()
        links = [
            (record, one.id, digest)
            for (record, _values, digest), one in zip(creates, made, strict=True)
        ]
        self.env["zoho.link"]._link_page(page, links)
        whole = [one[0] for one in creates if one[0].zoho_id not in page.failures]
        page.counts["created"] += len(whole)
        page.fetched += [record.zoho_id for record in whole]

    def _zoho_creating(self) -> dict[str, Any]:
        """Return what the context says while the records of a page are created."""
        return {"asked_once": AskedOnce()}

    def _zoho_created(self) -> Any:
        """Return the new records of a page, with what is done for all at once."""
        return self.with_context(asked_once=None)

    @api.model
    def _zoho_defaults(self, record: Any, page: SyncPage) -> dict[str, Any]:
        """Return the values that a new record starts with and that may be written."""
        return page.without_switched_off(self._zoho_prepare_defaults(record, page))

    @api.model
    def _zoho_write_page(
        self, page: SyncPage, writes: list[tuple[Any, dict[str, Any], str]]
    ) -> None:
        """Write what changed, one statement for records that change alike."""
        groups: dict[str, tuple[dict[str, Any], list[int]]] = {}
        links = []
        for record, values, digest in writes:
            odoo_record = self._zoho_target(page, record)
            link = page.links.get(record.zoho_id)
            if link and link.state == "withdrawn" and "active" in self._fields:
                values = {"active": True, **values}
            changes = changed_values(odoo_record, values)
            accepted = odoo_record._zoho_accept(page, record, changes)
            odoo_record._zoho_follow_up(page, record, changes, accepted)
            if record.zoho_id not in page.failures:
                page.fetched.append(record.zoho_id)
                page.counts["updated" if accepted.changes else "unchanged"] += 1
            if not accepted.is_in_step:
                continue
            links.append((record, odoo_record.id, digest))
            if accepted.changes:
                key = fingerprint(accepted.changes)
                same = groups.setdefault(key, (accepted.changes, []))
                same[1].append(odoo_record.id)
        for changes, ids in groups.values():
            self.browse(ids)._zoho_write(changes)
        self.env["zoho.link"]._link_page(page, links)

    def _zoho_write(self, changes: dict[str, Any]) -> None:
        """Write the same changes to these records, translations included.

        A language that says what the source said before follows it; where a person
        has written something else, it stays.
        """
        translated = [name for name in changes if self._fields[name].translate is True]
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        followers = []
        # Read before: afterwards nobody knows which languages said the same.
        for name in translated if len(languages) > 1 else ():
            for record in self:
                said = self._fields[name]._get_stored_translations(record) or {}
                same = {
                    code: changes[name]
                    for code in languages
                    if code in said and said[code] == said.get("en_US")
                }
                followers.append((record, name, same))
        self.write(changes)
        for record, name, same in followers:
            record.update_field_translations(name, same)

    @api.model
    def _zoho_target(self, page: SyncPage, record: Any) -> Any:
        """Return the Odoo record that a record of Zoho is linked or matched to."""
        link = page.links.get(record.zoho_id)
        return self.browse(link.res_id) if link else page.matches[record.zoho_id]

    @api.model
    def _zoho_after_mapping(self, page: SyncPage) -> None:
        """Do what mapping has found to be done, before the records are written."""

    def _zoho_accept(
        self, page: SyncPage, record: Any, changes: dict[str, Any]
    ) -> Accepted:
        """Return which changes that come from Zoho may be written; write nothing.

        Note: `self.ensure_one()`
        """
        return Accepted(changes)

    def _zoho_follow_up(
        self, page: SyncPage, record: Any, changes: dict[str, Any], accepted: Accepted
    ) -> None:
        """Tell of what was not accepted, before the rest is written.

        Note: `self.ensure_one()`

        :param changes: what Zoho says.
        """
        if withheld := accepted.withheld:
            said = ", ".join(
                readable(self.env, self._fields[name], value)
                for name, value in sorted(withheld.items())
            )
            name = self.display_name
            page.leave(record, NotFetched("login_protected", contact=name, values=said))

    def _zoho_withdraw(self) -> None:
        """Take records that Zoho no longer offers out of sight; they are kept."""
        if "active" in self._fields:
            self.with_context(**SYNC_CONTEXT).write({"active": False})

    def _zoho_withdrawable(self) -> Any:
        """Return those of the records that may be withdrawn."""
        return self

    def _zoho_tell_kept(self, kind: str) -> None:
        """Tell that these stay, though Zoho no longer offers them.

        :param kind: why: ``deleted``, ``unapproved``, ``unbillable`` or ``moved``.
        """

    def _zoho_parents(self) -> tuple[Any, ...]:
        """Return the records that vanish from Zoho together with this one's."""
        return ()

    # Created fields are on the forms, where people look for them

    @api.model
    def _get_view(
        self, view_id: int | None = None, view_type: str = "form", **options
    ) -> tuple:
        """Add what was created for fields of Zoho to the model's forms."""
        arch, view = super()._get_view(view_id, view_type, **options)
        names = [name for name in self._fields if name.startswith(PREFIX)]
        if view_type == "form" and names:
            self._zoho_show_fields(arch, sorted(names))
        return arch, view

    @api.model
    def _zoho_show_fields(self, arch: etree._Element, names: list[str]) -> None:
        """Put the fields on a page of the form, or at the end of one without pages.

        They come from Zoho and are read here; guests of a portal do not see them.
        """
        title = self.env._("Zoho Projects")
        attributes = {"name": "zoho_fields", "string": title}
        attributes["groups"] = "base.group_user"
        if (notebook := arch.find("./sheet/notebook")) is not None:
            page = etree.SubElement(notebook, "page", attributes)
            group = etree.SubElement(page, "group")
        elif (sheet := arch.find("./sheet")) is not None:
            group = etree.SubElement(sheet, "group", attributes)
        else:
            return
        currency = next((one for one in CURRENCY_FIELDS if one in self._fields), None)
        if any(self._fields[name].type == "monetary" for name in names):
            etree.SubElement(group, "field", {"name": currency, "invisible": "1"})
        columns = (etree.SubElement(group, "group"), etree.SubElement(group, "group"))
        for number, name in enumerate(names):
            etree.SubElement(
                columns[number % 2], "field", {"name": name, "readonly": "1"}
            )
