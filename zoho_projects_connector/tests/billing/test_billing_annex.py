"""The annex tells the time behind a document as it was when it was billed."""

from lxml import html

from odoo import Command
from odoo.tests import tagged

from .billing_common import BillingCommon, ThreeEntriesCommon

REPORT = "zoho_projects_connector.report_billed_time_annex"


def rows_of(page, name):
    """Return the cells of the table rows of one kind, spaces made single."""
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./td")]
        for row in page.xpath(f"//tr[@name='{name}']")
    ]


def texts_of(page, name):
    """Return the texts of the elements of the annex that have a name."""
    found = page.xpath(f"//*[@name='{name}']")
    return [" ".join(element.text_content().split()) for element in found]


class AnnexCommon:
    def _annex(self, documents, user=None):
        report = self.env["ir.actions.report"].with_user(user or self.accountant)
        return html.fromstring(report._render_qweb_html(REPORT, documents.ids)[0])


@tagged("post_install", "-at_install")
class TestBillingAnnex(AnnexCommon, BillingCommon):
    """10 h of Ann, 20 h of Ben and 15 h of Cid: 45 h in all (`_golden`)."""

    def test_invoice_by_the_accountant(self):
        self._golden()[1].sudo().write(
            {"zoho_approver": "Eva", "zoho_approved_at": "2026-01-09 12:00:00"}
        )
        invoice = self._invoice(group_by="task")
        invoice.action_post()
        page = self._annex(invoice)
        self.assertEqual(
            rows_of(page, "time"),
            [
                ["01/05/2026", "Ann", "Design", "Work", "", "10:00"],
                ["01/05/2026", "Ben", "Build", "Work", "Eva", "20:00"],
                ["01/06/2026", "Cid", "Build", "Work", "", "15:00"],
            ],
        )
        self.assertEqual(
            [cells[1] for cells in rows_of(page, "line")],
            ["10:00 = 10.00 h", "20:00 = 20.00 h", "15:00 = 15.00 h"],
        )
        self.assertEqual(
            rows_of(page, "project"), [["Golden Project", "45:00 = 45.00 h"]]
        )
        self.assertEqual(rows_of(page, "total"), [["Total Time", "45:00 = 45.00 h"]])
        self.assertEqual(texts_of(page, "document"), [f"Invoice {invoice.name}"])
        self.assertEqual(
            texts_of(page, "period"), ["Time From – To 01/05/2026 – 01/06/2026"]
        )
        row = self._ledger(move_id=invoice).filtered("approver")
        self.assertEqual(str(row.approved_at), "2026-01-09 12:00:00")

    def test_minutes(self):
        """Three times 20 minutes on one line: 0:20 each, 1:00 in all."""
        for _entry in range(3):
            self._log(1 / 3, name="Design")
        page = self._annex(self._invoice(group_by="project"))
        self.assertEqual(
            [cells[-2:] for cells in rows_of(page, "time")], [["", "00:20"]] * 3
        )
        self.assertEqual(rows_of(page, "line"), [])
        self.assertEqual(rows_of(page, "total")[0][1], "01:00 = 1.00 h")

    def test_no_page_parts_the_sum_from_all_entries(self):
        """Printers keep a table together that says so, and no part of one."""
        for day in range(1, 6):
            self._log(1, day=f"2026-01-0{day}")
        self._log(2, self.ben, self.build)
        page = self._annex(self._invoice(group_by="task"))
        self.assertEqual(
            [
                [
                    row.get("name")
                    for row in table.xpath("./tbody/tr[not(@style='display: none')]")
                ]
                for table in page.xpath("//table[starts-with(@name, 'annex_')]")
            ],
            [
                ["project", "line", *["time"] * 5],
                ["line", "time", "total"],
            ],
        )
        [end] = page.xpath("//table[@name='annex_end']")
        self.assertIn("page-break-inside: avoid", end.get("style"))
        widths = [
            table.xpath("./colgroup/col/@style")
            for table in page.xpath("//table[colgroup]")
        ]
        self.assertEqual(widths[0], widths[1])

    def test_rounded_time(self):
        """2:32 h, rounded up to a quarter, are 2:45 h: on the invoice and here."""
        self.project.write({"billing_rounding": "up", "billing_rounding_minutes": 15})
        self._log(152 / 60)
        invoice = self._invoice()
        page = self._annex(invoice)
        self.assertEqual(rows_of(page, "time")[0][-1], "02:45")
        self.assertEqual(rows_of(page, "total")[0][1], "02:45 = 2.75 h")
        self.assertEqual(invoice.billed_time_hours, 2.75)

    def test_draft_is_called_draft(self):
        self._golden()
        page = self._annex(self._invoice())
        self.assertEqual(texts_of(page, "document"), ["Invoice Draft"])
        self.assertEqual(rows_of(page, "total")[0][1], "45:00 = 45.00 h")

    def test_several_projects(self):
        """Each project has its own subtotal: 10 h and 2.5 h, 12.5 h in all."""
        other = self._project("Other Project")
        self._flat_rate(80, other)
        self._log(10)
        self._log(2.5, self.ben, self._task("Test", other))
        invoice = self._invoice(self.project + other, group_by="project")
        page = self._annex(invoice)
        self.assertEqual(
            sorted(rows_of(page, "project")),
            [
                ["Golden Project", "10:00 = 10.00 h"],
                ["Other Project", "02:30 = 2.50 h"],
            ],
        )
        self.assertEqual(rows_of(page, "total")[0][1], "12:30 = 12.50 h")
        self.assertEqual(invoice.billed_time_hours, 12.5)

    def test_what_was_billed_stays(self):
        """New names, archived people and lost entries change no printed annex."""
        logs = self._golden()
        invoice = self._invoice(group_by="task")
        invoice.action_post()
        before = rows_of(self._annex(invoice), "time")
        self.design.name = "Something else"
        self.project.name = "Another project"
        self.ann.write({"name": "Zoe", "active": False})
        self.build.active = False
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM account_analytic_line WHERE id = %s", [logs[1].id]
        )
        self.env.invalidate_all()
        page = self._annex(invoice)
        self.assertEqual(rows_of(page, "time"), before)
        self.assertEqual(
            rows_of(page, "project"), [["Golden Project", "45:00 = 45.00 h"]]
        )
        self.assertEqual(rows_of(page, "total")[0][1], "45:00 = 45.00 h")

    def test_a_credit_repeats_what_was_billed(self):
        self._golden()
        invoice = self._invoice(group_by="task")
        invoice.action_post()
        before = rows_of(self._annex(invoice), "time")
        self.design.name = "Something else"
        credit_note = self._credit_note(invoice)
        self.assertFalse(credit_note.billed_time_hours)
        credit_note.action_post()
        page = self._annex(credit_note)
        self.assertEqual(sorted(rows_of(page, "time")), sorted(before))
        self.assertEqual(
            rows_of(page, "total"), [["Total Time Taken Back", "45:00 = 45.00 h"]]
        )
        self.assertEqual(
            texts_of(page, "credited"), [f"Takes Back Time Of {invoice.name}"]
        )

    def test_second_currency(self):
        self.project.billing_currency_id = self.other_currency
        self._log(7.5)
        invoice = self._invoice()
        self.assertEqual(invoice.currency_id, self.other_currency)
        self.assertEqual(
            rows_of(self._annex(invoice), "total"), [["Total Time", "07:30 = 7.50 h"]]
        )

    def test_french_customer(self):
        """Dates, decimals and the project's name are the customer's."""
        self.env["res.lang"]._activate_lang("fr_FR")
        addon = self.env["ir.module.module"].search(
            [("name", "=", "zoho_projects_connector")]
        )
        addon._update_translations("fr_FR")
        self.customer.lang = "fr_FR"
        self.project.with_context(lang="fr_FR").name = "Projet doré"
        self._log(7.5, day="2026-01-31")
        invoice = self._invoice()
        invoice.action_post()
        page = self._annex(invoice)
        self.assertEqual(rows_of(page, "time")[0][0], "31/01/2026")
        self.assertEqual(rows_of(page, "project"), [["Projet doré", "07:30 = 7,50 h"]])
        self.assertEqual(
            rows_of(page, "total"), [["Total des heures", "07:30 = 7,50 h"]]
        )
        self.assertEqual(texts_of(page, "document"), [f"Facture {invoice.name}"])
        self.assertIn("Relevé des heures", page.text_content())
        self.assertRegex(invoice._billed_time_annex_name(), "Relevé des heures")

    def test_evidence_is_read_at_once(self):
        """One query, however many entries, people and tasks."""
        people = self.env["hr.employee"].create(
            [{"name": f"Person {index}"} for index in range(9)]
        )
        timesheets = self.env["account.analytic.line"].concat(
            *(self._log(1, person, self._task(person.name)) for person in people)
        )
        ledger = self.env["project.billed.time"].sudo()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            told = ledger._evidence(timesheets.ids, "en_US").values()
        self.assertEqual(
            [vals["employee_name"] for vals in told], people.mapped("name")
        )
        self.assertEqual([vals["task_name"] for vals in told], people.mapped("name"))


@tagged("post_install", "-at_install")
class TestBillingAnnexParts(AnnexCommon, ThreeEntriesCommon):
    """Entries of 4 h, 3 h and 1 h on one invoice."""

    def _part_credited(self, invoice, **values):
        credit_note = self._credit_note(invoice)
        self._set_line(credit_note.invoice_line_ids, **values)
        credit_note.action_post()
        return credit_note

    def test_partly_credited(self):
        """2 h credited: the last entry (1 h) and 1 h of the one before it."""
        invoice = self._posted()
        page = self._annex(self._part_credited(invoice, quantity=2))
        self.assertEqual(
            [(cells[0], cells[-1]) for cells in rows_of(page, "time")],
            [("01/06/2026", "01:00"), ("01/07/2026", "01:00")],
        )
        self.assertEqual(rows_of(page, "total")[0][1], "02:00 = 2.00 h")
        page = self._annex(invoice)
        self.assertEqual(rows_of(page, "total")[0][1], "08:00 = 8.00 h")

    def test_money_back_has_no_annex(self):
        """A lower price gives back money, no hours: there is nothing to list."""
        credit_note = self._part_credited(self._posted(), price_unit=10)
        self.assertTrue(self._ledger(move_id=credit_note))
        self.assertFalse(credit_note.billed_time_hours)
        self.assertEqual(rows_of(self._annex(credit_note), "total"), [])

    def test_lowered_and_removed(self):
        """A draft lowered to 5 h lists 4 h and 1 h; a cancelled one lists nothing."""
        invoice = self._invoice(group_by="project")
        self._set_line(invoice.invoice_line_ids, quantity=5)
        page = self._annex(invoice)
        self.assertEqual(
            [cells[-1] for cells in rows_of(page, "time")], ["04:00", "01:00"]
        )
        invoice.button_cancel()
        self.assertFalse(invoice.billed_time_hours)

    def test_offered_for_time_only(self):
        """The print menu has the annex where there is billed time."""
        report = self.env.ref("zoho_projects_connector.action_report_billed_time_annex")
        report = report.with_user(self.accountant)
        other = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_line_ids": [Command.create({"name": "Chair", "quantity": 1})],
            }
        )
        invoice = self._posted()
        for move, offered in ((invoice, report.ids), (other, [])):
            valid = report.get_valid_action_reports("account.move", move.ids)
            self.assertEqual(valid, offered)
        page = self._annex(invoice + other)
        self.assertEqual(len(rows_of(page, "total")), 1)
