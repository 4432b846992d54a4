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
            if (!params?.dismiss || !(await this.model.root.isDirty())) {
                return close(params);
            }
            this.dialogService.add(ConfirmationDialog, {
                title: _t("Discard your choices?"),
                body: _t("What you have chosen here is not kept."),
                confirmLabel: _t("Discard"),
                confirm: () => {
                    close(params);
                },
                cancelLabel: _t("Stay Here"),
                cancel: () => {},
            });
        };
    }
}

registry.category("views").add("choice_dialog", {
    ...formView,
    Controller: ChoiceDialogController,
});
