import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { View } from "@web/views/view";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

// What Odoo writes to Zoho is switched on later.
const CONTEXT = { active_test: false, is_guide: true };

/**
 * The field mapping of the integration in hand: Odoo's own list, a group for each module;
 * on a phone its cards, which open in a dialog, for the guide stays where it is.
 */
export class FieldMapping extends Component {
    static template = "zoho_projects_connector.FieldMapping";
    static components = { View };
    static props = { ...standardWidgetProps };

    setup() {
        this.dialog = useService("dialog");
        this.state = useState({ isStandard: false, saved: 0 });
    }

    /** It is read anew with the form, with the kind of fields, and when a card is saved. */
    get key() {
        return `${this.props.record.id} ${this.state.isStandard} ${this.state.saved}`;
    }

    get viewProps() {
        const { isSmall } = this.env;
        return {
            type: isSmall ? "kanban" : "list",
            resModel: "zoho.field.mapping",
            views: [[false, isSmall ? "kanban" : "list"]],
            domain: [
                ["integration_id", "=", this.props.record.resId],
                ["is_standard", "=", this.state.isStandard],
            ],
            context: CONTEXT,
            groupBy: isSmall ? [] : ["entity"],
            allowSelectors: false,
            display: { controlPanel: false },
            selectRecord: (id) => this.openRecord(id),
            noContentHelp: _t(
                "Zoho shows no custom fields of this portal. Fetch the Fields asks it anew."
            ),
        };
    }

    openRecord(resId) {
        this.dialog.add(FormViewDialog, {
            resModel: "zoho.field.mapping",
            resId,
            title: _t("Field Mapping"),
            context: CONTEXT,
            canExpand: false,
            onRecordSaved: () => this.state.saved++,
        });
    }
}

registry.category("view_widgets").add("zoho_field_mapping", { component: FieldMapping });
