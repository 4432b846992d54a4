import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { session } from "@web/session";

const NOTIFICATION = "zoho_projects_connector/status";
/** While a sync runs, the server is asked when the bus has been silent for so long. */
const POLL_MS = 5000;
/** In one of these, a sync is under way. */
export const MOVING = ["syncing", "waiting"];

/**
 * The status of every integration that the user may see, as the server last told it:
 * over the bus, and by asking where there is no bus. It only does something for
 * people of the group Zoho Projects / User.
 */
export const syncStatusService = {
    dependencies: ["bus_service", "orm"],

    start(env, { bus_service: bus, orm }) {
        const state = reactive({
            integrations: {},
            attention: {},
            statuses: {},
            modules: {},
            isManager: Boolean(session.zoho_projects?.is_manager),
            now: luxon.DateTime.now(),
        });
        let heardAt = 0;
        let timer = null;

        /** Ask the server for everything, in the words of the user. */
        async function load() {
            const known = await orm.silent.call("zoho.integration", "get_sync_status", []);
            heardAt = Date.now();
            state.statuses = known.statuses;
            state.modules = known.modules;
            state.attention = known.attention;
            state.integrations = Object.fromEntries(
                known.integrations.map((integration) => [integration.id, integration])
            );
            watch();
        }

        function isMoving() {
            return Object.values(state.integrations).some(({ status }) =>
                MOVING.includes(status)
            );
        }

        /** Whether news should have come by now: not while Zoho is waited for. */
        function isExpectingNews() {
            return Object.values(state.integrations).some(
                ({ status, retry_at }) =>
                    status === "syncing" ||
                    (status === "waiting" &&
                        (!retry_at || deserializeDateTime(retry_at) < state.now))
            );
        }

        /** Keep the clock going, and ask when nothing was heard, while a sync runs. */
        function watch() {
            state.now = luxon.DateTime.now();
            if (timer || !isMoving()) {
                return;
            }
            timer = browser.setTimeout(async () => {
                timer = null;
                if (Date.now() - heardAt >= POLL_MS && isExpectingNews()) {
                    heardAt = Date.now();
                    await load().catch(() => {});
                }
                watch();
            }, POLL_MS);
        }

        function hear(news) {
            if (!user.activeCompanies.some(({ id }) => id === news.company_id)) {
                return;
            }
            if (news.is_deleted) {
                delete state.integrations[news.id];
                load().catch(() => {});
                return;
            }
            const known = state.integrations[news.id];
            const [before, after] = [known, news].map((one) => JSON.stringify(one?.note));
            if (!known || known.status !== news.status || before !== after) {
                // How much waits for somebody now is not on the bus, nor any word.
                load().catch(() => {});
            }
            heardAt = Date.now();
            state.integrations[news.id] = { ...known, ...news };
            watch();
        }

        if (session.zoho_projects) {
            bus.subscribe(NOTIFICATION, hear);
            load().catch(() => {});
        }

        return {
            state,
            load,
            /** Start a sync without making the user wait for its first pages. */
            async startSync(id, method) {
                const known = state.integrations[id];
                if (known) {
                    state.integrations[id] = { ...known, status: "syncing" };
                }
                watch();
                try {
                    await orm.silent.call("zoho.integration", method, [[id]]);
                } finally {
                    await load();
                }
            },
            async stop(id) {
                await orm.call("zoho.integration", "action_stop", [[id]]);
                await load();
            },
        };
    },
};

registry.category("services").add("zoho_sync_status", syncStatusService);
