import { toRaw } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

/** A dialog with choices: Escape and the cross ask before they drop what was chosen. */
export class ChoiceDialogController extends FormController {
    setup() {
        super.setup();
        if (!this.env.dialogData) {
            return;
        }
        // The raw object: a change of the reactive one would draw the dialog anew.
        const dialogData = toRaw(this.env.dialogData);
        const close = dialogData.close;
        dialogData.close = async (params) => {
            // *Discard* and what the buttons do close it in another way.
            if (!params?.dismiss) {
                return close(params);
            }
            const leave = () => this.leaveDialog(() => close(params));
            if (!(await this.model.root.isDirty())) {
                return leave();
            }
            this.dialogService.add(ConfirmationDialog, {
                title: _t("Discard your choices?"),
                body: _t("What you have chosen here is not kept."),
                confirmLabel: _t("Discard"),
                confirm: () => {
                    leave();
                },
                cancelLabel: _t("Stay Here"),
                cancel: () => {},
            });
        };
    }

    /** Close the dialog; from one that took an invoice's place, go back to that. */
    async leaveDialog(close) {
        const { context, resModel } = this.props;
        if (!context.invoice_dialog_id) {
            return close();
        }
        const { action, orm } = this.env.services;
        await action.doAction(await orm.call(resModel, "action_back", [[]], { context }));
    }
}

registry.category("views").add("choice_dialog", {
    ...formView,
    Controller: ChoiceDialogController,
});
