from collections.abc import Iterable
from typing import Any

from odoo import api, fields, models
from odoo.tools import SQL


class ZohoListedRecord(models.Model):
    """What the listings of the run in hand have shown so far.

    It outlives a killed server, so a listing goes on at the page where it stopped,
    knows a page that brings nothing new, and can tell in the end what is missing.
    """

    _name = "zoho.listed.record"
    _inherit = ["code.only.mixin"]
    _description = "Record Seen in a Listing of Zoho Projects"
    _log_access = False

    stream_id = fields.Many2one(
        "zoho.stream", required=True, ondelete="cascade", readonly=True
    )
    pass_key = fields.Char(required=True, readonly=True)
    page = fields.Integer(required=True, readonly=True)
    zoho_id = fields.Char(required=True, readonly=True)
    payload = fields.Json(readonly=True, groups="base.group_system")
    needs_customer = fields.Boolean(readonly=True)

    _listed_uniq = models.UniqueIndex("(stream_id, zoho_id, pass_key)")

    @api.model
    def _note_shown(
        self, stream: Any, pass_key: str, page: int, zoho_ids: Iterable[str]
    ) -> tuple[set[str], set[str]]:
        """Note the ids of a page.

        A page that is read again, because it was interrupted, brings the same again.

        :param pass_key: names the pass, and the record that it asks for.
        :return: the ids that no other page of this pass has shown, and those of them
            that no page at all has shown.
        """
        zoho_ids = [zoho_id for zoho_id in dict.fromkeys(zoho_ids) if zoho_id]
        if not zoho_ids:
            return set(), set()
        self.env.execute_query(
            SQL(
                """INSERT INTO zoho_listed_record (stream_id, pass_key, page, zoho_id)
                   SELECT %s, %s, %s, unnest(%s) ON CONFLICT DO NOTHING
                   RETURNING 1""",
                *(stream.id, pass_key, page, zoho_ids),
            )
        )
        elsewhere = self.env.execute_query(
            SQL(
                """SELECT zoho_id, bool_or(pass_key = %s) FROM zoho_listed_record
                    WHERE stream_id = %s AND zoho_id = ANY(%s)
                      AND NOT (pass_key = %s AND page = %s)
                 GROUP BY zoho_id""",
                pass_key,
                stream.id,
                zoho_ids,
                pass_key,
                page,
            )
        )
        known = {zoho_id for zoho_id, _in_pass in elsewhere}
        in_pass = {zoho_id for zoho_id, is_in_pass in elsewhere if is_in_pass}
        return set(zoho_ids) - in_pass, set(zoho_ids) - known

    @api.model
    def _missing(self, stream: Any) -> Any:
        """Return the linked records that no pass of the stream has shown.

        :rtype: zoho.link
        """
        integration = stream.integration_id
        rows = self.env.execute_query(
            SQL(
                """SELECT link.id FROM zoho_link link
                    WHERE link.integration_id = %s AND link.entity = %s
                      AND link.state = 'linked'
                      AND NOT EXISTS (SELECT FROM zoho_listed_record listed
                                       WHERE listed.stream_id = %s
                                         AND listed.zoho_id = link.zoho_id)
                    ORDER BY link.id""",
                integration.id,
                stream.entity,
                stream.id,
            )
        )
        return self.env["zoho.link"].browse(row[0] for row in rows)

    @api.model
    def _forget(self, streams: Any) -> None:
        """Clear what the listings of these streams have shown."""
        if streams:
            self.env.execute_query(
                SQL(
                    """DELETE FROM zoho_listed_record WHERE stream_id = ANY(%s)
                       RETURNING 1""",
                    streams.ids,
                )
            )
            self.invalidate_model()
