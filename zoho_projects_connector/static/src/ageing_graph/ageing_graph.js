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

    getBarChartData() {
        const data = super.getBarChartData();
        for (const dataset of data.datasets) {
            dataset.backgroundColor =
                this.ageColors.get(dataset.label) || dataset.backgroundColor;
        }
        return data;
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
