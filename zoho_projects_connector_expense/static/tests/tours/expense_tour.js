import { registry } from "@web/core/registry";

const openTransaction = (method) => [
    { content: "Open the menu", trigger: ".o_new_transaction", run: "click" },
    {
        content: "Choose the document",
        trigger: `.o-dropdown-item[data-method=${method}]`,
        run: "click",
    },
];

registry.category("web_tour.tours").add("zoho_expense_reinvoiced", {
    steps: () => [
        ...openTransaction("action_new_expense"),
        {
            content: "It is of the project",
            trigger: ".o_field_widget[name=billing_project_id]:contains(Website)",
        },
        {
            content: "Say what it is",
            trigger: ".o_field_widget[name=name] :is(input, textarea)",
            run: "edit Train to the customer",
        },
        {
            content: "Say what it cost",
            trigger: ".o_field_widget[name=total_amount_currency] input",
            run: "edit 100",
        },
        {
            content: "Leave the field",
            trigger: ".o_field_widget[name=markup] input",
            run: "click",
        },
        {
            content: "The customer pays the markup of the project",
            trigger: ".o_field_widget[name=amount_to_reinvoice]:contains(115.00)",
        },
        {
            content: "Submit",
            trigger: "button[name=action_submit]",
            run: "click",
        },
        {
            content: "Nobody has to approve: post",
            trigger: "button[name=action_post]",
            run: "click",
        },
        {
            content: "Post the journal entry",
            trigger: ".modal button[name=action_post_entry]",
            run: "click",
        },
        {
            content: "The entry is shown; go back to the project",
            trigger: "body:not(.modal-open) .breadcrumb a:contains(Website)",
            run: "click",
        },
        ...openTransaction("action_new_invoice"),
        {
            content: "Invoice expenses",
            trigger: ".modal [name=mode] input[data-value=expenses]",
            run: "click",
        },
        {
            content: "The preview has it",
            trigger: ".modal [name=preview_line_ids] .o_data_row:contains(Train to the)",
        },
        {
            content: "And its total",
            trigger: ".modal [name=total_amount]:contains(115.00)",
        },
        {
            content: "Make the draft",
            trigger: ".modal button[name=action_create_invoice]",
            run: "click",
        },
        {
            content: "The draft is shown with the expense",
            trigger: ".o_field_widget[name=invoice_line_ids]:contains(Train to the)",
        },
    ],
});
