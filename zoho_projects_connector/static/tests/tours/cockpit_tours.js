import { registry } from "@web/core/registry";

import { atMostClicks, startClicks } from "./clicks";

const part = (bar, key, text) =>
    `.o_billing_cockpit [data-bar=${bar}] .o_billing_legend [data-part=${key}]:contains(${text})`;

const back = {
    content: "Back to the project",
    trigger: ".o_back_button, .breadcrumb-item a:contains(Website)",
    run: "click",
};

registry.category("web_tour.tours").add("zoho_billing_cockpit", {
    steps: () => [
        {
            content: "The bar of hours names its parts, with figure and share",
            trigger: part("hours", "unbilled", "45:00"),
        },
        startClicks,
        {
            content: "The part that is not billable opens its list",
            trigger: part("hours", "non_billable", "2%"),
            run: "click",
        },
        {
            content: "One click says whose time it is, why, and adds up to it",
            trigger:
                ".o_list_view:has(.o_data_row:contains(Cem):contains(Our mistake)) tfoot:contains(01:00)",
        },
        atMostClicks(1),
        back,
        {
            content: "The bar itself opens what is unbilled",
            trigger: "[data-bar=amount] .o_billing_bar button[data-part=unbilled]",
            run: "click",
        },
        {
            content: "The list adds up to the money",
            trigger: ".o_list_view tfoot:contains(45:00):contains(3,125.00)",
        },
        back,
        {
            content: "One click opens the invoice that is usual now",
            trigger: ".o_usual_invoice:contains(3,125.00)",
            run: "click",
        },
        {
            content: "The wizard says the same",
            trigger: ".modal [name=total_amount]:contains(3,125.00)",
        },
        {
            content: "The second click makes the draft",
            trigger: ".modal button[name=action_create_invoice]",
            run: "click",
        },
        {
            content: "The draft is shown",
            trigger:
                ".o_statusbar_status button[data-value=draft].o_arrow_button_current",
        },
        back,
        {
            content: "Its time is on a draft now, and its invoice is warned of",
            trigger: part("hours", "draft", "45:00"),
        },
        {
            content: "There is nothing to invoice any more",
            trigger: ".o_form_view:not(:has(.o_usual_invoice))",
        },
        {
            content: "The way out of the warning is the draft",
            trigger: ".o_billing_warnings [data-warning=draft] button",
            run: "click",
        },
        {
            content: "The draft has the amount",
            trigger: ".o_field_widget[name=tax_totals]:contains(3,125.00)",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_billing_three_clicks", {
    steps: () => [
        startClicks,
        {
            content: "First click: the project",
            trigger: ".o_data_row td[name=name]:contains(Website)",
            run: "click",
        },
        {
            content: "It opens on its billing, not on an empty description",
            trigger: ".o_notebook .nav-link.active[name=billing]",
        },
        {
            content: "Second click: its usual invoice",
            trigger: ".o_usual_invoice:contains(3,125.00)",
            run: "click",
        },
        {
            content: "Third click: the draft",
            trigger: ".modal button[name=action_create_invoice]",
            run: "click",
        },
        {
            content: "The draft is shown",
            trigger:
                ".o_statusbar_status button[data-value=draft].o_arrow_button_current",
        },
        atMostClicks(3),
    ],
});

registry.category("web_tour.tours").add("zoho_billing_breakdown", {
    steps: () => [
        {
            content: "The project opens on its billing: break it down",
            trigger: "button:contains(By Task List)",
            run: "click",
        },
        {
            content: "The list has its row",
            trigger: ".o_data_row:contains(Front end):contains(02:00)",
        },
        {
            content: "With what is on none the rows add up to the project",
            trigger: ".o_list_view tfoot:contains(48:00)",
        },
        {
            content: "What is on none is a row, which opens",
            trigger:
                "tr.o_billing_rest:contains(46:00) button:contains(On no task list)",
            run: "click",
        },
        {
            content: "Its time is listed",
            trigger: ".o_list_view tfoot:contains(46:00)",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_billing_cockpit_months", {
    steps: () => [
        {
            content: "Unfold the last twelve months",
            trigger: ".o_billing_months button[aria-expanded=false]",
            run: "click",
        },
        { content: "They are drawn", trigger: ".o_billing_chart canvas" },
        {
            content: "and are there in words",
            trigger: ".o_billing_months li:contains(Unbilled 45:00)",
        },
        {
            content: "Fold them again",
            trigger: ".o_billing_months button[aria-expanded=true]",
            run: "click",
        },
        {
            content: "They are gone",
            trigger: ".o_billing_months:not(:has(canvas))",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_billing_cockpit_empty", {
    steps: () => [
        {
            content: "It is said in words that there is no time",
            trigger: ".o_billing_empty:contains(No time is logged yet.)",
        },
        { content: "Invoice it all the same", trigger: ".o_new_transaction", run: "click" },
        {
            content: "The invoice",
            trigger: ".o-dropdown-item[data-method=action_new_invoice]",
            run: "click",
        },
        {
            content: "No time can be chosen; the fixed cost is set where it is missing",
            trigger:
                ".modal:has(input[data-value=time]:disabled) .o_radio_obstacle:contains(No fixed cost is agreed.) button",
            run: "click",
        },
        {
            content: "Agree on it",
            trigger: ".modal [name=fixed_cost] input",
            run: "edit 500",
        },
        {
            content: "Apply it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "Back in the invoice, it is chosen",
            trigger:
                ".modal:has(input[data-value=fixed]:checked) .o_invoice_total:contains(500.00)",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_billing_cockpit_rate", {
    steps: () => [
        {
            content: "Hours without a rate are warned of",
            trigger: "[data-warning=missing_rate]:contains(02:00) button",
            run: "click",
        },
        {
            content: "The rate is set where the warning leads",
            trigger: ".modal [name=billing_rate] input",
            run: "edit 50",
        },
        {
            content: "Apply it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The time can be invoiced now",
            trigger: ".o_usual_invoice:contains(100.00)",
        },
        {
            content: "and the warning is gone",
            trigger: ".o_billing_cockpit:not(:has([data-warning=missing_rate]))",
        },
    ],
});
