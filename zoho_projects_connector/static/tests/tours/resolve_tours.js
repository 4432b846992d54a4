import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("zoho_pick_customer", {
    steps: () => [
        {
            content: "Errors are grouped by module and reason",
            trigger: ".o_group_name:contains(Several contacts of this name)",
            run: "click",
        },
        {
            content: "The customer is told with the reason",
            trigger: ".o_data_row:contains(Harbour):contains(Several contacts)",
        },
        {
            content: "Pick the contact in place",
            trigger: ".o_data_row:contains(Harbour) button[name=action_pick_customer]",
            run: "click",
        },
        {
            content: "The candidates are told apart by their details",
            trigger: ".modal .o_data_row:contains(Far Town):contains(far@harbour)",
        },
        {
            content: "This one",
            trigger: ".modal .o_data_row:contains(Far Town) button[name=action_choose]",
            run: "click",
        },
        {
            content: "What was fetched is told",
            trigger: ".o_notification:contains(Records fetched: 2)",
        },
        {
            content: "The row is gone",
            trigger: ".o_view_nocontent:contains(Nothing is missing)",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_put_back", {
    steps: () => [
        {
            content: "Open the overwritten customer",
            trigger: ".o_data_row:contains(Harbour) td[name=name]",
            run: "click",
        },
        {
            content: "Both values are shown",
            trigger: ".o_form_view td:contains(Old Town) + td:contains(Rotterdam)",
        },
        {
            content: "Put them back",
            trigger: ".o_form_view button[name=action_put_back]",
            run: "click",
        },
        {
            content: "Confirm",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "They are put back",
            trigger:
                ".o_form_view:not(:has(button[name=action_put_back])) [name=is_put_back] input:checked",
        },
    ],
});
