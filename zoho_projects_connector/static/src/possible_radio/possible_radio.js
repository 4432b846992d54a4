import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { RadioField, radioField } from "@web/views/fields/radio/radio_field";

/**
 * Radio buttons of which only what is possible can be chosen. Why something is not, and
 * the way out, is said by the server, in the field `<name>_obstacles`.
 */
export class PossibleRadioField extends RadioField {
    static template = "zoho_projects_connector.PossibleRadioField";

    setup() {
        super.setup();
        this.action = useService("action");
        this.orm = useService("orm");
    }

    obstacle(item) {
        return this.props.record.data[`${this.props.name}_obstacles`]?.[item[0]];
    }

    async leave({ action, project_id: projectId }) {
        const dialog = this.props.record;
        // Kept, so that all that was chosen is there again afterwards.
        if (await dialog.save({ reload: false })) {
            const args = [[dialog.resId], projectId];
            await this.action.doAction(await this.orm.call(dialog.resModel, action, args));
        }
    }
}

registry.category("fields").add("possible_radio", {
    ...radioField,
    component: PossibleRadioField,
    supportedTypes: ["selection"],
    fieldDependencies: ({ name }) => [
        { name: `${name}_obstacles`, type: "json", readonly: true },
    ],
});
