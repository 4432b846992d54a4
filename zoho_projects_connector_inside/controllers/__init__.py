from . import hint
from . import inside
from . import pairing
