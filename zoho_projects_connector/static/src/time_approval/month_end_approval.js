import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { MonthEnd } from "../month_end/month_end";

// How the server calls time that its customer has to approve.
const WAITING = "customer_approval";

patch(MonthEnd.prototype, {
    /** The projects on show with time that waits for its customer. */
    get projectsToApprove() {
        return this.customers
            .flatMap((customer) => customer.shown)
            .filter((project) => project.states[WAITING]);
    },

    /** Asks the customers of these projects, in the dialog that says who they are. */
    async askApproval() {
        const { date_from, date_to } = this.state.period;
        await this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Ask for Approval"),
                res_model: "project.time.approval.ask",
                views: [[false, "form"]],
                target: "new",
                context: {
                    default_project_ids: this.projectsToApprove.map((one) => one.id),
                    default_date_from: date_from,
                    default_date_to: date_to,
                },
            },
            { onClose: () => this.load() }
        );
    },
});
