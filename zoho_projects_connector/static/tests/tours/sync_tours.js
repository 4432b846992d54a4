import { registry } from "@web/core/registry";
import { runSchedule } from "./services";

let shown = 0;

/** Let the next pages come, as the schedule does; nothing is reloaded. */
async function fetchPages(count) {
    for (let page = 0; page < count; page++) {
        await runSchedule("_cron_sync");
    }
}

function percentOf(element) {
    return Number(element.getAttribute("aria-valuenow"));
}

const BAR = ".o_zoho_sync_status [role=progressbar]";
const SENTENCE = ".o_zoho_sync_status .o_zoho_sync_sentence";

registry.category("web_tour.tours").add("zoho_instant_sync", {
    steps: () => [
        {
            content: "Sync now",
            trigger: ".o_form_view button[name=action_sync]:contains(Instant Sync)",
            run: "click",
        },
        {
            content: "A bar is there at once",
            trigger: `${BAR}[aria-valuemin='0'][aria-valuemax='100'][aria-valuetext]`,
        },
        {
            content: "The buttons become those of a running sync",
            trigger: "button[name=action_refresh]:contains(Refresh)",
            run: () => fetchPages(1),
            timeout: 20000,
        },
        {
            content: "Module, page and records are told without a reload",
            trigger: `${SENTENCE}:contains(Customers, page):contains(records)`,
            timeout: 20000,
            run: async () => {
                shown = percentOf(document.querySelector(BAR));
                await fetchPages(8);
            },
        },
        {
            content: "The next modules follow",
            trigger: `${SENTENCE}:not(:contains(Customers))`,
            timeout: 20000,
            run: () => {
                const moved = percentOf(document.querySelector(BAR));
                if (!(moved > shown)) {
                    throw new Error(`The bar has stayed at ${shown} %`);
                }
            },
        },
        {
            content: "The systray shows it too",
            trigger: ".o_zoho_sync_menu button i[aria-label*='sync in progress']",
            run: "click",
        },
        {
            content: "With a bar, and a way to stop it",
            trigger: ".o_zoho_sync_item:has([role=progressbar]) button:contains(Stop)",
            run: "click",
        },
        {
            content: "The form follows by itself: it can be started anew",
            trigger: ".o_form_view button[name=action_sync]:contains(Instant Sync)",
        },
        {
            content: "What is left in the systray is what needs somebody: the errors",
            trigger: ".o_zoho_sync_menu i[aria-label*='needs attention']",
        },
    ],
});
