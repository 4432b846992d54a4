from . import test_expense_billing
from . import test_expense_figures
from . import test_expense_price
from . import test_expense_rights
from . import test_expense_wizard
from . import test_tour_expense
