import { useEffect, useState, useSubEnv } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { usePager } from "@web/search/pager_hook";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

const REFUSALS = ["odoo.exceptions.UserError", "odoo.exceptions.ValidationError"];
/** What a button cannot do without, in the order in which it is filled in. */
const NEEDED = {
    action_connect: ["client_id", "client_secret"],
    action_setup_next: ["portal_id"],
    action_sign_in_with_code: ["client_id", "client_secret", "grant_code"],
};

/**
 * The guide: what its buttons are doing, and why they could not, is said in its place;
 * the keyboard is where the step begins. It saves with each step, and has no other
 * record to page to.
 */
export class SetupGuideController extends FormController {
    setup() {
        super.setup();
        // What the server refuses is to be put right; Odoo would add icons to save it.
        this.canEdit = false;
        usePager(() => {});
        this.work = useState({ button: "", refusal: "" });
        const onClickViewButton = this.env.onClickViewButton;
        useSubEnv({
            setupWork: this.work,
            onClickViewButton: (click) =>
                this.doWork(click.clickParams.name, () => onClickViewButton(click)),
        });
        useEffect(
            (step) => {
                this.work.refusal = "";
                this.rootRef.el.querySelector(`[name=step_${step}] h2`)?.focus();
            },
            () => [this.model.root.data.setup_step]
        );
    }

    displayName() {
        return _t("Set Up Zoho Projects");
    }

    /** Do what a button does, and say beside it what it is, or why it was refused. */
    async doWork(button, work) {
        Object.assign(this.work, { button, refusal: "" });
        try {
            return await work();
        } catch (error) {
            if (!(error instanceof RPCError && REFUSALS.includes(error.exceptionName))) {
                throw error;
            }
            this.work.refusal = error.data.message;
            this.goToMissing(NEEDED[button] || []);
        } finally {
            this.work.button = "";
        }
    }

    /** Go to the first field that is not filled in. */
    goToMissing(names) {
        const { data } = this.model.root;
        const isKept = (name) => name === "client_secret" && data.has_client_secret;
        const missing = names.find((name) => !data[name] && !isKept(name));
        this.rootRef.el.querySelector(`[name=${missing}] :is(input, select)`)?.focus();
    }
}

registry.category("views").add("zoho_setup_guide", {
    ...formView,
    Controller: SetupGuideController,
});
