from odoo import fields, models
from odoo.tools import SQL

from ...const import BELIEVABLE_LOSS, CONFIRMATIONS_PER_RUN
from ...zoho import endpoints
from ...zoho.endpoints import PageRequest
from ...zoho.errors import ZohoRefused, ZohoUnreadable
from ...zoho.paging import PAGE_CAP, row_id
from ...zoho.records import parse_trash_item
from .zoho_sync_error import FIELD_KEY

LINKS_PER_STEP = 20


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
    """Deletions: a record is gone when two signals say so.

    The first is that a complete listing does not hold it. The second is the trash, a
    parent that is gone, or that the record itself can no longer be read.

    :source: Zoho Projects API reference, section 9.4.
    """

    _inherit = "zoho.stream"

    asked_until = fields.Integer(
        readonly=True,
        help="The last missing record that Zoho was asked for; the next comparison "
        "goes on behind it, so that each has its turn.",
    )
    accepted_loss = fields.Integer(
        readonly=True,
        help="So many records somebody says are really gone: a list that lacks no more "
        "of them is believed, until each of them has had its second signal.",
    )

    def _step_reconcile(self, session, run):
        missing = self.env["zoho.link"]
        if self.entity in endpoints.FORMS:
            missing = self.env["zoho.listed.record"]._missing(self)
        if "trashed" not in self.cursor:
            self._start_reconcile(session, run, missing)
        else:
            todo = missing.filtered(lambda link: link.id > self.cursor.get("at", 0))
            if todo:
                self._reconcile(session, run, todo[:LINKS_PER_STEP])
            else:
                if self.cursor["asked"] < CONFIRMATIONS_PER_RUN:
                    self.write({"asked_until": 0, "accepted_loss": 0})
                self._finish(run)
        yield 0

    def _start_reconcile(self, session, run, missing):
        """Look into the trash, unless the loss is too large to be believed."""
        known, lost = self.record_count, self._count_unexplained(missing)
        is_all = bool(lost) and len(missing) == known
        is_much = is_all or (lost > 1 and lost > known * BELIEVABLE_LOSS)
        if is_much and lost > self.accepted_loss:
            message = self.env._(
                "Zoho's list has lost %(missing)s of %(known)s records at once.",
                missing=lost,
                known=known,
            )
            self.write({"state": "error", "cursor": False, "message": message})
            self.env["zoho.sync.error"]._note_module(
                self.integration_id,
                self.entity,
                "listing_shrunk",
                missing=lost,
                known=known,
            )
            return
        self._forget_unlisted()
        trashed = set()
        if missing:
            trashed = self._trashed(session, run) & set(missing.mapped("zoho_id"))
        self._move(trashed=sorted(trashed), at=0, asked=0)

    def _count_unexplained(self, links):
        """Return how many records are missing though their project is still there.

        What belongs to a deleted project vanishes with it, however much that is.
        """
        gone = self.env["zoho.link"].search_fetch(
            [
                ("integration_id", "=", self.integration_id.id),
                ("entity", "=", "project"),
                ("state", "=", "withdrawn"),
            ],
            ["zoho_id"],
        )
        projects = set(gone.mapped("zoho_id"))
        return sum(link.project_zoho_id not in projects for link in links)

    def _forget_unlisted(self):
        """Drop left-out records and errors of what Zoho no longer lists.

        They hold nothing of value: should the record be listed again, so are they.
        """
        unlisted = SQL(
            """r.integration_id = %s AND r.entity = %s AND r.zoho_id <> ''
               AND starts_with(r.zoho_id, %s) IS FALSE
               AND NOT EXISTS (SELECT FROM zoho_listed_record listed
                                WHERE listed.stream_id = %s
                                  AND listed.zoho_id = r.zoho_id)""",
            self.integration_id.id,
            self.entity,
            FIELD_KEY,
            self.id,
        )
        left_out = self.env.execute_query(
            SQL("SELECT r.id FROM zoho_skipped_record r WHERE %s", unlisted)
        )
        self.env["zoho.skipped.record"].browse(row[0] for row in left_out).unlink()
        errors = self.env.execute_query(
            SQL(
                """SELECT r.id FROM zoho_sync_error r
                    WHERE r.resolved_at IS NULL AND %s
                      AND NOT EXISTS (SELECT FROM zoho_sync_error child
                                       WHERE child.parent_id = r.id
                                         AND child.resolved_at IS NULL)""",
                unlisted,
            )
        )
        self.env["zoho.sync.error"].browse(row[0] for row in errors).write(
            {"resolved_at": fields.Datetime.now(), "payload": False}
        )

    def _trashed(self, session, run):
        """Return the ids in the trash of the portal; none when it cannot be read.

        :rtype: set
        """
        found = set()
        path_ids = {"portal": self.integration_id.portal_id.zoho_id}
        for number in range(1, PAGE_CAP):
            request = PageRequest(endpoints.BIN, number, path_ids=path_ids)
            try:
                page = self.integration_id._fetch_page(session, run, request)
            except (ZohoRefused, ZohoUnreadable):
                # The trash is a hint only: without it each record is read itself.
                return found
            before = len(found)
            for row in page.rows:
                try:
                    found.add(parse_trash_item(row).zoho_id)
                except ZohoUnreadable:
                    continue
            if not page.more or len(found) == before:
                break
        return found

    def _reconcile(self, session, run, links):
        """Withdraw those of the missing records that a second signal confirms."""
        is_deaf = self.cursor.get("is_deaf")
        left = 0 if is_deaf else CONFIRMATIONS_PER_RUN - self.cursor["asked"]
        gone, asked = self.env["zoho.link"], self.env["zoho.link"]
        for link in links:
            if link.zoho_id in self.cursor["trashed"] or link._parent_is_withdrawn():
                gone |= link
            elif len(asked) < left and link.id > self.asked_until:
                asked |= link
        if asked:
            gone |= self._confirm_gone(session, run, asked)
        withdrawn = gone._withdraw("deleted")
        run._line(self.entity)._add({"withdrawn": len(withdrawn)})
        self._move(at=links[-1].id, asked=self.cursor["asked"] + len(asked))
        if asked and self.cursor["asked"] >= CONFIRMATIONS_PER_RUN:
            self.asked_until = asked[-1].id

    # The second signal of a deletion: Zoho does not find the record itself. A path that
    # finds nothing at all says so of every record. So "not found" is believed only of a
    # path that has found a record that is there, before and after. :source: Zoho
    # Projects API reference, sections 7.1, 9.4 and 14.

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
