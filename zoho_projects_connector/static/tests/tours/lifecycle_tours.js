import { registry } from "@web/core/registry";

const CONFIRM = ".modal footer button[name=action_confirm]";

registry.category("web_tour.tours").add("zoho_disable_enable", {
    steps: () => [
        {
            content: "Disable",
            trigger: "button[name=action_ask_disable]",
            run: "click",
        },
        {
            content: "The dialog tells what stays, with figures",
            trigger: ".modal [name=stays]:contains(timesheets of)",
        },
        {
            content: "Yes, disable",
            trigger: `${CONFIRM}:contains(Disable)`,
            run: "click",
        },
        {
            content: "The banner tells of which time the data is",
            trigger: "body:not(:has(.modal)) .alert:contains(The integration is disabled)",
        },
        {
            content: "Enable",
            trigger: "button[name=action_ask_enable]",
            run: "click",
        },
        {
            content: "Yes, enable",
            trigger: `${CONFIRM}:contains(Enable)`,
            run: "click",
        },
        {
            content: "It syncs again, when the full comparison is done",
            trigger: "body:not(:has(.modal)) button[name=action_sync]",
            timeout: 60000,
        },
    ],
});

registry.category("web_tour.tours").add("zoho_delete", {
    steps: () => [
        {
            content: "Delete",
            trigger: "button[name=action_ask_delete]",
            run: "click",
        },
        {
            content: "The dialog tells what goes",
            trigger: ".modal [name=goes]:contains(lines of history)",
        },
        {
            content: "No, keep it",
            trigger: ".modal footer button:contains(Keep)",
            run: "click",
        },
        {
            content: "Delete after all",
            trigger: "body:not(:has(.modal)) button[name=action_ask_delete]",
            run: "click",
        },
        {
            content: "Yes, delete",
            trigger: `${CONFIRM}:contains(Delete)`,
            run: "click",
        },
        {
            content: "Only the list is left",
            trigger: "body:not(:has(.modal)) .o_list_view",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_change_cutoff", {
    steps: () => [
        {
            content: "Open the preferences",
            trigger: ".o_notebook a[name=preferences]",
            run: "click",
        },
        {
            content: "Press the gear",
            trigger: "button[name=action_change_cutoff]",
            run: "click",
        },
        {
            content: "By date",
            trigger: ".modal [name=timesheet_cutoff] input[data-value=date]",
            run: "click",
        },
        {
            content: "This month is offered",
            trigger: ".modal [name=timesheet_cutoff_date] button",
            run: "click",
        },
        {
            content: "From 2030 on",
            trigger: ".modal [name=timesheet_cutoff_date] input",
            run: "edit 01/01/2030 && press Enter",
        },
        {
            content: "It tells what would change",
            trigger: ".modal [name=elsewhere_message]:contains(Become Billed Elsewhere)",
        },
        {
            content: "Apply",
            trigger: ".modal footer button[name=action_apply]",
            run: "click",
        },
        {
            content: "It holds",
            trigger: "body:not(:has(.modal)) [name=timesheet_cutoff_date]:contains(2030)",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_restricted_project", {
    steps: () => [
        {
            content: "Nothing offers a new project",
            trigger: ".o_kanban_view:not(:has(.o-kanban-button-new))",
        },
        {
            content: "Nor does the menu of the page",
            trigger: "body:not(:has(.o_control_panel .o-kanban-button-new))",
        },
    ],
});
