import { registry } from "@web/core/registry";
import { show } from "./services";

const open = (action, trigger) => [
    {
        content: `Open ${action}`,
        trigger: "body:not(:has(.modal))",
        run: () => show(`zoho_projects_connector.${action}`),
    },
    { content: `${action} is shown`, trigger },
];

// The audit looks at each of these pages: no figure is cut, nothing has to be pushed.
registry.category("web_tour.tours").add("zoho_phone_pages", {
    steps: () => [
        {
            content: "The figures of the project",
            trigger: ".o_billing_legend [data-part=unbilled]:contains(45:00)",
        },
        { content: "The tab", trigger: ".nav-link[name=billing]", run: "click" },
        {
            content: "Its details",
            trigger: ".o_notebook .tab-pane.active:contains(3,125.00)",
        },
        { content: "The menu", trigger: ".o_new_transaction", run: "click" },
        {
            content: "A new invoice",
            trigger: ".o-dropdown-item[data-method=action_new_invoice]",
            run: "click",
        },
        {
            content: "The wizard",
            trigger: ".modal [name=total_amount]:contains(3,125.00)",
        },
        {
            content: "Leave it",
            trigger: ".modal-footer button:contains(Discard)",
            run: "click",
        },
        ...open("project_project_action_billing", ".o_kanban_record:contains(3,125.00)"),
        ...open("project_unbilled_time_action", ".o_kanban_record:contains(1,000.00)"),
        ...open("billing_month_end_action", ".o_month_end .o_month_period"),
        ...open("project_billed_time_action", ".o_view_nocontent, .o_kanban_renderer"),
    ],
});

registry.category("web_tour.tours").add("zoho_phone_portal", {
    steps: () => [
        {
            content: "What the invoice bills",
            trigger: "table:contains(Anna):contains(10:00)",
        },
    ],
});
