"""A project with time in several billing states, and documents that bill it."""

from odoo import Command

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

STATES = (
    "hours_unbilled",
    "hours_draft",
    "hours_invoiced",
    "hours_elsewhere",
    "hours_fixed_price",
    "hours_non_billable",
)


class ProjectFiguresCommon(AccountTestInvoicingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The user of these tests has accounting rights only.
        cls.env = cls.env(su=True)
        cls.anna, cls.ben = cls.env["hr.employee"].create(
            [{"name": "Anna"}, {"name": "Ben"}]
        )
        cls.project = cls._project("Website")
        cls.task_list = cls.env["zoho.task.list"].create(
            {"name": "Front end", "project_id": cls.project.id}
        )
        cls.milestone = cls.env["project.milestone"].create(
            {"name": "Go-live", "project_id": cls.project.id}
        )
        cls.design = cls._task("Design")
        cls.build = cls._task(
            "Build",
            zoho_task_list_id=cls.task_list.id,
            milestone_id=cls.milestone.id,
        )
        cls.entry = cls._log(cls.design, cls.anna, 10.0)
        cls._log(cls.build, cls.ben, 2.5)
        cls._log(cls.build, cls.ben, 4.0, billed_elsewhere=True)
        cls._log(cls.design, cls.ben, 1.0, billing_exclusion="Our mistake")

    @classmethod
    def _project(cls, name, **values):
        return cls.env["project.project"].create(
            {
                "name": name,
                "partner_id": cls.partner_a.id,
                "allow_billable": True,
                "allow_timesheets": True,
                "billing_method": "project_hours",
                "billing_rate": 100.0,
                **values,
            }
        )

    @classmethod
    def _task(cls, name, **values):
        return cls.env["project.task"].create(
            {"name": name, "project_id": cls.project.id, "user_ids": [], **values}
        )

    @classmethod
    def _log(cls, task, employee, hours, **values):
        return cls.env["account.analytic.line"].create(
            {
                "name": "Work",
                "project_id": task.project_id.id,
                "task_id": task.id,
                "employee_id": employee.id,
                "unit_amount": hours,
                "date": "2026-03-10",
                **values,
            }
        )

    def _bill(self, entry, hours, rate):
        """Put hours of an entry on a draft invoice."""
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner_a.id,
                "invoice_date": "2026-04-01",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Time",
                            "quantity": hours,
                            "price_unit": rate,
                            "tax_ids": [],
                        }
                    )
                ],
            }
        )
        self.env["project.billed.time"]._insert(
            [
                {
                    "timesheet_id": entry.id,
                    "project_id": entry.project_id.id,
                    "move_line_id": invoice.invoice_line_ids.id,
                    "hours": hours,
                    "amount": hours * rate,
                    "rate": rate,
                }
            ]
        )
        return invoice

    def _hours(self, record):
        self.env.flush_all()
        record.invalidate_recordset()
        return {name: record[name] for name in STATES if record[name]}

    def _assert_adds_up(self, record):
        self.assertAlmostEqual(
            sum(self._hours(record).values()), record.hours_logged, 6
        )
