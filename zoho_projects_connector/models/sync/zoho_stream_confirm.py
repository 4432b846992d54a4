from odoo import models
from odoo.tools import SQL

from ...zoho import endpoints
from ...zoho.errors import ZohoRefused, ZohoUnreadable
from ...zoho.paging import row_id

# How one record is named in the path of its module.
PATH_NAMES = {
    "project": "project",
    "task_list": "task_list",
    "phase": "phase",
    "task": "task",
    "bug": "issue",
    "timelog": "log",
}
# One of them may have been deleted since its list was read.
KNOWN_RECORDS = 3


class ZohoStream(models.Model):
    """The second signal of a deletion: Zoho does not find the record itself.

    A path that finds nothing at all says so of every record. So "not found" is
    believed only of a path that has found a record that is there, before and after.

    :source: Zoho Projects API reference, sections 7.1, 9.4 and 14.
    """

    _inherit = "zoho.stream"

    def _confirm_gone(self, session, run, links):
        """Return those of the missing records that Zoho itself does not find.

        They are none when no path of this module can be relied on just now: then the
        cursor says so (``is_deaf``).

        :rtype: zoho.link
        """
        known = self._known_records(links)
        for form in endpoints.FORMS[self.entity]:
            if not self._finds_known(session, run, form, known):
                continue
            gone = links.filtered(
                lambda link, form=form: self._find(session, run, form, link) is False
            )
            # A path that was closed meanwhile has told nothing.
            if gone and self._finds_known(session, run, form, known):
                return gone
            if known and not gone:
                return gone
        self._move(is_deaf=True)
        return links.browse()

    def _known_records(self, links):
        """Return some records that this run has listed, best of the same projects.

        :rtype: zoho.link
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT link.id FROM zoho_link link
                    WHERE link.integration_id = %s AND link.entity = %s
                      AND link.state = 'linked'
                      AND EXISTS (SELECT FROM zoho_listed_record listed
                                   WHERE listed.stream_id = %s
                                     AND listed.zoho_id = link.zoho_id)
                 ORDER BY link.project_zoho_id = ANY(%s::varchar[]) DESC NULLS LAST,
                          link.id DESC
                    LIMIT %s""",
                self.integration_id.id,
                self.entity,
                self.id,
                [link.project_zoho_id for link in links if link.project_zoho_id],
                KNOWN_RECORDS,
            )
        )
        return links.browse(row[0] for row in rows)

    def _finds_known(self, session, run, form, known):
        """Return whether a path finds a record that is there.

        Where the list is empty there is none; somebody has said then that all are
        really gone, or the loss would not have been believed.
        """
        if not known:
            return True
        return any(self._find(session, run, form, link) for link in known)

    def _find(self, session, run, form, link):
        """Return whether Zoho finds a single record.

        :param Endpoint form: the path by which it is read.
        :return: None when it says neither.
        :rtype: bool | None
        """
        ids = {"portal": link.portal_zoho_id, PATH_NAMES[self.entity]: link.zoho_id}
        if self.entity != "project":
            ids["project"] = link.project_zoho_id or ""
        if self.entity == "timelog":
            kind = link._record().zoho_log_kind
            ids["type"] = endpoints.LOG_TYPES.get(kind, "task")
        try:
            row = self.integration_id._read_record(session, run, form, ids)
        except ZohoRefused as error:
            return False if error.code == "not_found" else None
        except ZohoUnreadable:
            return None
        return True if row and row_id(row) == link.zoho_id else None

    def _note_deaf(self):
        """Say that nobody can tell which of the missing records are gone."""
        missing = len(self.env["zoho.listed.record"]._missing(self))
        self.message = self.env._(
            "Records missing in Zoho's list: %(missing)s. None was withdrawn, for Zoho "
            "does not find single records that are there either.",
            missing=missing,
        )
        self.env["zoho.sync.error"]._note_module(
            self.integration_id, self.entity, "deletion_unconfirmed", missing=missing
        )
