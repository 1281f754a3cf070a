"""A client of boto3 that records its calls."""

from __future__ import annotations

from typing import Any


class Recorder:
    """`calls`: the arguments of each call. Raises `error`, if there is one."""

    def __init__(self, error: Exception | None = None) -> None:
        self.calls: list[dict[str, Any]] = []
        self._error = error

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> None:
            self.calls.append(arguments)
            if self._error:
                raise self._error

        return call
