import logging

from odoo import api, models

from ...zoho import endpoints
from ...zoho.endpoints import PageRequest
from ...zoho.errors import ZohoError, ZohoRefused, ZohoUnreadable
from ...zoho.records import parse_field_meta
from .entities import ENTITIES
from .field_values import fits
from .page import changed_values
from .portal_session import budgeted_call

_logger = logging.getLogger(__name__)


class ZohoFieldMapping(models.Model):
    """How the rows of the mapping come about: from our table, and from Zoho's."""

    _inherit = "zoho.field.mapping"

    @api.model
    def _prepare_standard(self, integration):
        """Make the locked rows that an integration does not have yet."""
        rows = self.with_context(active_test=False).search_fetch(
            [("integration_id", "=", integration.id), ("is_standard", "=", True)],
            ["entity", "zoho_field"],
        )
        known = {(row.entity, row.zoho_field) for row in rows}
        self.create(
            [
                self._prepare_standard_row(integration, entity, sequence, field)
                for entity, facts in ENTITIES.items()
                for sequence, field in enumerate(facts.fields)
                if (entity, field.zoho_field) not in known
            ]
        )

    @api.model
    def _prepare_standard_row(self, integration, entity, sequence, field):
        model = ENTITIES[entity].model
        return {
            "integration_id": integration.id,
            "entity": entity,
            "sequence": sequence,
            "zoho_field": field.zoho_field,
            "zoho_label": self.env._(field.label),
            "zoho_type": field.zoho_type,
            "field_id": self.env["ir.model.fields"]._get(model, field.field).id,
            "is_standard": True,
            "is_required": field.is_required,
        }

    @api.model
    def _update_from(self, integration, entity, fields):
        """Keep the custom fields of a module in step with what Zoho has.

        An empty list is not believed: each module of Zoho has fields.

        :param list fields: the module's :class:`FieldMeta`.
        """
        if not fields:
            return
        listed = {field.name: field for field in fields if field.name}
        custom = {name: field for name, field in listed.items() if field.is_custom}
        rows = self.with_context(active_test=False).search(
            [
                ("integration_id", "=", integration.id),
                ("entity", "=", entity),
                ("is_standard", "=", False),
            ]
        )
        unmapped = rows.filtered(lambda one: not one.field_id)
        vanished = unmapped.filtered(lambda one: one.zoho_field not in listed)
        vanished.unlink()
        rows -= vanished
        for row in rows:
            row._update_row(listed.get(row.zoho_field))
        new = custom.keys() - set(rows.mapped("zoho_field"))
        self.create(
            [
                {
                    "integration_id": integration.id,
                    "entity": entity,
                    "zoho_field": name,
                    **self._prepare_row(custom[name]),
                }
                for name in sorted(new)
            ]
        )
        self.env["zoho.sync.error"]._note_fields(integration, entity, rows)

    @api.model
    def _prepare_row(self, field):
        return {
            "zoho_label": field.label or field.name,
            "zoho_type": field.type,
            "zoho_raw_type": field.raw_type,
            "zoho_options": list(field.options),
        }

    def _update_row(self, field):
        """Say of one row what Zoho says of its field.

        :param field: the :class:`FieldMeta`; None when Zoho no longer has it.
        """
        if field is None:
            values = {"problem": "gone"}
        else:
            values = {"problem": False, **self._prepare_row(field)}
            if self.field_id and not fits(field.type, self.field_id):
                values["problem"] = "type"
        if changed_values(self, values):
            self.write(values)


class ZohoIntegration(models.Model):
    """The fields that the modules of the portal have.

    :source: Zoho Projects API reference, section 8.2.
    """

    _inherit = "zoho.integration"

    def action_fetch_fields(self):
        """Read which custom fields the portal has now.

        :raise UserError: with one sentence when Zoho refuses.
        """
        self._check_manager()
        self._check_set_up()
        with self._user_errors():
            refused = self._fetch_all_fields()
        # Checked above; choices belong to fields, which need system rights.
        self.mapping_ids.sudo()._extend_choices()
        if refused:
            names = dict(
                self.mapping_ids._fields["entity"]._description_selection(self.env)
            )
            return self._notify(
                self.env._(
                    "Zoho does not tell the fields of %(modules)s; what was known of "
                    "them stays.",
                    modules=", ".join(names[entity] for entity in refused),
                )
            )
        custom = self.mapping_ids.filtered(lambda one: not one.is_standard)
        return self._notify(
            self.env._("Custom fields found: %(count)s.", count=len(custom))
        )

    def action_open_mapping(self):
        """Return the list of the field mapping, a group for each module."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "zoho_projects_connector.zoho_field_mapping_action"
        )
        return {**action, "domain": [("integration_id", "=", self.id)]}

    def _find_fields(self):
        """List the portal's fields where they are mapped, if Zoho tells them now."""
        try:
            self._fetch_all_fields()
        except ZohoError as error:
            _logger.info("No fields of %s: %s", self.id, error.message)

    def _fetch_all_fields(self):
        """Read the fields of all modules.

        :return: the modules of which Zoho does not tell them.
        :rtype: list[str]
        :raise ZohoError: when Zoho does not answer at all.
        """
        return [
            entity
            for entity, facts in ENTITIES.items()
            if facts.field_modules
            and not self._fetch_fields(entity, self._call_listing)
        ]

    def _call_listing(self, request):
        """Return a page of a listing, outside of a synchronisation.

        :raise ZohoError: when Zoho does not give it, or the budget is used up.
        """
        return budgeted_call(
            self, request.listing.pattern, lambda client: client.fetch(request)
        )

    def _fetch_fields(self, entity, fetch):
        """Read the fields of one module, by whichever address Zoho knows.

        :param fetch: a function of a :class:`PageRequest` that returns its page.
        :return: whether Zoho told them; otherwise what was known stays.
        :raise ZohoError: when Zoho does not answer at all.
        """
        for request in self._field_requests(entity):
            try:
                page = fetch(request)
            except (ZohoRefused, ZohoUnreadable) as error:
                _logger.info("No fields of %s: %s", entity, error.message)
                continue
            # What Zoho says of its fields: only code may write it.
            self.env["zoho.field.mapping"].sudo()._update_from(
                self, entity, self._parse_fields(page.rows, entity)
            )
            return True
        return False

    def _field_requests(self, entity):
        portal = {"portal": self.portal_id.zoho_id}
        for module in ENTITIES[entity].field_modules:
            yield PageRequest(
                endpoints.MODULE_FIELDS, path_ids={**portal, "module": module}
            )
        for module in ENTITIES[entity].field_modules:
            yield PageRequest(
                endpoints.SETTINGS_FIELDS, params={"module": module}, path_ids=portal
            )

    def _parse_fields(self, rows, entity):
        """Return the fields that can be read; the others do no harm."""
        fields = []
        for row in rows:
            try:
                fields.append(parse_field_meta(row, ENTITIES[entity].record))
            except ZohoUnreadable as error:
                _logger.warning("Skipped a field of %s: %s", entity, error.message)
        return fields
