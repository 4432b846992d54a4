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

    @api.model
    def _held_back_domain(self) -> Domain:
        """Return which unbilled time has to wait before it is offered for billing."""
        return Domain.FALSE

    @api.model
    def _time_freed(self, timesheets: models.BaseModel) -> None:
        """Do what had to wait until no document bills these timesheets."""
