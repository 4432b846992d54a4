"""The accountant's steps: which project, which rates, one invoice."""

from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter

from tools import portal_invoice
from tools.portal_invoice import (
    choose_project,
    ensure_accountant,
    ensure_printer,
    ensure_staff_rates,
    ensure_usual_rate,
    invoice_project,
    print_invoice,
)
from tools.shell import ToolError

LINES = "account.analytic.line"


class FakeBrowser:
    """Odoo as far as the steps of the accountant see it."""

    url = "http://127.0.0.1:1"

    def __init__(self, **found):
        self.found = {name.replace("_", "."): rows for name, rows in found.items()}
        self.grouped = []
        self.action = {"res_id": 8}
        self.left_out = []
        self.made = []
        self.called = []

    def rows(self, model, domain, fields, **options):
        return self.found.get(model, [])

    def last(self, model, domain, *fields):
        return self.found.get(model, [{}])[0]

    def row(self, model, record_id, fields):
        return {
            "display_name": f"{model} {record_id}",
            "partner_id": [1, "Ada Ltd"],
            "currency_id": [2, "USD"],
            "amount_untaxed": 10.0,
            "amount_total": 12.0,
        }

    def groups(self, model, domain, by, *aggregates):
        return self.grouped

    def download(self, path):
        self.called.append(path)
        sheet = BytesIO()
        blank = PdfWriter()
        blank.add_blank_page(10, 10)
        blank.write(sheet)
        return sheet.getvalue()

    def create(self, model, values):
        self.made.append((model, values))
        return 5

    def call(self, model, method, *args):
        self.called.append((model, method, *args))
        if method == "onchange":
            return {"value": {"left_out_ids": self.left_out}}
        return self.action


def test_the_golden_project_comes_first():
    assert choose_project(FakeBrowser(project_project=[{"id": 3}]), "11") == 3


def test_then_a_project_that_was_billed_before():
    browser = FakeBrowser(project_billed_time=[{"project_id": [4, "P"]}])
    assert choose_project(browser, "11") == 4


def test_then_the_project_with_most_to_bill():
    browser = FakeBrowser()
    browser.grouped = [([4, "P"], 1.0), ([6, "Q"], 9.0)]
    assert choose_project(browser) == 6
    browser.grouped = []
    assert choose_project(browser) is None


def test_staff_without_rates_gets_the_agreed_ones():
    browser = FakeBrowser(hr_employee=[{"id": 1, "work_email": "ben@golden.example"}])
    ensure_staff_rates(browser, 3)
    assert browser.made == [
        ("project.billing.rate", {"project_id": 3, "employee_id": 1, "rate": 50.0})
    ]


def test_a_company_without_a_usual_rate_gets_one():
    browser = FakeBrowser()
    ensure_usual_rate(browser)
    assert browser.made == [("project.billing.rate", {"rate": 100.0})]
    with_one = FakeBrowser(project_billing_rate=[{"id": 1}])
    ensure_usual_rate(with_one)
    assert with_one.made == []


def test_rates_that_are_set_stay():
    browser = FakeBrowser(project_billing_rate=[{"id": 1}])
    ensure_staff_rates(browser, 3)
    assert browser.made == []


def test_time_is_invoiced():
    browser = FakeBrowser()
    assert invoice_project(browser, 3) == (
        "account.move 8 made: 10.00 USD without taxes, 12.00 with, "
        "for Ada Ltd, project project.project 3"
    )
    assert [model for model, _values in browser.made] == ["project.invoice.create"]


def test_a_missing_rate_is_set_first():
    browser = FakeBrowser()
    browser.left_out = [[0, 0, {"reason": "missing_rate"}]]
    invoice_project(browser, 3)
    assert ("project.billing.terms", "action_apply", [5]) in browser.called


def test_an_invoice_of_an_earlier_run_is_not_made_again():
    browser = FakeBrowser(project_billed_time=[{"move_id": [7, "INV/1"]}])
    assert "account.move 7 made earlier" in invoice_project(browser, 3)
    assert browser.made == []


def test_several_invoices_are_said():
    browser = FakeBrowser()
    browser.action = {"domain": []}
    with pytest.raises(ToolError, match="several invoices"):
        invoice_project(browser, 3)


def test_the_accountant_is_made_once(monkeypatch):
    entered = []
    monkeypatch.setattr(
        "tools.portal_browser.Browser.log_in",
        lambda _browser, *words: entered.append(words),
    )
    browser = FakeBrowser(ir_model_data=[{"res_id": 77}])
    ensure_accountant(browser)
    [(model, values)] = browser.made
    assert (model, values["group_ids"]) == ("res.users", [(6, 0, [77])])
    assert entered == [("accountant", "accountant")]
    there = FakeBrowser(res_users=[{"id": 9}])
    ensure_accountant(there)
    assert there.made == []


def test_the_invoice_and_its_annex_are_one_file(tmp_path):
    browser = FakeBrowser(project_billed_time=[{"move_id": [7, "INV/1"]}])
    target = tmp_path / "invoice.pdf"
    assert print_invoice(browser, target).endswith(str(target))
    assert len(PdfReader(target).pages) == 2
    assert [path.rsplit("/", 1)[1] for path in browser.called] == ["7", "7"]


def test_without_an_invoice_nothing_is_printed(tmp_path):
    browser = FakeBrowser(project_billed_time=[{}])
    assert print_invoice(browser, tmp_path / "invoice.pdf") == ""


def test_what_odoo_does_not_print_is_said(tmp_path, monkeypatch):
    browser = FakeBrowser(project_billed_time=[{"move_id": [7, "INV/1"]}])

    def download(path):
        raise ToolError("Odoo does not print it.")

    monkeypatch.setattr(browser, "download", download)
    said = print_invoice(browser, tmp_path / "invoice.pdf")
    assert said == "No PDF of it: Odoo does not print it."
    assert not (tmp_path / "invoice.pdf").exists()


def test_a_release_without_a_printer_is_said_and_stops_nothing(monkeypatch):
    def install(packages, why):
        raise ToolError(f"{why}, and `apt-get install {packages[0]}` failed.\n  E: no")

    monkeypatch.setattr(portal_invoice, "install_missing", install)
    monkeypatch.setattr(portal_invoice.shutil, "which", lambda name: None)
    assert ensure_printer() == (
        "No PDF of it: Odoo prints with wkhtmltopdf, and "
        "`apt-get install wkhtmltopdf` failed."
    )
    monkeypatch.setattr(portal_invoice.shutil, "which", lambda name: f"/bin/{name}")
    assert ensure_printer() == ""
