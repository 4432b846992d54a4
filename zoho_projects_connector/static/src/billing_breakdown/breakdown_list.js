import { onWillStart } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloatTime, formatMonetary } from "@web/views/fields/formatters";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

/** Figures by task, task list or milestone, with what of the project is on none. */
export class BreakdownListController extends ListController {
    static template = "zoho_projects_connector.BreakdownListView";

    setup() {
        super.setup();
        this.action = useService("action");
        this.orm = useService("orm");
        const { breakdown, breakdown_project_id: projectId } = this.props.context;
        onWillStart(async () => {
            this.rest =
                projectId &&
                (await this.orm.call("project.project", "get_breakdown_rest", [
                    [projectId],
                    breakdown,
                ]));
        });
    }

    /** What is on none of the rows, in the words of the columns. */
    get restFigures() {
        const { rest } = this;
        const money = (amount) =>
            formatMonetary(amount, { currencyId: rest.currency_id });
        return [
            [_t("Logged"), formatFloatTime(rest.hours_logged)],
            [_t("Unbilled"), formatFloatTime(rest.hours_unbilled)],
            [_t("To Invoice"), money(rest.amount_unbilled)],
            [_t("Invoiced"), formatFloatTime(rest.hours_invoiced)],
            [_t("Amount"), money(rest.amount_invoiced)],
        ].map(([label, figure]) => ({ label, figure }));
    }

    async openRest() {
        const { breakdown, breakdown_project_id: projectId } = this.props.context;
        const action = await this.orm.call(
            "project.project",
            "action_breakdown_rest",
            [[projectId]],
            { context: { breakdown } }
        );
        await this.action.doAction(action);
    }
}

registry.category("views").add("billing_breakdown_list", {
    ...listView,
    Controller: BreakdownListController,
});
