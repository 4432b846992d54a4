"""What happens to customers, contacts and users."""

from typing import Any

from .entities import Address, CrmAccount, Customer, User
from .store import Store


class PeopleChanges(Store):
    """Add customers and people; users leave, return and vanish."""

    customer_bumps_project = True

    def add_customer(self, name: str, **values: Any) -> Customer:
        """Add a client company; ``address`` may be a dict."""
        if isinstance(values.get("address"), dict):
            values["address"] = Address(**values["address"])
        values.setdefault("currency", self.currency)
        customer = Customer(self.new_id(), name, created=self.now(), **values)
        self.put("customer", customer)
        self.touch(customer)
        return customer

    def add_user(
        self, first_name: str, last_name: str = "", email: str = "", **values: Any
    ) -> User:
        """Add a portal user (or another ``kind``)."""
        identity = self.new_id()
        kind = values.get("kind", "portal_user")
        zuid = None if kind == "contact" else 7_781_200_000 + int(identity[-6:])
        values.setdefault("currency", self.currency)
        user = User(
            identity, first_name, last_name, email, created=self.now(), **values
        )
        user.zuid = user.zuid or zuid
        self.put("user", user)
        self.touch(user)
        self.owner = self.owner or user.id
        return user

    def add_contact(
        self, customer: str, first_name: str, last_name: str, email: str, **values: Any
    ) -> User:
        """Add a contact (or, with ``kind="client_user"``, a client user)."""
        values.setdefault("kind", "contact")
        return self.add_user(first_name, last_name, email, customer=customer, **values)

    def set_customers(self, project: str, customers: list[str]) -> None:
        """Set the customers of a project; the first becomes primary.

        :source: section 5, the first customer added becomes primary.
        """
        record = self.projects[project]
        record.customers = list(customers)
        record.primary = customers[0] if customers else ""
        self._customer_changed(project)

    def add_project_customer(self, project: str, customer: str) -> None:
        """Associate one more customer; the first of a project becomes primary."""
        record = self.projects[project]
        record.customers.append(customer)
        record.primary = record.primary or customer
        self._customer_changed(project)

    def set_primary(self, project: str, customer: str) -> None:
        """Choose the primary customer (``""``: none)."""
        record = self.projects[project]
        if customer and customer not in record.customers:
            record.customers.append(customer)
        record.primary = customer
        self._customer_changed(project)

    def _customer_changed(self, project: str) -> None:
        self.version += 1
        if self.customer_bumps_project:
            self.touch(self.projects[project])

    def set_crm_account(self, project: str, name: str, **values: Any) -> CrmAccount:
        """Link a CRM account to a project, in the place of others."""
        account = CrmAccount(self.new_id(), name, **values)
        self.projects[project].crm_accounts = [account]
        self.version += 1
        return account

    def user_leaves(self, user: str) -> None:
        """Deactivate a user."""
        self.users[user].active = False
        self.touch(self.users[user])

    def user_returns(self, user: str) -> None:
        """Activate a user again."""
        self.users[user].active = True
        self.touch(self.users[user])

    def user_removed(self, user: str) -> None:
        """Remove a user from the portal; his logs keep his name."""
        self.ghosts[user] = self.users.pop(user)
        self.version += 1

    def set_profile(self, user: str, profile: str) -> None:
        """Give a user another profile, for example ``Employee``."""
        self.users[user].profile = profile
        self.touch(self.users[user])
