import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

const STARTS = ["action_enable", "action_full_sync", "action_save_and_sync", "action_sync"];

/** The form of an integration: the buttons that start a sync do not wait for it. */
export class ZohoIntegrationFormController extends FormController {
    setup() {
        super.setup();
        this.syncStatus = useService("zoho_sync_status");
    }

    async beforeExecuteActionButton(clickParams) {
        const saved = await super.beforeExecuteActionButton(clickParams);
        if (saved === false || !STARTS.includes(clickParams.name)) {
            return saved;
        }
        this.startSync(clickParams.name);
        return false;
    }

    /** What a button has changed is shown at the top, too: a deleted one leaves. */
    async afterExecuteActionButton(clickParams) {
        await super.afterExecuteActionButton(clickParams);
        this.syncStatus.load().catch(() => {});
    }

    /** A refusal is shown as any other: by the dialog of the web client. */
    async startSync(method) {
        const record = this.model.root;
        try {
            await this.syncStatus.startSync(record.resId, method);
        } finally {
            if (!(await record.isDirty())) {
                await record.load();
            }
        }
    }
}

registry.category("views").add("zoho_integration_form", {
    ...formView,
    Controller: ZohoIntegrationFormController,
});
