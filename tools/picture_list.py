"""Which pictures the documentation has, in the order in which their story goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tools.picture_world import World

WIDTH, PHONE = 1366, 400
GUIDE = "/odoo/zoho-set-up/{integration}"
INTEGRATION = "/odoo/zoho-integrations/{integration}"
PROJECT = "/odoo/project.project/{project}"
INSIDE = "/zoho_projects/inside/open"
PAIR = (
    "/zoho_projects/inside/pair?portal={claims[portal]}&user={claims[user]}"
    "&user_name={claims[user_name]}&origin={claims[origin]}"
)
ANNEX = "/report/html/zoho_projects_connector.report_billed_time_annex/{paid}"
BILLING = ".nav-link[name=billing]"
NEW = ".o_new_transaction"
NEW_INVOICE = (NEW, "[data-method=action_new_invoice]")


@dataclass(frozen=True)
class Picture:
    """One picture: whose page, how it is reached, and how high it is.

    :param paths: of one page; of several that stand beside each other, as on phones.
        Behind a hash stands the tab of Zoho from which it is opened.
    :param clicks: what to click on, one after the other; ``selector = text`` types it.
    :param before: what happens in the demo before the picture is taken.
    """

    name: str
    who: str
    paths: tuple[str, ...]
    clicks: tuple[str, ...] = ()
    height: int = 900
    width: int = WIDTH
    before: Callable[[World], object] = lambda world: None


def _open_guide(step: str) -> Callable[[World], None]:
    def before(world: World) -> None:
        world.connection.write({"setup_step": step})

    return before


PICTURES = (
    Picture(
        "setup-modules",
        "administrator",
        (GUIDE,),
        ("button[name=action_count_logs]",),
        before=_open_guide("modules"),
    ),
    Picture(
        "setup-preview",
        "administrator",
        (GUIDE,),
        ("button[name=action_preview]", "[name=preview] .nav-link[name=time]"),
        before=_open_guide("preview"),
    ),
    Picture(
        "progress",
        "administrator",
        (INTEGRATION,),
        height=430,
        before=World.begin_sync,
    ),
    Picture(
        "errors",
        "administrator",
        ("/odoo/zoho-errors",),
        height=768,
        before=World.sync,
    ),
    Picture("invoice", "accountant", (PROJECT,), (".o_usual_invoice",), 1150),
    Picture("month-end", "accountant", ("/odoo/month-end",)),
    Picture("unbilled", "accountant", ("/odoo/unbilled-work",)),
    Picture(
        "transactions",
        "accountant",
        ("/odoo/projects-to-invoice",),
        (
            ".o_data_row:has([name=partner_id]) .o_list_record_selector input",
            NEW,
        ),
    ),
    Picture(
        "milestone",
        "accountant",
        (PROJECT,),
        (
            *NEW_INVOICE,
            ".modal [name=mode] input[data-value=items]",
            ".modal .o_inner_group:not(.d-none) [name=milestone_ids] input = Go-live",
            ".o-autocomplete--dropdown-item a >> Go-live",
            ".modal [name=item_ids] .o_data_row td[name=amount]",
            ".modal [name=item_ids] .o_data_row [name=amount] input = 9500",
            ".modal-title",
        ),
        1150,
    ),
    Picture(
        "quotation",
        "accountant",
        (PROJECT,),
        (
            NEW,
            "[data-method=action_new_quotation]",
            ".modal [name=task_ids] input = Design",
            ".o-autocomplete--dropdown-item a >> Design",
            ".modal footer .btn-primary",
        ),
    ),
    Picture(
        "cockpit",
        "accountant",
        (PROJECT,),
        (".o_billing_months button",),
        1231,
        before=World.bill,
    ),
    Picture("figures", "accountant", (PROJECT,), (BILLING,), 1600),
    Picture("customers", "administrator", ("/odoo/zoho-customers",), height=768),
    Picture("users", "administrator", ("/odoo/zoho-users",), height=500),
    Picture(
        "mapping",
        "administrator",
        ("/odoo/zoho-mapping",),
        (".o_group_header >> Tasks",),
        768,
    ),
    Picture("annex", "accountant", (ANNEX,), width=1000, height=1000),
    Picture(
        "credit",
        "accountant",
        ("/odoo/project.project/{golden}",),
        NEW_INVOICE,
        1000,
        before=World.credit,
    ),
    Picture(
        "expense",
        "accountant",
        (PROJECT,),
        (
            NEW,
            "[data-method=action_new_expense]",
            ".o_field_widget[name=name] :is(input, textarea) = Train to the customer",
            ".o_field_widget[name=total_amount_currency] input = 100",
            ".o_field_widget[name=markup] input = 15",
            "button[name=action_submit]",
            "button[name=action_post]",
            ".modal button[name=action_post_entry]",
            ".breadcrumb a >> Train to the customer",
        ),
        720,
    ),
    Picture(
        "subscription",
        "administrator",
        ("/odoo/account.move/{renewal}",),
        before=World.subscribe,
    ),
    Picture(
        "invoice-days",
        "accountant",
        (PROJECT,),
        NEW_INVOICE,
        1300,
        before=lambda world: world.change_terms(
            billing_method="project_days",
            billing_rate=640.0,
            billing_rounding="up",
            billing_rounding_minutes=15,
        ),
    ),
    Picture(
        "differences",
        "accountant",
        ("/odoo/zoho-differences",),
        height=540,
        before=World.differ,
    ),
    Picture(
        "reconciliation",
        "administrator",
        ("/odoo/zoho-reconciliation",),
        height=768,
        before=World.reconcile,
    ),
    Picture(
        "health", "administrator", (INTEGRATION,), (".nav-link[name=health]",), 1100
    ),
    Picture(
        "delete",
        "administrator",
        (INTEGRATION,),
        (".o_statusbar_buttons button >> Delete",),
        850,
    ),
    Picture(
        "phone",
        "accountant",
        (PROJECT, "/odoo/month-end", "/odoo/unbilled-work"),
        width=PHONE,
        height=800,
    ),
    Picture(
        "inside-settings",
        "administrator",
        (INTEGRATION,),
        (".nav-link[name=inside]",),
        1500,
        before=World.open_inside,
    ),
    Picture(
        "inside-hints",
        "administrator",
        (INTEGRATION,),
        (".nav-link[name=hints]",),
        1000,
    ),
    Picture("inside-pair", "accountant", (PAIR,), width=560, height=640),
    Picture("inside-project", "accountant", (f"{INSIDE}#project",), height=1150),
    Picture(
        "inside-invoice",
        "accountant",
        (f"{INSIDE}#project",),
        ("button >> New invoice", "button >> Preview"),
        1150,
    ),
    Picture(
        "inside-phone",
        "accountant",
        tuple(f"{INSIDE}#{tab}" for tab in ("project", "task", "phase")),
        width=PHONE,
        height=800,
    ),
)
