import { browser } from "@web/core/browser/browser";
import { patch } from "@web/core/utils/patch";
import { TourStepAutomatic } from "@web_tour/js/tour_automatic/tour_step_automatic";

/**
 * How long a person takes who reads every word that comes into sight: 238 words a
 * minute (Brysbaert 2019), and for his hands the keystroke-level model of Card, Moran
 * and Newell: to think 1.35 s, to point 1.1 s, to click 0.2 s, a key 0.28 s.
 */
const SECONDS = { word: 60 / 238, click: 1.35 + 1.1 + 0.2, key: 0.28 };
const PACE = "zoho_projects_connector.pace";

/** Return the texts in sight. */
function textsInSight() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) {
        const place = walker.currentNode.parentElement.getBoundingClientRect();
        const isInSight =
            place.width && place.bottom > 0 && place.top < window.innerHeight;
        if (isInSight && walker.currentNode.textContent.trim()) {
            texts.push(walker.currentNode.textContent.trim());
        }
    }
    return texts;
}

/** Let a person read what is new, and then do a step of the tour. */
function count(pace, step) {
    for (const text of textsInSight()) {
        if (!pace.read.includes(text)) {
            pace.read.push(text);
            pace.seconds += SECONDS.word * text.split(/\s+/).length;
        }
    }
    pace.seconds += SECONDS.click;
    const typed = typeof step.run === "string" && step.run.match(/^edit (.*)$/);
    pace.seconds += typed ? SECONDS.key * typed[1].length : 0;
}

patch(TourStepAutomatic.prototype, {
    async doAction() {
        if (browser.localStorage.getItem(PACE) && this.run && !this.skipped) {
            const pace = JSON.parse(browser.localStorage.getItem(PACE));
            count(pace, this);
            browser.localStorage.setItem(PACE, JSON.stringify(pace));
        }
        return super.doAction();
    },
});

/** A step from which on the tour is as slow as a person. */
export const startPace = {
    content: "A person begins to read",
    trigger: "body",
    run: () => browser.localStorage.setItem(PACE, JSON.stringify({ read: [], seconds: 0 })),
};

/** A step that fails where a person would have needed more minutes than these. */
export const endPace = (minutes) => ({
    content: `A person has needed ${minutes} minutes at most`,
    trigger: "body",
    run() {
        const { read, seconds } = JSON.parse(browser.localStorage.getItem(PACE));
        browser.localStorage.removeItem(PACE);
        const figures = `${Math.round(seconds)} s, ${read.join(" ").split(/\s+/).length} words`;
        console.log(`pace: ${figures}`);
        if (seconds > minutes * 60) {
            throw new Error(`A person needs ${figures}`);
        }
    },
});
