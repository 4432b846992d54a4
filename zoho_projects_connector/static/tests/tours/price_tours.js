import { registry } from "@web/core/registry";

const openInvoiceWizard = [
    { content: "Open the menu", trigger: ".o_new_transaction", run: "click" },
    {
        content: "Choose an invoice",
        trigger: ".o-dropdown-item[data-method=action_new_invoice]",
        run: "click",
    },
];

const draftIsShown = {
    content: "The draft is shown",
    trigger: ".o_statusbar_status button[data-value=draft].o_arrow_button_current",
};

const createDraft = [
    {
        content: "Make the draft",
        trigger: ".modal button[name=action_create_invoice]",
        run: "click",
    },
    draftIsShown,
];

registry.category("web_tour.tours").add("zoho_billing_milestone", {
    steps: () => [
        ...openInvoiceWizard,
        {
            content: "Invoice items at a price",
            trigger: ".modal [name=mode] input[data-value=items]",
            run: "click",
        },
        {
            content: "Look for the milestone",
            trigger:
                ".modal [name=milestone_ids] input[placeholder='Choose milestones']",
            run: "edit Go-live",
        },
        {
            content: "Choose the milestone",
            trigger: ".o-autocomplete--dropdown-item a:contains(Go-live)",
            run: "click",
        },
        {
            content: "Without an amount it is left out",
            trigger:
                ".modal [name=left_out_ids] .o_data_row:contains(No amount is set)",
        },
        {
            content: "Its time is told",
            trigger: ".modal [name=item_ids] .o_data_row:contains(45:00)",
        },
        {
            content: "Go to its amount",
            trigger: ".modal [name=item_ids] .o_data_row td[name=amount]",
            run: "click",
        },
        {
            content: "Type the amount",
            trigger: ".modal [name=item_ids] .o_data_row [name=amount] input",
            run: "edit 5000 && press Tab",
        },
        {
            content: "The preview has the price",
            trigger: ".modal [name=total_amount]:contains(5,000.00)",
        },
        ...createDraft,
        {
            content: "The invoice has the price",
            trigger: ".o_field_widget[name=tax_totals]:contains(5,000.00)",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_billing_partial_credit", {
    steps: () => [
        {
            content: "Credit the invoice",
            trigger: "button[name=action_reverse]",
            run: "click",
        },
        {
            content: "Make a credit note",
            trigger: ".modal button[name=refund_moves]",
            run: "click",
        },
        draftIsShown,
        {
            content: "Go to its quantity",
            trigger:
                ".o_field_widget[name=invoice_line_ids] .o_data_row td[name=quantity]",
            run: "click",
        },
        {
            content: "Take back five hours",
            trigger:
                ".o_field_widget[name=invoice_line_ids] [name=quantity] input",
            run: "edit 5 && press Tab",
        },
        {
            content: "That is 500.00",
            trigger: ".o_field_widget[name=tax_totals]:contains(500.00)",
        },
        {
            content: "Confirm",
            trigger: ".o_statusbar_buttons button[name=action_post]:visible",
            run: "click",
        },
        {
            content: "The credit note is posted",
            trigger:
                ".o_statusbar_status button[data-value=posted].o_arrow_button_current",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_billing_reinvoice", {
    steps: () => [
        ...openInvoiceWizard,
        {
            content: "Only the hours that were credited are offered",
            trigger: ".modal [name=total_hours]:contains(05:00)",
        },
        {
            content: "At their rate",
            trigger: ".modal [name=total_amount]:contains(500.00)",
        },
        {
            content: "The rest is invoiced already",
            trigger: ".modal [name=left_out_ids] .o_data_row:contains(40:00)",
        },
        ...createDraft,
        {
            content: "The invoice bills them again",
            trigger: ".o_field_widget[name=tax_totals]:contains(500.00)",
        },
    ],
});
