# Order matters: a model stands before the classes that extend it.
from . import res_partner
from . import project_time_approval
from . import project_time_approval_answer
from . import project_time_approval_line
from . import account_analytic_line
from . import account_move
from . import project_billed_time
from . import project_project
from . import project_unbilled_time
