"""Places: the lines of the core that call a port. A fault strikes a function at a place, before the call's effect or
after it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Literal, NamedTuple

import imagedrop
from imagedrop.ports import Images, Ledger, Mail, Objects, Queues, Topic

Moment = Literal["before", "after"]
Kind = Literal["crash", "error", "time-out", "pause"]
KINDS: tuple[Kind, ...] = ("crash", "error", "time-out", "pause")
MOMENTS: tuple[Moment, ...] = ("before", "after")

CORE = Path(imagedrop.__file__).parent
PORTS = {"objects": Objects, "images": Images, "ledger": Ledger, "queues": Queues, "topic": Topic, "mail": Mail}
METHODS = {port: frozenset(name for name in vars(kind) if name[0] != "_") for port, kind in PORTS.items()}
NOT_CALLERS = ("adapters", "ports")  # they are on the other side of the ports


class Line(NamedTuple):
    """`number`: of the equal calls in one function, from 1."""

    module: str  # "workflow.register"
    function: str  # "_call"
    call: str  # "ledger.save"
    number: int

    def __str__(self) -> str:
        return f"{self.module}.{self.function} {self.call}" + (f" #{self.number}" if self.number > 1 else "")


class Place(NamedTuple):
    """`function`: the Lambda function that runs the line."""

    function: str
    line: Line
    moment: Moment

    def __str__(self) -> str:
        return f"{self.function}: {self.moment} {self.line}"


Strike = tuple[Place, Kind]


def current_line(port: str) -> Line:
    """The line of the core that is calling this port now. Raises LookupError if `lines` does not find that line in the
    source."""
    files, frame = _lines_by_file(), sys._getframe(1)
    while frame.f_back is not None:
        frame = frame.f_back
        if frame.f_code.co_filename in files and (line := _line_at(frame.f_code, frame.f_lasti, port)):
            return line
    raise LookupError(f"no line of the core is known that calls {port}")


@cache
def _line_at(code: CodeType, instruction: int, port: str) -> Line | None:
    at = next(position[0] for number, position in enumerate(code.co_positions()) if number == instruction // 2)
    found = _lines_by_file()[code.co_filename]
    return next(
        (line for first, last, line in found if at and first <= at <= last and line.call.startswith(f"{port}.")), None
    )


def lines() -> list[Line]:
    """Every line of the core that calls a port."""
    return [line for found in _lines_by_file().values() for _, _, line in found]


@cache
def _lines_by_file() -> dict[str, list[tuple[int, int, Line]]]:
    """By file name: first and last line number of each call."""
    sources = (path for path in sorted(CORE.rglob("*.py")) if path.relative_to(CORE).parts[0] not in NOT_CALLERS)
    return {str(path): found for path in sources if (found := list(_calls_in(path)))}


def _calls_in(path: Path) -> Iterator[tuple[int, int, Line]]:
    module = ".".join(path.relative_to(CORE).with_suffix("").parts)
    counts: dict[tuple[str, str], int] = {}
    for function, node in _attributes(ast.parse(path.read_text()), ""):
        if call := _port_call(node):
            number = counts[function, call] = counts.get((function, call), 0) + 1
            yield node.lineno, node.end_lineno or node.lineno, Line(module, function, call, number)


def _attributes(node: ast.AST, function: str) -> Iterator[tuple[str, ast.Attribute]]:
    """Each attribute in the source, with the name of the function that it is in, in the order of the source."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
            yield from _attributes(child, f"{function}.{child.name}".lstrip("."))
        else:
            if isinstance(child, ast.Attribute):
                yield function, child
            yield from _attributes(child, function)


def _port_call(node: ast.Attribute) -> str | None:
    owner = node.value
    name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
    port = name.lstrip("_")
    return f"{port}.{node.attr}" if node.attr in METHODS.get(port, ()) else None
