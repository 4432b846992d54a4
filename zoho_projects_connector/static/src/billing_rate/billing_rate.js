import { registry } from "@web/core/registry";
import { MonetaryField, monetaryField } from "@web/views/fields/monetary/monetary_field";

/** A rate that is zero while none is set: nothing is shown then, not 0.00. */
export class BillingRateField extends MonetaryField {
    get formattedValue() {
        return this.value ? super.formattedValue : "";
    }
}

registry.category("fields").add("billing_rate", {
    ...monetaryField,
    component: BillingRateField,
});
