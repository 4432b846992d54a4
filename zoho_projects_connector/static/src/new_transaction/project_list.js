import { onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { projectProjectListView } from "@project/views/project_project_list/project_project_list_view";
import { NewTransactionMenu } from "./new_transaction_menu";

const { Controller } = projectProjectListView;

/** The list of projects, with the menu of documents for the ticked ones. */
export class BillingProjectListController extends Controller {
    static template = "zoho_projects_connector.ProjectListView";
    static components = { ...Controller.components, NewTransactionMenu };

    setup() {
        super.setup();
        this.action = useService("action");
        this.orm = useService("orm");
        this.ofSelection = useState({ ids: [], transactions: [], obstacle: false });
        onWillStart(async () => {
            this.canBill = await user.hasGroup(
                "zoho_projects_connector.group_zoho_billing"
            );
        });
    }

    async loadTransactions() {
        const ids = await this.model.root.getResIds(true);
        const found = await this.orm.call("project.project", "get_new_transactions", [
            ids,
        ]);
        Object.assign(this.ofSelection, { ids, ...found });
    }

    async openTransaction(transaction) {
        const { ids } = this.ofSelection;
        const action = await this.orm.call("project.project", transaction.method, [ids]);
        await this.action.doAction(action, { onClose: () => this.model.load() });
    }
}

registry.category("views").add("billing_project_list", {
    ...projectProjectListView,
    Controller: BillingProjectListController,
});
