from typing import Any

from odoo import api, models
from odoo.fields import Domain


class BillingListener(models.AbstractModel):
    """Who has a say in time that is billed; whoever inherits this is asked.

    Billing knows none of them: they know billing.
    """

    _name = "billing.listener"
    _description = "Listener to Billing"

    @api.model
    def _listeners(self) -> list:
        """Return the models that listen."""
        names = self.env.registry.descendants([BillingListener._name], "_inherit")
        return [self.env[name] for name in names if name != BillingListener._name]

    # Time that has to wait before it is billed.

    @api.model
    def _held_back_domain(self) -> Domain:
        """Return which unbilled time has to wait before it is offered for billing."""
        return Domain.FALSE

    @api.model
    def _held_back_paths(self) -> list[str]:
        """Return what that depends on, as paths of fields from a timesheet."""
        return []

    @api.model
    def _held_back_reason(self) -> str:
        """Return the reason of `project.invoice.create.left.out` for such time."""
        raise NotImplementedError

    @api.model
    def _held_back_sentence(self, timesheets: models.BaseModel) -> str:
        """Return why an invoice leaves this time out, a sentence with its hours.

        :param account.analytic.line timesheets: time that waits for this listener.
        """
        raise NotImplementedError

    @api.model
    def _time_not_offered(
        self, company: models.BaseModel, period: Any
    ) -> dict[str, dict[int, tuple[int, float]]]:
        """Return what else there is of a period, that billing cannot offer yet.

        :param res.company company: whose work it is.
        :param Period period: the days of work; it has a ``domain`` for a field.
        :return: ``{state: {project id: (how many, hours)}}``; the states are those of
            the page of the month's end.
        """
        return {}

    @api.model
    def _time_outside(
        self, projects: models.BaseModel, period: Any
    ) -> list[tuple[str, models.BaseModel, int, float]]:
        """Return the time of projects that is not in Odoo, with the reasons.

        :param project.project projects: projects that the user may read.
        :param Period period: the days of work; it has a ``domain`` for a field.
        :return: (reason of `project.invoice.create.left.out`, project, how many
            entries, hours).
        """
        return []

    # What happens to documents.

    @api.model
    def _time_freed(self, timesheets: models.BaseModel) -> None:
        """Do what had to wait until no document bills these timesheets."""

    @api.model
    def _credits_posted(self, credit_notes: models.BaseModel) -> None:
        """Do what had to wait until these credit notes have taken time back."""

    @api.model
    def _check_reopened(self, documents: models.BaseModel) -> None:
        """Refuse that posted documents become drafts of which something came.

        :raise UserError: it names them.
        """
