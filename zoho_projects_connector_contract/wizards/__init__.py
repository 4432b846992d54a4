from . import project_subscription_create
