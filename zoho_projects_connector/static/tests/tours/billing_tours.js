import { registry } from "@web/core/registry";

const openTransaction = (method) => [
    { content: "Open the menu", trigger: ".o_new_transaction", run: "click" },
    {
        content: "Choose the document",
        trigger: `.o-dropdown-item[data-method=${method}]`,
        run: "click",
    },
];

const draftIsShown = {
    content: "The draft is shown",
    trigger: ".o_statusbar_status button[data-value=draft].o_arrow_button_current",
};

registry.category("web_tour.tours").add("zoho_billing_invoice", {
    steps: () => [
        ...openTransaction("action_new_invoice"),
        {
            content: "The preview adds up, where it is always seen",
            trigger: ".modal-footer .o_invoice_total:contains(45:00):contains(3,125.00)",
        },
        {
            content: "What is not possible cannot be chosen, and says why",
            trigger:
                ".modal .o_radio_item:contains(No fixed cost is agreed.) input[data-value=fixed]:disabled",
        },
        {
            content: "The days are there to be seen",
            trigger: ".modal [name=date_from] input[placeholder='Any day']",
        },
        {
            content: "Choose a month by its name",
            trigger: ".modal [name=period] input",
            run: "click",
        },
        {
            content: "Last month",
            trigger: ".o_select_menu_item:contains(Last month)",
            run: "click",
        },
        {
            content: "It has no time",
            trigger: ".modal p:contains(There is nothing to invoice)",
        },
        {
            content: "Escape does not drop what was chosen",
            trigger: ".modal [name=period] input",
            run: "press Escape",
        },
        {
            content: "It asks",
            trigger: ".modal:contains(Discard your choices?) button:contains(Stay Here)",
            run: "click",
        },
        {
            content: "Nothing is lost: choose any day again",
            trigger: "body:not(:has(.modal:contains(Discard your choices?))) .modal [name=period] input",
            run: "click",
        },
        {
            content: "Any day",
            trigger: ".o_select_menu_item:contains(Any day)",
            run: "click",
        },
        {
            content: "What is left out is said",
            trigger: ".modal [name=left_out_ids] .o_data_row:contains(Not billable)",
        },
        {
            content: "Make the draft",
            trigger: ".modal button[name=action_create_invoice]",
            run: "click",
        },
        draftIsShown,
        {
            content: "The invoice has the total",
            trigger: ".o_field_widget[name=tax_totals]:contains(3,125.00)",
        },
        {
            content: "It knows its time",
            trigger: "button[name=action_billed_time]:contains(45:00)",
            run: "click",
        },
        {
            content: "The ledger tells who worked",
            trigger: ".o_list_view .o_data_row:contains(Anna)",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_billing_quotation", {
    steps: () => [
        ...openTransaction("action_new_quotation"),
        {
            content: "Look for the task",
            trigger: ".modal [name=task_ids] input",
            run: "edit Design",
        },
        {
            content: "Choose the task",
            trigger: ".o-autocomplete--dropdown-item a:contains(Design)",
            run: "click",
        },
        {
            content: "Its planned hours have a price",
            trigger: ".modal [name=line_ids] .o_data_row:contains(1,200.00)",
        },
        {
            content: "Make the quotation",
            trigger: ".modal button[name=action_create_quotation]",
            run: "click",
        },
        draftIsShown,
        {
            content: "The line is on it",
            trigger: ".o_field_widget[name=order_line]:contains(Design)",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_billing_several_projects", {
    steps: () => [
        {
            content: "Tick all projects",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        ...openTransaction("action_new_invoice"),
        {
            content: "Both projects are on it",
            trigger: ".modal [name=project_ids]:contains(Website):contains(Support)",
        },
        {
            content: "The total is that of both",
            trigger: ".modal [name=total_amount]:contains(3,225.00)",
        },
        {
            content: "Leave without an invoice",
            trigger: ".modal button:contains(Discard)",
            run: "click",
        },
        { content: "Back on the list", trigger: "body:not(.modal-open) .o_list_view" },
    ],
});

registry.category("web_tour.tours").add("zoho_billing_missing_rate", {
    steps: () => [
        ...openTransaction("action_new_invoice"),
        {
            content: "Choose something that must not be lost",
            trigger: ".modal [name=invoice_date] input",
            run: "edit 12/24/2030",
        },
        {
            content: "The way out is beside what has no rate",
            trigger: ".modal .o_data_row:contains(No rate is set) button[name=set_rate]",
            run: "click",
        },
        {
            content: "Not now: Escape leads back, as its button does",
            trigger: ".modal:has(button[name=action_back]) [name=billing_rate] input",
            run: "press Escape",
        },
        {
            content: "The invoice is back: agree on a fixed cost instead",
            trigger: ".modal .o_radio_obstacle button:contains(Set It)",
            run: "click",
        },
        {
            content: "Not now, by the button",
            trigger: ".modal:has([name=fixed_cost]) button[name=action_back]",
            run: "click",
        },
        {
            content: "The invoice is back once more",
            trigger: ".modal:not(:has([name=billing_rate])) .o_data_row button[name=set_rate]",
            run: "click",
        },
        {
            content: "Type the rate",
            trigger: ".modal [name=billing_rate] input",
            run: "edit 50",
        },
        {
            content: "Apply it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The invoice is back, with its amount and with what was chosen",
            trigger:
                ".modal:not(:has(button[name=set_rate])) .o_invoice_total:contains(100.00)",
        },
        {
            content: "Make it",
            trigger: ".modal button[name=action_create_invoice]",
            run: "click",
        },
        {
            content: "The draft is shown",
            trigger:
                ".o_statusbar_status button[data-value=draft].o_arrow_button_current",
        },
    ],
});
