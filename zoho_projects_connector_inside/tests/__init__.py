from . import test_hints
from . import test_inside_pages
from . import test_inside_work
from . import test_pairing
