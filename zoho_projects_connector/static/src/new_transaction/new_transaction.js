import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { useFigureOpener } from "../billing_figures/figure_opener";
import { NewTransactionMenu } from "./new_transaction_menu";

/** The usual invoice, and the documents that a user may make from the project. */
export class NewTransaction extends Component {
    static template = "zoho_projects_connector.NewTransaction";
    static components = { NewTransactionMenu };
    static props = { ...standardWidgetProps };

    setup() {
        this.openFigure = useFigureOpener(() => this.props.record);
    }

    get transactions() {
        return this.props.record.data.new_transactions || [];
    }

    /** The invoice that is usual now, or nothing. */
    get invoice() {
        return this.props.record.data.billing_cockpit?.invoice;
    }

    get invoiceLabel() {
        const { currency_id } = this.props.record.data.billing_cockpit;
        const options = { currencyId: currency_id };
        return _t("Invoice %s", formatMonetary(this.invoice.amount, options));
    }

    open(transaction) {
        return this.openFigure({ action: transaction.method });
    }

    openInvoice() {
        return this.openFigure({ action: "action_usual_invoice" });
    }
}

registry.category("view_widgets").add("new_transaction", {
    component: NewTransaction,
    fieldDependencies: [{ name: "new_transactions", type: "json", readonly: true }],
});
