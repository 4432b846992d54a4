"""Commands, stamps, space and the lock."""

import threading

import pytest

from tools.shell import ToolError, locked, require_space, run, stamp_is, write_stamp


def test_the_output_of_a_command_is_returned():
    assert run(["echo", "done"], failure="echo failed.") == "done\n"


def test_a_failing_command_says_the_sentence_and_its_last_lines():
    with pytest.raises(ToolError, match="It failed.\n    the reason"):
        run(["sh", "-c", "echo the reason >&2; exit 3"], failure="It failed.")


def test_a_missing_command_is_named():
    with pytest.raises(ToolError, match="It failed. .no-such-command"):
        run(["no-such-command"], failure="It failed.")


def test_a_stamp_holds_for_the_same_input_only(tmp_path):
    stamp = tmp_path / "stamps" / "step"
    assert not stamp_is(stamp, "one")
    write_stamp(stamp, "one")
    assert stamp_is(stamp, "one")
    assert not stamp_is(stamp, "two")


def test_a_full_disk_is_said_before_the_work(tmp_path):
    require_space(tmp_path, 0)
    with pytest.raises(ToolError, match="MB are needed"):
        require_space(tmp_path, 2**40)


def test_two_holders_of_a_lock_follow_each_other(tmp_path):
    order = []
    entered = threading.Event()

    def second():
        entered.wait()
        with locked(tmp_path / "lock"):
            order.append("second")

    other = threading.Thread(target=second)
    other.start()
    with locked(tmp_path / "lock"):
        entered.set()
        other.join(0.2)
        order.append("first")
    other.join()
    assert order == ["first", "second"]
