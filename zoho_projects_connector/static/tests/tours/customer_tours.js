import { registry } from "@web/core/registry";

const tick = ".modal [name=attach_billed_time_annex] input";
const attachments = ".modal .o_field_widget[name=mail_attachments_widget]";

registry.category("web_tour.tours").add("zoho_billing_send_annex", {
    steps: () => [
        {
            content: "Send the invoice",
            trigger: "button[name=action_invoice_sent]",
            run: "click",
        },
        { content: "The annex is ticked", trigger: `${tick}:checked` },
        {
            content: "It is among the files",
            trigger: `${attachments}:contains(Timesheets.pdf)`,
        },
        { content: "Leave it out this once", trigger: tick, run: "click" },
        {
            content: "It is no longer among them",
            trigger: `${attachments}:not(:contains(Timesheets.pdf))`,
        },
        {
            content: "Send the rest",
            trigger: ".modal button[name=action_send_and_print]",
            run: "click",
        },
        { content: "It is sent", trigger: "body:not(:has(.modal))" },
    ],
});

const template = "#billing_line_template [name=billing_line_template] textarea";
const save = ".o_control_panel button.o_form_button_save, button[name=execute]";

registry.category("web_tour.tours").add("zoho_billing_customer_settings", {
    steps: () => [
        {
            content: "Show all approved time",
            trigger: "#portal_time input[data-value=approved]",
            run: "click",
        },
        {
            content: "Show initials",
            trigger: "#portal_staff input[data-value=initials]",
            run: "click",
        },
        {
            content: "Hide notes",
            trigger: "#portal_staff [name=portal_notes] input",
            run: "click",
        },
        {
            content: "A placeholder that does not exist",
            trigger: template,
            run: "edit {tasks}",
        },
        { content: "Save", trigger: save, run: "click" },
        {
            content: "It is refused by its name",
            trigger: ".modal:contains({tasks}, which is no placeholder)",
        },
        {
            content: "Read on",
            trigger: ".modal .modal-footer button",
            run: "click",
        },
        {
            content: "The right one",
            trigger: template,
            run: "edit {task} - {person}",
        },
        {
            content: "Save again",
            trigger: save,
            run: "click",
            expectUnloadPage: true,
        },
        { content: "Saved: Odoo loads anew", trigger: ".o_web_client" },
    ],
});
