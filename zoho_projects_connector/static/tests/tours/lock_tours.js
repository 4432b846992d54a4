import { registry } from "@web/core/registry";
import { runSchedule, services } from "./services";

/** Write to Zoho now, as the schedule does within minutes. */
const writeToZoho = () => runSchedule("_cron_write_back");

async function openFirst(model, path, domain = []) {
    const [id] = await services().orm.search(model, domain, { limit: 1 });
    window.location = `/odoo/${path}/${id}`;
}

const openInvoice = () =>
    openFirst("account.move", "customer-invoices", [["move_type", "=", "out_invoice"]]);

const openIntegration = () => openFirst("zoho.integration", "zoho-integrations");

const toPreferences = {
    content: "Open the preferences",
    trigger: ".o_notebook a[name=preferences]",
    run: "click",
};

const posted = (run) => [
    {
        content: "It is posted, whatever Zoho will say",
        trigger: "body:not(:has(.modal)) .o_arrow_button_current:contains(Posted)",
    },
    { content: "Go on in Zoho", trigger: "body", run, expectUnloadPage: true },
];

registry.category("web_tour.tours").add("zoho_lock_on", {
    steps: () => [
        toPreferences,
        {
            content: "Odoo only reads so far; lock what is invoiced",
            trigger: ".o_group:contains(Odoo only reads) [name=lock_invoiced] input",
            run: "click",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The sign-in is for reading only: sign in again",
            trigger:
                ".alert:contains(for reading only):contains(timesheets) button[name=action_ask_sign_in]",
            run: "click",
        },
        {
            content: "To Zoho and back again",
            trigger: ".modal footer button[name=action_confirm]:contains(Sign in Again)",
            run: "click",
            expectUnloadPage: true,
        },
        toPreferences,
        {
            content: "It is switched on, and nothing is missing",
            trigger:
                ".o_group:not(:contains(for reading only)) [name=lock_invoiced] input:checked",
            run: openInvoice,
            expectUnloadPage: true,
        },
        {
            content: "Post the invoice",
            trigger: "button[name=action_post]",
            run: "click",
        },
        ...posted(async () => {
            await writeToZoho();
            await openIntegration();
        }),
        {
            content: "The integration counts what is locked",
            trigger: "button[name=action_open_locks]:contains(2)",
            run: "click",
        },
        {
            content: "They are listed, with what they were before",
            trigger: ".o_data_row:contains(Locked):contains(Rejected)",
        },
        {
            content: "And what Zoho refuses, with the reason",
            trigger: ".o_data_row:contains(To Be Locked):contains(Zoho refuses)",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_lock_back", {
    steps: () => [
        {
            content: "Zoho has refused one of them: try again",
            trigger: ".o_data_row:contains(Zoho has not locked: 1) button[name=action_retry]",
            run: "click",
        },
        {
            content: "It is tried by its own schedule",
            trigger: ".o_notification",
            run: async () => {
                await writeToZoho();
                await openInvoice();
            },
            expectUnloadPage: true,
        },
        {
            content: "Credit the invoice",
            trigger: "button[name=action_reverse]",
            run: "click",
        },
        {
            content: "All of it",
            trigger: ".modal footer button[name=refund_moves]",
            run: "click",
        },
        {
            content: "Post the credit note",
            trigger:
                "body:not(:has(.modal)) .o_form_view:contains(Credit Note) button[name=action_post]",
            run: "click",
        },
        ...posted(async () => {
            await writeToZoho();
            await openIntegration();
        }),
        {
            content: "Nothing is locked any more",
            trigger: ".o_form_view:not(:has(button[name=action_open_locks])) .o_notebook",
        },
    ],
});
