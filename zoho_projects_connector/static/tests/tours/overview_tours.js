import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const OPEN = ".o_zoho_card_open";
const HARBOUR = `${OPEN}[data-card*=Harbour]`;
const POUNDS = `${OPEN}[data-card*='Old quay']`;

registry.category("web_tour.tours").add("zoho_overview_queue", {
    steps: () => [
        ...stepUtils.goToAppSteps(
            "zoho_projects_connector.zoho_projects_menu_root",
            "The app opens on the overview"
        ),
        {
            content: "It says how much waits, as the icon at the top does",
            trigger:
                "body:has(.o_zoho_sync_menu .badge:contains(2)) .o_zoho_count:contains(2 to resolve, 3 records wait for them)",
        },
        {
            content: "The sync is shown, and how it is",
            trigger: ".o_zoho_sync[data-integration=Northlight] .badge:contains(Active)",
        },
        {
            content: "The customer is open; others are below. One click: this contact",
            trigger: `${HARBOUR} .o_zoho_candidates li:contains(Far Town) button[name=this_one]`,
            run: "click",
        },
        {
            content: "What was fetched is said, and the next card is open",
            trigger: `.o_zoho_overview:has(${POUNDS}) .o_zoho_said:contains(Fetched: 1 customer, 1 project)`,
        },
        {
            content: "The icon at the top follows",
            trigger: ".o_zoho_sync_menu .badge:contains(1)",
        },
        {
            content: "The choice says what it does",
            trigger: `${POUNDS} .o_zoho_choice:contains(GBP becomes active in Odoo)`,
        },
        {
            content: "Activate the currency",
            trigger: `${POUNDS} button[name=currency]`,
            run: "click",
        },
        {
            content: "The card stays, for another reason: nothing looks solved",
            trigger: `.o_zoho_overview:has(${POUNDS}:contains(uses)) .o_zoho_said:contains(Still not fetched: 1)`,
        },
        {
            content: "A second contact in pounds",
            trigger: `${POUNDS} button[name=clone]`,
            run: "click",
        },
        {
            content: "Nothing is left, and it says what was looked at",
            trigger:
                ".o_zoho_well:contains(Nothing needs you) .o_zoho_checked:contains(Reconciliation):contains(never)",
        },
        {
            content: "The last message is still there",
            trigger: ".o_zoho_said:contains(Fetched: 1 project)",
        },
        {
            content: "The icon at the top has left",
            trigger: ".o_menu_systray:not(:has(.o_zoho_sync_menu))",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_overview_nothing", {
    steps: () => [
        {
            content: "Nothing is connected: it does not say that all is well",
            trigger: ".o_zoho_overview:not(:has(.o_zoho_well)) .o_zoho_nothing button[name=connect]",
            run: "click",
        },
        {
            content: "The guide is there",
            trigger: ".o_zoho_setup [name=setup_step]",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_overview_refused", {
    steps: () => [
        {
            content: "Look at the second card",
            trigger: ".o_zoho_card[data-card*='Old quay']",
            run: "click",
        },
        {
            content: "It is open, with the keyboard in it",
            trigger: `${POUNDS} h3:focus`,
        },
        {
            content: "Leave it for later",
            trigger: `${POUNDS} .o_zoho_later`,
            run: "click",
        },
        {
            content: "Pick a contact by the dialog",
            trigger: `${HARBOUR} button[name=pick]`,
            run: "click",
        },
        {
            content: "None is chosen",
            trigger: ".modal footer button[name=action_choose]",
            run: "click",
        },
        {
            content: "It says so",
            trigger: ".modal:contains(Choose the contact first) .modal-footer button:contains(Close)",
            run: "click",
        },
        {
            content: "Leave the dialog",
            trigger: ".modal footer button:contains(Discard)",
            run: "click",
        },
        {
            content: "The card is as it was, and its buttons work",
            trigger: `body:not(:has(.modal)) ${HARBOUR} button[name=this_one]:enabled`,
        },
    ],
});

registry.category("web_tour.tours").add("zoho_overview_lost", {
    steps: () => [
        {
            content: "Look at the project that has no customer",
            trigger: "[data-card='No customer at all']",
            run: "click",
        },
        {
            content: "Zoho is asked, and does not answer",
            trigger: `${OPEN}[data-card='No customer at all'] button[name=ask]`,
            run: "click",
        },
        {
            content: "It is said, and goes on by itself",
            trigger: ".o_zoho_said:contains(The sync goes on with what is left)",
        },
        {
            content: "Until when, with a way to stop it",
            trigger: ".o_zoho_sync:contains(Waiting for Zoho until) button:contains(Stop)",
            run: "click",
        },
        {
            content: "It is stopped, and nothing is lost",
            trigger: `.o_zoho_overview:has(${OPEN}) .o_zoho_said:contains(The sync was stopped)`,
        },
        {
            content: "It can be started anew",
            trigger: ".o_zoho_sync button:contains(Instant Sync):enabled",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_overview_phone", {
    steps: () => [
        {
            content: "Nothing is wider than the screen",
            trigger: `.o_zoho_overview:has(${HARBOUR})`,
            run() {
                const page = document.querySelector(".o_zoho_page");
                const wide = [...page.querySelectorAll("*")].filter(
                    (element) => element.getBoundingClientRect().right > window.innerWidth + 1
                );
                if (wide.length || page.scrollWidth > page.clientWidth) {
                    throw new Error(`Too wide: ${wide[0]?.outerHTML}`);
                }
            },
        },
    ],
});

registry.category("web_tour.tours").add("zoho_overview_difference", {
    steps: () => [
        {
            content: "The difference says what has changed",
            trigger: `${OPEN}[data-kind=difference]:contains(08:00 → 06:00)`,
        },
        {
            content: "Accept",
            trigger: `${OPEN} button[name=action_accept]`,
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal [name=reason] input",
            run: "edit The customer agreed to eight",
        },
        {
            content: "Settle",
            trigger: ".modal footer button[name=action_settle]",
            run: "click",
        },
        {
            content: "It is said, and the card is gone",
            trigger: `.o_zoho_overview:not(:has(${OPEN})) .o_zoho_said:contains(Settled)`,
        },
    ],
});
