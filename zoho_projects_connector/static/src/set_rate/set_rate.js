import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** The way out of time without a rate, beside it: the terms, and back to the dialog. */
export class SetRate extends Component {
    static template = "zoho_projects_connector.SetRate";
    static props = { ...standardWidgetProps };

    get project() {
        return this.props.record.data.rate_project_id;
    }

    async open() {
        const dialog = this.props.record.model.root;
        const projectId = this.project.id;
        // The row is drawn anew by what it does: its own services would end with it.
        const { action, orm } = this.env.services;
        // Kept, so that all that was chosen is there again afterwards.
        if (await dialog.save({ reload: false })) {
            const args = [[dialog.resId], projectId];
            await action.doAction(await orm.call(dialog.resModel, "action_set_rate", args));
        }
    }
}

registry.category("view_widgets").add("zoho_set_rate", { component: SetRate });
