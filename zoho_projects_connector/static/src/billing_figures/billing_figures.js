import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { formatFloatTime, formatMonetary } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { useFigureOpener } from "./figure_opener";

/**
 * Hours and amounts by billing state, each opening the list whose sum it is. Which
 * rows there are is decided on the server, in `_billing_figure_rows`.
 */
export class BillingFigures extends Component {
    static template = "zoho_projects_connector.BillingFigures";
    static props = { ...standardFieldProps };

    setup() {
        this.open = useFigureOpener(() => this.props.record);
    }

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    /** The figures of a row, as the table shows them. */
    cells(row) {
        return [
            { key: "hours", text: this.isSet(row.hours) && formatFloatTime(row.hours) },
            {
                key: "amount",
                text:
                    this.isSet(row.amount) &&
                    formatMonetary(row.amount, { currencyId: row.currency_id }),
            },
        ];
    }

    isSet(value) {
        return value !== undefined && value !== null;
    }
}

registry.category("fields").add("billing_figures", {
    component: BillingFigures,
    supportedTypes: ["json"],
});
