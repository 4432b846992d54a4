from . import test_log_locks
from . import test_project_figures_written
from . import test_tour_lock
