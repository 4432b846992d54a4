import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Whether all is well, line by line; what is not says what to do. */
export class SyncHealth extends Component {
    static template = "zoho_projects_connector.SyncHealth";
    static props = { ...standardFieldProps };

    get lines() {
        return this.props.record.data[this.props.name] || [];
    }
}

/** The calls of the last two minutes beside those that are allowed. */
export class CallBudget extends Component {
    static template = "zoho_projects_connector.CallBudget";
    static props = { ...standardFieldProps };

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    percent({ calls, limit }) {
        return Math.min(100, Math.round((100 * calls) / limit));
    }
}

registry.category("fields").add("zoho_health", {
    component: SyncHealth,
    supportedTypes: ["json"],
});
registry.category("fields").add("zoho_call_budget", {
    component: CallBudget,
    supportedTypes: ["json"],
});
