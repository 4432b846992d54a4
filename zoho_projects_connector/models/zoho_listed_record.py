from odoo import api, fields, models
from odoo.tools import SQL


class ZohoListedRecord(models.Model):
    """What the listings of the run in hand have shown so far.

    It outlives a killed server, so a listing goes on at the page where it stopped,
    knows a page that brings nothing new, and can tell in the end what is missing.
    """

    _name = "zoho.listed.record"
    _description = "Record Seen in a Listing of Zoho Projects"
    _log_access = False

    stream_id = fields.Many2one(
        "zoho.stream", required=True, ondelete="cascade", readonly=True
    )
    pass_key = fields.Char(required=True, readonly=True)
    zoho_id = fields.Char(required=True, readonly=True)
    payload = fields.Json(readonly=True, groups="base.group_system")
    needs_customer = fields.Boolean(readonly=True)

    _listed_uniq = models.UniqueIndex("(stream_id, zoho_id, pass_key)")

    @api.model
    def _note(self, stream, pass_key, zoho_ids):
        """Note the ids of a page.

        :param str pass_key: names the pass, and the record that it asks for.

        :return: the ids that this pass had not shown before, and those of them
            that no pass had shown before.
        :rtype: tuple[set, set]
        """
        zoho_ids = [zoho_id for zoho_id in dict.fromkeys(zoho_ids) if zoho_id]
        if not zoho_ids:
            return set(), set()
        known = {
            zoho_id
            for (zoho_id,) in self.env.execute_query(
                SQL(
                    """SELECT DISTINCT zoho_id FROM zoho_listed_record
                        WHERE stream_id = %s AND zoho_id = ANY(%s)""",
                    stream.id,
                    zoho_ids,
                )
            )
        }
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO zoho_listed_record (stream_id, pass_key, zoho_id)
                   SELECT %s, %s, unnest(%s) ON CONFLICT DO NOTHING
                   RETURNING zoho_id""",
                stream.id,
                pass_key,
                zoho_ids,
            )
        )
        fresh = {zoho_id for (zoho_id,) in rows}
        return fresh, fresh - known

    @api.model
    def _missing(self, stream):
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
    def _forget(self, streams):
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
