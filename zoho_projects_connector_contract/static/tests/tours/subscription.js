import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("zoho_subscription_renewal", {
    steps: () => [
        { content: "Open the menu", trigger: ".o_new_transaction", run: "click" },
        {
            content: "Choose the subscription",
            trigger: ".o-dropdown-item[data-method=action_new_subscription]",
            run: "click",
        },
        {
            content: "It is for the project",
            trigger: ".modal [name=project_ids] .o_tag:contains(Golden Project)",
        },
        {
            content: "Look for the plan",
            trigger: ".modal [name=product_id] input",
            run: "edit Care plan",
        },
        {
            content: "Choose it",
            trigger: ".o-autocomplete--dropdown-item a:contains(Care plan)",
            run: "click",
        },
        {
            content: "Price it",
            trigger: ".modal [name=price] input",
            run: "edit 300",
        },
        {
            content: "Now it is made",
            trigger: ".modal button[name=action_create_subscription]",
            run: "click",
        },
        {
            content: "It says what the renewals take",
            trigger:
                "[name=contract_line_fixed_ids] textarea:value(Unbilled time of Golden Project)",
        },
        {
            content: "Renew",
            trigger: "button[name=action_renew].btn-primary",
            run: "click",
        },
        {
            content: "The draft is shown",
            trigger:
                ".o_statusbar_status button[data-value=draft].o_arrow_button_current",
        },
        {
            content: "It holds the plan and the time",
            trigger: ".o_field_widget[name=tax_totals]:contains(2,300.00)",
        },
        {
            content: "It knows its time",
            trigger: "button[name=action_billed_time]:contains(20:00)",
        },
    ],
});
