/* What the pages inside Zoho do by themselves: all but pairing works without it. */
"use strict";

(() => {
    // So long a person sees who asks, before a click counts.
    const LOOK = 1500;

    const done = document.querySelector("main[data-secret]");
    if (done) {
        const { secret, origin } = done.dataset;
        // From now on it is nowhere in this window.
        delete done.dataset.secret;
        if (window.opener) {
            window.opener.postMessage({ type: "zoho_inside_paired", secret }, origin);
            window.close();
        }
        return;
    }
    /** Take no click that was meant for what was there before this window opened. */
    function letPair(button) {
        let waiting = 0;
        function watch() {
            clearTimeout(waiting);
            button.disabled = true;
            if (document.visibilityState === "visible") {
                waiting = setTimeout(() => (button.disabled = false), LOOK);
            }
        }
        document.addEventListener("visibilitychange", watch);
        watch();
    }
    const pair = document.querySelector("#pair");
    if (pair) {
        letPair(pair);
    }
    if (window.parent === window) {
        return;
    }
    /** Tell the widget what it may do; nothing of it is secret. */
    function tell(message) {
        window.parent.postMessage(message, "*");
    }
    const { code } = document.body.dataset;
    if (code) {
        tell({ type: "zoho_inside_refused", code });
    }
    function tellHeight() {
        tell({ type: "zoho_inside_height", height: document.body.scrollHeight });
    }
    new ResizeObserver(tellHeight).observe(document.body);
    tellHeight();
})();
