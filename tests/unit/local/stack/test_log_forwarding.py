"""The functions' log lines: each is written once, and old ones are forgotten."""

from __future__ import annotations

import io
import threading
from typing import Any

from imagedrop_local.stack.log_forwarding import KEPT, LogForwarding

NOW = 1_800_000_000.0  # s


class Groups(dict[tuple[str, str, str], Any]):
    """As `_log_groups` of ministack: account, region and name -> log group."""

    def all_items(self) -> Any:
        return self.items()

    def call(self, function: str, number: int, *lines: str, at: float = NOW) -> None:
        """What ministack stores for one call of a function."""
        group = self.setdefault(("0", "us-east-1", f"/aws/lambda/imagedrop/{function}"), {"streams": {}})
        around = (
            "START RequestId: 1 Version: $LATEST",
            *lines,
            "END RequestId: 1",
            "REPORT RequestId: 1\tDuration: 1 ms",
        )
        events = [{"timestamp": 1000 * at, "message": line} for line in around]
        group["streams"][f"2027/01/15/[$LATEST]{number}"] = {"creationTime": 1000 * at, "events": events}

    def streams(self) -> int:
        return sum(len(group["streams"]) for group in self.values())


def forwarding(groups: Groups) -> tuple[LogForwarding, io.StringIO]:
    out = io.StringIO()
    return LogForwarding(groups, out, since=NOW - 10), out


def test_each_line_is_written_once_with_its_function_in_the_order_of_the_calls() -> None:
    groups = Groups()
    groups.call("validate", 1, "second", "third", at=NOW + 1)
    groups.call("intake", 2, "first")
    lines, out = forwarding(groups)
    lines.forward(NOW)
    lines.forward(NOW)
    groups.call("intake", 3, "fourth")
    lines.forward(NOW)
    assert out.getvalue() == "intake first\nvalidate second\nvalidate third\nintake fourth\n"


def test_lines_of_before_a_restart_are_not_written_again() -> None:
    groups = Groups()
    groups.call("intake", 1, "old", at=NOW - 11)
    lines, out = forwarding(groups)
    lines.forward(NOW)
    assert out.getvalue() == ""


def test_a_stream_that_has_no_lines_yet_is_written_later() -> None:
    groups = Groups()
    groups.call("intake", 1, "line")
    ((_, group),) = groups.items()
    ((name, stream),) = group["streams"].items()
    group["streams"][name] = {**stream, "events": []}
    lines, out = forwarding(groups)
    lines.forward(NOW)
    group["streams"][name] = stream
    lines.forward(NOW)
    assert out.getvalue() == "intake line\n"


def test_old_lines_are_forgotten() -> None:
    groups = Groups()
    groups.call("intake", 1, "line")
    lines, _ = forwarding(groups)
    lines.forward(NOW + KEPT)
    assert groups.streams() == 1
    lines.forward(NOW + KEPT + 1)
    assert groups.streams() == 0
    assert lines._forwarded == set()


def test_what_was_logged_before_the_end_is_written() -> None:
    groups, ended = Groups(), threading.Event()
    lines, out = forwarding(groups)
    groups.call("intake", 1, "last")
    ended.set()
    lines.run(ended)
    assert out.getvalue() == "intake last\n"
