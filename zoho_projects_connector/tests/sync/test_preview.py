"""The preview: what it says is what the first sync does, and it writes nothing."""

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ...models.sync.rehearsal import NOTIFICATION, Rehearsal
from ..simulator import DIALECTS
from .sync_common import SyncCase

# What a preview may write: itself, the access token and the counted calls.
ITS_OWN = {
    "zoho_sync_preview",
    "zoho_sync_preview_line",
    "zoho_credential",
    "zoho_quota",
}
COUNTS = ("fetched", "created", "updated", "unchanged", "skipped", "failed")


class PreviewCase(SyncCase):
    size = "tiny"

    def preview(self):
        """Press *Preview*; return what the guide shows then."""
        self.integration.action_preview()
        return self.integration.preview_id

    def tables(self):
        """Return a digest of every row of every table, but of what is its own."""
        # What the sign-in still has to tell the screens is told by then.
        self.env.cr.flush()
        names = self.env.execute_query(
            SQL(
                """SELECT tablename FROM pg_tables
                    WHERE schemaname = 'public' ORDER BY tablename"""
            )
        )
        digests = {}
        for (name,) in names:
            if name in ITS_OWN:
                continue
            [(count, digest)] = self.env.execute_query(
                SQL(
                    """SELECT count(*), sum(hashtext(t::text)::bigint) FROM %s t""",
                    SQL.identifier(name),
                )
            )
            digests[name] = (count, digest)
        return digests

    def globex(self, **values):
        """Return a company of Odoo that has the name of a customer of the portal."""
        customer = next(iter(self.portal.customers.values()))
        return self.env["res.partner"].create(
            {"name": customer.name, "is_company": True, "phone": "+31 1", **values}
        )


@tagged("post_install", "-at_install")
class TestPreview(PreviewCase):
    preferences = {"timesheet_cutoff": "date", "timesheet_cutoff_date": "2026-06-01"}

    def test_pace_of_a_portal_that_lists_few_logs_at_once(self):
        self.assertFalse(self.preview().pace)
        for name, words in (
            ("module_id_required_yes", "one task or issue at a time only"),
            ("module_id_required_portal", "one project at a time only"),
        ):
            self.advance(minutes=3)
            self.sim.dialect = DIALECTS[name]
            pace = self.preview().pace
            self.assertIn(words, pace)
            self.assertRegex(pace, "make [1-9][0-9]* calls: 00:[0-9]+ h")

    def test_pace_in_words(self):
        """45 calls a minute: 530 take 11.8 minutes, 8,100 three hours."""
        preview = self.env["zoho.sync.preview"]
        self.assertIn("530 calls: 00:12 h", preview._describe_pace("item", 53, 530))
        self.assertIn("03:00 h", preview._describe_pace("project", 900, 8100))
        self.assertFalse(preview._describe_pace(False, 0, 0))

    def figures(self, preview):
        """Return what a preview says, in the shape of :meth:`facts`."""
        time = {}
        for line in preview.time_line_ids:
            time[line.outcome, line.name] = (line.count, round(line.hours, 4))
        return {
            "modules": {
                line.entity: [line[name] for name in COUNTS]
                for line in preview.module_line_ids
            },
            "projects": {
                outcome: sorted(lines.mapped("name"))
                for outcome, lines in preview.project_line_ids.grouped(
                    "outcome"
                ).items()
            },
            "time": time,
        }

    def facts(self, run):
        """Return what a sync has done, read from Odoo's own records."""
        projects = self.env["zoho.link"].search(
            [("integration_id", "=", self.integration.id), ("entity", "=", "project")]
        )
        skipped = self.env["zoho.skipped.record"].search(
            [("integration_id", "=", self.integration.id)]
        )
        names = {
            "fetch": self.env["project.project"]
            .browse(projects.mapped("res_id"))
            .mapped("name"),
            "fail": self.errors(entity="project").mapped("name"),
            "leave": skipped.filtered(lambda row: row.entity == "project").mapped(
                "name"
            ),
        }
        time = {}
        for outcome, name, records, hours in (
            ("fetch", "billing_state", self.lines(), "unit_amount"),
            ("fail", "reason", self.errors(entity="timelog"), "hours"),
            (
                "leave",
                "reason",
                skipped.filtered(lambda row: row.entity == "timelog"),
                "hours",
            ),
        ):
            labels = dict(records._fields[name]._description_selection(self.env))
            for key, rows in records.grouped(name).items():
                total = round(sum(rows.mapped(hours)), 4)
                time[outcome, labels[key]] = (len(rows), total)
        return {
            "modules": {
                line.entity: [line[name] for name in COUNTS] for line in run.line_ids
            },
            "projects": {key: sorted(found) for key, found in names.items() if found},
            "time": time,
        }

    def test_it_writes_nothing(self):
        self.globex()
        before = self.tables()
        preview = self.preview()
        self.assertTrue(preview.is_complete, preview.message)
        self.assertGreater(sum(preview.time_line_ids.mapped("hours")), 0)
        after = self.tables()
        self.assertEqual(
            {name for name in after if after[name] != before.get(name)}, set()
        )

    def test_the_sync_does_what_it_says(self):
        self.globex()
        said = self.figures(self.preview())
        run = self.sync()
        self.assertEqual(run.status, "done")
        self.assertEqual(said, self.facts(run))
        # The portal is worth the comparison: something of each kind is in it.
        self.assertGreaterEqual({"fetch", "leave"}, set(said["projects"]) - {"fail"})
        self.assertIn(("fetch", "Unbilled"), said["time"])

    def test_the_hours_are_those_of_the_portal(self):
        preview = self.preview()
        listed = sum(self.listed_minutes().values())
        hours = sum(preview.time_line_ids.mapped("hours"))
        self.assertEqual(round(hours * 60), listed)

    def test_calls_are_counted(self):
        """What was rolled back was sent all the same: Zoho has counted it."""
        preview = self.preview()
        self.env.cr.execute(
            "SELECT sum(calls) FROM zoho_quota WHERE integration_ref = %s",
            [self.integration.id],
        )
        counted = self.env.cr.fetchone()[0]
        self.assertGreaterEqual(counted, preview.api_calls)
        self.assertGreater(preview.api_calls, 5)
        # A second one counts on from there.
        self.preview()
        self.env.cr.execute(
            "SELECT sum(calls) FROM zoho_quota WHERE integration_ref = %s",
            [self.integration.id],
        )
        self.assertEqual(self.env.cr.fetchone()[0], 2 * counted)

    def test_it_is_kept_and_each_sees_his_own(self):
        preview = self.preview()
        other = new_test_user(
            self.env,
            "preview_other",
            "base.group_user,zoho_projects_connector.group_zoho_manager",
            company_id=self.company.id,
            company_ids=[self.company.id],
        )
        theirs = self.integration.with_user(other).with_company(self.company)
        self.assertFalse(theirs.preview_id)
        self.env.invalidate_all()
        lines = self.integration.preview_customer_ids
        self.assertEqual(lines, preview.customer_line_ids)
        self.assertTrue(lines)
        self.assertEqual(self.integration.preview_calls, preview.api_calls)
        self.env["zoho.sync.preview"]._transient_vacuum()
        self.assertTrue(preview.exists().line_ids)
        newer = self.preview()
        self.assertNotEqual(newer, preview)
        self.assertFalse(preview.exists())

    def test_it_tells_how_far_it_is(self):
        """Module by module, to nobody but whoever has pressed the button."""
        told = []
        bus = self.env.registry["bus.bus"]
        self.patch(bus, "_sendone", lambda _self, *told_now: told.append(told_now))
        self.preview()
        told = [one for one in told if one[1] == NOTIFICATION]
        self.assertEqual({one[0] for one in told}, {self.env.user.partner_id})
        progress = [one[2]["progress"] for one in told]
        self.assertEqual({one[2]["id"] for one in told}, {self.integration.id})
        modules = list(dict.fromkeys(one["entity"] for one in progress if one))
        self.assertEqual(modules[:3], ["customer", "user", "project"])
        self.assertEqual(modules[-1], "timelog")
        self.assertTrue(all(one["page"] for one in progress if one))

    def test_it_ends_in_time(self):
        values = Rehearsal(self.integration).run(seconds=0)
        self.assertFalse(values["is_complete"])
        self.assertIn("after 0 seconds", values["message"])
        self.assertIn("Timesheets", values["unread"])
        preview = self.env["zoho.sync.preview"].create(values)
        self.assertFalse(preview.time_line_ids)

    def test_zoho_asks_to_wait(self):
        self.sim.fault("throttle", "tasks", times=0)
        preview = self.preview()
        self.assertFalse(preview.is_complete)
        self.assertIn("asked for a pause", preview.message)
        self.assertIn("Tasks (in part)", preview.unread)
        self.assertTrue(preview.project_line_ids)
        self.assertEqual(self.integration.status, "signed_in")

    def test_a_module_that_zoho_refuses(self):
        self.sim.fault("module_disabled", "issues", times=0)
        preview = self.preview()
        self.assertFalse(preview.is_complete)
        self.assertIn("Bugs", preview.message)

    def test_a_dead_sign_in(self):
        self.sim.store.revoke_all()
        self.credential().write({"refresh_after": False})
        with self.assertRaisesRegex(UserError, "no longer accepts the sign-in"):
            self.integration.action_preview()

    def test_not_while_a_sync_is_under_way(self):
        self.integration._prepare_streams()
        self.env["zoho.sync.run"]._queue_run(
            self.integration, "setup", True, self.env.user
        )
        with self.assertRaisesRegex(UserError, "A sync is under way"):
            self.integration.action_preview()

    def test_not_without_a_portal(self):
        self.integration.portal_id = False
        with self.assertRaisesRegex(UserError, "Choose the portal first"):
            self.integration.action_preview()


@tagged("post_install", "-at_install")
class TestPreviewOfCustomers(PreviewCase):
    def outcomes(self, name):
        lines = self.preview().customer_line_ids
        return lines.filtered(lambda line: line.name == name)

    def test_overwritten_with_both_values(self):
        """The phone is replaced where Zoho has one; the preview shows both."""
        customer = next(iter(self.portal.customers.values()))
        partner = self.globex(email="old@globex.example")
        [line] = self.outcomes(partner.name)
        self.assertEqual(line.outcome, "overwrite")
        if customer.email:
            self.assertIn(f"old@globex.example → {customer.email}", line.detail)
        self.assertEqual(partner.email, "old@globex.example")

    def test_what_changes_nothing_is_unchanged(self):
        """Both sides say the same: there is nothing to look at."""
        self.sync()
        name = next(iter(self.portal.customers.values())).name
        links = self.env["zoho.link"].search([("entity", "=", "customer")])
        links.unlink()
        self.integration.status = "signed_in"
        [line] = self.outcomes(name)
        self.assertEqual(line.outcome, "same")
        self.assertFalse(line.detail)
        example = Rehearsal(self.integration).duplicate_example()
        self.assertEqual(example["same"], example["count"])
        self.integration.duplicate_example = example
        text = str(self.integration.duplicate_example_text)
        self.assertIn("have the same details on both sides", text)
        self.assertNotIn("are replaced", text)

    def test_cloned(self):
        self.integration.duplicate_customers = "clone"
        partner = self.globex()
        [line] = self.outcomes(partner.name)
        self.assertEqual(line.outcome, "clone")

    def test_new(self):
        name = next(iter(self.portal.customers.values())).name
        [line] = self.outcomes(name)
        self.assertEqual(line.outcome, "create")

    def test_ambiguous(self):
        partner = self.globex()
        self.globex()
        [line] = self.outcomes(partner.name)
        self.assertEqual(line.outcome, "fail")
        self.assertIn(partner.name, line.detail)

    def test_recognised_after_a_delete(self):
        """A portal that was connected before finds its records again."""
        self.sync()
        name = next(iter(self.portal.customers.values())).name
        self.integration.action_delete()
        self.integration = self.connect(name="Again")
        self.assertEqual(self.outcomes(name).mapped("outcome"), ["known"])
