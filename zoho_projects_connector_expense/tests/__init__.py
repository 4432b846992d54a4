from . import test_expense_billing
from . import test_expense_price
from . import test_expense_rights
