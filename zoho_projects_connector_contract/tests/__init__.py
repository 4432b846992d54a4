from . import test_subscription_form
from . import test_subscription_period
from . import test_subscription_renewal
from . import test_subscription_rights
from . import test_tour_subscription
