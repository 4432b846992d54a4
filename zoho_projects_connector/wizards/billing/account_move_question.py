from odoo import Command, api, fields, models
from odoo.exceptions import UserError

# What Odoo's button of an invoice checks besides, by its context.
CHECKS = ("validate_analytic", "disable_abnormal_invoice_detection")


class AccountMoveQuestion(models.TransientModel):
    """Asks for a reason before a document that is odd is posted all the same."""

    _name = "account.move.question"
    _inherit = ["caller.choice.mixin"]
    _description = "Post All the Same"

    move_ids = fields.Many2many("account.move", required=True, readonly=True)
    dialog_id = fields.Many2one("validate.account.move", readonly=True)
    way = fields.Selection(
        [
            ("action_post", "Button"),
            ("action_validate_moves_with_confirmation", "List"),
            ("validate_move", "Dialog"),
        ],
        required=True,
        readonly=True,
        export_string_translation=False,
    )
    questions = fields.Text(compute="_compute_questions")
    reason = fields.Char()

    @api.depends("move_ids")
    def _compute_questions(self) -> None:
        for wizard in self:
            wizard.questions = "\n\n".join(
                self.env._(
                    "%(document)s: %(question)s",
                    document=move.display_name,
                    question=question,
                )
                for move, questions in wizard.move_ids._questions_by_document().items()
                for question in questions
            )

    @api.model
    def _open_dialog(
        self, moves: models.BaseModel, way: str, dialog: dict | None = None
    ) -> dict:
        """Return the action that asks about these drafts.

        :param account.move moves: what was to be posted.
        :param str way: the method that posts it.
        :param validate.account.move dialog: Odoo's own dialog, where it has the method.
        """
        wizard = self.create(
            {
                "move_ids": [Command.set(moves.ids)],
                "dialog_id": dialog and dialog.id,
                "way": way,
            }
        )
        context = self.env.context
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Post All the Same"),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
            # Only what Odoo's button checks: defaults of its form are not for this
            # dialog.
            "context": {key: context[key] for key in CHECKS if key in context},
        }

    def action_confirm(self) -> dict:
        """Post the documents; the reason is kept in their chatter.

        :raise UserError: when no reason is given.
        """
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why it is to be posted all the same."))
        poster = self.dialog_id if self.way == "validate_move" else self.move_ids
        answer = {"posting_reason": self.reason.strip()}
        # A selection field holds nothing but the names of these methods.
        result = getattr(poster.with_context(**answer), self.way)()
        if not result:
            return {"type": "ir.actions.act_window_close"}
        # A dialog of Odoo's that comes next need not ask for the reason again.
        return {**result, "context": {**result.get("context", {}), **answer}}
