"""Rates and budgets, as a portal has them whose owner uses them."""

from .portal import Portal

RATES = ("85", "95", "110", "130")
BUDGETS = (("40", "3800"), ("120", "11400"), ("", ""))


def add_terms(portal: Portal) -> None:
    """Give staff their rates, and projects rates and budgets, by their number.

    The golden project stays as it is: its people have the rates of the example.
    """
    staff = [user for user in portal.users.values() if not user.customer]
    for number, user in enumerate(staff):
        user.billing_rate = user.billing_rate or RATES[number % len(RATES)]
    others = [one for one in portal.projects.values() if not one.billing_method]
    for number, project in enumerate(others):
        if number % 2:
            project.billing_method = "project_hours"
            project.billing_rate = RATES[number % len(RATES)]
        project.budget_hours, project.budget_amount = BUDGETS[number % len(BUDGETS)]
