import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";
import { endPace, startPace } from "../audit/pace";
import { openMonthEnd } from "./month_end_tours";
import { runSchedule, services } from "./services";

const CLIENT_ID = "1000.SIMULATORCLIENT0000000000000000";
const SECRET = "simulated-secret";
const PATIENCE = 60000;

const isAt = (step) => ({
    content: `The guide is at the step ${step}`,
    trigger: `.o_zoho_setup_steps li[aria-current=step] [data-step=${step}]`,
    timeout: PATIENCE,
});

const next = (step) => [
    {
        content: "Go to the next step",
        trigger: ".o_zoho_setup button[name=action_setup_next]",
        run: "click",
    },
    isAt(step),
];

/** Let the schedule run until all is synced. */
async function syncToTheEnd() {
    let integration;
    do {
        await runSchedule("_cron_sync");
        [integration] = await services().orm.searchRead("zoho.integration", [], ["status"]);
    } while (integration.status === "syncing");
}

// From the page of the sign-in to a posted invoice, reading nothing but the screen.
registry.category("web_tour.tours").add("zoho_first_hour", {
    steps: () => [
        startPace,
        { content: "Who", trigger: "input[name=login]", run: "edit first_hour" },
        { content: "Password", trigger: "input[name=password]", run: "edit first_hour" },
        {
            content: "Sign in",
            trigger: ".oe_login_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        ...stepUtils.goToAppSteps(
            "zoho_projects_connector.zoho_projects_menu_root",
            "Open Zoho Projects"
        ),
        {
            content: "Connect",
            trigger: ".o_zoho_nothing button[name=connect]",
            run: "click",
        },
        isAt("sign_in"),
        {
            content: "The client id",
            trigger: ".o_field_widget[name=client_id] input",
            run: `edit ${CLIENT_ID}`,
        },
        {
            content: "The client secret",
            trigger: ".o_field_widget[name=client_secret] input",
            run: `edit ${SECRET}`,
        },
        {
            content: "Sign in: to Zoho and back again",
            trigger: "button[name=action_connect]:contains(Connect Now)",
            run: "click",
            expectUnloadPage: true,
        },
        isAt("portal"),
        ...["modules", "duplicates", "mapping", "preview", "sync"].flatMap(next),
        {
            content: "Save and sync",
            trigger: "button[name=action_finish_set_up]",
            run: "click",
        },
        isAt("rates"),
        {
            content: "Rates can wait",
            trigger: "button[name=action_end_guide]",
            run: "click",
        },
        {
            content: "Time goes by",
            trigger: ".o_zoho_overview .o_zoho_sync",
            timeout: PATIENCE,
            run: syncToTheEnd,
        },
        ...openMonthEnd,
        { content: "All time", trigger: "#o_month_period", run: "select until" },
        {
            content: "A rate, once all time is there",
            trigger: ".o_month_end:contains(RENOVATION) .o_month_rate input",
            run: "edit 100",
        },
        { content: "Set it", trigger: ".o_month_rate button", run: "click" },
        {
            content: "Create and post",
            trigger:
                ".o_month_end:has(.o_month_ticked:contains(1 invoice)) button[name=create_and_post]",
            run: "click",
        },
        {
            content: "Yes",
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "The invoice is posted",
            trigger: ".o_month_result[data-status=posted]",
            timeout: PATIENCE,
        },
        endPace(10),
    ],
});
