"""Commands, stamps and the lock."""

import threading

import pytest

from tools.shell import ToolError, locked, run, stamp_is, write_stamp


def test_the_output_of_a_command_is_returned():
    assert run(["echo", "done"], failure="echo failed.") == "done\n"


def test_a_command_reads_what_is_typed():
    assert run(["cat"], failure="cat failed.", typed="a word") == "a word"
    assert run(["cat"], failure="cat failed.") == ""


def test_a_failing_command_says_the_sentence_and_its_last_lines():
    with pytest.raises(ToolError, match="It failed.\n    the reason"):
        run(["sh", "-c", "echo the reason >&2; exit 3"], failure="It failed.")


def test_all_that_a_command_says_is_kept(tmp_path):
    log = tmp_path / "log"
    with pytest.raises(ToolError, match=f"It failed. Its log is {log} and ends with"):
        run(
            ["sh", "-c", "echo one; echo two >&2; exit 3"],
            failure="It failed.",
            log=log,
        )
    assert log.read_text() == "one\ntwo\n"


def test_a_missing_command_is_named():
    with pytest.raises(ToolError, match="It failed. .no-such-command"):
        run(["no-such-command"], failure="It failed.")


def test_a_stamp_holds_for_the_same_input_only(tmp_path):
    stamp = tmp_path / "stamps" / "step"
    assert not stamp_is(stamp, "one")
    write_stamp(stamp, "one")
    assert stamp_is(stamp, "one")
    assert not stamp_is(stamp, "two")


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
