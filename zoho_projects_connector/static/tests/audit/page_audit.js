import { patch } from "@web/core/utils/patch";
import { TourAutomatic } from "@web_tour/js/tour_automatic/tour_automatic";
import { TourStepAutomatic } from "@web_tour/js/tour_automatic/tour_step_automatic";
import { NOT_OURS } from "./not_ours";

const RULES = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] };
/** What is a figure: digits with signs around them, and at most a unit. */
const FIGURE = /^[\p{Sc}+\-−(]*\s*\d[\d.,:\s]*\)?\s*(\p{Sc}|[A-Z]{3}|h|%)?$/u;
const SEEN = "zoho_projects_connector.audited";
/**
 * Pages of ours, and those of projects: their model, their action, or their address.
 *
 * On Odoo's other pages, such as an invoice or the inbox, all but a field is Odoo's.
 */
const OURS = /^(zoho|billing|project)[._]|^\/my\/.*(billing|time-approvals|timesheets)/;

/** Return what tells one page, in one state, from another. */
function describePage() {
    const controller = odoo.__WOWL_DEBUG__?.root.env.services.action?.currentController;
    const shown = document.querySelectorAll(
        "main .nav-link.active, .modal-title, .popover, [aria-current=step], details[open] summary"
    );
    return [
        controller?.action.res_model || controller?.action.tag || location.pathname,
        controller?.view?.type,
        ...[...shown].map((element) => element.textContent.trim().slice(0, 30)),
    ].join(" | ");
}

/** Return the violations of axe-core's rules, without those that are Odoo's own. */
async function findViolations() {
    const { violations } = await window.axe.run(document, {
        runOnly: RULES,
        resultTypes: ["violations"],
        elementRef: true,
        // Odoo's layout says these, no page of ours.
        rules: { "html-has-lang": { enabled: false }, "meta-viewport": { enabled: false } },
    });
    const found = [];
    for (const { id, help, nodes } of violations) {
        for (const { element, html, any } of nodes) {
            const isOdoos =
                // The chatter, the activities and the inbox.
                element?.closest("[class*='o-mail-']") ||
                NOT_OURS.some(([rule, selector]) => rule === id && element?.closest(selector));
            if (!isOdoos) {
                found.push(`${id}: ${help}: ${any[0]?.message || ""} ${html.slice(0, 200)}`);
            }
        }
    }
    return found;
}

/** Return whether an element is wider than a place that lets nobody scroll. */
function isCut(element) {
    const { left, right } = element.getBoundingClientRect();
    for (let place = element; place; place = place.parentElement) {
        const overflow = getComputedStyle(place).overflowX;
        if (["auto", "scroll"].includes(overflow)) {
            return false;
        }
        if (overflow !== "visible" && place === element) {
            if (place.scrollWidth > place.clientWidth + 1) {
                return true;
            }
        } else if (overflow !== "visible") {
            const around = place.getBoundingClientRect();
            if (right > around.right + 1 || left < around.left - 1) {
                return true;
            }
        }
    }
    return right > window.innerWidth + 1;
}

/** Return the figures in sight of which a part is not. */
function findCutFigures() {
    return [...document.body.querySelectorAll("*")]
        .filter((element) => {
            const isLeaf = !element.children.length && element.getClientRects().length;
            const isRead = isLeaf && !element.closest(".visually-hidden, select, script");
            return isRead && FIGURE.test(element.textContent.trim()) && isCut(element);
        })
        .map((element) => `a figure is cut: ${element.outerHTML.slice(0, 200)}`);
}

/** Return whether a person has to push the page to and fro. */
const isTooWide = () => document.documentElement.scrollWidth > window.innerWidth + 1;

/** Complain about a page of ours that the tour has not shown before. */
async function auditPage() {
    const page = describePage();
    if (!OURS.test(page)) {
        return;
    }
    const seen = JSON.parse(sessionStorage.getItem(SEEN) || "[]");
    if (seen.includes(page)) {
        return;
    }
    sessionStorage.setItem(SEEN, JSON.stringify([...seen, page]));
    // What fades in has another contrast at last.
    const still = document.createElement("style");
    still.textContent = "*, ::before, ::after { transition: none !important; animation: none !important; }";
    document.head.append(still);
    const found = [...(await findViolations()), ...findCutFigures()];
    still.remove();
    if (isTooWide()) {
        found.push("the page is wider than the window");
    }
    if (found.length) {
        throw new Error([`On the page ${page}:`, ...found].join("\n"));
    }
}

// How long a step may take, what it looks at included: Odoo's 10 s pass on a busy machine.
TourAutomatic.prototype.timeout = 60000;

// Each page that a tour opens is looked at before the tour does something there.
patch(TourStepAutomatic.prototype, {
    async doAction() {
        if (window.axe && !this.skipped) {
            await auditPage();
            // The page may have been drawn anew meanwhile.
            this.findTrigger();
        }
        return super.doAction();
    },
});
