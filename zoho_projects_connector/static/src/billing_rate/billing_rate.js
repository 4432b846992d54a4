import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { MonetaryField, monetaryField } from "@web/views/fields/monetary/monetary_field";
import { parseMonetary } from "@web/views/fields/parsers";

/**
 * A rate: its own, zero on purpose, or inherited; three things that look different.
 * Empty means that it is inherited: what applies then is shown in its place, or that
 * there is none. To type zero is to say that the time is free of charge.
 */
export class BillingRateField extends MonetaryField {
    static template = "zoho_projects_connector.BillingRateField";
    static props = {
        ...MonetaryField.props,
        freeField: { type: String },
        inheritedField: { type: String, optional: true },
    };

    get inputOptions() {
        return { ...super.inputOptions, parse: (text) => this.parse(text) };
    }

    parse(text) {
        const isEmpty = !text.trim();
        const rate = isEmpty ? 0 : parseMonetary(text, { allowOperation: true });
        const isFree = !isEmpty && !rate;
        if (isFree !== this.isFree) {
            this.props.record.update({ [this.props.freeField]: isFree });
        }
        return rate;
    }

    get isFree() {
        return !this.value && this.props.record.data[this.props.freeField];
    }

    get isSet() {
        return Boolean(this.value || this.isFree);
    }

    get formattedValue() {
        return this.isSet ? super.formattedValue : "";
    }

    /** What applies where nothing is set here, or in spite of what is. */
    get inherited() {
        return (
            this.props.inheritedField && this.props.record.data[this.props.inheritedField]
        );
    }

    get placeholder() {
        return this.inherited || (this.props.inheritedField ? _t("No rate") : "");
    }

    get isMissing() {
        return Boolean(!this.isSet && this.props.inheritedField && !this.inherited);
    }

    /** What stands beside a rate that is set. */
    get aside() {
        if (this.isFree) {
            return _t("free of charge");
        }
        return this.value && this.inherited
            ? _t("(%s applies)", this.inherited)
            : "";
    }
}

registry.category("fields").add("billing_rate", {
    ...monetaryField,
    component: BillingRateField,
    supportedTypes: ["float"],
    fieldDependencies: ({ options }) => [
        { name: options.free_field || "billing_is_free", type: "boolean", readonly: false },
        ...(options.inherited_field
            ? [{ name: options.inherited_field, type: "char" }]
            : []),
    ],
    extractProps: (info) => ({
        ...monetaryField.extractProps(info),
        freeField: info.options.free_field || "billing_is_free",
        inheritedField: info.options.inherited_field,
    }),
});
