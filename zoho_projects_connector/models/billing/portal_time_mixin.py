from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...groups import STAFF_GROUP, TIMESHEET_GROUP


class PortalTimeMixin(models.AbstractModel):
    """Time as customers see it: which of it, who worked, and the notes.

    All that shows time to customers asks here: Odoo's pages and our own, shared
    projects, remote calls and documents. It stands before Odoo's model among the
    parents of time.
    """

    _name = "portal.time.mixin"
    _description = "Time as Customers See It"

    portal_shown = fields.Boolean(
        compute="_compute_portal_shown",
        search="_search_portal_shown",
        export_string_translation=False,
        help="Whether the company shows this time to the user, if he is its customer.",
    )
    portal_staff = fields.Char(
        "Person", compute="_compute_portal_texts", compute_sudo=True
    )
    portal_notes = fields.Char(
        "Notes", compute="_compute_portal_texts", compute_sudo=True
    )

    @api.depends(
        "active",
        "billing_state",
        "company_id.portal_time",
        "timesheet_invoice_id.state",
        "unbilled_hours",
    )
    @api.depends_context("uid")
    def _compute_portal_shown(self) -> None:
        # What is shown is a rule of the company, whatever the user may read.
        shown = self.sudo().filtered_domain(self._portal_shown_domain())
        for line in self:
            line.portal_shown = line.sudo() in shown

    @api.model
    def _search_portal_shown(self, operator: str, _value: object) -> Domain:
        # Odoo asks for `in [True]`, and turns the others round by itself.
        return self._portal_shown_domain() if operator == "in" else NotImplemented

    @api.model
    def _portal_shown_domain(self) -> Domain:
        """Return which time the companies show to the user, if he is their customer.

        Invoiced time is on a posted invoice of his, all of it: of an entry that is
        billed in part, its invoice tells how much.
        """
        customer = self.env.user.partner_id.commercial_partner_id
        invoiced = Domain(
            [
                ("company_id.portal_time", "=", "invoiced"),
                ("billing_state", "in", ("invoiced", "paid")),
                ("unbilled_hours", "=", 0),
                ("timesheet_invoice_id.state", "=", "posted"),
                ("timesheet_invoice_id.commercial_partner_id", "=", customer.id),
            ]
        )
        approved = Domain("company_id.portal_time", "=", "approved")
        # Withdrawn time is no time, whoever asks for what is archived.
        return Domain("active", "=", True) & (invoiced | approved)

    @api.depends(
        "company_id.portal_notes", "company_id.portal_staff", "employee_id.name", "name"
    )
    def _compute_portal_texts(self) -> None:
        for line in self:
            line.portal_staff = line._portal_staff_name()
            line.portal_notes = line._portal_notes()

    def _portal_staff_name(self) -> str:
        """Return who worked, as customers see it: the name or the initials.

        Of several entries, the person of the first, as all of their companies show it.
        """
        # Customers may not read the people of their suppliers, but what is shown.
        lines = self.sudo()
        # A slice alone would read each person by himself.
        first = lines[:1].with_prefetch(lines._prefetch_ids)
        return lines.company_id._portal_staff_name(first.employee_id.name)

    def _portal_notes(self) -> str:
        """Return the notes of this time as customers see them, maybe none.

        Note: `self.ensure_one()`
        """
        # Customers may not read what was written, but what of it is shown.
        line = self.sudo()
        return line.company_id._portal_notes(line.name)

    def _portal_group_name(self, name: str) -> str:
        """Return what entries that are grouped by a field have in common.

        :param name: one of the fields that the portal groups by.
        """
        # Customers may read what their page shows, and by their own names for it.
        first = self[:1].sudo()
        if name == "date":
            return format_date(self.env, first.date)
        if name == "employee_id":
            return self._portal_staff_name()
        if name == "so_line":
            record = first._portal_sale_line() or first.project_id
        else:
            record = first[name]
        return record.name if name == "timesheet_invoice_id" else record.display_name

    def _portal_sale_line(self) -> models.BaseModel:
        """Return the order line that sells this time, as far as it was ordered.

        Not that of an order that only collects what a project invoices.
        Note: `self.ensure_one()`

        :rtype: sale.order.line
        """
        # Customers may not read time; which order of theirs pays it, they may know.
        line = self.sudo().so_line
        return line.browse() if line.order_id.billing_project_id else line

    @api.model
    def _timesheet_get_portal_domain(self) -> Domain:
        """Leave out of Odoo's pages what is not shown to the customer."""
        domain = Domain(super()._timesheet_get_portal_domain())
        if self.env.user.has_group(TIMESHEET_GROUP):
            return domain
        return domain & self._portal_shown_domain()

    @api.model
    def _show_portal_timesheets(self) -> bool:
        """Speak of timesheets to customers if any company shows them."""
        shown = super()._show_portal_timesheets()
        if self.env.user.has_group(STAFF_GROUP):
            return shown
        # Which companies there are, nobody is told.
        companies = self.env["res.company"].sudo()
        return shown and bool(
            companies.search_count([("portal_time", "!=", "nothing")], limit=1)
        )
