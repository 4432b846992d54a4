import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";

/** The time of day of a moment, with the day when it is not today. */
function clock(moment, now) {
    const format = moment.hasSame(now, "day")
        ? luxon.DateTime.TIME_SIMPLE
        : luxon.DateTime.DATETIME_MED;
    return moment.toLocaleString(format);
}

/** How long it is until a moment. */
function timeLeft(moment, now) {
    const minutes = Math.ceil(moment.diff(now, "minutes").minutes);
    if (minutes <= 0) {
        return _t("any moment now");
    }
    if (minutes === 1) {
        return _t("less than a minute left");
    }
    if (minutes < 60) {
        return _t("%(minutes)s minutes left", { minutes });
    }
    return _t("%(hours)s h %(minutes)s min left", {
        hours: Math.floor(minutes / 60),
        minutes: minutes % 60,
    });
}

function sayWaiting({ retry_at }, now) {
    if (!retry_at) {
        return _t("Waiting for Zoho. It goes on by itself.");
    }
    const moment = deserializeDateTime(retry_at);
    return _t("Waiting for Zoho until %(time)s, %(left)s. It goes on by itself.", {
        time: clock(moment, now),
        left: timeLeft(moment, now),
    });
}

function saySyncing({ progress }, modules) {
    if (!progress) {
        return _t("The sync is starting …");
    }
    const values = {
        module: modules[progress.entity],
        page: progress.page,
        records: formatInteger(progress.records),
        total: formatInteger(progress.total),
    };
    switch (progress.phase) {
        case "fetch":
            return progress.total
                ? _t("%(module)s, page %(page)s: %(records)s of about %(total)s records", values)
                : _t("%(module)s, page %(page)s: %(records)s records", values);
        case "apply":
            return _t("%(module)s: writing %(records)s records", values);
        case "heal":
            return _t("%(module)s: trying again what waited for another record", values);
        case "reconcile":
            return _t("%(module)s: looking for what was deleted in Zoho", values);
    }
    return _t("%(module)s: starting", values);
}

/** What is going on, in one sentence. */
export function sayStatus(integration, { modules, now }) {
    switch (integration.status) {
        case "syncing":
            return saySyncing(integration, modules);
        case "waiting":
            return sayWaiting(integration, now);
        case "stalled":
            return _t(
                "The sync has stalled: nothing has moved for some minutes. It resumes with the next run of the schedule."
            );
        case "sign_in_again":
            return _t("The sync waits until somebody signs in to Zoho again.");
    }
    return integration.is_queued ? _t("A sync is about to start.") : "";
}

/** When the sync should end, empty while nobody can know. */
export function sayEnd({ status, progress }, now) {
    if (status !== "syncing" || !progress?.ends_at) {
        return "";
    }
    const moment = deserializeDateTime(progress.ends_at);
    return _t("Ends at about %(time)s, %(left)s.", {
        time: clock(moment, now),
        left: timeLeft(moment, now),
    });
}
