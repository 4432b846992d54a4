from odoo.exceptions import UserError


class InsideRefused(UserError):
    """Why a page inside Zoho is not shown, and what the widget does about it.

    :param code: ``expired``: the widget opens it anew; ``unpaired``: it offers to sign
        in; ``refused``: there is nothing that it can do.
    """

    def __init__(self, sentence: str, code: str = "refused") -> None:
        super().__init__(sentence)
        self.code = code
