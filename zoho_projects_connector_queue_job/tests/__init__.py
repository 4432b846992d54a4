from . import test_sync_jobs
