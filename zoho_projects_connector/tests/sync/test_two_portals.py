"""Two portals whose records have the same ids and names: nothing leaks or collides.

The first speaks from the United States, the second from Europe.
"""

from contextlib import ExitStack
from urllib.parse import urlsplit

from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.sync.portal_session import PortalSession
from ..simulator import DIALECTS, Simulator, generate
from ..simulator.transport import SimulatorAdapter
from .sync_common import SyncCase

OTHER_PORTAL = "777"
SYNCED = ("customer", "user", "project", "phase", "task_list", "task", "bug", "timelog")


class TwoPortalsCase(SyncCase):
    two_companies = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.company
        if cls.two_companies:
            cls.other_company = cls.env["res.company"].create(
                {"name": "Southlight", "currency_id": cls.env.ref("base.USD").id}
            )
        companies = cls.company | cls.other_company
        cls.env.user.company_ids += cls.other_company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": companies.ids}
        )

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        if (urlsplit(request.url).hostname or "").endswith("zoho.eu"):
            kwargs = {
                name: kwargs[name] for name in ("stream", "timeout") if name in kwargs
            }
            return SimulatorAdapter(cls.served_in_europe).send(request, **kwargs)
        return super()._request_handler(session, request, **kwargs)

    def open_first_portal(self):
        super().open_first_portal()
        first = self.portal, self.sim, self.integration
        self.portal = self.make_other_portal()
        self.sim = Simulator(
            self.portal, DIALECTS[self.dialect], self.clock, limit=0, home="eu"
        )
        type(self).served_in_europe = self.sim
        self.second = self.connect(
            name="Southlight", company_id=self.other_company.id, data_center="eu"
        )
        self.first = first[2]
        second = self.portal, self.sim, self.second
        self.sides = {self.first: first, self.second: second}
        return self.turn_to(self.first)

    def make_other_portal(self):
        return generate(self.size, seed=1, clock=self.clock, portal_id=OTHER_PORTAL)

    def turn_to(self, integration):
        """Let the helpers of the case speak of one of the two."""
        self.portal, self.sim, self.integration = self.sides[integration]

    def sync_both(self, full=False):
        for integration in (self.first, self.second):
            self.turn_to(integration)
            self.sync(full=full)
            self.assertEqual(integration.status, "active", integration.status_message)

    def links(self, integration, entity):
        return self.env["zoho.link"].search(
            [("integration_id", "=", integration.id), ("entity", "=", entity)]
        )

    def assert_accounted(self):
        """Every minute of both portals is fetched or has a reason, once."""
        for integration in (self.first, self.second):
            self.turn_to(integration)
            self.assertEqual(self.accounted_minutes(), self.listed_minutes())

    def assert_apart(self):
        """The same ids stand in both portals for records of their own."""
        for entity in ("project", "phase", "task_list", "task", "bug", "timelog"):
            first, second = (
                self.links(one, entity) for one in (self.first, self.second)
            )
            with self.subTest(entity):
                self.assertTrue(first)
                self.assertTrue(
                    set(first.mapped("zoho_id")) & set(second.mapped("zoho_id"))
                )
                self.assertFalse(
                    set(first.mapped("res_id")) & set(second.mapped("res_id"))
                )


@tagged("post_install", "-at_install")
class TestTwoCompanies(TwoPortalsCase):
    def _people(self):
        groups = "zoho_projects_connector.group_zoho_manager"
        groups += ",zoho_projects_connector.group_zoho_billing"
        groups += ",project.group_project_manager,hr_timesheet.group_timesheet_manager"
        for company in (self.company, self.other_company):
            yield (
                company,
                new_test_user(
                    self.env,
                    f"zoho_of_{company.id}",
                    groups,
                    company_id=company.id,
                    company_ids=[Command.set(company.ids)],
                ),
            )

    def _as(self, records, user):
        """Return the records as a user of one company sees them."""
        own = records.with_context(allowed_company_ids=user.company_ids.ids)
        return own.with_user(user)

    def test_nothing_collides(self):
        self.sync_both()
        self.assert_apart()
        self.assert_accounted()
        rows = self.business_rows()
        with self.business_writes() as statements:
            self.advance(minutes=20)
            self.sync_both(full=True)
        self.assertEqual(statements, [])
        self.assertEqual(self.business_rows(), rows)
        for integration in (self.first, self.second):
            for entity in ("project", "task", "timelog"):
                records = [link._record() for link in self.links(integration, entity)]
                companies = {record.company_id for record in records}
                self.assertEqual(companies, {integration.company_id}, entity)

    def test_nobody_sees_the_other_company(self):
        """Of whatever both companies have, each user sees his own only."""
        self.sync_both()
        for integration in (self.first, self.second):
            line = self.links(integration, "timelog")[:1]._record()
            self.env["zoho.difference"].sudo()._raise(
                integration, line, "changed", {"unit_amount": 1.0}
            )
        self.env.flush_all()
        models = {
            name
            for name in self.env
            if name.startswith("zoho.")
            and not (self.env[name]._abstract or self.env[name]._transient)
            and "company_id" in self.env[name]._fields
        }
        models |= {"project.unbilled.time", "project.project", "project.task"}
        models |= {"account.analytic.line"}
        people = list(self._people())
        for name in sorted(models):
            found = self.env[name].sudo().search([])
            for company, user in people:
                with self.subTest(name, company=company.name):
                    seen = self._as(self.env[name], user).search([])
                    self.assertFalse(seen.sudo().company_id - company)
                    own = found.filtered(lambda one, c=company: one.company_id == c)
                    self.assertTrue(own or not found, "nothing to see")
                    if name.startswith("zoho."):
                        self.assertEqual(len(seen), len(own))

    def test_a_shared_contact_shows_each_company_its_own_link(self):
        self.sync_both()
        shared = set(self.links(self.first, "customer").mapped("res_id"))
        shared &= set(self.links(self.second, "customer").mapped("res_id"))
        partner = self.env["res.partner"].browse(min(shared))
        for company, user in self._people():
            seen = self._as(partner, user)
            self.assertEqual(seen.zoho_link_ids.company_id, company)
        self.links(self.second, "customer").filtered(
            lambda link: link.res_id == partner.id
        ).zoho_id = "only-southlight"
        (_first, user), (_second, other) = self._sorted_people()
        domain = [("zoho_id", "=", "only-southlight")]
        self.assertFalse(self._as(partner, user).search(domain))
        self.assertEqual(self._as(partner, other).search(domain), partner)

    def _sorted_people(self):
        users = self.env["res.users"].search([("login", "like", "zoho_of_")])
        order = (self.company, self.other_company)
        return [
            (company, users.filtered(lambda user, c=company: user.company_id == c))
            for company in order
        ]

    def test_a_shared_contact_follows_the_portal_that_came_first(self):
        """Both have Harbour: the second links to it and leaves its details alone."""
        partner, link = self._shared_customer()
        self.assertFalse(link.values_before)
        before = partner.read(["name", "email", "phone", "street", "city"])
        self.turn_to(self.second)
        self.portal.edit("customer", link.zoho_id, email="other@example.eu")
        self.advance(minutes=20)
        self.sync(full=True)
        self.assertEqual(
            partner.read(["name", "email", "phone", "street", "city"]), before
        )
        self.turn_to(self.first)
        own = self._link_of(self.first, partner)
        self.portal.edit("customer", own.zoho_id, email="first@example.com")
        self.sync(full=True)
        self.assertEqual(partner.email, "first@example.com")

    def test_the_second_leads_once_the_first_is_deleted(self):
        partner, link = self._shared_customer()
        self.first.action_delete()
        self.turn_to(self.second)
        self.portal.edit("customer", link.zoho_id, email="other@example.eu")
        self.advance(minutes=20)
        self.sync(full=True)
        self.assertEqual(partner.email, "other@example.eu")

    def _link_of(self, integration, partner):
        return self.links(integration, "customer").filtered(
            lambda link: link.res_id == partner.id
        )[:1]

    def _shared_customer(self):
        """Return a contact that both portals have, and the link of the second."""
        self.sync_both()
        shared = set(self.links(self.first, "customer").mapped("res_id"))
        shared &= set(self.links(self.second, "customer").mapped("res_id"))
        self.assertTrue(shared)
        partner = self.env["res.partner"].browse(min(shared))
        return partner, self._link_of(self.second, partner)

    def test_projects_are_restricted_in_one_company_only(self):
        self.sync_both()
        self.first.restrict_project_creation = True
        Project = self.env["project.project"]
        with self.assertRaisesRegex(UserError, "of Northlight"):
            Project.create({"name": "Here", "company_id": self.company.id})
        self.assertTrue(
            Project.create({"name": "There", "company_id": self.other_company.id})
        )

    def test_page_by_page_in_turns(self):
        """Two syncs that take turns at every page end as one after the other does."""
        with ExitStack() as stack:
            steps = []
            for integration in (self.first, self.second):
                integration.action_save_and_sync()
                own = integration.with_company(integration.company_id).with_context(
                    allowed_company_ids=integration.company_id.ids
                )
                session = stack.enter_context(PortalSession(own))
                steps.append(own._sync_steps(session))
            turns = 0
            while steps:
                for step in list(steps):
                    if next(step, StopIteration) is StopIteration:
                        steps.remove(step)
                    self.env.invalidate_all()
                turns += 1
        self.assertGreater(turns, len(SYNCED))
        for integration in (self.first, self.second):
            self.assertEqual(integration.run_ids[:1].status, "done")
        self.assert_apart()
        self.assert_accounted()


@tagged("post_install", "-at_install")
class TestTwoPortalsOfOneCompany(TwoPortalsCase):
    two_companies = False

    def test_nothing_collides(self):
        self.sync_both()
        self.assert_apart()
        self.assert_accounted()
        with self.business_writes() as statements:
            self.advance(minutes=20)
            self.sync_both(full=True)
        self.assertEqual(statements, [])

    def test_one_goes_and_the_other_stays(self):
        self.sync_both()
        counts = {
            entity: len(self.links(self.second, entity).filtered("zoho_id"))
            for entity in SYNCED
        }
        self.first.action_delete()
        self.turn_to(self.second)
        self.advance(minutes=20)
        with self.business_writes() as statements:
            self.sync(full=True)
        self.assertEqual(statements, [])
        for entity, count in counts.items():
            self.assertEqual(len(self.links(self.second, entity)), count, entity)

    def test_what_leaves_one_portal_stays_in_the_other(self):
        """The same log's id stands in both; the second's is deleted."""
        self.sync_both()
        twins = {
            link.zoho_id: link._record() for link in self.links(self.first, "timelog")
        }
        self.turn_to(self.second)
        link = self.links(self.second, "timelog").filtered(
            lambda one: one.zoho_id in twins and one.state == "linked"
        )[0]
        self.portal.delete_log(link.zoho_id)
        self.advance(minutes=20)
        self.sync_both(full=True)
        self.assertEqual(link.state, "withdrawn")
        self.assertTrue(twins[link.zoho_id].active)

    @mute_logger("odoo.sql_db")
    def test_the_same_portal_twice_is_refused(self):
        self.turn_to(self.first)
        twice = self.connect(name="Twice")
        self.assertFalse(twice.portal_id)
        self.assertIn("is connected to this company already", twice.status_message)
        # Nor by hand.
        with self.assertRaisesRegex(UniqueViolation, "portal_uniq"):
            twice.portal_id = twice.portal_ids
            twice.flush_recordset()
