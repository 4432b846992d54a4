"""Errors of `self.integration` that people resolve in a browser."""

from odoo import fields

from ..tour_common import TourCase

CUSTOMER = {"id": "19201", "name": "Harbour Authority", "city": "Rotterdam"}
PROJECT = {"id": "19202", "name": "New quay", "status": {"name": "Active"}}


class ErrorTourCase(TourCase):
    def add_error(self, entity, row, **values):
        now = fields.Datetime.now()
        return self.env["zoho.sync.error"].create(
            {
                "integration_id": self.integration.id,
                "entity": entity,
                "zoho_id": row["id"],
                "name": row["name"],
                "payload": row,
                "first_seen": now,
                "last_seen": now,
                **values,
            }
        )

    def add_project_customer(self, project):
        """Let a project have the customer as its primary one."""
        self.env["zoho.project.customer"].create(
            {
                "integration_id": self.integration.id,
                "project_zoho_id": project["id"],
                "customer_zoho_id": CUSTOMER["id"],
                "rank": "primary",
            }
        )

    def add_ambiguous_customer(self):
        """Leave a customer of two names, and a project that waits for him."""
        self.add_project_customer(PROJECT)
        error = self.add_error(
            "customer", CUSTOMER, code="customer_ambiguous", details={"names": "two"}
        )
        self.add_error(
            "project",
            PROJECT,
            code="parent_not_fetched",
            parent_id=error.id,
            missing_entity="customer",
            missing_zoho_id=CUSTOMER["id"],
        )
