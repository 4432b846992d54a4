import { Component, useEffect, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { sayStatus } from "../sync_status/sync_words";

const NOTIFICATION = "zoho_projects_connector/rehearsal";
/** What is over sooner needs no words. */
const PATIENCE_MS = 600;
const TICK_MS = 300;

/** What each button that asks Zoho is doing, and for how many seconds at most. */
const WORKS = {
    action_count_logs: [_t("Counting the time logs."), 20],
    action_fetch_fields: [_t("Fetching the fields of all modules."), 20],
    action_fetch_portals: [_t("Looking for portals."), 10],
    action_find_example: [_t("Looking for customers that Odoo knows."), 10],
    action_finish_set_up: [_t("Starting the first sync."), 15],
    action_preview: [_t("Reading the portal."), 30],
    action_setup_next: [_t("Reading what the next step shows."), 10],
    action_sign_in_with_code: [_t("Signing in to Zoho."), 10],
};

/** What a button of the guide is doing just now, or why it could not. */
export class SetupWork extends Component {
    static template = "zoho_projects_connector.SetupWork";
    static props = { ...standardWidgetProps };

    setup() {
        this.work = useState(this.env.setupWork);
        this.sync = useState(useService("zoho_sync_status").state);
        this.state = useState({ elapsed: 0, progress: null });
        useEffect(
            (button) => {
                Object.assign(this.state, { elapsed: 0, progress: null });
                if (!WORKS[button]) {
                    return;
                }
                const tick = () => (this.state.elapsed += TICK_MS);
                const timer = browser.setInterval(tick, TICK_MS);
                return () => browser.clearInterval(timer);
            },
            () => [this.work.button]
        );
        const hear = ({ id, progress }) => {
            if (id === this.props.record.resId) {
                this.state.progress = progress;
            }
        };
        const bus = useService("bus_service");
        useEffect(
            () => {
                bus.subscribe(NOTIFICATION, hear);
                return () => bus.unsubscribe(NOTIFICATION, hear);
            },
            () => []
        );
    }

    get isShown() {
        return WORKS[this.work.button] && this.state.elapsed > PATIENCE_MS;
    }

    get sentence() {
        const { progress } = this.state;
        const status = { status: "syncing", progress };
        return progress ? sayStatus(status, this.sync) : WORKS[this.work.button][0];
    }

    get seconds() {
        return WORKS[this.work.button][1];
    }

    get patience() {
        return _t("At most %(seconds)s seconds", { seconds: this.seconds });
    }

    /** As far as it has come, or as the time goes: it ends when either is used up. */
    get percent() {
        const byTime = this.state.elapsed / this.seconds / 10;
        return Math.min(99, Math.round(Math.max(byTime, this.state.progress?.percent || 0)));
    }
}

registry.category("view_widgets").add("zoho_setup_work", { component: SetupWork });
