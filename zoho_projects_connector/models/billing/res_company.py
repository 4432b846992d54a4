from odoo import fields, models

PORTAL_TIME = [
    ("invoiced", "Invoiced time only"),
    ("approved", "All approved time"),
    ("nothing", "Nothing"),
]
PORTAL_BUDGET = [
    ("nothing", "No budget"),
    ("hours", "Hours"),
    ("amount", "Hours and money"),
]
PORTAL_STAFF = [("names", "Names"), ("initials", "Initials")]


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "billing.rounding.mixin", "billing.text.mixin"]

    attach_billed_time_annex = fields.Boolean(
        string="Attach Timesheet Annex",
        default=True,
        help="Invoices and credit notes of time are sent with the list of the time "
        "behind them, unless customers are to see no timesheets.",
    )
    portal_time = fields.Selection(
        PORTAL_TIME,
        string="Time in the Customer Portal",
        default="invoiced",
        required=True,
        help="Invoiced time only: what is on a posted invoice of the customer.\n"
        "All approved time: also what is not invoiced yet.\n"
        "Nothing: no timesheets at all.",
    )
    portal_staff = fields.Selection(
        PORTAL_STAFF,
        string="People as Customers See Them",
        default="names",
        required=True,
        help="In the portal, on invoices and in their annexes.",
    )
    portal_budget = fields.Selection(
        PORTAL_BUDGET,
        string="Budgets in the Customer Portal",
        default="hours",
        required=True,
        help="How much of the budget of a project is used, on its page in the portal.",
    )
    portal_notes = fields.Boolean(
        string="Show Notes of Time to Customers",
        default=True,
        help="In the portal, on invoices and in their annexes.",
    )

    def _portal_staff_name(self, name: str | bool) -> str:
        """Return a name as customers of all of these companies may see it.

        :param name: full name of who worked.
        """
        name = name or ""
        if "initials" not in self.mapped("portal_staff"):
            return name
        initials = [word[0].upper() for word in name.split() if word[0].isalnum()]
        return " ".join(f"{letter}." for letter in initials)

    def _portal_notes(self, notes: str | bool) -> str:
        """Return the notes of time as customers of all of these companies may see them.

        :param notes: what was written about it; a slash is nothing.
        """
        is_shown = notes and notes != "/" and all(self.mapped("portal_notes"))
        return notes if is_shown else ""
