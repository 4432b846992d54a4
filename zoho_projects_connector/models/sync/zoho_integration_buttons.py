import logging
from ast import literal_eval
from functools import partial

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError

from ...groups import BILLING_GROUP
from ...zoho.auth import authorize_url
from ...zoho.errors import ZohoError
from .causes import note
from .hours_check import HoursCheck
from .log_count import count_logs
from .rehearsal import Rehearsal
from .status import retract, sync_status
from .zoho_integration import MANAGER, PREVIEW_FIELDS, SET_UP_STATUSES, SETUP_STEPS

_logger = logging.getLogger(__name__)


class ZohoIntegration(models.Model):
    """The buttons: from the chosen portal to syncing, disabled, enabled, deleted."""

    _inherit = "zoho.integration"

    def action_connect(self) -> dict:
        """Send the browser to Zoho, with a one-use state bound to this user.

        :raise UserError: when the client is not filled in.
        """
        self._check_manager()
        self._check_client()
        state = self.env["zoho.credential"]._get_for(self)._new_state()
        url = authorize_url(
            self.accounts_url, self.client_id, self.redirect_uri, state, self._scopes()
        )
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def action_sign_in_with_code(self) -> dict:
        """Sign in with the code of a self client, for servers Zoho cannot reach.

        :raise UserError: with one sentence when Zoho refuses.
        """
        self._check_manager()
        self._check_client()
        credential = self.env["zoho.credential"]._get_for(self)
        if not credential.grant_code:
            raise UserError(
                self.env._("Paste the code that Zoho's API console has generated.")
            )
        with self._user_errors(signing_in=True):
            credential._sign_in(self.accounts_url, credential.grant_code)
        return self._notify(self.env._("Signed in to Zoho."))

    def _check_client(self) -> None:
        """Refuse a sign-in for which something is not filled in.

        :raise UserError: naming what.
        """
        if not (self.accounts_url and self.api_url):
            raise UserError(self.env._("Fill in the addresses of Zoho's servers."))
        if not self.client_id:
            raise UserError(
                self.env._("Fill in the Client ID: Zoho's API console shows it.")
            )
        if not self.has_client_secret:
            raise UserError(
                self.env._(
                    "Fill in the Client Secret: Zoho's API console shows it beside the"
                    " client ID."
                )
            )

    def action_fetch_portals(self) -> dict:
        """List the portals that the signed-in user sees.

        :raise UserError: with one sentence when Zoho refuses.
        """
        self._check_manager()
        with self._user_errors():
            self._update_portals(self._list_portals())
        return self._notify(
            self.env._("Portals found: %(count)s.", count=len(self.portal_ids))
        )

    def action_save_and_sync(self) -> dict | None:
        """End the set-up and start the first sync.

        :raise UserError: naming what is still missing.
        """
        self._check_manager()
        self._check_set_up()
        if self.status in SET_UP_STATUSES:
            # Checked above: the status is for code to write.
            self.sudo().write({"status": "active", "status_note": False})
        self._prepare_streams()
        return self.env["zoho.sync.run"]._start_sync(self, "setup")

    def action_sync(self) -> dict | None:
        """Sync now what has changed (Instant Sync)."""
        self._check_ready()
        return self.env["zoho.sync.run"]._start_sync(self, "button")

    def action_full_sync(self) -> dict | None:
        """Compare everything now, deletions included."""
        self._check_ready()
        return self.env["zoho.sync.run"]._start_sync(self, "button", full=True)

    def action_stop(self) -> dict | None:
        """Stop the running sync after the page in hand."""
        self._check_manager()
        return self.env["zoho.sync.run"]._stop_sync(self)

    def action_refresh(self) -> dict:
        """Show the state of the running sync anew."""
        self.ensure_one().check_access("read")
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_disable(self) -> None:
        """Pause the sync; what has been synced stays and can be invoiced."""
        self._check_manager()
        if self.status in SET_UP_STATUSES:
            raise UserError(self.env._("This integration has not been set up yet."))
        self.env["zoho.sync.run"]._stop_sync(self)
        # Checked above: the status is for code to write.
        self.sudo().write(
            {"status": "disabled", "status_note": False, "retry_at": False}
        )

    def action_enable(self) -> dict | None:
        """Resume the sync of the same portal with a full comparison.

        :raise UserError: when the sign-in is dead or no longer sees the portal.
        """
        self._check_manager()
        if self.status != "disabled":
            raise UserError(self.env._("This integration is not disabled."))
        with self._user_errors():
            portals = self._list_portals()
        if self.portal_zoho_id not in {portal.zoho_id for portal in portals}:
            raise UserError(
                self.env._(
                    "The signed-in user no longer sees the portal %(portal)s: sign in"
                    " again as somebody who does.",
                    portal=self.portal_id.name,
                )
            )
        self._update_portals(portals)
        # Checked above: the status is for code to write.
        self.sudo().write({"status": "active", "status_note": False})
        return self.env["zoho.sync.run"]._start_sync(self, "button", full=True)

    def action_delete(self) -> dict:
        """Give up the integration; projects, tasks and timesheets stay in Odoo.

        The tokens are revoked and removed; streams, history and errors go with the
        record. The links stay without an integration: when the same portal is connected
        again, they keep it from duplicating.

        :raise UserError: while a sync is running.
        """
        self._check_manager()
        # Checked above; nobody has the right to delete by himself.
        if not self.sudo().try_lock_for_update():
            raise UserError(
                self.env._("A sync is running: press Stop, and delete in a moment.")
            )
        self.env["zoho.credential"]._find_for(self)._revoke()
        retract(self)
        self.sudo().unlink()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "zoho_projects_connector.zoho_integration_action"
        )
        return {**action, "target": "main"}

    def _check_manager(self) -> None:
        """Refuse everybody who may not administrate this integration."""
        self.ensure_one().check_access("write")

    def _check_ready(self) -> None:
        """Refuse a sync that cannot work, with the way out.

        :raise UserError: when the set-up is not finished, or the sync is paused.
        """
        self._check_manager()
        self._check_set_up()
        if self.status in SET_UP_STATUSES:
            raise UserError(self.env._("Press Save and Sync first."))
        if self.status == "disabled":
            raise UserError(self.env._("The integration is disabled: enable it first."))

    def _check_set_up(self) -> None:
        """Refuse to sync before somebody is signed in and a portal is chosen."""
        if not self.is_signed_in or self.status == "sign_in_again":
            raise UserError(self.env._("Sign in to Zoho first."))
        if not self.portal_id:
            raise UserError(self.env._("Choose the portal first."))

    def _list_portals(self) -> list:
        """Return the portals that the signed-in user sees.

        :raise ZohoError: when Zoho does not list them.
        """
        credential = self.env["zoho.credential"]._get_for(self)
        return credential._call(lambda client: client.portals())

    def _update_portals(self, portals: list) -> None:
        """Keep the portals that Zoho lists, and choose the only one."""
        self.env["zoho.portal"]._update_from(self, portals)
        if not self.portal_id and len(self.portal_ids) == 1:
            self._choose_only_portal()
        if not self.portal_ids:
            # What Zoho said, whoever asked: for code to write.
            self.sudo().status_note = note("no_portal")

    def _choose_only_portal(self) -> None:
        """Choose the portal, unless this company has it already: then say where."""
        # Whoever may see the other one: a portal is connected once.
        other = self.sudo().search(
            [
                ("company_id", "=", self.company_id.id),
                ("portal_zoho_id", "=", self.portal_ids.zoho_id),
            ],
            limit=1,
        )
        if not other:
            self.portal_id = self.portal_ids
            return
        self.sudo().status_note = note(
            "portal_taken", portal=self.portal_ids.name, integration=other.name
        )

    def _notify(self, message: str, kind: str = "success") -> dict:
        """Return a short message that also shows the record anew."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # The buttons that ask before something changes.

    def action_change_cutoff(self) -> dict:
        """Show what another cut-off moves before it does."""
        return self._open_dialog(
            "zoho.cutoff.change",
            self.env._("Time Billed Elsewhere"),
            default_timesheet_cutoff=self.timesheet_cutoff,
            default_timesheet_cutoff_date=self.timesheet_cutoff_date,
        )

    def action_ask_disable(self) -> dict:
        """Say what pauses before it does."""
        return self._ask_way("disable", self.env._("Disable the Integration?"))

    def action_ask_enable(self) -> dict:
        """Say what resumes before it does."""
        return self._ask_way("enable", self.env._("Enable the Integration?"))

    def action_ask_sign_in(self) -> dict:
        """Say who has to sign in before the browser leaves; at first, anybody may."""
        if self.status in SET_UP_STATUSES:
            return self.action_connect()
        return self._ask_way("sign_in", self.env._("Sign in Again?"))

    def action_ask_delete(self) -> dict:
        """Say what goes and what stays before anything goes."""
        return self._ask_way("delete", self.env._("Delete the Integration?"))

    def _ask_way(self, way: str, title: str) -> dict:
        return self._open_dialog("zoho.integration.confirm", title, default_way=way)

    def _open_dialog(self, model: str, title: str, **defaults) -> dict:
        """Return the action that opens a dialog about this integration."""
        self._check_manager()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_integration_id": self.id, **defaults},
        }

    def action_fetch_fields(self) -> dict:
        """Read which custom fields the portal has now.

        :raise UserError: with one sentence when Zoho refuses.
        """
        self._check_manager()
        self._check_set_up()
        with self._user_errors():
            refused = self.env["zoho.field.mapping"]._fetch_all(self)
        # Checked above; choices belong to fields, which need system rights.
        self.mapping_ids.sudo()._extend_choices()
        if refused:
            names = dict(
                self.mapping_ids._fields["entity"]._description_selection(self.env)
            )
            return self._notify(
                self.env._(
                    "Zoho does not tell the fields of %(modules)s; what was known of "
                    "them stays.",
                    modules=", ".join(names[entity] for entity in refused),
                )
            )
        custom = self.mapping_ids.filtered(lambda one: not one.is_standard)
        return self._notify(
            self.env._("Custom fields found: %(count)s.", count=len(custom))
        )

    def _previews(self) -> models.BaseModel:
        """Return this user's previews of an integration, the newest first."""
        domain = [("integration_id", "in", self.ids)]
        return self.env["zoho.sync.preview"].search(domain, order="id desc")

    def action_preview(self) -> None:
        """Show in the guide what the first sync would do, and write none of it.

        :raise UserError: naming what is missing, or why Zoho does not answer.
        """
        self._check_manager()
        self._check_set_up()
        with self._user_errors():
            values = Rehearsal(self).run()
        self._previews().unlink()
        self.env["zoho.sync.preview"].create(values)
        self.invalidate_recordset(["preview_id", *PREVIEW_FIELDS])

    def action_count_logs(self) -> None:
        """Count the time logs of the portal by day, as far as a few calls go.

        :raise UserError: with one sentence when Zoho does not let them be counted.
        """
        self._check_manager()
        self._check_set_up()
        credential = self.env["zoho.credential"]._get_for(self)
        with self._user_errors():
            tally = credential._call(partial(count_logs, self))
        # Checked above: what Zoho said is for code to write.
        self.sudo().log_tally = {"portal": self.portal_zoho_id, **tally.dump()}

    def action_reconcile(self) -> dict:
        """Compare the hours now, as the schedule does it every night.

        :return: the list of the months, and what is said of it first.
        :raise UserError: with one sentence when Zoho refuses, or nothing is synced.
        """
        self._check_ready()
        if not self.last_sync:
            raise UserError(self.env._("Wait for the first sync to end."))
        with self._user_errors():
            # Checked above; only code writes the reconciliation.
            has_begun = HoursCheck(self.sudo()).begin()
        message = self.env._(
            "A sync is under way, or Zoho asks to wait: the hours are compared after"
            " that."
        )
        if has_begun:
            message = self.env._(
                "This month is compared. The months before and their projects follow"
                " within minutes: load the list again to see them."
            )
        action = self._notify(message, "success" if has_begun else "info")
        action["params"]["next"] = self.action_open_reconciliation()
        return action

    def action_explain_hours(self) -> dict:
        """Read everything from Zoho anew, and then compare the hours again.

        :raise UserError: with one sentence when Zoho refuses, or nothing is synced.
        """
        self.action_full_sync()
        said = self.action_reconcile()["params"]
        return self._notify(said["message"], said["type"])

    # What the screens show, and the lists behind it

    @api.model
    def get_sync_status(self) -> dict:
        """Return what the screens show of all integrations, in the user's words."""
        return sync_status(self.env)

    def action_download_diagnostic(self) -> dict:
        """Return the action that downloads the diagnostic file."""
        self._check_manager()
        return {
            "type": "ir.actions.act_url",
            "url": f"/zoho_projects/diagnostic/{self.id}",
            "target": "download",
        }

    def _diagnostic_facts(self) -> dict:
        """Return what others say of the integration in the diagnostic file.

        Codes, numbers and moments alone: nothing personal, and no address.
        """
        return {}

    def action_open_mapping(self) -> dict:
        """Show which field of Zoho fills which field of Odoo."""
        return self._open_list("zoho_field_mapping_action")

    def action_open_reconciliation(self) -> dict:
        """Show the months whose hours were compared."""
        return self._open_list("zoho_reconciliation_action")

    def action_open_customers(self) -> dict:
        """Show the customers of Zoho and their contacts."""
        return self._open_list("zoho_customer_action")

    def action_open_links(self) -> dict:
        """Show which Odoo record stands for which record of Zoho."""
        return self._open_list("zoho_link_action")

    def action_open_errors(self) -> dict:
        """Show what could not be fetched, and why."""
        return self._open_list("zoho_sync_error_action")

    def action_open_skipped(self) -> dict:
        """Show what was left out by choice, with the hours."""
        return self._open_list("zoho_skipped_record_action")

    def action_open_runs(self) -> dict:
        """Show the history of the sync."""
        return self._open_list("zoho_sync_run_action")

    def _open_list(self, action: str) -> dict:
        """Return an action of this addon, narrowed down to this integration."""
        self.ensure_one().check_access("read")
        xmlid = f"zoho_projects_connector.{action}"
        values = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        domain = values["domain"] and literal_eval(values["domain"]) or []
        return {**values, "domain": [*domain, ("integration_id", "=", self.id)]}

    # The guided set-up: one step at a time, to be left and resumed at will

    @api.model
    def get_empty_list_help(self, help_message: str) -> str:
        """Offer the guide to those who may connect a portal."""
        message = super().get_empty_list_help(help_message)
        if not self.env.user.has_group(MANAGER):  # actions are read in sudo
            return message
        action = self.env.ref("zoho_projects_connector.zoho_integration_action_guide")
        link = Markup('<a class="btn btn-primary" type="action" name="%s">%s</a>')
        return Markup(message or "") + link % (action.id, self.env._("Connect"))

    @api.model
    def _say_before_sync(self, said: str) -> str:
        """Say what is missing yet instead of what an empty list means after a sync.

        Whether there was one is told to accountants too, who may not read integrations.
        """
        known = self.sudo().search([("company_id", "in", self.env.companies.ids)])
        if any(known.mapped("last_sync")):
            return said
        begun = known.portal_id
        title = (
            self.env._("The first sync has not ended yet")
            if begun
            else self.env._("No portal is connected")
        )
        head = Markup('<p class="o_view_nocontent_smiling_face">%s</p>') % title
        return head if begun else self.get_empty_list_help(head)

    # Buttons of the guide

    def action_connect_portal(self) -> dict:
        """Open the guide for another portal, whatever is selected in the list.

        What was begun in this company and left before the sign-in goes on.
        """
        begun = self.search(
            [("status", "=", "draft"), ("company_id", "=", self.env.company.id)],
            limit=1,
        )
        return begun.action_open_guide()

    def action_open_guide(self) -> dict:
        """Open the guide: at the step where it was left, or for a new integration."""
        return self._open_own("zoho_integration_action_guide", res_id=self.id)

    def action_leave_guide(self) -> dict:
        """Leave the guide; it goes on at the same step later."""
        return self._open_own("zoho_integration_action", target="main")

    def action_open_form(self) -> dict:
        """Open the form; the guide, while the set-up is not finished."""
        self.ensure_one()
        if self.status in SET_UP_STATUSES:
            return self.action_open_guide()
        return self._open_own(
            "zoho_integration_action", views=[(False, "form")], res_id=self.id
        )

    def action_setup_next(self) -> None:
        """Go to the next step.

        :raise UserError: in one sentence, when this step lacks something.
        """
        self._check_manager()
        if self.setup_step == "sign_in":
            self._check_signed_in()
        else:
            self._check_set_up()
        self._move_step(1)
        if self.setup_step == "duplicates" and self.status in SET_UP_STATUSES:
            self._find_example()
        if self.setup_step == "mapping":
            self._find_fields()

    def action_setup_back(self) -> None:
        """Go to the step before."""
        self._check_manager()
        self._move_step(-1)

    def action_finish_set_up(self) -> dict | None:
        """Start the first sync; who may bill sets the rates meanwhile.

        :return: how the sync gets on; None to stay in the guide.
        :raise UserError: naming what is still missing.
        """
        self.action_save_and_sync()
        if self.env.user.has_group(BILLING_GROUP):
            # What is left to be set before time can be invoiced.
            self.setup_step = "rates"
            return None
        return self.action_end_guide()

    def action_end_guide(self) -> dict:
        """Leave the guide for good, and show how the sync gets on."""
        return {**self.action_open_overview(), "target": "main"}

    def action_open_overview(self) -> dict:
        """Open the page on which the app opens: the sync, and what needs somebody."""
        xmlid = "zoho_projects_connector.zoho_overview_action"
        return self.env["ir.actions.client"]._for_xml_id(xmlid)

    @api.model
    def _open_own(self, name: str, **values) -> dict:
        """Return an action of this addon, with other values."""
        xmlid = f"zoho_projects_connector.{name}"
        return {**self.env["ir.actions.act_window"]._for_xml_id(xmlid), **values}

    def _move_step(self, by: int) -> None:
        steps = [step for step, _label in SETUP_STEPS]
        at = steps.index(self.setup_step) + by
        self.setup_step = steps[min(max(at, 0), len(steps) - 1)]

    def _check_signed_in(self) -> None:
        if not self.is_signed_in:
            raise UserError(
                self.env._(
                    "Nobody is signed in to Zoho yet: press Connect Now, or sign in"
                    " with the code of a self client."
                )
            )

    def _leave_sign_in(self) -> None:
        """Go on with the portal, wherever the sign-in came from."""
        if self.status in SET_UP_STATUSES and self.setup_step == "sign_in":
            self.setup_step = "portal"

    def _find_fields(self) -> None:
        """List the portal's fields where they are mapped, if Zoho tells them now."""
        try:
            self.env["zoho.field.mapping"]._fetch_all(self)
        except ZohoError as error:
            _logger.info("No fields of %s: %s", self.id, error.message)

    def _find_example(self) -> None:
        """Keep a customer that both sides know, unless one of this portal is kept."""
        known = self.duplicate_example or {}
        if known.get("portal") != self.portal_zoho_id or "error" in known:
            # Whoever asked was checked: what Zoho said is for code to write.
            self.sudo().duplicate_example = Rehearsal(self).duplicate_example()

    def action_find_example(self) -> None:
        """Look once more for a customer that both sides know."""
        self._check_manager()
        self._check_set_up()
        # Checked above: what Zoho said is for code to write.
        self.sudo().duplicate_example = Rehearsal(self).duplicate_example()
