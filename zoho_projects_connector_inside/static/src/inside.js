/* What the pages inside Zoho do by themselves: they work without it, too. */
"use strict";

(() => {
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
