from . import project_project
from . import hr_employee
from . import hr_employee_public
from . import hr_expense
from . import hr_expense_rights
from . import account_move_line
from . import sale_order_line
