/* The tab Finance: asks Zoho where it stands, and shows Odoo's page of it in a frame.
 *
 * What Zoho's SDK tells is a claim to Odoo, and proves nothing. What proves the person
 * is the secret that Odoo gave to this very origin when he signed in there.
 */
"use strict";

(() => {
    const ROOT = "/zoho_projects/inside";
    const PATIENCE = 6000;
    // Zoho documents some of these, and a live portal was never asked: the first that
    // says something counts.
    const KEYS = {
        portal: ["portal.id_string", "portal.id"],
        project: ["project.id_string", "project.id", "project"],
        task: ["task.id_string", "task.id", "task"],
        bug: ["issue.id_string", "issue.id", "issue", "bug.id"],
        phase: ["milestone.id_string", "milestone.id", "milestone", "phase.id"],
    };
    const ID_FIELDS = ["id_string", "id", "zuid", "zpuid", "user_id", "entity_id"];

    const words =
        window.WORDS[(navigator.language || "en").slice(0, 2)] || window.WORDS.en;
    const { entity } = document.body.dataset;
    const visit = { odoo: "", portal: "", project: "", item: "", user: {} };
    let secret = "";
    let reopened = 0;
    let frame = null;

    /** Return what an answer of the SDK holds, in whichever of its shapes. */
    function unwrap(answer) {
        let value = answer;
        for (let depth = 0; depth < 5; depth++) {
            if (typeof value === "string" && /^\s*[{[]/.test(value)) {
                try {
                    value = JSON.parse(value);
                } catch {
                    return value;
                }
            }
            if (value === null || typeof value !== "object") {
                return value;
            }
            if (Array.isArray(value)) {
                value = value[0];
            } else if ("data" in value) {
                value = value.data;
            } else if ("result" in value) {
                value = value.result;
            } else {
                return value;
            }
        }
        return value;
    }

    /** Return the id that a value is or holds, "" for none. */
    function idOf(value) {
        if (typeof value === "number" || typeof value === "string") {
            return String(value).trim();
        }
        for (const name of ID_FIELDS) {
            const found = value && value[name];
            if (typeof found === "number" || typeof found === "string") {
                return String(found).trim();
            }
        }
        return "";
    }

    /** Ask the SDK, which may refuse or never answer: then there is nothing. */
    async function ask(method, ...args) {
        const sdk = window.zohoprojects;
        if (!sdk || typeof sdk[method] !== "function") {
            return undefined;
        }
        const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
        try {
            return unwrap(await Promise.race([sdk[method](...args), late]));
        } catch {
            return undefined;
        }
    }

    async function askId(keys) {
        for (const key of keys) {
            const id = idOf(await ask("get", key));
            if (id) {
                return id;
            }
        }
        return "";
    }

    /** Return Odoo's address: of the settings, else the one of the package. */
    async function askAddress() {
        const told = await ask("metadata");
        const configs = (told && told.configs) || [];
        const found = configs.find((one) => one.name === "odoo_url");
        try {
            return new URL((found && found.value) || window.ODOO_URL).origin;
        } catch {
            return "";
        }
    }

    async function askItem() {
        if (entity === "project") {
            return "";
        }
        const context = await ask("context");
        return idOf(context && context.entity_id) || (await askId(KEYS[entity]));
    }

    // The secret of this person, kept by this origin

    function storeKey() {
        return `odoo_pairing ${visit.odoo} ${visit.portal} ${visit.user.id}`;
    }

    function recall() {
        try {
            return localStorage.getItem(storeKey()) || secret;
        } catch {
            return secret;
        }
    }

    function keep(value) {
        secret = value;
        try {
            if (value) {
                localStorage.setItem(storeKey(), value);
            } else {
                localStorage.removeItem(storeKey());
            }
        } catch {
            // This browser keeps nothing for a page in a frame: it is asked again.
        }
    }

    // What is shown

    function element(name, properties, ...children) {
        const made = Object.assign(document.createElement(name), properties);
        made.append(...children);
        return made;
    }

    function odooLink() {
        const query = new URLSearchParams({
            portal: visit.portal,
            project: visit.project,
        });
        return element("a", {
            href: `${visit.odoo}${ROOT}/go?${query}`,
            target: "_blank",
            rel: "noopener noreferrer",
            textContent: words.open,
        });
    }

    function say(sentence, ...more) {
        frame = null;
        const text = element("p", { textContent: sentence });
        text.setAttribute("role", "status");
        document.body.replaceChildren(text, element("nav", {}, ...more));
    }

    function offerSignIn() {
        const button = element("button", { type: "button", textContent: words.signIn });
        button.addEventListener("click", signIn);
        say(words.why, button, odooLink());
    }

    /** Let Odoo sign the person in: in a window of its own, where cookies are its own. */
    function signIn() {
        const query = new URLSearchParams({
            portal: visit.portal,
            user: visit.user.id,
            user_name: visit.user.name,
            email: visit.user.email,
            origin: location.origin,
        });
        const opened = window.open(
            `${visit.odoo}${ROOT}/pair?${query}`,
            "odoo_pair",
            "popup,width=560,height=760"
        );
        if (!opened) {
            say(words.blocked, odooLink());
        }
    }

    /** Show Odoo's page. The secret goes in the body of a form: never in an address. */
    function openFrame() {
        frame = element("iframe", { name: "odoo_finance", title: "Odoo" });
        frame.referrerPolicy = "no-referrer";
        const hint = element("span", { textContent: words.silent, hidden: true });
        // Odoo's page has a link of its own: this one is for where it does not appear.
        frame.nav = element("nav", {}, odooLink(), hint);
        document.body.replaceChildren(frame.nav, frame);
        const form = element("form", {
            method: "post",
            action: `${visit.odoo}${ROOT}/open`,
            target: "odoo_finance",
            hidden: true,
        });
        const fields = {
            secret: recall(),
            portal: visit.portal,
            user: visit.user.id,
            user_name: visit.user.name,
            email: visit.user.email,
            project: visit.project,
            entity,
            item: visit.item,
        };
        for (const [name, value] of Object.entries(fields)) {
            form.append(element("input", { type: "hidden", name, value }));
        }
        document.body.append(form);
        form.submit();
        form.remove();
        setTimeout(() => (hint.hidden = false), PATIENCE);
    }

    /** Believe Odoo's origin alone, and of its windows the one that is ours. */
    function hear(event) {
        if (event.origin !== visit.odoo || !event.data) {
            return;
        }
        const { type, code, height } = event.data;
        if (type === "zoho_inside_paired" && typeof event.data.secret === "string") {
            keep(event.data.secret);
            openFrame();
        } else if (!frame || event.source !== frame.contentWindow) {
            return;
        } else if (type === "zoho_inside_height" && height > 0) {
            frame.nav.hidden = true;
            frame.style.height = `${Math.ceil(height) + 8}px`;
        } else if (type === "zoho_inside_refused" && code === "unpaired") {
            keep("");
            offerSignIn();
        } else if (type === "zoho_inside_refused" && code === "expired") {
            // Once in a while: a clock that is wrong would go round in circles.
            if (Date.now() - reopened > 60000) {
                reopened = Date.now();
                openFrame();
            }
        }
    }

    async function start() {
        say(words.loading);
        await ask("init");
        visit.odoo = await askAddress();
        if (!visit.odoo || /\/\/odoo\.example\.com$/.test(visit.odoo)) {
            say(words.noAddress);
            return;
        }
        const user = (await ask("get", "current_user")) || {};
        visit.user = {
            id: idOf(user),
            name: user.full_name || user.name || user.display_name || "",
            email: user.email || user.email_id || "",
        };
        visit.portal = await askId(KEYS.portal);
        visit.project = await askId(KEYS.project);
        visit.item = await askItem();
        window.addEventListener("message", hear);
        if (!visit.portal || !visit.user.id || !(visit.project || visit.item)) {
            say(words.noProject, odooLink());
        } else if (recall()) {
            openFrame();
        } else {
            offerSignIn();
        }
    }

    start();
})();
