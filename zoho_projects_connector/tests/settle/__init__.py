from . import test_billing_property_sync
from . import test_project_figures_waiting
from . import test_settle_differences
from . import test_settle_freed
from . import test_settle_rest
from . import test_sync_invoiced
from . import test_tour_settle
