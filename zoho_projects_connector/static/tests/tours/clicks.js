let clicks = 0;

const count = (ev) => {
    // What is typed into costs a click in a tour, and none at a keyboard.
    clicks += ev.target.closest(".o_month_rate") ? 0 : 1;
};

/** A step from which on clicks are counted. */
export const startClicks = {
    content: "Count the clicks from here on",
    trigger: "body",
    run() {
        clicks = 0;
        document.removeEventListener("click", count, { capture: true });
        document.addEventListener("click", count, { capture: true });
    },
};

/** A step that fails where more clicks were needed than these. */
export const atMostClicks = (most) => ({
    content: `That took ${most} clicks at most`,
    trigger: "body",
    run() {
        document.removeEventListener("click", count, { capture: true });
        if (!clicks || clicks > most) {
            throw new Error(`${clicks} clicks instead of ${most}`);
        }
    },
});
