import { _t } from "@web/core/l10n/translation";
import { formatFloatTime } from "@web/views/fields/formatters";

/** Hours as sentences have them, with their unit. */
export function sayHours(hours) {
    return _t("%(hours)s h", { hours: formatFloatTime(hours) });
}
