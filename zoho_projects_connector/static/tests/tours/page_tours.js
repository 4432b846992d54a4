import { registry } from "@web/core/registry";
import { services, show } from "./services";

/** The lists and pages of the app, as its menus open them. */
const PAGES = [
    "zoho_overview_action",
    "zoho_integration_action",
    "zoho_sync_error_action",
    "zoho_difference_action",
    "zoho_customer_action",
    "zoho_link_action_users",
    "zoho_skipped_record_action",
    "zoho_link_action",
    "zoho_sync_run_action",
    "zoho_reconciliation_action",
    "zoho_field_mapping_action",
];
/** Records of which there is a form, beside that of the integration. */
const FORMS = ["zoho.sync.run", "zoho.sync.error", "zoho.reconciliation", "zoho.customer"];
const TABS = ["preferences", "sign_in", "streams", "health"];
/** What asks in a dialog before something happens: the model, its method. */
const DIALOGS = [
    ["zoho.integration", "action_ask_sign_in"],
    ["zoho.integration", "action_ask_disable"],
    ["zoho.integration", "action_ask_delete"],
    ["zoho.integration", "action_change_cutoff"],
    ["zoho.link", "action_map_employee", [["entity", "=", "user"]]],
    ["zoho.link", "action_change_contact", [["entity", "=", "customer"]]],
];

/** What a page shows once its data is there: Odoo opens lists before. */
const SHOWN = "body:has(.o_renderer, .o_form_renderer, .o_zoho_overview section)";

/** Opens something; what it shows is looked at before the next step. */
const open = (content, run) => ({ content, trigger: SHOWN, run });

async function openForm(model) {
    const [id] = await services().orm.search(model, [], { limit: 1 });
    const action = { type: "ir.actions.act_window", res_model: model, res_id: id };
    await show({ ...action, views: [[false, "form"]] });
}

async function openDialog(model, method, domain = []) {
    const ids = await services().orm.search(model, domain, { limit: 1 });
    await services().action.doAction(await services().orm.call(model, method, [ids]));
}

/** Each page of an administrator, which the audit of the tours looks at. */
registry.category("web_tour.tours").add("zoho_administrator_pages", {
    steps: () => [
        ...PAGES.map((name) =>
            open(`Open ${name}`, () => show(`zoho_projects_connector.${name}`))
        ),
        ...FORMS.map((model) => open(`Open a form of ${model}`, () => openForm(model))),
        open("Open the integration", () => openForm("zoho.integration")),
        ...TABS.map((name) => ({
            content: `Open the tab ${name}`,
            trigger: `.o_form_view .o_notebook .nav-link[name=${name}]`,
            run: "click",
        })),
        ...DIALOGS.map(([model, method, domain]) =>
            open(`Ask for ${method}`, () => openDialog(model, method, domain))
        ),
        { content: "The last of them is there", trigger: ".modal .o_form_view" },
    ],
});
