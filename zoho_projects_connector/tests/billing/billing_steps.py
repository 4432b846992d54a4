"""What people do with invoices, for any test that has a ``project``."""

from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import UserError


class BillingSteps:
    """Steps of the invoice wizard and of Odoo's own dialogs."""

    def _wizard(self, projects=None, **values):
        """Return the wizard, without headings unless they are what is looked at."""
        projects = projects or self.project
        values = {"show_sections": False, **values}
        return self.env["project.invoice.create"].create(
            {"project_ids": [Command.set(projects.ids)], **values}
        )

    def _invoice(self, projects=None, **values):
        action = self._wizard(projects, **values).action_create_invoice()
        self.assertEqual(action["res_model"], "account.move")
        return self.env["account.move"].browse(action["res_id"])

    def _reversal(self, invoice):
        return (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"reason": "test", "journal_id": invoice.journal_id.id})
        )

    def _credit_note(self, invoice):
        """Return a draft credit note of the whole invoice."""
        action = self._reversal(invoice).refund_moves()
        return self.env["account.move"].browse(action["res_id"])

    def _pay(self, invoice):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({}).action_create_payments()

    def _set_line(self, line, **values):
        """Change an invoice line as its form does."""
        line.move_id.write({"invoice_line_ids": [Command.update(line.id, values)]})

    @contextmanager
    def assertRefused(self, pattern):
        """The block ends in a sentence for the user, and everything is undone."""
        with self.assertRaises(UserError) as caught:
            yield
        self.assertRegex(str(caught.exception), pattern)
