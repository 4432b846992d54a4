import { registry } from "@web/core/registry";

const CLIENT_ID = "1000.SIMULATORCLIENT0000000000000000";
const SECRET = "simulated-secret";
// Zoho is asked for a page after the other: a busy machine takes its time.
const PATIENCE = 60000;
const NEXT = ".o_zoho_setup button[name=action_setup_next]";

const openGuide = {
    content: "Open the guide from the empty list",
    trigger: ".o_nocontent_help a[type=action]:contains(Connect)",
    run: "click",
};

const isAt = (step) => ({
    content: `The guide is at the step ${step}`,
    trigger: `.o_zoho_setup_steps li[aria-current=step] [data-step=${step}]`,
    timeout: PATIENCE,
});

const next = (step) => [
    { content: "Go to the next step", trigger: NEXT, run: "click" },
    isAt(step),
];

const typeClient = (secret) => [
    {
        content: "Type the client id",
        trigger: ".o_field_widget[name=client_id] input",
        run: `edit ${CLIENT_ID}`,
    },
    {
        content: "Type the client secret",
        trigger: ".o_field_widget[name=client_secret] input",
        run: `edit ${secret}`,
    },
];

const isSyncing = {
    content: "The overview shows the first sync",
    trigger: ".o_zoho_sync:contains(The first sync has not ended yet), .o_zoho_first",
    timeout: PATIENCE,
};

registry.category("web_tour.tours").add("zoho_setup_from_nothing", {
    steps: () => [
        openGuide,
        isAt("sign_in"),
        ...typeClient(SECRET),
        {
            content: "Sign in: to Zoho and back again",
            trigger: "button[name=action_connect]:contains(Connect Now)",
            run: "click",
            expectUnloadPage: true,
        },
        isAt("portal"),
        {
            content: "The sign-in worked",
            trigger: "[name=step_portal] .alert-success:contains(You are signed in)",
        },
        {
            content: "The only portal is chosen, with the role",
            trigger: "[name=portal_role]:contains(Owner)",
        },
        {
            content: "The time zones are compared by an example",
            trigger: "[name=day_sample]:contains(Europe/Amsterdam)",
        },
        ...next("modules"),
        {
            content: "Some time was billed elsewhere",
            trigger: "[name=timesheet_cutoff] .o_radio_item:contains(before a date) input",
            run: "click",
        },
        {
            content: "This month is offered, with its year",
            trigger: `[name=timesheet_cutoff_date] button:contains(/01/${new Date().getFullYear()})`,
            run: "click",
        },
        {
            content: "Choose another date",
            trigger: "[name=timesheet_cutoff_date] input",
            run: "edit 06/01/2026 && press Enter",
        },
        {
            content: "Count what it would mark",
            trigger: "button[name=action_count_logs]",
            run: "click",
        },
        {
            content: "The count is shown",
            trigger: "[name=cutoff_count]:contains(would be shown as Invoiced)",
            timeout: PATIENCE,
        },
        ...next("duplicates"),
        {
            content: "The example is a customer of the portal itself",
            trigger: "[name=duplicate_example_text]:contains(Harbour Authority)",
        },
        {
            content: "Go back by the list of steps",
            trigger: "[data-step=modules]",
            run: "click",
        },
        isAt("modules"),
        ...next("duplicates"),
        ...next("mapping"),
        ...next("preview"),
        {
            content: "Leave the guide",
            trigger: "button[name=action_leave_guide]",
            run: "click",
        },
        {
            content: "Open what was begun",
            trigger: ".o_list_view .o_data_row .o_data_cell:contains(Zoho Projects)",
            run: "click",
        },
        {
            content: "Resume",
            trigger: "button[name=action_open_guide]:contains(Continue the Set-up)",
            run: "click",
        },
        isAt("preview"),
        { content: "Preview", trigger: "button[name=action_preview]", run: "click" },
        {
            content: "The preview has read everything",
            trigger: "[name=preview] .alert-success:contains(Nothing was written)",
            timeout: PATIENCE,
        },
        {
            content: "See the customers",
            trigger: "[name=preview] .nav-link[name=customers]",
            run: "click",
        },
        {
            content: "The one that Odoo knows would be overwritten",
            trigger:
                "[name=preview] .o_data_row:contains(Overwritten):contains(Harbour Authority)",
        },
        {
            content: "Go back, and come again",
            trigger: "[data-step=mapping]",
            run: "click",
        },
        isAt("mapping"),
        ...next("preview"),
        {
            content: "The preview is still there",
            trigger: "[name=preview]:contains(Last preview) .nav-link[name=customers]",
        },
        ...next("sync"),
        {
            content: "Save and sync",
            trigger: "button[name=action_finish_set_up]",
            run: "click",
        },
        isSyncing,
    ],
});

registry.category("web_tour.tours").add("zoho_setup_wrong_secret", {
    steps: () => [
        openGuide,
        isAt("sign_in"),
        {
            content: "It is a page of Odoo: with its menus, without a pager",
            trigger: ".o_main_navbar, .o_action_manager:not(:has(.o_pager, .o_form_status_indicator))",
        },
        {
            content: "Nothing is filled in",
            trigger: "button[name=action_connect]",
            run: "click",
        },
        {
            content: "What is missing is named",
            trigger: ".o_zoho_setup_refusal:contains(Fill in the Client ID)",
        },
        {
            content: "The keyboard is there",
            trigger: "[name=client_id] input",
            run() {
                if (!document.activeElement.matches("[name=client_id] input")) {
                    throw new Error("The keyboard is not at what is missing");
                }
            },
        },
        ...typeClient("not-the-secret"),
        {
            content: "Open the part for a self client",
            trigger: "details[name=self_client] summary",
            run: "click",
        },
        {
            content: "Paste a code",
            trigger: "[name=grant_code] input",
            run: "edit 1000.grant",
        },
        {
            content: "Sign in with it",
            trigger: "button[name=action_sign_in_with_code]",
            run: "click",
        },
        {
            content: "One sentence says what is wrong and what to do, in its place",
            trigger:
                "body:not(:has(.modal)) .o_zoho_setup_refusal:contains(Zoho refuses the client secret: copy the secret)",
        },
        isAt("sign_in"),
        {
            content: "There is no way on",
            trigger: `.o_zoho_setup:not(:has(${NEXT}))`,
        },
    ],
});
