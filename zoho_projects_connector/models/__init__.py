from . import asked_once_mixin
from . import code_only_mixin
from . import synced_list_mixin
from . import billing
from . import sync
from . import settle
from . import approval
from . import write_back
