import { Component, useEffect, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { SyncBar } from "./sync_bar";

/**
 * The moving status on a form: of the integration itself, or of the one that a field
 * (attribute `field`) names. The form of an integration is read anew when the status or
 * the module in hand changes, unless somebody is editing it.
 */
export class SyncStatusWidget extends Component {
    static template = "zoho_projects_connector.SyncStatusWidget";
    static components = { SyncBar };
    static props = { ...standardWidgetProps, field: { type: String, optional: true } };

    setup() {
        this.state = useState(useService("zoho_sync_status").state);
        this.shown = this.integration?.progress?.entity;
        useEffect(
            (integration) => {
                if (integration && !this.props.field) {
                    this.renew(integration);
                }
            },
            () => [this.integration]
        );
    }

    get integration() {
        const { field, record } = this.props;
        const id = field ? record.data[field]?.id : record.resId;
        return this.state.integrations[id];
    }

    get isShown() {
        const shown = ["syncing", "waiting", "stalled"];
        return shown.includes(this.integration?.status) || this.integration?.is_queued;
    }

    get alertClass() {
        return this.integration.status === "syncing" ? "alert-info" : "alert-warning";
    }

    async renew({ status, progress }) {
        const { record } = this.props;
        const entity = progress?.entity;
        const isOld = record.data.status !== status || this.shown !== entity;
        this.shown = entity;
        if (isOld && !(await record.isDirty())) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("zoho_sync_status", {
    component: SyncStatusWidget,
    extractProps: ({ attrs }) => ({ field: attrs.field }),
});
