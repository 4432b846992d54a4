"""What ends a statement, a connection, a worker or a server at any moment."""

import os
import signal
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

from tools.databases import connect

# By name: what PostgreSQL says when a disk is full, and when two transactions clash.
CODES = {"full_disk": "53100", "clash": "40001", "deadlock": "40P01"}
# Statements that write these are counted; one of them fails on order.
TABLES = (
    *("account_analytic_line", "account_move", "account_move_line"),
    *("project_billed_time", "project_project", "project_task", "sale_order_line"),
    *("zoho_link", "zoho_listed_record", "zoho_stream", "zoho_sync_run"),
)
# One statement fails, once: a sequence is not rolled back with it.
ON_ORDER = """
    CREATE TABLE crash_order (at bigint, code text);
    INSERT INTO crash_order VALUES (0, '');
    CREATE SEQUENCE crash_count;
    CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE ordered record;
    BEGIN
        SELECT at, code INTO ordered FROM crash_order;
        IF nextval('crash_count') = ordered.at THEN
            RAISE EXCEPTION 'on order' USING ERRCODE = ordered.code;
        END IF;
        RETURN NULL;
    END $$;
"""
MOST_STATEMENTS = 40
LONGEST_WAIT = 3.0


class Crashes:
    """Crashes at random moments; the seed says which, and when.

    :param story: whose server and database are struck.
    :param dice: a ``random.Random``.
    """

    def __init__(self, story, dice):
        self.story, self.dice = story, dice
        workers = ("kill_worker",) if story.odoo.words else ()
        self.kinds = ("kill", *workers, "end_connections", *CODES)
        self.counts = dict.fromkeys(self.kinds, 0)
        self.execute(ON_ORDER)
        for table in TABLES:
            self.execute(
                f"CREATE TRIGGER crash BEFORE INSERT OR UPDATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION crash()"
            )

    def execute(self, query, *values):
        story = self.story
        with closing(connect(story.server, story.database)) as opened:
            opened.cursor().execute(query, values or None)

    def during(self, work):
        """Do some work in a thread, and let something crash meanwhile.

        :return: what has crashed.
        """
        kind = self.dice.choice(self.kinds)
        self.counts[kind] += 1
        print(f"crash {sum(self.counts.values())}: {kind}", flush=True)
        if kind in CODES:
            self.order(kind)
        working = threading.Thread(target=work, daemon=True)
        working.start()
        if kind not in CODES:
            time.sleep(self.dice.uniform(0, LONGEST_WAIT))
            getattr(self, kind)()
        working.join(timeout=120)
        assert not working.is_alive(), f"still at work after {kind}"
        self.execute("UPDATE crash_order SET at = 0")
        return kind

    def order(self, kind):
        """Let one of the next statements fail."""
        at = self.dice.randint(1, MOST_STATEMENTS)
        self.execute(
            "UPDATE crash_order SET code = %s, at = nextval('crash_count') + %s",
            *(CODES[kind], at),
        )

    def kill(self):
        self.story.odoo.kill()
        self.story.odoo.start()

    def kill_worker(self):
        """End a process that answers, or that runs scheduled actions."""
        server = self.story.odoo.process.pid
        children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        with suppress(ProcessLookupError):
            os.kill(int(self.dice.choice(children)), signal.SIGKILL)

    def end_connections(self):
        self.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
