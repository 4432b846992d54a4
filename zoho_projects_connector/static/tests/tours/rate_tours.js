import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** The input of a cell, by the names of its row and column. */
const cell = (row, column) => `.o_rate_table input[aria-label="${row}, ${column}"]`;

/** The input of a cell that has the rate of the company. */
const inherits = (row, column, rate) =>
    `.o_rate_table td:contains(from the company) input[aria-label="${row}, ${column}"][placeholder="${rate}"]`;

const openRates = [
    ...stepUtils.goToAppSteps("account.menu_finance", "Open Invoicing"),
    {
        content: "Open the customers menu",
        trigger: "[data-menu-xmlid='account.menu_finance_receivables']",
        run: "click",
    },
    {
        content: "Open the rates",
        trigger: "[data-menu-xmlid='zoho_projects_connector.billing_menu_rates']",
        run: "click",
    },
];

/** Puts text where a paste would, as a spreadsheet has copied it. */
function paste(text) {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    const event = new ClipboardEvent("paste", { clipboardData, bubbles: true });
    document.activeElement.dispatchEvent(event);
}

function press(key, options = {}) {
    document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...options })
    );
}

registry.category("web_tour.tours").add("zoho_rates_grid", {
    steps: () => [
        ...openRates,
        {
            content: "Nothing is set for the company: no rate is said, not zero",
            trigger: `${cell("Everybody", "Every project")}[placeholder="No rate"]:placeholder-shown`,
            run: "edit 60",
        },
        {
            content: "It is not saved yet",
            trigger: ".o_rate_sentence:contains(1 rate is changed.)",
        },
        {
            content: "Save",
            trigger: ".o_rate_save:enabled",
            run: "click",
        },
        {
            content: "Projects without a rate say what they inherit, and from where",
            trigger: inherits("Everybody", "Later", "60.00"),
            run: "click",
        },
        {
            content: "A spreadsheet is pasted: two rows, two columns, a wrong figure",
            trigger: `${cell("Everybody", "Later")}:focus`,
            run: () => paste("80\t90\nx\n"),
        },
        {
            content: "All of it is in its cell",
            trigger: `${cell("Everybody", "Website")}:value(90)`,
        },
        {
            content: "Save",
            trigger: ".o_rate_save:enabled",
            run: "click",
        },
        {
            content: "What is wrong is said of its cell, and nothing is saved",
            trigger: ".alert-danger li:contains(Anna, Later):contains(x is no rate)",
        },
        {
            content: "The focus is there: type the rate",
            trigger: `${cell("Anna", "Later")}:focus[aria-invalid=true]`,
            run: "edit 0",
        },
        {
            content: "Save",
            trigger: ".o_rate_save:enabled",
            run: "click",
        },
        {
            content: "Three rates are saved; zero on purpose is shown as 0.00",
            trigger: `${cell("Anna", "Later")}:value(0.00)`,
        },
        {
            content: "Nothing is left to save",
            trigger: ".o_rate_sentence:contains(Nothing is changed.)",
        },
        {
            content: "The keyboard alone: a range of two cells is copied",
            trigger: cell("Everybody", "Later"),
            run() {
                document.querySelector(cell("Everybody", "Later")).focus();
                press("ArrowRight", { shiftKey: true });
            },
        },
        {
            content: "They are chosen",
            trigger: `.o_rate_table .o_rate_chosen input[aria-label="Everybody, Website"]`,
            run() {
                const clipboardData = new DataTransfer();
                document.activeElement.dispatchEvent(
                    new ClipboardEvent("copy", { clipboardData, bubbles: true })
                );
                const copied = clipboardData.getData("text/plain");
                if (copied !== "80.00\t90.00") {
                    throw new Error(`Copied: ${copied}`);
                }
                press("Delete");
            },
        },
        {
            content: "They are emptied: both inherit again",
            trigger: `.o_rate_table .o_rate_typed input[aria-label="Everybody, Website"]:placeholder-shown`,
        },
        {
            content: "Save",
            trigger: ".o_rate_save:enabled",
            run: "click",
        },
        {
            content: "They say so",
            trigger: inherits("Everybody", "Website", "60.00"),
        },
    ],
});

registry.category("web_tour.tours").add("zoho_rates_phone", {
    steps: () => [
        {
            content: "One project at a time",
            trigger: "#o_rate_column:has(option:contains(Website))",
            run: "selectByLabel Website",
        },
        {
            content: "Its people are below each other",
            trigger: cell("Anna", "Website"),
            run: "edit 111",
        },
        {
            content: "Nothing is cut",
            trigger: ".o_rate_save:enabled",
            run() {
                const { scrollWidth, clientWidth } = document.querySelector(".o_rate_page");
                if (scrollWidth > clientWidth) {
                    throw new Error(`${scrollWidth} px in ${clientWidth} px`);
                }
                document.querySelector(".o_rate_save").click();
            },
        },
        {
            content: "It is saved",
            trigger: ".o_rate_sentence:contains(Nothing is changed.)",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_rates_task", {
    steps: () => [
        {
            content: "A task without a rate shows what it inherits, in grey",
            trigger: "[name=billing_rate] input[placeholder*='75.00 from the project']",
        },
        {
            content: "Zero is typed: free of charge",
            trigger: "[name=billing_rate] input",
            run: "edit 0",
        },
        {
            content: "Leave the field",
            trigger: "[name=billing_rate] input",
            run: "press Tab",
        },
        {
            content: "It says so",
            trigger: "[name=billing_rate]:contains(free of charge) input:value(0.00)",
        },
        ...stepUtils.saveForm(),
        {
            content: "Emptied, it inherits again",
            trigger: "[name=billing_rate] input",
            run: "edit 120",
        },
        ...stepUtils.saveForm(),
    ],
});

registry.category("web_tour.tours").add("zoho_rates_guide", {
    steps: () => [
        {
            content: "The guide ends with the rates",
            trigger: ".o_zoho_setup_steps li[aria-current=step]:contains(Rates)",
        },
        {
            content: "Look at what Zoho tells",
            trigger: "button[name=action_open_rate_proposals]",
            run: "click",
        },
        {
            content: "One usual rate",
            trigger: ".modal [name=company_rate] input",
            run: "edit 60",
        },
        {
            content: "A person has a rate in Zoho and none here: it is ticked",
            trigger: ".modal tr:contains(Anna):contains(100.00):has(input:checked)",
        },
        {
            content: "What is set here is not overwritten unasked",
            trigger: ".modal tr:contains(Later):contains(75.00):not(:has(input:checked))",
        },
        {
            content: "Take over what is ticked",
            trigger: ".modal button[name=action_take_over]",
            run: "click",
        },
        {
            content: "Back in the guide: finish",
            trigger: "body:not(:has(.modal)) button[name=action_end_guide]",
            run: "click",
        },
        {
            content: "The guide is over",
            trigger: "body:not(:has(.o_zoho_setup))",
        },
    ],
});
