import { registry } from "@web/core/registry";

const ROW = ".o_data_row:contains(Gate code)";

registry.category("web_tour.tours").add("zoho_field_mapping", {
    steps: () => [
        {
            content: "A whole number of Zoho is chosen to go into a text",
            trigger: `${ROW} [name=field_id]`,
            run: "click",
        },
        {
            content: "Look for the field",
            trigger: ".o_selected_row [name=field_id] input",
            run: "edit Title",
        },
        {
            content: "Choose it",
            trigger: ".o-autocomplete--dropdown-item:contains(Title)",
            run: "click",
        },
        {
            content: "Save",
            trigger: ".o_list_button_save",
            run: "click",
        },
        {
            content: "It is refused, and both types are named",
            trigger:
                ".modal:contains(type Whole number in Zoho):contains(type Text in Odoo)",
        },
        {
            content: "Understood",
            trigger: ".modal .modal-footer button",
            run: "click",
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
            trigger: `${ROW} [name=field_id]:contains(Gate code)`,
        },
    ],
});
