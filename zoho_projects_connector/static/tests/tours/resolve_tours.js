import { registry } from "@web/core/registry";

import { atMostClicks, startClicks } from "./clicks";

registry.category("web_tour.tours").add("zoho_pick_customer", {
    steps: () => [
        {
            content: "Errors are grouped by reason, and no group hides them",
            trigger: ".o_group_name:contains(Several contacts of this name)",
        },
        {
            content: "The customer is told with the reason, and what waits for him",
            trigger:
                ".o_data_row:contains(Harbour):contains(Several contacts) [name=child_count]:contains(1)",
        },
        startClicks,
        {
            content: "To the ways out",
            trigger: ".o_data_row:contains(Harbour) button[name=action_open_card]",
            run: "click",
        },
        {
            content: "The candidates are told apart by their details: this one",
            trigger:
                ".o_zoho_card_open[data-card*=Harbour] .o_zoho_candidates li:contains(Far Town):contains(far@harbour) button",
            run: "click",
        },
        {
            content: "What was fetched is told",
            trigger: ".o_zoho_said:contains(Fetched: 1 customer, 1 project)",
        },
        atMostClicks(2),
        {
            content: "The card is gone",
            trigger: ".o_zoho_overview:not(:has([data-card*=Harbour]))",
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
