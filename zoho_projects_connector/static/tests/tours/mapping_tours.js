import { registry } from "@web/core/registry";

const ROW = ".o_data_row:contains(Gate code)";

registry.category("web_tour.tours").add("zoho_field_mapping", {
    steps: () => [
        {
            content: "The modules are folded; look at tasks",
            trigger: ".o_group_header:contains(Tasks)",
            run: "click",
        },
        {
            content: "It is not synced, and says so",
            trigger: `${ROW} [name=status]:contains(Not synced)`,
        },
        {
            content: "Where does a whole number of Zoho go?",
            trigger: `${ROW} [name=field_id]`,
            run: "click",
        },
        {
            content: "Look for a text",
            trigger: ".o_selected_row [name=field_id] input",
            run: "edit Title",
        },
        {
            content: "None is offered, for it would not fit",
            trigger: ".o-autocomplete--dropdown-menu .o_m2o_no_result",
        },
        {
            content: "Leave it as it was",
            trigger: ".o_list_button_discard",
            run: "click",
        },
        {
            content: "Create a field of the right type",
            trigger: `${ROW} button[name=action_create_field]`,
            run: "click",
        },
        {
            content: "It is mapped",
            trigger: `${ROW}:has([name=status]:contains(Synced)) [name=field_id]:contains(Gate code)`,
        },
    ],
});

const CARD = ".o_kanban_record:contains(Work package)";

registry.category("web_tour.tours").add("zoho_field_mapping_phone", {
    steps: () => [
        {
            content: "A field of Zoho is a card, with all that can be done",
            trigger: `${CARD}:contains(Not synced) button[name=action_create_field]`,
            run: "click",
        },
        {
            content: "It is mapped; leave it out again",
            trigger: `${CARD}:contains(Synced) [name=active] input`,
            run: "click",
        },
        {
            content: "Open it",
            trigger: `${CARD}:contains(Not synced) .fw-bold`,
            run: "click",
        },
        {
            content: "Another field of Odoo can be chosen",
            trigger: ".o_form_view [name=field_id] input:value(Work package)",
        },
    ],
});
