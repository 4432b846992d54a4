/** The services of the page, as its own components have them. */
export const services = () => odoo.__WOWL_DEBUG__.root.env.services;

/** Go to a page as a menu does. */
export const show = (action) =>
    services().action.doAction(action, { clearBreadcrumbs: true });

/** Let a scheduled action run now, as it does by itself on a server. */
export async function runSchedule(method) {
    const { orm } = services();
    const ids = await orm.search("ir.cron", [["code", "=", `model.${method}()`]]);
    await orm.call("ir.cron", "method_direct_trigger", [ids]);
}
