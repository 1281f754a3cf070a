"""Finds the call of a path."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Generic, TypeVar
from urllib.parse import unquote

Handler = TypeVar("Handler")


class Routes(Generic[Handler]):
    """Rows of method, path, call, handler; `{name}` in a path stands for one segment."""

    def __init__(self, rows: Iterable[tuple[str, str, str, Handler]]) -> None:
        self._rows = [(method, _pattern(path), call, handler) for method, path, call, handler in rows]

    def calls(self) -> frozenset[str]:
        return frozenset(call for _, _, call, _ in self._rows)

    def find(self, method: str, path: str) -> tuple[str, Handler, dict[str, str]] | None:
        """Call, handler, and the decoded parameters of the path."""
        for route_method, pattern, call, handler in self._rows:
            if route_method == method and (found := pattern.fullmatch(path)):
                return call, handler, {name: unquote(value) for name, value in found.groupdict().items()}
        return None


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path)))
