from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class ZohoChoiceMixin(models.AbstractModel):
    """A dialog that asks what a record of Zoho is in Odoo.

    It is about an error, which the choice resolves, or about a link that is to lead to
    something else.
    """

    _name = "zoho.choice.mixin"
    _inherit = ["caller.choice.mixin"]
    _description = "Choice about a Record of Zoho"
    # The modules whose errors it resolves, and the one whose links it changes.
    _error_entities = ()
    _link_entity = ""

    error_id = fields.Many2one("zoho.sync.error", readonly=True)
    link_id = fields.Many2one("zoho.link", readonly=True)
    company_id = fields.Many2one("res.company", compute="_compute_subject")
    subject = fields.Char(compute="_compute_subject")
    entity = fields.Char(compute="_compute_subject")
    consequence = fields.Text(compute="_compute_consequence", compute_sudo=True)

    @api.depends("error_id", "link_id")
    def _compute_subject(self) -> None:
        for wizard in self:
            about = wizard._about()
            wizard.company_id = about.company_id
            wizard.subject = about.display_name
            wizard.entity = about.entity

    @api.depends("error_id", "link_id")
    @api.depends_context("lang")
    def _compute_consequence(self) -> None:
        for wizard in self:
            wizard.consequence = wizard._describe_consequence()

    def _about(self) -> models.BaseModel:
        """Return the error or the link that the choice is about."""
        return self.error_id or self.link_id

    def _check_subject(self) -> models.BaseModel:
        """Refuse what this user may not decide, or this dialog cannot.

        :return: the error or the link.
        :raise UserError: when it was opened for something else.
        """
        about = self._about()
        about._check_manager()
        entities = self._error_entities if self.error_id else (self._link_entity,)
        if (self.error_id and self.link_id) or about.entity not in entities:
            raise UserError(
                self.env._(
                    "This is not decided here. Open the dialog from the error, the "
                    "customer or the user that it is about."
                )
            )
        return about

    def _describe_consequence(self) -> str:
        """Return what the choice will do. Note: `self.ensure_one()`."""
        raise NotImplementedError


class ZohoCustomerChoose(models.TransientModel):
    """Asks which contact of Odoo a customer of Zoho is, or a project is billed to."""

    _name = "zoho.customer.choose"
    _inherit = ["zoho.choice.mixin"]
    _description = "Choose the Contact of a Zoho Customer"
    _error_entities = ("customer", "project")
    _link_entity = "customer"

    candidate_ids = fields.One2many(
        "zoho.customer.choose.line", "wizard_id", "Candidates", readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        domain="[('is_company', '=', True), ('parent_id', '=', False),"
        " ('company_id', 'in', (False, company_id))]",
    )
    can_put_back = fields.Boolean(related="link_id.has_values_before")
    put_back = fields.Boolean(
        "Put Back the Contact of Now",
        default=True,
        help="It gets the details back that it had before Zoho's.",
    )

    def _describe_consequence(self) -> str:
        if self.link_id:
            return self._describe_change()
        if self.entity == "project":
            return self.env._(
                "The project is billed to this contact until Zoho names another "
                "customer. The project and all that waited for it are fetched now."
            )
        return self.env._(
            "The sync never chooses another contact for this customer. Its "
            "projects and all that waited for them are fetched now."
        )

    def _describe_change(self) -> str:
        """Return what changing the contact moves, and what stays."""
        projects = self.link_id._projects_billed()
        invoiced = projects.filtered(lambda project: project._is_invoiced())
        sentences = [
            self.env._(
                "Projects that move to the contact: %(count)s.",
                count=len(projects - invoiced),
            )
        ]
        if invoiced:
            sentences.append(
                self.env._(
                    "These stay where they are, because something of them is on an "
                    "invoice: %(projects)s. The next sync shows each of them among "
                    "the differences.",
                    projects=", ".join(invoiced.mapped("name")),
                )
            )
        return " ".join(sentences)

    @api.model
    def _open_dialog(self, **subject: int) -> dict:
        """Return the action that asks, with the candidates first.

        :param int error_id: of the error to resolve, or
        :param int link_id: of the customer whose contact is to change.
        """
        wizard = self.create(subject)
        wizard.candidate_ids = [
            Command.create({"partner_id": partner.id, "invoice_count": count})
            for partner, count in wizard._readable_candidates()
        ]
        title = self.env._("Change the Contact")
        if wizard.error_id:
            title = self.env._("Pick a Customer")
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _readable_candidates(self) -> list[tuple[models.BaseModel, int]]:
        """Return the candidates, each with the number of its invoices."""
        # The books of the sync and the invoices, of which he sees how many there
        # are, are not his to read; of the contacts he is shown those that are.
        # He may administrate; contacts and people are shown as far as the dialog tells.
        found = self.sudo()._candidates()
        # `with_env` gives the rights of the caller back, which `sudo` had taken over.
        candidates = found.with_env(self.env)._filtered_access("read")
        counts = found._count_posted_invoices(self.company_id)
        return [(partner, counts.get(partner, 0)) for partner in candidates]

    def _candidates(self) -> models.BaseModel:
        """Return contacts of the same name, or the customers that Zoho lists."""
        partners = self.env["res.partner"]
        if self.entity == "project":
            named = self.env["zoho.project.customer"].search(
                [
                    ("integration_id", "=", self.error_id.integration_id.id),
                    ("project_zoho_id", "=", self.error_id.zoho_id),
                ]
            )
            links = self.env["zoho.link"].search(
                [
                    ("integration_id", "=", self.error_id.integration_id.id),
                    ("entity", "=", "customer"),
                    ("zoho_id", "in", named.mapped("customer_zoho_id")),
                ]
            )
            return partners.browse(links.mapped("res_id")).exists()
        found = partners._zoho_candidates(self.company_id, [self.subject])
        current = partners.browse(self.link_id.res_id)
        return partners.union(*found.values()) - current

    def action_choose(self) -> dict:
        """Take the contact that was chosen.

        :raise UserError: when it cannot be this customer.
        """
        self.ensure_one()
        return self._choose(self.partner_id)

    def _choose(self, partner: models.BaseModel) -> dict:
        about = self._check_subject()
        partner.check_access("read")
        # He may resolve errors, which was checked, not edit contacts and projects.
        partner = partner.sudo()
        partner._zoho_check_customer(about.company_id)
        if self.link_id:
            self.link_id.sudo()._change_contact(partner, self.put_back)
            return {"type": "ir.actions.client", "tag": "soft_reload"}
        self.error_id._check_open()
        if self.entity == "project":
            self.error_id._note_customer(partner)
        else:
            self.env["zoho.link"].sudo()._link_by_hand(
                self.error_id.sudo(), "customer", self.error_id.zoho_id, partner
            )
        return self.error_id._retry_decided()


class ZohoCustomerChooseLine(models.TransientModel):
    """A contact that a customer of Zoho may be."""

    _name = "zoho.customer.choose.line"
    _inherit = ["caller.choice.mixin"]
    _description = "Contact That a Zoho Customer May Be"

    wizard_id = fields.Many2one(
        "zoho.customer.choose", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    email = fields.Char(related="partner_id.email", related_sudo=False)
    phone = fields.Char(related="partner_id.phone", related_sudo=False)
    city = fields.Char(related="partner_id.city", related_sudo=False)
    invoice_count = fields.Integer("Invoices", readonly=True)

    def action_choose(self) -> dict:
        """Take this contact."""
        self.ensure_one()
        return self.wizard_id._choose(self.partner_id)


class ZohoUserMap(models.TransientModel):
    """Asks which employee a user of Zoho is, or who has worked on a time log."""

    _name = "zoho.user.map"
    _inherit = ["zoho.choice.mixin"]
    _description = "Map a Zoho User to an Employee"

    _error_entities = ("user", "timelog")
    _link_entity = "user"

    employee_id = fields.Many2one(
        "hr.employee", domain="[('company_id', '=', company_id)]"
    )
    same_count = fields.Integer(compute="_compute_same_count", compute_sudo=True)
    with_same = fields.Boolean("All Other Time Logs without an Owner Too")

    @api.depends("error_id")
    def _compute_same_count(self) -> None:
        for wizard in self:
            wizard.same_count = len(wizard._same_errors())

    def _describe_consequence(self) -> str:
        if self.link_id:
            free, invoiced = self.link_id._logged_lines()
            return self.env._(
                "Time logs that move to the employee: %(free)s. On invoices, and "
                "therefore staying with %(employee)s: %(invoiced)s.",
                free=len(free),
                employee=self.link_id._record().name,
                invoiced=len(invoiced),
            )
        if self.entity == "timelog":
            return self.env._(
                "The time is this employee's until Zoho names somebody else. It "
                "is fetched now."
            )
        return self.env._(
            "The sync never chooses another employee for this user. What "
            "waited for him is fetched now."
        )

    def _same_errors(self) -> models.BaseModel:
        """Return the other time logs of the integration that have no owner."""
        if self.error_id.code != "user_unresolved":
            return self.env["zoho.sync.error"]
        return self.env["zoho.sync.error"].search(
            [
                ("integration_id", "=", self.error_id.integration_id.id),
                ("code", "=", "user_unresolved"),
                ("resolved_at", "=", False),
                ("id", "!=", self.error_id.id),
            ]
        )

    def action_map(self) -> dict:
        """Keep the employee, and fetch or move the time.

        :raise UserError: when the employee cannot be this user.
        """
        self.ensure_one()
        self._check_subject()
        # He sees what is public of employees, and may not write links and time.
        employee = self.employee_id.sudo()
        self._check_employee(employee)
        if self.link_id:
            self.link_id.sudo()._change_employee(employee)
            return {"type": "ir.actions.client", "tag": "soft_reload"}
        self.error_id._check_open()
        if self.entity == "user":
            self.env["zoho.link"].sudo()._link_by_hand(
                self.error_id.sudo(), "user", self.error_id.zoho_id, employee
            )
            return self.error_id._retry_decided()
        errors = self.error_id
        if self.with_same:
            errors |= self._same_errors()
        for error in errors:
            self.env["zoho.pick"].sudo()._keep_choice(
                error.integration_id,
                "timelog",
                error.zoho_id,
                employee_id=employee.id,
            )
        return errors._retry_decided()

    def _check_employee(self, employee: models.BaseModel) -> None:
        if not employee:
            raise UserError(self.env._("Choose the employee first."))
        if employee.company_id != self.company_id:
            raise UserError(
                self.env._(
                    "%(employee)s works for another company than %(company)s: choose "
                    "somebody of that company.",
                    employee=employee.name,
                    company=self.company_id.name,
                )
            )
        if not employee.active:
            raise UserError(
                self.env._(
                    "%(employee)s is archived: unarchive the employee first.",
                    employee=employee.name,
                )
            )
