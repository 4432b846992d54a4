import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/** Says what the answer will be, while the customer types his objections. */
export class TimeApproval extends Interaction {
    static selector = ".o_time_approval_form";
    dynamicContent = {
        textarea: { "t-on-input": () => {} },
        ".o_time_approval_all": {
            "t-att-class": () => ({ "d-none": this.objected.length > 0 }),
        },
        ".o_time_approval_some": {
            "t-att-class": () => ({ "d-none": this.objected.length === 0 }),
        },
        ".o_time_approval_objected": {
            "t-out": () => this.hours(this.objected),
        },
        ".o_time_approval_approved": {
            "t-out": () =>
                this.hours(this.entries.filter((one) => !this.objected.includes(one))),
        },
    };

    get entries() {
        return [...this.el.querySelectorAll(".o_time_approval_entry")];
    }

    /** The entries with a reason. */
    get objected() {
        return this.entries.filter((entry) =>
            entry.querySelector("textarea").value.trim()
        );
    }

    hours(entries) {
        const hours = entries.map((entry) => Number(entry.dataset.hours));
        const minutes = Math.round(hours.reduce((sum, one) => sum + one, 0) * 60);
        const digits = [Math.trunc(minutes / 60), Math.abs(minutes % 60)];
        return digits.map((part) => String(part).padStart(2, "0")).join(":");
    }
}

registry
    .category("public.interactions")
    .add("zoho_projects_connector.time_approval", TimeApproval);
