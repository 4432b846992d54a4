"""What people do with time logs."""

from datetime import date
from typing import Any

from .entities import Log
from .store import Store


def as_day(value: date | str) -> date:
    """Return a day given as one or as ``YYYY-MM-DD``."""
    return date.fromisoformat(value) if isinstance(value, str) else value


class LogChanges(Store):
    """Add, edit, judge, move and delete logs.

    :source: section 7.4: an approved log can be deleted but not edited; the simulator
        lets tests edit it anyhow, as an administrator can after resetting it.
    """

    # Whether a judgement counts as a modification is open (section 9.3); the app sets
    # this from its dialect.
    approval_bumps = True
    moved_log_keeps_id = True

    def add_log(
        self,
        project: str,
        item: str = "",
        minutes: int = 60,
        day: date | str = date(2026, 10, 1),
        owner: str = "",
        kind: str = "",
        **values: Any,
    ) -> Log:
        """Log time on a task, an issue, or (no ``item``) on the project."""
        found = "task" if item in self.tasks else "issue" if item else "general"
        log = Log(
            id=self.new_id(),
            project=project,
            kind=kind or found,
            item=item,
            day=as_day(day),
            minutes=minutes,
            owner=owner or self.owner,
            **values,
        )
        self._date_judgement(log)
        log.created = self.now()
        self.put("log", log)
        self.touch(log)
        return log

    def _date_judgement(self, log: Log) -> None:
        if log.approval == "approved":
            log.approver = log.approver or self.owner
            log.approved_at = log.approved_at or self.now()

    def edit_log(self, log_id: str, **values: Any) -> Log:
        """Change hours (``minutes``), ``day``, ``notes``, ``owner`` … of a log."""
        log = self.logs[log_id]
        if "day" in values:
            values["day"] = as_day(values["day"])
        _set(log, values)
        self.touch(log)
        return log

    def approve_log(self, log_id: str, approver: str = "") -> Log:
        """Approve a log."""
        values = {"approver": approver or self.owner, "approved_at": self.now()}
        return self._judge(log_id, approval="approved", reason="", **values)

    def reject_log(self, log_id: str, reason: str = "Too long") -> Log:
        """Reject a log with a reason."""
        return self._judge(log_id, approval="rejected", reason=reason)

    def withdraw_log(self, log_id: str) -> Log:
        """Set a log back to pending."""
        return self._judge(
            log_id, approval="pending", approver="", approved_at=None, reason=""
        )

    def set_billable(self, log_id: str, billable: bool = True) -> Log:
        """Make a log billable or not."""
        return self._judge(log_id, billable=billable)

    def _judge(self, log_id: str, **values: Any) -> Log:
        log = self.logs[log_id]
        _set(log, values)
        if self.approval_bumps:
            self.touch(log)
        self.version += 1
        return log

    def move_log(self, log_id: str, item: str = "", project: str = "") -> Log:
        """Move a log to another task, issue or project; its id may change.

        :source: section 13, pitfall 25: a moved log keeps its id ``[guess]``.
        """
        log = self.logs[log_id]
        target = self.tasks.get(item) or self.issues.get(item)
        log.kind = "task" if item in self.tasks else "issue" if target else "general"
        log.item = item
        log.project = project or (target.project if target else log.project)
        if not self.moved_log_keeps_id:
            del self.logs[log_id]
            log.id = self.new_id()
            self.logs[log.id] = log
        self.touch(log)
        return log

    def delete_log(self, log_id: str) -> None:
        """Delete a log without a trace in the bin."""
        log = self.logs.pop(log_id)
        self.version += 1
        self.tell(log)


def _set(record: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if not hasattr(record, name):
            raise AttributeError(f"{type(record).__name__} has no {name}")
        setattr(record, name, value)
