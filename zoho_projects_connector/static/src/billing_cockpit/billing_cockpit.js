import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import {
    formatFloatTime,
    formatMonetary,
    formatPercentage,
} from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { useFigureOpener } from "../billing_figures/figure_opener";
import { sayHours } from "../billing_figures/say_hours";
import { BillingMonths } from "./billing_months";

/**
 * Where time and money of a project stand, and what needs somebody, above its tabs.
 * What is shown is decided on the server, in `_billing_cockpit`.
 */
export class BillingCockpit extends Component {
    static template = "zoho_projects_connector.BillingCockpit";
    static components = { BillingMonths };
    static props = { ...standardFieldProps };

    setup() {
        this.openFigure = useFigureOpener(() => this.props.record);
    }

    get cockpit() {
        return this.props.record.data[this.props.name] || { parts: [], warnings: [] };
    }

    /** The bars that say something, each with its parts and their shares. */
    get bars() {
        const format = (amount) =>
            formatMonetary(amount, { currencyId: this.cockpit.currency_id });
        return [
            this.bar("hours", _t("Hours"), formatFloatTime),
            this.bar("amount", _t("Amount"), format),
        ].filter((bar) => bar.parts.length);
    }

    bar(key, label, format) {
        const parts = this.cockpit.parts.filter((part) => part[key]);
        const whole = parts.reduce((sum, part) => sum + Math.max(part[key], 0), 0);
        const total = parts.reduce((sum, part) => sum + part[key], 0);
        return {
            key,
            label,
            total: format(total),
            parts: parts.map((part) => ({
                ...part,
                figure: format(part[key]),
                size: Math.max(part[key], 0),
                share: this.share(Math.max(part[key], 0) / whole),
                look: part.is_outside ? "outside" : part.key,
            })),
        };
    }

    /** The budgets, in words, with how far the bar of each is filled. */
    get budgets() {
        const { budgets = [], currency_id } = this.cockpit;
        return budgets.map((budget) => {
            const isHours = budget.key === "hours";
            const format = (value) =>
                isHours
                    ? sayHours(value)
                    : formatMonetary(value, { currencyId: currency_id });
            return {
                ...budget,
                label: isHours ? _t("Budget of hours") : _t("Budget"),
                text: _t("%(used)s of %(budget)s (%(share)s)", {
                    used: format(budget.used),
                    budget: format(budget.budget),
                    share: this.share(budget.share),
                }),
                filled: Math.min(Math.max(budget.share, 0), 1) * 100,
            };
        });
    }

    share(share) {
        if (share > 0 && share < 0.01) {
            return `< ${formatPercentage(0.01, { digits: [16, 0] })}`;
        }
        return formatPercentage(share, { digits: [16, 0] });
    }

    /** The parts in Odoo, then those that are not, under a title of their own. */
    groups(bar) {
        const groups = [
            { key: "inside", parts: bar.parts.filter((part) => !part.is_outside) },
            {
                key: "outside",
                title: this.cockpit.outside_label,
                parts: bar.parts.filter((part) => part.is_outside),
            },
        ];
        return groups.filter((group) => group.parts.length);
    }

    /** Opens the way out of a warning: a list, a dialog, or the field to fill in. */
    leave(warning) {
        if (warning.field) {
            const field = document.querySelector(
                `.o_form_view [name="${warning.field}"] input`
            );
            field?.focus();
            return;
        }
        return this.openFigure(warning);
    }
}

registry.category("fields").add("billing_cockpit", {
    component: BillingCockpit,
    supportedTypes: ["json"],
});
