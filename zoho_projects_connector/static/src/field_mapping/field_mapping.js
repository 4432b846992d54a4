import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { View } from "@web/views/view";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** The field mapping of the integration in hand: Odoo's own list, a group for each module. */
export class FieldMapping extends Component {
    static template = "zoho_projects_connector.FieldMapping";
    static components = { View };
    static props = { ...standardWidgetProps };

    setup() {
        this.state = useState({ isStandard: false });
    }

    /** The list is read anew with the form, and with the kind of fields. */
    get key() {
        return `${this.props.record.id} ${this.state.isStandard}`;
    }

    get viewProps() {
        return {
            type: "list",
            resModel: "zoho.field.mapping",
            views: [[false, "list"]],
            domain: [
                ["integration_id", "=", this.props.record.resId],
                ["is_standard", "=", this.state.isStandard],
            ],
            // What Odoo writes to Zoho is switched on later.
            context: { active_test: false, is_guide: true },
            groupBy: ["entity"],
            allowSelectors: false,
            display: { controlPanel: false },
            noContentHelp: _t(
                "Zoho shows no custom fields of this portal. Fetch the Fields asks it anew."
            ),
        };
    }
}

registry.category("view_widgets").add("zoho_field_mapping", { component: FieldMapping });
