import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

import { atMostClicks, startClicks } from "./clicks";

const row = (name) => `.o_month_project[data-project="${name}"]`;

export const openMonthEnd = [
    ...stepUtils.goToAppSteps("account.menu_finance", "Open Invoicing"),
    {
        content: "Open the customers menu",
        trigger: "[data-menu-xmlid='account.menu_finance_receivables']",
        run: "click",
    },
    {
        content: "Open the month's end",
        trigger: "[data-menu-xmlid='zoho_projects_connector.billing_menu_invoice_batch']",
        run: "click",
    },
];

registry.category("web_tour.tours").add("zoho_month_end_drafts", {
    steps: () => [
        ...openMonthEnd,
        {
            content: "Last month is chosen, its sum is said",
            trigger: "#o_month_period:has(option:checked:contains(Last month))",
        },
        {
            content: "All that is ready is ticked",
            trigger: ".o_month_ticked:contains(1 invoice):contains(45:00):contains(3,125.00)",
        },
        {
            content: "Show what has no customer",
            trigger: ".o_month_states [data-state=no_customer]:contains(02:00)",
            run: "click",
        },
        {
            content: "Nothing else is shown",
            trigger: `.o_month_tree:has(${row("Homeless")}):not(:has(${row("Website")}))`,
        },
        {
            content: "What is not shown stays ticked: make the draft",
            trigger: ".o_month_bar button[name=create_drafts]:enabled",
            run: "click",
        },
        {
            content: "It says what was made",
            trigger: ".o_month_result[data-status=draft]:contains(Tour customer)",
        },
        {
            content: "Its time is on a draft now",
            trigger: ".o_month_states [data-state=draft]:contains(45:00)",
        },
        {
            content: "Look at the draft",
            trigger: ".o_month_result[data-status=draft] button",
            run: "click",
        },
        {
            content: "The draft is shown",
            trigger:
                ".o_statusbar_status button[data-value=draft].o_arrow_button_current",
        },
        {
            content: "Back to the page",
            trigger: ".o_back_button, .breadcrumb-item a:contains(Month End)",
            run: "click",
        },
        {
            content: "It still says what was made",
            trigger: ".o_month_result[data-status=draft]:contains(Tour customer)",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_month_end_choice", {
    steps: () => [
        {
            content: "Show the project by person",
            trigger: "#o_month_by",
            run: "select person",
        },
        {
            content: "Open the project",
            trigger: `${row("Website")} .o_month_level_1 .o_month_toggle`,
            run: "click",
        },
        {
            content: "Take Anna's ten hours out",
            trigger: `${row("Website")} [data-branch=Anna] input`,
            run: "uncheck",
        },
        {
            content: "The project is ticked in part, the sum follows",
            trigger: ".o_month_ticked:contains(35:00):contains(2,125.00)",
        },
        {
            content: "Post at once",
            trigger: ".o_month_bar button[name=create_and_post]",
            run: "click",
        },
        {
            content: "It is asked about",
            trigger: ".modal:contains(2,125.00) .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It says what was made",
            trigger: ".o_month_result[data-status=posted]:contains(Tour customer)",
        },
        {
            content: "Anna's time is still there",
            trigger: `${row("Website")} .o_month_level_1:contains(10:00):contains(1,000.00)`,
        },
    ],
});

registry.category("web_tour.tours").add("zoho_month_end_sent", {
    steps: () => [
        startClicks,
        ...openMonthEnd,
        {
            content: "A rate is missing: type it",
            trigger: `${row("Unpriced")} .o_month_rate:contains(02:00) input`,
            run: "edit 60",
        },
        {
            content: "Enter sets it",
            trigger: `${row("Unpriced")} .o_month_rate input`,
            run: "press Enter",
        },
        {
            content: "The figures follow at once",
            trigger: `.o_month_end:not(:has(.o_month_rate)) ${row("Unpriced")}:contains(120.00)`,
        },
        {
            content: "The focus is on the project, not lost",
            trigger: `${row("Unpriced")} .o_month_toggle:focus`,
        },
        {
            content: "The sum, too",
            trigger: ".o_month_ticked:contains(2 invoices):contains(49:00):contains(3,395.00)",
        },
        {
            content: "Create, post and send",
            trigger: ".o_month_bar button[name=create_post_send]",
            run: "click",
        },
        {
            content: "It is asked about",
            trigger: ".modal:contains(3,395.00) .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "Who has no address is said, and stops nobody",
            trigger: ".o_month_result[data-status=failed]:contains(no e-mail address)",
        },
        {
            content: "His time is still there, and ticked",
            trigger: ".o_month_ticked:contains(1 invoice):contains(150.00)",
        },
        {
            content: "It says what was done",
            trigger: ".o_month_result[data-status=sent]:contains(Tour customer)",
        },
        atMostClicks(6),
    ],
});

registry.category("web_tour.tours").add("zoho_month_end_undo", {
    steps: () => [
        {
            content: "Open the project",
            trigger: `${row("Website")} .o_month_level_1 .o_month_toggle`,
            run: "click",
        },
        {
            content: "Untick its task",
            trigger: `${row("Website")} [data-branch=Design] input`,
            run: "uncheck",
        },
        {
            content: "Nothing is ticked, and nothing can be made",
            trigger: ".o_month_end:has(.o_month_bar button[name=create_drafts]:disabled)",
        },
        {
            content: "Tick it again",
            trigger: `${row("Website")} [data-branch=Design] input`,
            run: "check",
        },
        {
            content: "Open it",
            trigger: `${row("Website")} [data-branch=Design] .o_month_toggle`,
            run: "click",
        },
        {
            content: "Untick Anna's ten hours",
            trigger: `${row("Website")} .o_month_level_3:contains(Anna) input`,
            run: "uncheck",
        },
        {
            content: "The sum follows; make the draft of the rest",
            trigger:
                ".o_month_end:has(.o_month_ticked:contains(35:00)) .o_month_bar button[name=create_drafts]",
            run: "click",
        },
        {
            content: "To the draft",
            trigger: ".o_month_result[data-status=draft] button",
            run: "click",
        },
        {
            content: "It has the rest",
            trigger: ".o_field_widget[name=tax_totals]:contains(2,125.00)",
        },
        {
            content: "Cancel it",
            trigger: "button[name=button_cancel]",
            run: "click",
        },
        {
            content: "It is cancelled",
            trigger:
                ".o_statusbar_status button[data-value=cancel].o_arrow_button_current",
        },
        {
            content: "Back to the page",
            trigger: ".o_back_button, .breadcrumb-item a:contains(Month End)",
            run: "click",
        },
        {
            content: "All of its time can be invoiced again",
            trigger: `.o_month_end ${row("Website")} .o_month_level_1:contains(45:00):contains(3,125.00)`,
        },
    ],
});

/** Fails where something is wider than its place, or reaches out of the page. */
function nothingIsCut() {
    const page = document.querySelector(".o_month_end");
    for (const element of [page, ...page.querySelectorAll("*")]) {
        const { right, width } = element.getBoundingClientRect();
        const isShown = width && !element.closest(".visually-hidden");
        if (isShown && right > window.innerWidth + 1) {
            throw new Error(`Cut at the edge: ${element.outerHTML.slice(0, 200)}`);
        }
        if (element.children.length === 0 && isShown && !element.matches("select,input")) {
            if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth) {
                throw new Error(`Cut: ${element.outerHTML.slice(0, 200)}`);
            }
        }
    }
}

registry.category("web_tour.tours").add("zoho_month_end_phone", {
    steps: () => [
        {
            content: "Open the project",
            trigger: `${row("Website")} .o_month_toggle`,
            run: "click",
        },
        {
            content: "Open its task",
            trigger: `${row("Website")} [data-branch=Design] .o_month_toggle`,
            run: "click",
        },
        {
            content: "Nothing is cut",
            trigger: `${row("Website")} .o_month_level_3:contains(Anna)`,
            run: nothingIsCut,
        },
        {
            content: "Make the drafts",
            trigger: ".o_month_bar button[name=create_drafts]",
            run: "click",
        },
        {
            content: "The result is not cut, either",
            trigger: ".o_month_result[data-status=draft]",
            run: nothingIsCut,
        },
    ],
});
