import logging

from odoo import models

from ...zoho import endpoints
from ...zoho.endpoints import PageRequest
from ...zoho.errors import ZohoError, ZohoRefused, ZohoUnreadable
from ...zoho.records import parse_field_meta

_logger = logging.getLogger(__name__)
# Modules with custom fields, and what Zoho may call them in an address.
FIELD_MODULES = {
    "project": ("projects",),
    "task": ("tasks",),
    "bug": ("issues", "bugs"),
    "timelog": ("timelogs", "timesheets"),
}
RECORD_NAMES = {"bug": "issue", "timelog": "time_log"}


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
            for entity in FIELD_MODULES
            if not self._fetch_fields(entity, self._call_listing)
        ]

    def _call_listing(self, request):
        """Return a page of a listing, outside of a synchronisation.

        :raise ZohoError: when Zoho does not give it, or the budget is used up.
        """
        return self._budgeted_call(
            request.listing.pattern, lambda client: client.fetch(request)
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
        for module in FIELD_MODULES[entity]:
            yield PageRequest(
                endpoints.MODULE_FIELDS, path_ids={**portal, "module": module}
            )
        for module in FIELD_MODULES[entity]:
            yield PageRequest(
                endpoints.SETTINGS_FIELDS, params={"module": module}, path_ids=portal
            )

    def _parse_fields(self, rows, entity):
        """Return the fields that can be read; the others do no harm."""
        fields = []
        for row in rows:
            try:
                name = RECORD_NAMES.get(entity, entity)
                fields.append(parse_field_meta(row, name))
            except ZohoUnreadable as error:
                _logger.warning("Skipped a field of %s: %s", entity, error.message)
        return fields
