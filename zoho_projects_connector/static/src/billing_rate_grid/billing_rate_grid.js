import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, serializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { asRows, asText, inRange } from "./cells";

const MODEL = "billing.rate.grid";

/**
 * The page of rates: people and roles × customers and projects. Figures stay the text
 * that was typed or pasted until they are saved: the server reads them, all at once.
 */
export class BillingRateGrid extends Component {
    static template = "zoho_projects_connector.BillingRateGrid";
    static components = { Layout, DateTimeInput };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.ui = useState(useService("ui"));
        this.table = useRef("table");
        this.state = useState({
            market: false,
            markets: [],
            customers: [],
            columns: [],
            rows: [],
            company: "",
            left_out: 0,
            filter: { day: false, customer: 0, words: "", isEverybody: false },
            // Of a narrow screen, the one column that is shown.
            column: 0,
            typed: {},
            errors: {},
            focus: { row: 0, column: 0 },
            anchor: null,
        });
        onWillStart(() => this.load());
        useSetupAction({
            beforeLeave: () => this.mayLeave(),
            beforeUnload: (ev) => this.isDirty && ev.preventDefault(),
        });
    }

    // What is shown

    async load() {
        const { filter, market } = this.state;
        const { day, customer, words, isEverybody } = filter;
        const grid = await this.orm.call(MODEL, "get_rates", [
            market,
            day,
            customer,
            words,
            isEverybody,
        ]);
        Object.assign(this.state, grid, { anchor: null });
        this.state.column = Math.min(this.state.column, grid.columns.length - 1);
    }

    /** Shows other rows and columns, or another day; what was typed stays. */
    async show(change) {
        Object.assign(this.state.filter, change);
        await this.load();
    }

    showCustomer(id) {
        return this.show({ customer: Number(id) });
    }

    showColumn(index) {
        this.state.column = Number(index);
    }

    async showMarket(market) {
        this.state.market = market;
        await this.load();
    }

    /** Asks, before the page is left, whether what was typed is given up. */
    mayLeave() {
        if (!this.isDirty) {
            return true;
        }
        return new Promise((resolve) =>
            this.dialog.add(ConfirmationDialog, {
                title: _t("Leave without Saving?"),
                body: _t("What was typed is not saved yet."),
                confirmLabel: _t("Leave"),
                confirm: () => resolve(true),
                cancelLabel: _t("Stay"),
                cancel: () => resolve(false),
            })
        );
    }

    /** What is not shown, in words. */
    get leftOut() {
        const count = this.state.left_out;
        return _t(
            "More projects than fit here: %(count)s. Choose a customer or search to find them.",
            { count }
        );
    }

    /** The columns that fit, each with its place in the rows. */
    get columns() {
        const columns = this.state.columns.map((column, index) => ({ ...column, index }));
        return this.ui.isSmall ? [columns[this.state.column]] : columns;
    }

    key(row, column) {
        return `${this.state.rows[row].key}|${this.state.columns[column].key}`;
    }

    cell(row, column) {
        return this.state.rows[row]?.cells[column];
    }

    text(row, column) {
        const typed = this.state.typed[this.key(row, column)];
        return typed ? typed.text : this.cell(row, column).text;
    }

    error(row, column) {
        return this.state.errors[this.key(row, column)];
    }

    /** What a cell says where nothing is set in it. */
    placeholder(row, column) {
        const { inherited, locked } = this.cell(row, column);
        return inherited || (locked ? "" : _t("No rate"));
    }

    /** What a cell tells when it is pointed at, and to a screen reader. */
    hint(row, column) {
        const { inherited, origin, locked, history } = this.cell(row, column);
        const lines = [this.error(row, column)];
        if (locked) {
            lines.push(_t("The project is not billed by who worked."));
        }
        if (inherited) {
            lines.push(_t("Inherited: %(rate)s %(origin)s", { rate: inherited, origin }));
        }
        if (history.length > 1 || history[0]?.[0]) {
            lines.push(...history.map((entry) => this.past(entry)));
        }
        return lines.filter(Boolean).join("\n");
    }

    past([first, rate]) {
        return first
            ? _t("%(rate)s from %(day)s on", {
                  rate,
                  day: formatDate(deserializeDate(first)),
              })
            : _t("%s from the beginning", rate);
    }

    isDated(row, column) {
        return this.cell(row, column).history.some(([first]) => first);
    }

    label(row, column) {
        const names = {
            row: this.state.rows[row].name,
            column: this.state.columns[column].name,
        };
        return _t("%(row)s, %(column)s", names);
    }

    /** How a cell looks: its classes. */
    look(row, column) {
        return {
            o_rate_chosen: this.isChosen(row, column),
            o_rate_typed: this.state.typed[this.key(row, column)] !== undefined,
            o_rate_dated: this.isDated(row, column),
            o_rate_missing: !this.cell(row, column).inherited,
            o_rate_wrong: this.error(row, column),
        };
    }

    isChosen(row, column) {
        const { anchor, focus } = this.state;
        return Boolean(anchor) && inRange(anchor, focus, row, column);
    }

    get isDirty() {
        return this.changes.length > 0;
    }

    /** What was typed and is not what is set already, whether it is shown or not. */
    get changes() {
        return Object.entries(this.state.typed)
            .filter(([key, { text }]) => {
                const [row, column] = this.find(key);
                return this.cell(row, column)?.text !== text;
            })
            .map(([key, { text }]) => {
                const [row, column] = key.split("|");
                return { row, column, text };
            });
    }

    /** The place of a cell by its key, -1 where it is not shown. */
    find(key) {
        const [row, column] = key.split("|");
        return [
            this.state.rows.findIndex((one) => one.key === row),
            this.state.columns.findIndex((one) => one.key === column),
        ];
    }

    get sentence() {
        const errors = Object.keys(this.state.errors).length;
        const count = this.changes.length;
        if (errors) {
            return errors === 1
                ? _t("1 cell is wrong: nothing is saved before it is corrected.")
                : _t("%s cells are wrong: nothing is saved before they are corrected.", errors);
        }
        if (!count) {
            return _t("Nothing is changed.");
        }
        return count === 1 ? _t("1 rate is changed.") : _t("%s rates are changed.", count);
    }

    /** The cells that are wrong, with what is wrong about them. */
    get mistakes() {
        return Object.entries(this.state.errors).map(([key, message]) => {
            const [row, column] = this.find(key);
            return { key, message, row, column, label: this.state.typed[key]?.label };
        });
    }

    // What is typed

    type(row, column, text) {
        const cell = this.cell(row, column);
        if (!cell || cell.locked) {
            return;
        }
        const key = this.key(row, column);
        this.state.typed[key] = { text, label: this.label(row, column) };
        delete this.state.errors[key];
    }

    onFocus(row, column, ev) {
        if (!this.isExtending) {
            this.state.anchor = null;
        }
        this.state.focus = { row, column };
        ev.target.select();
    }

    /** The place of the cell in which something happens. */
    place(ev) {
        const { row, column } = ev.target.closest("td").dataset;
        return { row: Number(row), column: Number(column) };
    }

    focusOn(row, column) {
        if (this.ui.isSmall) {
            this.state.column = column;
        }
        this.state.focus = { row, column };
        const selector = `[data-row="${row}"][data-column="${column}"] input`;
        const input = this.table.el?.querySelector(selector);
        input?.focus();
        return Boolean(input);
    }

    /** Goes to the next cell in a direction that can be typed in. */
    move(down, right, isExtending) {
        const { focus } = this.state;
        let { row, column } = focus;
        const anchor = isExtending ? this.state.anchor || { ...focus } : null;
        do {
            row += down;
            column += right;
        } while (this.cell(row, column) === null);
        if (this.cell(row, column)) {
            this.isExtending = true;
            this.focusOn(row, column);
            this.isExtending = false;
            this.state.anchor = anchor;
        }
    }

    onKeydown(ev) {
        this.state.focus = this.place(ev);
        const steps = {
            ArrowUp: [-1, 0],
            ArrowDown: [1, 0],
            ArrowLeft: [0, -1],
            ArrowRight: [0, 1],
            Enter: [ev.shiftKey ? -1 : 1, 0],
        };
        const { value, selectionStart, selectionEnd } = ev.target;
        // Within a text that is edited, the arrows to the sides move in it.
        const isWhole = selectionStart === 0 && selectionEnd === value.length;
        if ((ev.key === "ArrowLeft" || ev.key === "ArrowRight") && !isWhole) {
            return;
        }
        if (steps[ev.key]) {
            ev.preventDefault();
            this.move(...steps[ev.key], ev.shiftKey && ev.key !== "Enter");
        } else if (ev.key === "Delete" && this.state.anchor) {
            ev.preventDefault();
            this.eachChosen((row, column) => this.type(row, column, ""));
        } else if (ev.key === "Escape") {
            ev.preventDefault();
            const { row, column } = this.state.focus;
            delete this.state.typed[this.key(row, column)];
        }
    }

    onMousedown(row, column, ev) {
        if (ev.shiftKey) {
            // A range, from where the keyboard is to here.
            ev.preventDefault();
            const anchor = this.state.anchor || { ...this.state.focus };
            this.isExtending = true;
            this.focusOn(row, column);
            this.isExtending = false;
            this.state.anchor = anchor;
        }
    }

    eachChosen(callback) {
        const { anchor, focus } = this.state;
        this.state.rows.forEach((_row, row) =>
            this.state.columns.forEach((_column, column) => {
                if (inRange(anchor || focus, focus, row, column)) {
                    callback(row, column);
                }
            })
        );
    }

    /** Copies the cells that are chosen as a spreadsheet takes them. */
    onCopy(ev) {
        if (!this.state.anchor) {
            return;
        }
        const rows = new Map();
        this.eachChosen((row, column) => {
            const text = this.cell(row, column) ? this.text(row, column) : "";
            rows.set(row, [...(rows.get(row) || []), text]);
        });
        ev.clipboardData.setData("text/plain", asText([...rows.values()]));
        ev.preventDefault();
    }

    /** Fills the cells from the one that has the focus on, as a spreadsheet does. */
    onPaste(ev) {
        this.state.focus = this.place(ev);
        const rows = asRows(ev.clipboardData.getData("text/plain"));
        const isOne = rows.length === 1 && rows[0].length === 1;
        if (isOne && !this.state.anchor) {
            return;
        }
        ev.preventDefault();
        if (isOne) {
            // One figure goes into all cells that are chosen.
            this.eachChosen((row, column) => this.type(row, column, rows[0][0]));
            return;
        }
        const { anchor, focus } = this.state;
        const top = Math.min(focus.row, anchor?.row ?? focus.row);
        const left = Math.min(focus.column, anchor?.column ?? focus.column);
        let lost = 0;
        rows.forEach((texts, down) =>
            texts.forEach((text, right) => {
                const cell = this.cell(top + down, left + right);
                if (cell && !cell.locked) {
                    this.type(top + down, left + right, text.trim());
                } else if (text.trim()) {
                    lost += 1;
                }
            })
        );
        if (lost) {
            const message = _t(
                "Figures without a place: %s. They are beside the grid, or where nothing can be set.",
                lost
            );
            this.notification.add(message, { type: "warning" });
        }
    }

    // What is saved

    async save() {
        const { market, filter } = this.state;
        const { count, errors } = await this.orm.call(MODEL, "save_rates", [
            market,
            this.changes,
            filter.day,
        ]);
        this.state.errors = Object.fromEntries(
            errors.map(({ row, column, message }) => [`${row}|${column}`, message])
        );
        if (errors.length) {
            const [first] = this.mistakes;
            return this.focusOn(first.row, first.column);
        }
        this.discard();
        await this.load();
        const message =
            count === 1 ? _t("1 rate is saved.") : _t("%s rates are saved.", count);
        this.notification.add(message, { type: "success" });
    }

    discard() {
        this.state.typed = {};
        this.state.errors = {};
    }

    asDate(day) {
        return day ? deserializeDate(day) : false;
    }

    showDay(day) {
        return this.show({ day: day ? serializeDate(day) : false });
    }

    openHistory() {
        return this.action.doAction("zoho_projects_connector.project_billing_rate_action");
    }
}

registry.category("actions").add("billing_rate_grid", BillingRateGrid);
