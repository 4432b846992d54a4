from . import account_move
from . import contract_contract
from . import contract_contract_renewal
from . import contract_line
from . import project_project
from . import project_subscription_period
