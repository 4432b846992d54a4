import { registry } from "@web/core/registry";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";

// The older, the warmer.
const COLORS = {
    "0_30": "#4c9aff",
    "31_60": "#f5c344",
    "61_90": "#f08c2e",
    over_90: "#d1335b",
};

/** A graph in which the age of time has its colour, whichever ages there are. */
export class AgeingGraphRenderer extends GraphRenderer {
    /** The colours of ages by their names, which is what a graph knows of them. */
    get ageColors() {
        const { selection } = this.model.metaData.fields.ageing;
        return new Map(selection.map(([key, label]) => [label, COLORS[key]]));
    }

    /** From the youngest, at the bottom, to the oldest. */
    getBarChartData() {
        const data = super.getBarChartData();
        const ages = [...this.ageColors.keys()];
        for (const dataset of data.datasets) {
            if (this.ageColors.has(dataset.label)) {
                dataset.order = ages.indexOf(dataset.label);
                dataset.backgroundColor = this.ageColors.get(dataset.label);
            }
        }
        return data;
    }

    /** What a colour means, from the youngest to the oldest as well. */
    getLegendOptions() {
        const options = super.getLegendOptions();
        const { generateLabels } = options.labels;
        const ages = [...this.ageColors.keys()];
        const isPie = this.model.metaData.mode === "pie";
        const rank = ({ fullText }) => ages.indexOf(fullText) + 1 || ages.length + 1;
        options.labels.generateLabels = (chart) =>
            generateLabels(chart)
                .map((item) => ({
                    ...item,
                    // Odoo's legend of a pie does not ask for the colours of its parts.
                    fillStyle:
                        (isPie && this.ageColors.get(item.fullText)) || item.fillStyle,
                }))
                .sort((one, other) => rank(one) - rank(other));
        return options;
    }

    getPieChartData() {
        const data = super.getPieChartData();
        for (const dataset of data.datasets) {
            const colors = data.labels.map(
                (label, index) =>
                    this.ageColors.get(label) || dataset.backgroundColor[index]
            );
            Object.assign(dataset, {
                backgroundColor: colors,
                hoverBackgroundColor: colors,
            });
        }
        return data;
    }
}

registry.category("views").add("billing_ageing_graph", {
    ...graphView,
    Renderer: AgeingGraphRenderer,
});
