from collections.abc import Sequence
from typing import Any

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.sql import escape_psql

from ...const import Origin
from ...zoho.records import User
from .page import Accepted, Counted, SyncPage

# What an employee shares with his contact, and so with his login.
CONTACT_DETAILS = {"work_email", "work_phone", "work_contact_id", "user_id"}


class HrEmployee(models.Model):
    """Users of Zoho as employees; nobody gets a login or an invitation."""

    _name = "hr.employee"
    _inherit = ["code.only.mixin", "hr.employee", "zoho.synced.mixin"]

    zoho_staff = fields.Selection(
        [
            ("active", "Project Staff User"),
            ("inactive", "No Login"),
        ],
        readonly=True,
        copy=False,
        groups="hr.group_hr_user",
        help="Whether this employee was in Odoo already, or was made from Zoho.",
    )
    # Proposals: what is billed is set in Odoo.
    zoho_billing_rate = fields.Float(
        "Rate in Zoho", readonly=True, copy=False, groups="hr.group_hr_user"
    )
    zoho_role = fields.Char(
        "Role in Zoho", readonly=True, copy=False, groups="hr.group_hr_user"
    )
    # Everything private of an employee is for officers of human resources.
    zoho_link_ids = fields.One2many(groups="hr.group_hr_user")
    zoho_id = fields.Char(groups="hr.group_hr_user")
    zoho_url = fields.Char(groups="hr.group_hr_user")

    def _message_log_batch(self, *args: Any, **kwargs: Any) -> Any:
        """Greet nobody whom a synchronisation creates.

        Odoo notes in each new employee's chatter which onboarding plan it recommends.
        """
        if self.env.context.get("zoho_sync") is Origin.ZOHO:
            return self.env["mail.message"]
        return super()._message_log_batch(*args, **kwargs)

    @api.model
    def _zoho_prepare_page(self, page: SyncPage) -> None:
        """Read the employees of a page at once: their values depend on them."""
        self._zoho_warm_up(page)

    @api.model
    def _zoho_match(self, page: SyncPage, records: Sequence[Any]) -> dict[str, Any]:
        """Return the employees with the e-mail or the login of new users."""
        wanted = {record.email.casefold() for record in records if record.email}
        if not wanted:
            return {}
        same = Domain.OR(
            Domain(name, "=ilike", escape_psql(email))
            for email in sorted(wanted)
            for name in ("work_email", "user_id.login")
        )
        own = Domain("company_id", "=", page.integration.company_id.id)
        by_email: dict[str, Any] = {}
        # The last one wins: an active one, and of these the oldest.
        for employee in self.search(own & same, order="active, id desc"):
            for email in employee.work_email, employee.user_id.login:
                by_email[(email or "").casefold()] = employee
        return {
            record.zoho_id: by_email[record.email.casefold()]
            for record in records
            if record.email and record.email.casefold() in by_email
        }

    @api.model
    def _zoho_prepare_values(self, record: User, page: SyncPage) -> dict[str, Any]:
        link = page.links.get(record.zoho_id)
        # One who was made of the owner of a log is none of the users listed here, as
        # long as they call him what the log did: unchanged, nothing is to be written.
        is_followed = link and (
            link.remote_modified or record.name not in ("", link.name)
        )
        if record.is_client and not is_followed:
            raise Counted("client_user")
        known = self.browse(link.res_id) if link else page.matches.get(record.zoho_id)
        proposed = self._zoho_proposed(record)
        if link and link.is_manual:
            return {"zoho_staff": known.zoho_staff or "active", **proposed}
        if known and (known.zoho_staff != "inactive" or known.user_id):
            return {"zoho_staff": "active", **proposed}
        return {
            **proposed,
            "name": record.name or record.email or record.zoho_id,
            "zoho_staff": "inactive",
            **({"work_email": record.email} if record.email else {}),
        }

    @api.model
    def _zoho_proposed(self, record: User) -> dict[str, Any]:
        """Return what Zoho says of rate and role, nothing where it says nothing."""
        proposed: dict[str, Any] = {}
        if record.billing_rate is not None:
            proposed["zoho_billing_rate"] = record.billing_rate
        if record.role:
            proposed["zoho_role"] = record.role
        return proposed

    def _zoho_accept(
        self, page: SyncPage, record: Any, changes: dict[str, Any]
    ) -> Accepted:
        """Leave alone how somebody with a login is reached: his contact is shared."""
        contact = self.work_contact_id
        is_shared = bool(changes.keys() & CONTACT_DETAILS) and bool(
            self.user_id or (contact and contact._zoho_protected())
        )
        return Accepted.without(changes, CONTACT_DETAILS if is_shared else ())

    @api.model
    def _zoho_prepare_defaults(self, record: User, page: SyncPage) -> dict[str, Any]:
        return {
            "company_id": page.integration.company_id.id,
            "hourly_cost": record.cost_rate or 0.0,
        }
