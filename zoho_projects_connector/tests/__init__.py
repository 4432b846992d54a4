from . import test_code_only
from . import test_dialogs_rights
from . import test_french
from . import test_rooms
from . import test_secrets_everywhere
from .billing import *
from .settle import *
from .sync import *
