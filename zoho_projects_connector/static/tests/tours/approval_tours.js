import { registry } from "@web/core/registry";

const entry = (note) => `.o_time_approval_entry:contains(${note})`;

registry.category("web_tour.tours").add("zoho_approval_ask", {
    steps: () => [
        {
            content: "Look at all time",
            trigger: "#o_month_period",
            run: "select until",
        },
        {
            content: "It waits for the customer, nothing is ready",
            trigger: ".o_month_states [data-state=customer_approval]:contains(05:00)",
        },
        {
            content: "Ask him",
            trigger: ".o_month_bar button[name=ask_approval]",
            run: "click",
        },
        {
            content: "The dialog says who is asked for what",
            trigger: ".modal [name=summary]:contains(05:00):contains(carla@example.com)",
        },
        {
            content: "No calendar hides it: the focus is on the message",
            trigger: ".modal [name=note] textarea:focus",
        },
        {
            content: "Send it",
            trigger: ".modal button[name=action_send]",
            run: "click",
        },
        {
            content: "The request waits for the customer",
            trigger:
                ".o_statusbar_status button[data-value=sent].o_arrow_button_current",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_approval_answer", {
    steps: () => [
        {
            content: "All is approved unless he objects",
            trigger: ".o_time_approval_form button[type=submit]:contains(Approve All)",
        },
        {
            content: "Object to an entry",
            trigger: `${entry("Walls")} summary`,
            run: "click",
        },
        {
            content: "Say why",
            trigger: `${entry("Walls")} textarea`,
            run: "edit These walls were there before",
        },
        {
            content: "The answer is said in hours",
            trigger:
                ".o_time_approval_objected:contains(02:00), .o_time_approval_approved:contains(03:00)",
        },
        {
            content: "Sign it",
            trigger: ".o_time_approval_form input[name=name]",
            run: "edit Carla Client",
        },
        {
            content: "Send it",
            trigger: ".o_time_approval_form button[type=submit]:contains(Send the Answer)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "That is all",
            trigger: "[name=answered]:contains(03:00):contains(02:00)",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_approval_settle", {
    steps: () => [
        {
            content: "The objection is on top",
            trigger: ".o_data_row:contains(Objections to Settle)",
        },
        {
            content: "Open the request",
            trigger: ".o_data_row:contains(Objections to Settle) [name=partner_id]",
            run: "click",
        },
        {
            content: "Read why",
            trigger: ".o_data_row:contains(Walls):contains(These walls were there)",
        },
        {
            content: "Close it",
            trigger: "button[name=action_close]:contains(Close)",
            run: "click",
        },
        {
            content: "It is closed",
            trigger:
                ".o_statusbar_status button[data-value=closed].o_arrow_button_current",
        },
        {
            content: "Open the customers menu",
            trigger: "[data-menu-xmlid='account.menu_finance_receivables']",
            run: "click",
        },
        {
            content: "Go to the month's end",
            trigger: "[data-menu-xmlid='zoho_projects_connector.billing_menu_invoice_batch']",
            run: "click",
        },
        {
            content: "Look at all time",
            trigger: "#o_month_period",
            run: "select until",
        },
        {
            content: "What he approved is ready, the rest waits",
            trigger: ".o_month_states:has([data-state=customer_approval]:contains(02:00)) [data-state=ready]:contains(03:00)",
        },
        {
            content: "Make the draft",
            trigger: ".o_month_bar button[name=create_drafts]:enabled",
            run: "click",
        },
        {
            content: "It is made",
            trigger: ".o_month_result[data-status=draft]:contains(Golden Customer)",
        },
    ],
});

registry.category("web_tour.tours").add("zoho_approval_phone", {
    steps: () => [
        {
            content: "Nothing is wider than the screen",
            trigger: entry("A note"),
            run() {
                const { scrollWidth, clientWidth } = document.documentElement;
                if (scrollWidth > clientWidth) {
                    throw new Error(`The page is ${scrollWidth} wide`);
                }
                for (const hours of document.querySelectorAll(".text-nowrap")) {
                    if (hours.getBoundingClientRect().right > clientWidth) {
                        throw new Error(`${hours.textContent} is cut`);
                    }
                }
            },
        },
        {
            content: "Approve all",
            trigger: ".o_time_approval_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "That is all", trigger: "[name=answered]:contains(05:00)" },
    ],
});
