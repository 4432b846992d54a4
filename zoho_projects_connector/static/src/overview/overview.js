import {
    Component,
    onPatched,
    onWillStart,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { SyncBar } from "../sync_status/sync_bar";
import { MOVING } from "../sync_status/sync_service";

const MODEL = "zoho.integration";
const DISMISSED = "zoho_projects_first_sync_";
/** What Odoo itself refuses, in words for people; anything else is a dialog of Odoo's. */
const REFUSALS = /^odoo\.exceptions\.(UserError|AccessError|ValidationError|MissingError|LockError)$/;

/**
 * The page on which the app opens: how each sync is, and what needs somebody, one card
 * for each cause. What is shown comes from `get_overview`; a card is resolved by the
 * same methods as anywhere else.
 */
export class ZohoOverview extends Component {
    static template = "zoho_projects_connector.Overview";
    static components = { Layout, RecordSelector, SyncBar };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.sync = useService("zoho_sync_status");
        this.live = useState(this.sync.state);
        const kept = this.props.state?.overview || {};
        this.state = useState({
            page: null,
            said: kept.said || null,
            isBusy: false,
            isForAll: false,
            dismissed: [],
        });
        // The runs that somebody here has seen at work: their end is told.
        this.watched = new Set(kept.watched || []);
        this.root = useRef("root");
        onWillStart(() => this.load([kept.opened || this.props.action.params?.card]));
        useSetupAction({
            getLocalState: () => ({
                overview: {
                    opened: this.state.page?.opened,
                    said: this.state.said,
                    watched: [...this.watched],
                },
            }),
        });
        useEffect(
            () => {
                this.follow();
            },
            () => [this.moving.join()]
        );
        this.takesFocus = false;
        onPatched(() => this.takesFocus && this.focusCard());
    }

    // What is shown

    /** Reads the page anew. The first of these cards that is still there is opened. */
    async load(wanted = [this.state.page?.opened]) {
        const keys = wanted.filter(Boolean);
        this.state.page = await this.orm.call(MODEL, "get_overview", [keys]);
        this.state.isForAll = false;
        this.state.dismissed = this.state.page.first_syncs
            .map(({ key }) => key)
            .filter((key) => browser.localStorage.getItem(DISMISSED + key));
    }

    get page() {
        return this.state.page;
    }

    get cards() {
        return this.page.cards;
    }

    get hasSeveral() {
        return this.page.integrations.length > 1;
    }

    get firstSyncs() {
        return this.page.first_syncs.filter(
            ({ key }) => !this.state.dismissed.includes(key)
        );
    }

    /** As the bus told it last, or as it was when the page was read. */
    status(integration) {
        return this.live.integrations[integration.id] || integration;
    }

    label(integration) {
        return this.live.statuses[this.status(integration).status] || integration.status_label;
    }

    isMoving(id) {
        return MOVING.includes(this.live.integrations[id]?.status);
    }

    /** The integrations that sync just now or wait for Zoho. */
    get moving() {
        return Object.values(this.live.integrations)
            .filter(({ status }) => MOVING.includes(status))
            .map(({ id }) => id)
            .sort();
    }

    /** Dark on light: the white of Odoo's own badges is too pale on green. */
    badge({ status }) {
        const kinds = {
            active: "success",
            syncing: "info",
            signed_in: "info",
            waiting: "warning",
            stalled: "warning",
            sign_in_again: "danger",
        };
        const kind = kinds[status] || "secondary";
        return `bg-${kind}-subtle text-${kind}-emphasis`;
    }

    /** When an integration has synced, and will again. */
    moments({ id, last, next }) {
        if (!last) {
            return _t(
                "The first sync has not ended yet. You may close this window: it goes on."
            );
        }
        return next && !this.isMoving(id)
            ? _t("Last sync: %(last)s · Next sync: %(next)s", { last, next })
            : _t("Last sync: %(last)s", { last });
    }

    firstTitle({ integration }) {
        return this.hasSeveral
            ? _t("The first sync is done: %(integration)s", { integration })
            : _t("The first sync is done");
    }

    /** What the first sync has brought, and what it has left in Zoho. */
    firstSentences({ fetched, left_out: hours }) {
        const sentences = [_t("In Odoo now: %(records)s", { records: fetched || "–" })];
        if (hours) {
            sentences.push(_t("Stays in Zoho by your choice: %(hours)s h", { hours }));
        }
        return sentences;
    }

    invoices({ invoices: count }) {
        return _t("Invoices: %(count)s", { count });
    }

    get isWell() {
        return this.page.integrations.some((one) => one.has_synced);
    }

    // A sync that ends

    /** Tells how a sync has ended that was seen at work here. */
    async follow() {
        const moving = this.moving;
        const ended = [...this.watched].filter((id) => !moving.includes(id));
        moving.forEach((id) => this.watched.add(id));
        if (!ended.length) {
            return;
        }
        ended.forEach((id) => this.watched.delete(id));
        await this.load();
        for (const { id, result } of this.page.integrations) {
            if (ended.includes(id) && result.text) {
                this.say({ message: result.text, type: result.type });
            }
        }
    }

    // What people do

    /** What became of it stays in sight until something else happens. */
    say({ message, type = "success" }) {
        this.state.said = message ? { message, type } : null;
    }

    async open(card) {
        await this.load([card.key]);
        this.focus();
    }

    /** The card after one, for when that is resolved or left for later. */
    after(key) {
        const index = this.cards.findIndex((card) => card.key === key);
        return this.cards[(index + 1) % this.cards.length]?.key;
    }

    async later() {
        await this.load([this.after(this.page.opened)]);
        this.focus();
    }

    /** Takes the keyboard along to the card that comes up next. */
    focus() {
        this.takesFocus = true;
    }

    focusCard() {
        this.takesFocus = false;
        this.root.el?.querySelector(".o_zoho_card_open h3")?.focus();
    }

    /** One of the ways out of the open card. */
    async choose(choice, args = []) {
        const { opened } = this.page;
        await this.run({ ...choice, args: [...choice.args, ...args] }, [
            opened,
            this.after(opened),
        ]);
    }

    async pick(candidate) {
        const { error_id } = this.cards.find((card) => card.key === this.page.opened);
        const args = [[error_id], candidate.id];
        await this.choose({ model: "zoho.sync.error", method: "action_choose_customer", args });
    }

    /** A record that was chosen in place: that is the whole choice. */
    async pickRecord(choice, id) {
        if (id) {
            await this.choose(choice, choice.pick.also ? [id, this.state.isForAll] : [id]);
        }
    }

    pickLabel({ name, details }) {
        return _t("This One: %(name)s, %(details)s", { name, details });
    }

    /** A button of an integration. */
    async press(integration, method) {
        await this.run({ model: MODEL, method, args: [[integration.id]] });
    }

    /** Calls a method, and follows what it returns; the page stays until it is read. */
    async run({ model, method, args }, wanted) {
        if (this.state.isBusy) {
            return;
        }
        this.state.isBusy = true;
        this.say({});
        try {
            const result = await this.orm.call(model, method, args);
            await this.go(result, wanted);
        } catch (error) {
            this.tell(error);
        } finally {
            this.state.isBusy = false;
        }
    }

    tell(error) {
        if (error instanceof ConnectionLostError) {
            this.say({
                type: "danger",
                message: _t("Odoo does not answer. Nothing is lost: try again in a moment."),
            });
        } else if (error instanceof RPCError && REFUSALS.test(error.exceptionName)) {
            this.say({ type: "danger", message: error.data.message });
        } else {
            throw error;
        }
    }

    async go(result, wanted) {
        const onClose = (told) => this.finish(told, wanted);
        if (result?.tag === "display_notification") {
            const { next, ...told } = result.params;
            await this.finish(told, wanted);
            if (next?.type === "ir.actions.act_window") {
                await this.action.doAction(next);
            }
        } else if (!result || result.tag === "soft_reload") {
            await this.finish(null, wanted);
        } else {
            await this.action.doAction(result, { onClose });
        }
    }

    async finish(told, wanted) {
        if (told?.message) {
            this.say(told);
        }
        await Promise.all([this.load(wanted), this.sync.load()]);
        if (wanted) {
            this.focus();
        }
    }

    /** A sync is not waited for: its bar moves by itself. */
    async startSync(integration) {
        this.say({});
        try {
            await this.sync.startSync(integration.id, "action_sync");
        } catch (error) {
            // Shown at work ahead of the answer: what has ended is an older run.
            this.watched.delete(integration.id);
            this.tell(error);
        }
        await this.load();
    }

    async stop(id) {
        this.say({});
        try {
            await this.sync.stop(id);
        } catch (error) {
            this.tell(error);
        }
        await this.load();
    }

    async connect() {
        await this.run({ model: MODEL, method: "action_connect_portal", args: [[]] });
    }

    async openIntegration({ id }) {
        await this.action.doAction({
            type: "ir.actions.act_window",
            res_model: MODEL,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    async link({ url, action, model, method, args }) {
        if (url) {
            browser.open(url, "_blank", "noopener");
        } else if (action) {
            await this.action.doAction(action);
        } else {
            await this.run({ model, method, args });
        }
    }

    async goOn({ action }) {
        await this.action.doAction(action);
    }

    dismiss({ key }) {
        browser.localStorage.setItem(DISMISSED + key, "1");
        this.state.dismissed.push(key);
    }
}

registry.category("actions").add("zoho_overview", ZohoOverview);
