from . import test_time_approval
from . import test_time_approval_page
from . import test_tour_time_approval
