"""Writes the functions' log lines to the log of the process, and deletes old ones: ministack never does.

Runs in the process of ministack and uses its store directly. Through its API, each round would read all lines again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any, TextIO

INTERVAL = 0.5  # s
KEPT = 6 * 3600.0  # s; `Stack.logs` reads them. Each call of a function has a log stream of its own.
OF_LAMBDA = ("START RequestId:", "END RequestId:", "REPORT RequestId:")


class LogForwarding:
    """`groups`: `_log_groups` of ministack. `out`: gets `<function> <line>`, each call's lines together. `since`: s
    since 1970; older lines were written before a restart."""

    def __init__(self, groups: Any, out: TextIO, since: float) -> None:
        self._groups, self._out, self._since = groups, out, 1000 * since
        self._forwarded: set[tuple[str, str]] = set()  # log group and log stream

    def run(self, ended: threading.Event) -> None:
        """Until `ended` is set, and once more then."""
        while not ended.wait(INTERVAL):
            self.forward(time.time())
        self.forward(time.time())

    def forward(self, now: float) -> None:
        """`now`: s since 1970."""
        for group, name, stream in sorted(self._new_streams(), key=lambda found: found[2]["creationTime"]):
            for event in stream["events"]:
                if not event["message"].startswith(OF_LAMBDA):
                    print(f"{group.rpartition('/')[2]} {event['message']}", file=self._out)
            self._forwarded.add((group, name))
        self._out.flush()
        self._forget(1000 * (now - KEPT))

    def _new_streams(self) -> Iterator[tuple[str, str, Any]]:
        for group, found in self._all_groups():
            for name, stream in list(found["streams"].items()):
                is_new = stream["creationTime"] >= self._since and (group, name) not in self._forwarded
                if is_new and stream["events"]:
                    yield group, name, stream

    def _forget(self, before: float) -> None:
        for group, found in self._all_groups():
            for name, stream in list(found["streams"].items()):
                if stream["creationTime"] < before:
                    del found["streams"][name]
                    self._forwarded.discard((group, name))

    def _all_groups(self) -> Iterator[tuple[str, Any]]:
        for scoped, found in list(self._groups.all_items()):
            yield scoped[-1], found
