from odoo import models


class ValidateAccountMove(models.TransientModel):
    _inherit = "validate.account.move"

    def validate_move(self) -> object:
        """Ask here, too, what the button of a single document asks."""
        question = self.move_ids._ask_before_posting("validate_move", self)
        return question or super().validate_move()
