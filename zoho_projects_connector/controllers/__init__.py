from . import oauth
from . import portal
from . import portal_timesheets
from . import diagnostic
