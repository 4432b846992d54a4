import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

import { atMostClicks, startClicks } from "./clicks";

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
        startClicks,
        {
            content: "The customer is open; others are below. One click: this contact",
            trigger: `${HARBOUR} .o_zoho_candidates li:contains(Far Town) button[name=this_one]`,
            run: "click",
        },
        {
            content: "What was fetched is said, and the next card is open",
            trigger: `.o_zoho_overview:has(${POUNDS}) .o_zoho_said:contains(Fetched: 1 customer, 1 project)`,
        },
        atMostClicks(1),
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
            trigger: `.o_zoho_overview:has(${POUNDS}:contains(uses)) .o_zoho_said:contains(Errors that stay: 1)`,
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
            content: "The next one is open; back to the first",
            trigger: `.o_zoho_overview:has(${HARBOUR}) .o_zoho_card[data-card*='Old quay']`,
            run: "click",
        },
        {
            content: "Activate a currency that Odoo does not know",
            trigger: `${POUNDS} button[name=currency]`,
            run: "click",
        },
        {
            content: "It says so, on the page",
            trigger: ".o_zoho_said .alert-danger:contains(does not know the currency XQQ)",
        },
        {
            content: "The card is as it was, and its buttons work",
            trigger: `body:not(:has(.modal)) ${POUNDS} button[name=currency]:enabled`,
        },
    ],
});

const choose = (name, option) => [
    {
        content: "First click: the list of those that it may be",
        trigger: `${OPEN} [data-pick=${name}] input[role=combobox]`,
        run: "click",
    },
    {
        content: "Second click: this one",
        trigger: `.o-autocomplete--dropdown-item a:contains(${option})`,
        run: "click",
    },
];

registry.category("web_tour.tours").add("zoho_overview_choose", {
    steps: () => [
        {
            content: "The customer is open, with those of his name and any other company",
            trigger: `${HARBOUR} [data-pick=pick]:contains(Another Contact)`,
        },
        startClicks,
        ...choose("pick", "Aa Quay House"),
        {
            content: "It is fetched, and the next card is open: a user",
            trigger: `.o_zoho_overview:has(${OPEN}[data-card='Mia Mapped']) .o_zoho_said:contains(Fetched: 1 customer)`,
        },
        atMostClicks(2),
        startClicks,
        ...choose("map_user", "Aa Maria"),
        {
            content: "He is fetched, and a mapped field is next",
            trigger: `.o_zoho_overview:has(${OPEN}[data-card='Cost centre']) .o_zoho_said:contains(Fetched: 1 user)`,
        },
        atMostClicks(2),
        startClicks,
        {
            content: "It does not fit any more: leave it out of the sync",
            trigger: `${OPEN} button[name=unmap]`,
            run: "click",
        },
        {
            content: "That is said, and nothing is left",
            trigger:
                ".o_zoho_overview:has(.o_zoho_well) .o_zoho_said:contains(Not synced any more: Cost centre)",
        },
        atMostClicks(1),
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

/** Fails where something is wider than the screen. */
function nothingIsWide() {
    const page = document.querySelector(".o_zoho_page");
    const wide = [...page.querySelectorAll("*")].filter(
        (element) => element.getBoundingClientRect().right > window.innerWidth + 1
    );
    if (wide.length || page.scrollWidth > page.clientWidth) {
        throw new Error(`Too wide: ${wide[0]?.outerHTML}`);
    }
}

registry.category("web_tour.tours").add("zoho_overview_phone", {
    steps: () => [
        {
            content: "Nothing is wider than the screen",
            trigger: `.o_zoho_overview:has(${HARBOUR})`,
            run: nothingIsWide,
        },
        ...choose("pick", "Aa Quay House"),
        {
            content: "The next card is open, and is not wider, either",
            trigger: `.o_zoho_overview:has(.o_zoho_said:contains(Fetched)):has(${POUNDS})`,
            run: nothingIsWide,
        },
        {
            content: "Activate the currency",
            trigger: `${POUNDS} button[name=currency]`,
            run: "click",
        },
        {
            content: "A second contact in pounds",
            trigger: `${POUNDS} button[name=clone]`,
            run: "click",
        },
        {
            content: "Nothing is left",
            trigger: ".o_zoho_well",
            run: nothingIsWide,
        },
    ],
});

registry.category("web_tour.tours").add("zoho_overview_difference", {
    steps: () => [
        {
            content: "The difference says what has changed",
            trigger: `body:has(.o_zoho_sync_menu .badge:contains(1)) ${OPEN}[data-kind=difference]:contains(08:00 → 06:00)`,
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
            content: "It is said, the card is gone, and so is the icon at the top",
            trigger: `body:not(:has(.o_zoho_sync_menu)) .o_zoho_overview:not(:has(${OPEN})) .o_zoho_said:contains(Settled)`,
        },
    ],
});
