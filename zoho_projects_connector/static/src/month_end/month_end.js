import {
    Component,
    onPatched,
    onWillStart,
    onWillUnmount,
    useRef,
    useState,
} from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloatTime, formatMonetary } from "@web/views/fields/formatters";
import { parseFloat } from "@web/views/fields/parsers";
import { Layout } from "@web/search/layout";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { sayHours } from "../billing_figures/say_hours";
import { MonthChoice } from "./month_choice";

const MODEL = "billing.month.end";
// The state of what can be ticked.
const READY = "ready";

/**
 * The page of the month's end: what there is to invoice, and what makes it.
 * What is shown is figured on the server, in `billing.month.end`; what is ticked is
 * kept here, and each customer is invoiced by a call of its own.
 */
export class MonthEnd extends Component {
    static template = "zoho_projects_connector.MonthEnd";
    static components = { Layout, DateTimeInput };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.hours = formatFloatTime;
        const { choice, ...kept } = this.props.state?.monthEnd || {};
        this.state = useState({
            period: {},
            periods: [],
            states: [],
            customers: [],
            state: false,
            by: "task",
            invoiceDate: false,
            results: [],
            run: null,
            ...kept,
        });
        this.choice = useState(new MonthChoice(choice));
        onWillStart(() => this.load(kept.period));
        this.root = useRef("root");
        this.rateSetOf = false;
        onPatched(() => this.rateSetOf && this.focusAfterRate());
        onWillUnmount(() => this.stop());
        useSetupAction({
            getLocalState: () => {
                const { period, state, by, invoiceDate } = this.state;
                // Nobody here hears any more how what is being sent has ended.
                const results = this.state.results.map((result) => ({
                    ...result,
                    isSending: false,
                }));
                const choice = this.choice.dump();
                return {
                    monthEnd: { period, state, by, invoiceDate, results, choice },
                };
            },
        });
    }

    // What is shown

    /** Loads a period, without one last month; what is ticked and open stays so. */
    async load(period = this.state.period) {
        const dates = [period.date_from || false, period.date_to || false];
        const month = await this.orm.call(MODEL, "get_month", dates);
        Object.assign(this.state, month);
        if (!month.states.some((state) => state.key === this.state.state)) {
            this.state.state = false;
        }
        this.choice.follow();
        await Promise.all(
            this.projects
                .filter((project) => this.needsEntries(project))
                .map((project) => this.loadEntries(project))
        );
    }

    /** Of a closed project of which some is taken out, they say what is ticked. */
    needsEntries(project) {
        return this.choice.isOpen(project.id) || this.choice.leftOut(project).length;
    }

    async loadEntries(project) {
        const { date_from, date_to } = this.state.period;
        const entries = await this.orm.call(MODEL, "get_entries", [
            date_from,
            date_to,
            project.id,
        ]);
        this.choice.setEntries(project, entries);
    }

    get projects() {
        return this.state.customers.flatMap((customer) => customer.projects);
    }

    /** The customers of the state that is chosen, each with its projects of that. */
    get customers() {
        const { state, customers } = this.state;
        const shown = customers.map((customer) => ({
            ...customer,
            shown: customer.projects.filter((one) => !state || one.states[state]),
        }));
        return shown.filter((customer) => customer.shown.length);
    }

    /** The tasks or people of a project, each with its entries. */
    branches(project) {
        const branches = new Map();
        for (const entry of this.choice.entries(project)) {
            const [id, name] = entry[this.state.by];
            const none = this.state.by === "task" ? _t("No task") : _t("Nobody");
            const key = `${project.id}-${this.state.by}-${id || 0}`;
            if (!branches.has(key)) {
                branches.set(key, { key, name: name || none, entries: [] });
            }
            branches.get(key).entries.push(entry);
        }
        return [...branches.values()].map((branch) => ({
            ...branch,
            hours: this.sum(branch.entries, "hours"),
            amount: this.sum(branch.entries, "amount"),
        }));
    }

    /** What of a project is not simply ready, in words. */
    badges(project) {
        return this.state.states
            .filter(({ key }) => key !== READY && project.states[key])
            .map(({ key, label }) => ({ key, label, ...project.states[key] }));
    }

    sum(rows, name) {
        return rows.reduce((sum, row) => sum + row[name], 0);
    }

    money(amount, currencyId) {
        return formatMonetary(amount, { currencyId });
    }

    label(key) {
        return this.state.states.find((state) => state.key === key)?.label;
    }

    /** How much of a customer is ready. */
    figures(customer) {
        return {
            hours: this.sum(customer.projects, "hours"),
            amount: this.sum(customer.projects, "amount"),
        };
    }

    /** How many invoices are ticked, and what they come to in each currency. */
    get ticked() {
        const chosen = this.chosen;
        const amounts = new Map();
        for (const { customer, projects } of chosen) {
            const amount = this.sum(
                projects.map((project) => this.choice.figures(project)),
                "amount"
            );
            const known = amounts.get(customer.currency_id) || 0;
            amounts.set(customer.currency_id, known + amount);
        }
        const projects = chosen.flatMap((one) => one.projects);
        return {
            count: chosen.length,
            hours: this.sum(
                projects.map((project) => this.choice.figures(project)),
                "hours"
            ),
            amounts: [...amounts].map(([currency, amount]) =>
                this.money(amount, currency)
            ),
        };
    }

    /** What is ticked, or how far the invoices are, as a sentence. */
    get sentence() {
        const { run } = this.state;
        if (run) {
            return _t("%(done)s of %(total)s done, now: %(name)s", { ...run });
        }
        const { count, hours, amounts } = this.ticked;
        const figures = {
            count,
            hours: sayHours(hours),
            amounts: amounts.join(" + "),
        };
        if (!count) {
            return _t("Tick at least one customer to invoice.");
        }
        return count === 1
            ? _t("Ticked: 1 invoice, %(hours)s, %(amounts)s", figures)
            : _t("Ticked: %(count)s invoices, %(hours)s, %(amounts)s", figures);
    }

    /** What the figures of a state count. */
    chipLabel({ label, count, hours }) {
        const figures = { label, count, hours: formatFloatTime(hours) };
        return hours
            ? _t("%(label)s: projects: %(count)s, hours: %(hours)s", figures)
            : _t("%(label)s: projects: %(count)s", figures);
    }

    rateLabel({ name, hours }) {
        const values = { name, hours: sayHours(hours) };
        return name
            ? _t("Rate of %(name)s (%(hours)s)", values)
            : _t("Rate of the project (%(hours)s)", values);
    }

    /** The customers with something ticked, whatever state is shown. */
    get chosen() {
        return this.state.customers
            .map((customer) => ({
                customer,
                projects: customer.projects.filter((one) => this.choice.isTicked(one)),
            }))
            .filter(({ projects }) => projects.length);
    }

    // The period

    get isUntil() {
        return !this.state.period.date_from;
    }

    get periodKey() {
        return this.state.period.date_from || "until";
    }

    choosePeriod(key) {
        const { periods, period } = this.state;
        const chosen = periods.find((one) => one.date_from === key);
        const last = periods[0].date_to;
        return this.change(
            chosen || { date_from: false, date_to: period.date_to || last }
        );
    }

    chooseDay(day) {
        return day && this.change({ date_from: false, date_to: serializeDate(day) });
    }

    /** Shows another period: what was ticked and made of the one before is gone. */
    async change(period) {
        this.choice.clear();
        this.state.results = [];
        this.state.state = false;
        await this.load(period);
    }

    chooseInvoiceDate(day) {
        this.state.invoiceDate = day ? serializeDate(day) : false;
    }

    asDate(day) {
        return day ? deserializeDate(day) : false;
    }

    filter(key) {
        this.state.state = this.state.state === key ? false : key;
    }

    async toggle(project) {
        if (this.choice.toggleOpen(project.id) && !this.choice.isLoaded(project)) {
            await this.loadEntries(project);
        }
    }

    // The rates

    /** Sets a rate where one is missing; the figures follow. */
    async setRate(project, lacking, ev) {
        const [input, level] = ev.target.elements;
        let rate = 0;
        try {
            rate = parseFloat(input.value);
        } catch {
            rate = 0;
        }
        input.classList.toggle("is-invalid", !(rate > 0));
        if (!(rate > 0)) {
            return input.focus();
        }
        const { date_from, date_to } = this.state.period;
        await this.orm.call(MODEL, "set_rate", [
            date_from,
            date_to,
            project.id,
            lacking.employee_id,
            rate,
            level.value,
        ]);
        this.rateSetOf = project.id;
        await this.load();
    }

    /** Goes on to the next rate that is missing, else to the project that has it now. */
    focusAfterRate() {
        const project = this.root.el?.querySelector(`[data-id="${this.rateSetOf}"]`);
        this.rateSetOf = false;
        const next = this.root.el?.querySelector(".o_month_rate input");
        (next || project?.querySelector(".o_month_toggle"))?.focus();
    }

    // The invoices

    /**
     * Invoices the customers that are ticked, one after the other.
     *
     * @param {"draft"|"posted"|"sent"} goal how far to go
     */
    async create(goal = "draft") {
        const chosen = this.chosen;
        const run = { total: chosen.length, done: 0, name: "", isStopped: false };
        this.state.results = [];
        this.state.run = run;
        try {
            for (const { customer, projects } of chosen) {
                if (this.state.run.isStopped) {
                    break;
                }
                this.state.run.name = customer.name;
                const result = await this.invoice(customer, projects, goal);
                this.state.results.push(result);
                this.state.run.done += 1;
                if (result.isLost) {
                    break;
                }
            }
        } finally {
            this.state.run = null;
        }
        for (const { customer } of chosen.slice(this.state.results.length)) {
            const message = _t("Not tried.");
            this.state.results.push({ name: customer.name, status: "failed", message });
        }
        await this.load();
    }

    async invoice(customer, projects, goal) {
        const { date_from, date_to } = this.state.period;
        const result = { name: customer.name, moves: [] };
        try {
            result.moves = await this.orm.call(MODEL, "create_invoices", [
                date_from,
                date_to,
                projects.map((project) => project.id),
                projects.flatMap((project) => this.choice.leftOut(project)),
                this.state.invoiceDate,
                goal !== "draft",
                goal === "sent",
            ]);
        } catch (error) {
            return { ...result, status: "failed", ...this.why(error) };
        }
        if (goal !== "sent") {
            return { ...result, status: goal };
        }
        return { ...result, ...(await this.send(result.moves)) };
    }

    /** Sends invoices that are posted; returns what came of it. */
    async send(moves) {
        try {
            const ids = moves.map((move) => move.id);
            const isSent = await this.orm.call(MODEL, "send_invoices", [ids]);
            const message = _t("To be printed or downloaded, as set on the customer.");
            return isSent
                ? { status: "sent", message: "" }
                : { status: "posted", message };
        } catch (error) {
            return { status: "unsent", ...this.why(error) };
        }
    }

    /** Tries once more; a second press would send the same invoices twice. */
    async sendAgain(result) {
        if (result.isSending) {
            return;
        }
        result.isSending = true;
        try {
            Object.assign(result, await this.send(result.moves));
        } finally {
            result.isSending = false;
        }
    }

    /** Why a call failed, in the words of the server where it has some. */
    why(error) {
        if (error instanceof ConnectionLostError) {
            return { isLost: true, message: _t("The server could not be reached.") };
        }
        if (!(error instanceof RPCError)) {
            throw error;
        }
        const [sentence] = error.data?.arguments || [];
        const isSaid = error.exceptionName?.startsWith("odoo.exceptions.");
        return {
            message:
                isSaid && typeof sentence === "string"
                    ? sentence
                    : _t("An error of the server: its log says more."),
        };
    }

    stop() {
        if (this.state.run) {
            this.state.run.isStopped = true;
        }
    }

    /** Asks before anything is posted. */
    confirm(title, goal) {
        const { count, amounts } = this.ticked;
        const figures = { count, amounts: amounts.join(" + ") };
        const body =
            count === 1
                ? _t("1 invoice, %(amounts)s without taxes.", figures)
                : _t("%(count)s invoices, %(amounts)s without taxes.", figures);
        this.dialog.add(ConfirmationDialog, {
            title,
            body,
            confirmLabel: title,
            confirm: () => {
                this.create(goal);
            },
            cancel: () => {},
        });
    }

    createAndPost() {
        this.confirm(_t("Create and Post"), "posted");
    }

    createPostAndSend() {
        this.confirm(_t("Create, Post and Send"), "sent");
    }

    get statuses() {
        return {
            draft: _t("Draft made"),
            posted: _t("Posted"),
            sent: _t("Posted and sent"),
            unsent: _t("Posted, not sent"),
            failed: _t("Not made"),
        };
    }

    openInvoice(move) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "account.move",
            res_id: move.id,
            views: [[false, "form"]],
        });
    }

    /** Opens all invoices that were made. */
    openInvoices() {
        const ids = this.state.results.flatMap((one) => one.moves || []);
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Invoices"),
            res_model: "account.move",
            domain: [["id", "in", ids.map((move) => move.id)]],
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }

    async openDrafts(project) {
        const ids = [project.id];
        const action = await this.orm.call("project.project", "action_billing_drafts", [
            ids,
        ]);
        return this.action.doAction(action);
    }

    openProject(project) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "project.project",
            res_id: project.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("billing_month_end", MonthEnd);
