"""Whatever happens to time and documents, in whatever order: the books balance.

``BILLING_EXAMPLES`` and ``BILLING_STEPS`` make the walk longer than it is by default,
``BILLING_TERMS_…``, ``BILLING_WORLDS_…`` and ``BILLING_SYNC_…`` the others.
"""

from odoo.tests import tagged

from .walk_common import WalkCommon, walk_projects, walk_terms, walk_worlds


@tagged("post_install", "-at_install")
class TestBillingProperty(WalkCommon):
    def test_books_are_true_after_every_step(self):
        walk_projects(self)

    def test_books_are_true_on_other_terms(self):
        walk_terms(self)

    def test_books_are_true_whatever_happens_beside_them(self):
        walk_worlds(self)
