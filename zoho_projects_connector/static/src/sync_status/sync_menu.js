import { Component, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { useDropdownState } from "@web/core/dropdown/dropdown_hooks";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { session } from "@web/session";

import { SyncBar } from "./sync_bar";
import { MOVING } from "./sync_service";

const ATTENTION = ["sign_in_again", "stalled"];
export const OVERVIEW = "zoho_projects_connector.zoho_overview_action";

/** The integrations that sync just now or need somebody, in the systray. */
export class SyncMenu extends Component {
    static template = "zoho_projects_connector.SyncMenu";
    static components = { Dropdown, SyncBar };
    static props = {};

    setup() {
        this.action = useService("action");
        this.sync = useService("zoho_sync_status");
        this.state = useState(this.sync.state);
        this.dropdown = useDropdownState();
    }

    get shown() {
        return Object.values(this.state.integrations).filter(
            (one) => MOVING.includes(one.status) || this.needsAttention(one)
        );
    }

    get isSyncing() {
        return this.shown.some(({ status }) => status === "syncing");
    }

    get attentionCount() {
        return this.state.attention.to_resolve;
    }

    get title() {
        return this.isSyncing
            ? _t("Zoho Projects: sync in progress")
            : _t("Zoho Projects: something needs attention");
    }

    needsAttention({ status, attention }) {
        return ATTENTION.includes(status) || attention?.to_resolve > 0;
    }

    canStop({ status }) {
        return this.state.isManager && MOVING.includes(status);
    }

    async open(id) {
        this.dropdown.close();
        await this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "zoho.integration",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    async openOverview() {
        this.dropdown.close();
        await this.action.doAction(OVERVIEW, { clearBreadcrumbs: true });
    }
}

registry
    .category("systray")
    .add(
        "zoho_projects_connector.sync_menu",
        { Component: SyncMenu, isDisplayed: () => Boolean(session.zoho_projects) },
        { sequence: 24 }
    );
