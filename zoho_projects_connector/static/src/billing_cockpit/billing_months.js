import { Component, useEffect, useRef, useState } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { useService } from "@web/core/utils/hooks";
import { formatFloatTime } from "@web/views/fields/formatters";

/** The hours of a project by month, as a chart that is drawn when it is asked for. */
export class BillingMonths extends Component {
    static template = "zoho_projects_connector.BillingMonths";
    static props = { record: Object };

    setup() {
        this.orm = useService("orm");
        this.root = useRef("root");
        this.canvas = useRef("canvas");
        this.state = useState({ isOpen: false, months: null, parts: [] });
        useEffect(
            (canvas) => {
                if (!canvas) {
                    return;
                }
                const chart = new Chart(canvas, this.config);
                return () => chart.destroy();
            },
            () => [this.canvas.el]
        );
    }

    async toggle() {
        this.state.isOpen = !this.state.isOpen;
        if (!this.state.isOpen) {
            this.state.months = null;
            return;
        }
        const { resModel, resId } = this.props.record;
        const [found] = await Promise.all([
            this.orm.call(resModel, "get_billing_months", [[resId]]),
            loadBundle("web.chartjs_lib"),
        ]);
        if (this.state.isOpen) {
            Object.assign(this.state, found);
        }
    }

    inWords(month) {
        const words = this.state.parts
            .filter(({ key }) => month.hours[key])
            .map(({ key, label }) => `${label} ${formatFloatTime(month.hours[key])}`);
        return words.join(", ") || formatFloatTime(0);
    }

    get config() {
        const style = getComputedStyle(this.root.el);
        return {
            type: "bar",
            data: {
                labels: this.state.months.map((month) => month.name),
                datasets: this.state.parts.map(({ key, label }) => ({
                    label,
                    data: this.state.months.map((month) => month.hours[key] || 0),
                    backgroundColor: style.getPropertyValue(`--o-billing-${key}`),
                    borderColor: "#fff",
                    borderWidth: 1,
                })),
            },
            options: {
                maintainAspectRatio: false,
                animation: false,
                plugins: {
                    legend: { position: "bottom" },
                    tooltip: {
                        callbacks: {
                            label: ({ dataset, raw }) =>
                                `${dataset.label}: ${formatFloatTime(raw)}`,
                        },
                    },
                },
                scales: {
                    x: { stacked: true, grid: { display: false } },
                    y: {
                        stacked: true,
                        ticks: { callback: (value) => formatFloatTime(value) },
                    },
                },
            },
        };
    }
}
