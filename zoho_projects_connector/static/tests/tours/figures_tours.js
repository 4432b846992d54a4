import { registry } from "@web/core/registry";

const figure = (key, cell, text) =>
    `.o_billing_figures tr[data-figure=${key}] button[data-cell=${cell}]:contains(${text})`;

registry.category("web_tour.tours").add("zoho_billing_figures", {
    steps: () => [
        {
            content: "Look at the figures",
            trigger: ".o_notebook .nav-link[name=billing]",
            run: "click",
        },
        {
            content: "Open what is unbilled",
            trigger: figure("unbilled", "amount", "3,125.00"),
            run: "click",
        },
        {
            content: "The list adds up to it",
            trigger: ".o_list_view tfoot:contains(45:00):contains(3,125.00)",
        },
        {
            content: "Back to the project",
            trigger: ".o_back_button, .breadcrumb-item a:contains(Website)",
            run: "click",
        },
        {
            content: "The tab is still open, look at what is not billed",
            trigger: figure("non_billable", "hours", "01:00"),
            run: "click",
        },
        {
            content: "Its reason is an hour",
            trigger: ".o_list_view .o_data_row:contains(01:00)",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_billing_several_customers", {
    steps: () => [
        {
            content: "Tick all projects",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        { content: "Open the menu", trigger: ".o_new_transaction", run: "click" },
        {
            content: "It says why nothing can be made of them together",
            trigger: ".o_new_transaction_obstacle:contains(One document has one customer)",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_billing_unbilled_time", {
    steps: () => [
        {
            content: "Customers are listed with what they owe",
            trigger: ".o_group_header:contains(Tour customer):contains(3,125.00)",
        },
        {
            content: "Cross them with the age",
            trigger: ".o_switch_view.o_pivot",
            run: "click",
        },
        {
            content: "The age is counted from today",
            trigger: ".o_pivot:contains(0–30 days):contains(3,125.00)",
        },
        {
            content: "Draw it",
            trigger: ".o_switch_view.o_graph",
            run: "click",
        },
        {
            content: "The chart is drawn, what is new in a cool colour",
            trigger: ".o_graph_canvas_container canvas",
            run() {
                const { datasets } = window.Chart.getChart(this.anchor).data;
                const age = datasets.find((one) => one.label.startsWith("0–30"));
                if (age.backgroundColor !== "#4c9aff") {
                    throw new Error(`The colour is ${age.backgroundColor}`);
                }
            },
        },
    ],
});
