from . import oauth
from . import portal
from . import portal_timesheets
from . import portal_time_approval
from . import portal_project_billing
from . import diagnostic
