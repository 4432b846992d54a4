import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { NewTransactionMenu } from "./new_transaction_menu";

/** The documents that a user may make from the project that he looks at. */
export class NewTransaction extends Component {
    static template = "zoho_projects_connector.NewTransaction";
    static components = { NewTransactionMenu };
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get transactions() {
        return this.props.record.data.new_transactions || [];
    }

    async open(transaction) {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        const action = await this.orm.call(record.resModel, transaction.method, [
            [record.resId],
        ]);
        await this.action.doAction(action, { onClose: () => record.load() });
    }
}

registry.category("view_widgets").add("new_transaction", {
    component: NewTransaction,
    fieldDependencies: [{ name: "new_transactions", type: "json", readonly: true }],
});
