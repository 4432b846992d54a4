import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("zoho_settle_difference", {
    steps: () => [
        {
            content: "Both sides are told in words",
            trigger: ".o_data_row:contains(08:00 → 06:00):contains(-200.00)",
        },
        {
            content: "Open the difference",
            trigger: ".o_data_row:contains(08:00 → 06:00) [name=summary]",
            run: "click",
        },
        {
            content: "Take back the hours too much",
            trigger: ".o_form_view button[name=action_credit]",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal [name=reason] input",
            run: "edit The customer paid for eight",
        },
        {
            content: "Credit them",
            trigger: ".modal button[name=action_settle]:contains(Credit)",
            run: "click",
        },
        {
            content: "The credit note is of just these",
            trigger: ".o_field_widget[name=tax_totals]:contains(200.00)",
        },
        {
            content: "Post it",
            trigger: "button[name=action_post]",
            run: "click",
        },
        {
            content: "It is posted",
            trigger:
                ".o_statusbar_status button[data-value=posted].o_arrow_button_current",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_exclude_time", {
    steps: () => [
        {
            content: "Tick the time",
            trigger: ".o_data_row:contains(Rework) .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Do not bill it",
            trigger: ".o_control_panel button[name=action_exclude]",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal [name=reason] input",
            run: "edit Our own mistake",
        },
        {
            content: "Exclude it",
            trigger: ".modal button[name=action_exclude]",
            run: "click",
        },
        {
            content: "The reason is in the list",
            trigger: ".o_data_row:contains(Rework):contains(Our own mistake)",
        },
    ],
});
