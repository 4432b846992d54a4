"""Facts of the synchronisation that every model shares."""

from enum import Enum


class Origin(Enum):
    """Where a change comes from: a value that no request from outside can send."""

    ZOHO = "zoho"


# No chatter, no mail and no invitation may come out of a synchronisation.
SYNC_CONTEXT = {
    "zoho_sync": Origin.ZOHO,
    "tracking_disable": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "no_vat_validation": True,
    "active_test": False,
}

# PostgreSQL slows down badly past 64 savepoints in one transaction.
SAVEPOINTS_PER_TRANSACTION = 50
BATCH_SIZE = 200
# Reading single records to confirm a deletion is bounded; the rest waits a day.
CONFIRMATIONS_PER_RUN = 50
# A listing that loses more than this share of a module is not believed.
BELIEVABLE_LOSS = 0.2

# Minutes to wait after the first, second, … failure in a row of one run.
BACK_OFF_MINUTES = (1, 2, 5, 15, 30)

# The return address of the sign-in, as it is registered in Zoho's API console.
CALLBACK_PATH = "/zoho_projects/oauth/callback"
