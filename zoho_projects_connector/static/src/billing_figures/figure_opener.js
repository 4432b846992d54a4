import { useService } from "@web/core/utils/hooks";

/**
 * Returns what opens the list behind a figure, a part or a warning: the method of the
 * record that it names in `action`, with its key as `billing_figure` in the context.
 * The record is saved before, and shown anew when a dialog closes.
 */
export function useFigureOpener(getRecord) {
    const action = useService("action");
    const orm = useService("orm");
    return async (row) => {
        const record = getRecord();
        if (!(await record.save())) {
            return;
        }
        const context = { ...record.context, billing_figure: row.key };
        const opened = await orm.call(record.resModel, row.action, [[record.resId]], {
            context,
        });
        await action.doAction(opened, { onClose: () => record.load() });
    };
}
