from odoo import Command, api, fields, models


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

    def _describe_consequence(self):
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

    def _describe_change(self):
        """Return what changing the contact moves, and what stays."""
        projects = self.link_id._projects_billed()
        invoiced = projects.filtered(lambda project: project._zoho_is_invoiced())
        sentences = [
            self.env._(
                "Projects that move to the contact: %(count)s.",
                count=len(projects - invoiced),
            )
        ]
        if invoiced:
            sentences.append(
                self.env._(
                    "These stay where they are, because time of them is on an "
                    "invoice: %(projects)s. The next sync shows each of them among "
                    "the differences.",
                    projects=", ".join(invoiced.mapped("name")),
                )
            )
        return " ".join(sentences)

    @api.model
    def _open(self, **subject):
        """Return the action that asks, with the candidates first.

        :param int error_id: of the error to resolve, or
        :param int link_id: of the customer whose contact is to change.
        """
        wizard = self.create(subject)
        # The books of the sync and the invoices, of which he sees how many there
        # are, are not his to read; of the contacts he is shown those that are.
        found = wizard.sudo()._candidates()
        candidates = found.with_env(self.env)._filtered_access("read")
        counts = found._zoho_invoice_counts(wizard.company_id)
        wizard.candidate_ids = [
            Command.create(
                {"partner_id": partner.id, "invoice_count": counts.get(partner, 0)}
            )
            for partner in candidates
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

    def _candidates(self):
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

    def action_choose(self):
        """Take the contact that was chosen.

        :raise UserError: when it cannot be this customer.
        """
        self.ensure_one()
        return self._choose(self.partner_id)

    def _choose(self, partner):
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
        return self.error_id.action_retry()
