import { Component } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";

/** The menu of documents; what is on it is decided on the server. */
export class NewTransactionMenu extends Component {
    static template = "zoho_projects_connector.NewTransactionMenu";
    static components = { Dropdown, DropdownItem };
    static props = {
        transactions: Array,
        obstacle: { type: [String, Boolean], optional: true },
        isSecond: { type: Boolean, optional: true },
        beforeOpen: { type: Function, optional: true },
        onSelected: Function,
    };
}
