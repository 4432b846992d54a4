import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * The steps of a guide, numbered, with the one in hand marked. A step that is behind can
 * be returned to; what lies ahead is reached through the buttons of the form, which check.
 */
export class SetupSteps extends Component {
    static template = "zoho_projects_connector.SetupSteps";
    static props = { ...standardFieldProps };

    get steps() {
        const { record, name } = this.props;
        const { selection } = record.fields[name];
        const current = selection.findIndex(([value]) => value === record.data[name]);
        return selection.map(([value, label], index) => ({
            value,
            label,
            number: index + 1,
            isDone: index < current,
            isCurrent: index === current,
        }));
    }

    async goTo(step) {
        const { record, name } = this.props;
        await record.update({ [name]: step.value }, { save: true });
    }
}

registry.category("fields").add("zoho_setup_steps", {
    component: SetupSteps,
    supportedTypes: ["selection"],
});
