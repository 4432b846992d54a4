import json
from collections.abc import Iterable
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...const import SYNC_CONTEXT
from .entities import ENTITIES

ORIGINS = [
    ("name", "By Name"),
    ("email", "By E-mail"),
    ("kept", "Kept Link"),
    ("created", "Made from Zoho"),
    ("cloned", "Cloned"),
    ("manual", "By Hand"),
]


def as_stored(values: dict[str, Any]) -> dict[str, Any]:
    """Return values as a field of JSON gives them back."""
    # A date or a command compares with what was stored only once it went the same way.
    return json.loads(json.dumps(values, default=str))


class ZohoLink(models.Model):
    """How the record of a link was found, and what a person has decided about it."""

    _inherit = "zoho.link"

    origin = fields.Selection(
        ORIGINS,
        "Matched",
        readonly=True,
        help="How the record of Odoo was found, or that it was made.",
    )
    values_after = fields.Json(readonly=True, copy=False)
    values_refused = fields.Json(
        readonly=True,
        copy=False,
        help="What Zoho says, and what was put back: only what changes in Zoho after "
        "that is written again.",
    )
    earlier_res_ids = fields.Json(
        readonly=True, copy=False, help="The records that it stood for before."
    )
    employee_name = fields.Char(
        "Employee", compute="_compute_employee", compute_sudo=True
    )
    staff = fields.Selection(
        [
            ("active", "Project Staff User"),
            ("inactive", "No Login"),
        ],
        compute="_compute_employee",
        compute_sudo=True,
        help="Whether the employee was in Odoo already, or was made from Zoho and has "
        "no login: Zoho calls it an inactive timesheet staff user.",
    )
    log_count = fields.Integer(
        "Time Logs", compute="_compute_logged", compute_sudo=True
    )
    log_hours = fields.Float("Hours", compute="_compute_logged", compute_sudo=True)

    def _check_manager(self) -> None:
        """Refuse who may not administrate the integrations of these links.

        :raise AccessError: links themselves are written by code only.
        """
        self.check_access("read")
        self.integration_id.check_access("write")

    def action_put_back(self) -> None:
        """Give overwritten customers the values that they had before.

        What Zoho says at present is not written again; a later change there is.
        """
        self._check_manager()
        for link in self.filtered("values_before"):
            link._overwritten_partner().check_access("read")
            # Nobody may write links, and it is the sync's own work that is undone.
            link.sudo()._put_back()

    def _overwritten_partner(self) -> Any:
        """Return the contact that the synchronisation has overwritten.

        :raise UserError: when the link leads to nothing that it could have written.
        """
        self.ensure_one()
        partner = self.env["res.partner"].browse(self.res_id).exists()
        model = ENTITIES[self.entity].model
        is_contact = model == self.res_model == partner._name
        # Whose it is must be told of a company that the user does not work in, too.
        # Only his company is looked at; the user may not see him.
        company = partner.sudo().company_id
        if not (is_contact and partner and company <= self.company_id):
            raise UserError(
                self.env._(
                    "%(link)s is no contact that the sync has overwritten: there is "
                    "nothing to put back.",
                    link=self.display_name,
                )
            )
        return partner

    def _put_back(self) -> None:
        """Write the values from before, of fields that the synchronisation writes.

        What says who somebody with a login is stays, as it does in a synchronisation.
        Note: `self.ensure_one()`

        :raise UserError: when there is nothing else to put back.
        """
        partner = self._overwritten_partner().with_company(self.company_id)
        before, after = self.values_before, self.values_after or {}
        kept = before.keys() & partner._zoho_protected()
        if kept == before.keys():
            raise UserError(
                self.env._(
                    "%(contact)s has a login in Odoo, or is one of its own companies: "
                    "change name, e-mail and phone there by hand.",
                    contact=partner.display_name,
                )
            )
        known = before.keys() & after.keys() & partner._zoho_writable(self)
        partner.write(
            {
                name: before[name]
                for name in known - kept
                if partner._zoho_is_restorable(name, before[name], self.company_id)
            }
        )
        undone = {name: after[name] for name in after.keys() - kept}
        self.write(
            {
                "values_before": {name: before[name] for name in kept} or False,
                "values_after": {name: after.get(name) for name in kept} or False,
                "values_refused": {**(self.values_refused or {}), **undone},
            }
        )

    def _without_refused(self, changes: dict[str, Any]) -> dict[str, Any]:
        """Return the changes without those of what somebody has put back.

        They stay away until Zoho says another thing.

        :param changes: values that the synchronisation is about to write.
        """
        refused, stored = self.values_refused or {}, as_stored(changes)
        return {
            name: value
            for name, value in changes.items()
            if name not in refused or stored[name] != refused[name]
        }

    def _forget_refused(self, names: Iterable[str]) -> None:
        """Forget what was put back of fields of which Zoho says another thing now."""
        refused, told = self.values_refused or {}, {*names}
        if told & refused.keys():
            self.values_refused = {n: v for n, v in refused.items() if n not in told}

    def action_change_contact(self) -> dict[str, Any]:
        """Ask which contact the customer of Zoho is instead."""
        self.ensure_one()._check_manager()
        return self.env["zoho.customer.choose"]._open_dialog(link_id=self.id)

    def action_map_employee(self) -> dict[str, Any]:
        """Ask which employee the user of Zoho is instead."""
        self.ensure_one()._check_manager()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Map to Another Employee"),
            "res_model": "zoho.user.map",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_link_id": self.id},
        }

    # What the choice of a person changes
    @api.model
    def _link_by_hand(self, error: Any, entity: str, zoho_id: str, record: Any) -> Any:
        """Let a record of Zoho be what a person has chosen for it.

        :param zoho.sync.error error: where the choice was made.
        :param record: the contact or employee.
        """
        integration = error.integration_id
        key = {
            "portal_zoho_id": integration.portal_id.zoho_id,
            "company_id": integration.company_id.id,
            "entity": entity,
            "zoho_id": zoho_id,
        }
        link = self.search([(name, "=", value) for name, value in key.items()])
        if not link:
            link = self.create(
                {
                    **key,
                    "integration_id": integration.id,
                    "name": error.entity == entity and error.name,
                    # No error keeps an account of the CRM: its project asks for it.
                    "is_crm": entity == "customer" and not error.payload,
                    "res_model": record._name,
                    "res_id": record.id,
                }
            )
        link._stand_for(record, "manual")
        return link

    def _stand_for(self, record: Any, origin: str) -> None:
        """Let a link lead to another record, which gets Zoho's details next."""
        self.ensure_one()
        earlier = set(self.earlier_res_ids or ()) | {self.res_id}
        self.write(
            {
                "res_id": record.id,
                "is_manual": True,
                "origin": origin,
                "state": "linked",
                "fingerprint": False,
                "values_before": False,
                "values_after": False,
                "values_refused": False,
                "earlier_res_ids": sorted(earlier - {record.id}),
            }
        )

    def _projects_billed(self) -> Any:
        """Return the projects that are billed to this customer of Zoho.

        Only those that a person has not given another customer.
        """
        self.ensure_one()
        links = self.search(
            [
                ("integration_id", "=", self.integration_id.id),
                ("entity", "=", "project"),
            ]
        )
        named = self.env["zoho.project.customer"]._customers_of(
            self.integration_id, links.mapped("zoho_id")
        )
        own = links.filtered(
            lambda link: named.get(link.zoho_id, ("", 0))[0] == self.zoho_id
        )
        projects = self.env["project.project"].with_context(active_test=False)
        return projects.search(
            [("id", "in", own.mapped("res_id")), ("partner_id", "=", self.res_id)]
        )

    def _change_contact(self, partner: Any, put_back: bool) -> None:
        """Let a customer of Zoho be another contact; his projects follow.

        What is invoiced stays with the contact that it was invoiced to.

        :param bool put_back: give the contact of now its own details again.
        :raise UserError: when the projects are in another currency than the contact.
        """
        projects = self._projects_billed()
        moved = projects.filtered(lambda project: not project._is_invoiced())
        currency = partner._zoho_currency(self.company_id)
        others = moved.billing_currency_id - currency
        if others:
            raise UserError(
                self.env._(
                    "%(partner)s is invoiced in %(own)s, but projects of this customer "
                    "are in %(others)s: give the contact a pricelist in that currency "
                    "first.",
                    partner=partner.display_name,
                    own=currency.name,
                    others=", ".join(others.mapped("name")),
                )
            )
        # Before the link leads elsewhere: afterwards it is of the other contact.
        if put_back:
            self.action_put_back()
        self._stand_for(partner, "manual")
        # Quiet: nobody is to be told by mail, and no follower is made.
        moved.with_context(**SYNC_CONTEXT).partner_id = partner

    # Users of Zoho: whose time they log, and how that is changed by hand.

    @api.depends("res_id", "res_model")
    def _compute_employee(self) -> None:
        users = self.filtered(lambda link: link.res_model == "hr.employee")
        (self - users).update({"employee_name": False, "staff": False})
        for link in users:
            employee = link._record().exists()
            link.employee_name = employee.name
            link.staff = employee.zoho_staff

    @api.depends("res_id", "integration_id")
    def _compute_logged(self) -> None:
        """Count the time of the employees that came from the same portal."""
        for integration, links in self.grouped("integration_id").items():
            totals = self.env["account.analytic.line"]._read_group(
                [
                    ("employee_id", "in", links.mapped("res_id")),
                    ("zoho_link_ids.integration_id", "=", integration.id),
                ],
                ["employee_id"],
                ["__count", "logged_hours:sum"],
            )
            found = {employee.id: (count, hours) for employee, count, hours in totals}
            for link in links:
                is_user = link.entity == "user"
                known = found.get(link.res_id) if is_user else None
                link.log_count, link.log_hours = known or (0, 0.0)

    def _logged_lines(self) -> tuple[Any, Any]:
        """Return the time that this user has logged: the free, and what is invoiced.

        Where an employee stands for several users, nobody can tell his time apart:
        then none is returned, and the full comparison finds out.

        :rtype: tuple[account.analytic.line, account.analytic.line]
        """
        self.ensure_one()
        # Withdrawn time moves along: should it come back, it is the right person's.
        lines = self.env["account.analytic.line"].with_context(active_test=False)
        if self._is_shared():
            return lines, lines
        found = lines.search(
            [
                ("employee_id", "=", self.res_id),
                ("zoho_link_ids.integration_id", "=", self.integration_id.id),
            ]
        )
        invoiced = found._filter_on_invoice()
        return found - invoiced, invoiced

    def _is_shared(self) -> bool:
        """Return whether another user of Zoho is the same employee."""
        return bool(
            self.search_count(
                [
                    ("res_model", "=", self.res_model),
                    ("res_id", "=", self.res_id),
                    ("company_id", "=", self.company_id.id),
                    ("id", "!=", self.id),
                ],
                limit=1,
            )
        )

    def _change_employee(self, employee: Any) -> None:
        """Let a user of Zoho be another employee; what is not invoiced moves."""
        is_shared = self._is_shared()
        free, _invoiced = self._logged_lines()
        self._stand_for(employee, "manual")
        free.with_context(**SYNC_CONTEXT).employee_id = employee
        if is_shared:
            self.integration_id._request_full_sync()
