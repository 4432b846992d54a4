import { onWillStart } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloatTime, formatMonetary } from "@web/views/fields/formatters";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

/**
 * Returns what of a project is on none of its tasks, task lists or milestones, as one
 * more row of theirs: with it they add up to the project.
 */
function useRest(getContext) {
    const action = useService("action");
    const orm = useService("orm");
    const rest = {
        figures: false,
        format(name, figure = rest.figures[name]) {
            return name.startsWith("amount_")
                ? formatMonetary(figure, { currencyId: rest.figures.currency_id })
                : formatFloatTime(figure);
        },
        async open() {
            const { breakdown, breakdown_project_id: id } = getContext();
            const opened = await orm.call(
                "project.project",
                "action_breakdown_rest",
                [[id]],
                { context: { breakdown } }
            );
            await action.doAction(opened);
        },
    };
    onWillStart(async () => {
        const { breakdown, breakdown_project_id: id } = getContext();
        const args = [[id], breakdown];
        rest.figures =
            !!id && (await orm.call("project.project", "get_breakdown_rest", args));
    });
    return rest;
}

export class BreakdownListRenderer extends ListRenderer {
    static rowsTemplate = "zoho_projects_connector.BreakdownRows";

    setup() {
        super.setup();
        this.rest = useRest(() => this.props.list.context);
    }

    /** The cell of a column in the row of what is on none. */
    restCell(column) {
        const { figures } = this.rest;
        return column.name in figures ? this.rest.format(column.name) : "";
    }

    /** The sums are those of all rows. */
    computeAggregates() {
        const aggregates = super.computeAggregates();
        const { figures } = this.rest;
        if (figures && !this.props.list.selection.length) {
            for (const [name, sum] of Object.entries(aggregates)) {
                if (name in figures) {
                    sum.rawValue += figures[name];
                    sum.value = this.rest.format(name, sum.rawValue);
                }
            }
        }
        return aggregates;
    }
}

export class BreakdownKanbanRenderer extends KanbanRenderer {
    static template = "zoho_projects_connector.BreakdownKanbanRenderer";

    setup() {
        super.setup();
        this.rest = useRest(() => this.props.list.context);
    }
}

registry.category("views").add("billing_breakdown_list", {
    ...listView,
    Renderer: BreakdownListRenderer,
});
registry.category("views").add("billing_breakdown_kanban", {
    ...kanbanView,
    Renderer: BreakdownKanbanRenderer,
});
