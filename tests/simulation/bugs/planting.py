"""Plants a bug and searches for a history that finds it.

A planted bug can stop working unnoticed: what it replaces is renamed, no longer called, or called with other arguments.
So a bug counts as found only in a history that used every replacement and in which no handler raised a code error (such
as a TypeError). NothingPlanted says what is wrong with a planted bug.
"""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.simulation.histories import History
from tests.simulation.log_watch import CODE_ERRORS

T = TypeVar("T")
ENOUGH = 50  # histories after which a planted bug that does not work is reported
OPERATIONS = ("add", "radd", "sub", "rsub", "mul", "rmul", "neg", "eq", "ne", "lt", "le", "gt", "ge", "int", "float")


class NothingPlanted(BaseException):
    """The planted bug changes nothing that runs, or its own code fails. A BaseException: no handler catches it."""


class _CodeError(BaseException):
    """A handler raised a code error: the rest of the history shows nothing about the bug."""


class Planting:
    """Replaces attributes, and counts how often each replacement is used."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self._used: dict[str, int] = {}

    def setattr(self, owner: Any, name: str, value: Any) -> None:
        """`value`: a function or a number. Raises NothingPlanted if the owner has no such attribute."""
        label = f"{owner.__name__}.{name}"
        if not hasattr(owner, name):
            raise NothingPlanted(f"{label} does not exist: was it renamed?")
        self._used[label] = 0
        count = functools.partial(self._count, label)
        self._patch.setattr(
            owner, name, _function(value, count, self._failed) if callable(value) else _number(value, count)
        )

    def _count(self, label: str) -> None:
        self._used[label] += 1

    def _failed(self, name: str, error: Exception) -> None:
        raised_in = traceback.extract_tb(error.__traceback__)[-1].filename
        if isinstance(error, CODE_ERRORS) and Path(raised_in).parent == Path(__file__).parent:
            raise NothingPlanted(f"the planted code fails: {name} raises {error!r}")

    def begin(self) -> None:
        self._used = dict.fromkeys(self._used, 0)

    def unused(self) -> list[str]:
        """The replacements not used since `begin`."""
        return [label for label, times in self._used.items() if not times]


def changed(model: T, **fields: Any) -> T:
    """A copy of a pydantic model with other values. Raises AttributeError for an unknown field, which `model_copy` may
    ignore."""
    for name in fields:
        getattr(model, name)
    copied: T = model.model_copy(update=fields)  # type: ignore[attr-defined]
    return copied


def find(plant: Callable[[Any], None], patch: pytest.MonkeyPatch, seeds: Iterable[int]) -> tuple[int, list[str]] | None:
    """The first seed whose history breaks, and the checks that failed. Raises NothingPlanted."""
    planting = Planting(patch)
    plant(planting)
    never_used, code_errors = set(planting.unused()), list[str]()
    if not never_used:
        raise NothingPlanted("it replaces nothing")
    for number, seed in enumerate(seeds, 1):
        planting.begin()
        try:
            broken = _run(seed)
        except _CodeError as error:
            code_errors.append(str(error))
        else:
            if broken and not planting.unused():
                return seed, broken
        never_used &= set(planting.unused())
        if number >= ENOUGH and never_used:
            raise NothingPlanted(f"nothing has used {', '.join(sorted(never_used))} in {number} histories")
        if len(code_errors) >= ENOUGH:
            break
    if code_errors:
        raise NothingPlanted(f"handlers fail with it, but not because of the bug: {code_errors[0]}")
    return None


def _run(seed: int) -> list[str]:
    history = History(seed)
    failed = history.failed

    def stopped(error: BaseException) -> None:
        if isinstance(error, CODE_ERRORS):
            raise _CodeError(repr(error)) from error
        failed(error)

    history.failed = stopped  # type: ignore[method-assign]
    return history.run()


def _function(
    value: Callable[..., Any], count: Callable[[], None], failed: Callable[[str, Exception], None]
) -> Callable[..., Any]:
    @functools.wraps(value)
    def counted(*arguments: Any, **more: Any) -> Any:
        count()
        try:
            return value(*arguments, **more)
        except Exception as error:
            failed(value.__qualname__, error)
            raise

    return counted


def _number(value: float, count: Callable[[], None]) -> float:
    """A number equal to `value` that counts every calculation and comparison with it."""
    kind = type(value)

    def counting(name: str) -> Callable[..., Any]:
        operation = getattr(kind, name)

        def counted(*operands: Any) -> Any:
            count()
            return operation(*operands)

        return counted

    counted = {name: counting(name) for operation in OPERATIONS if hasattr(kind, name := f"__{operation}__")}
    number: float = type("Counted", (kind,), {**counted, "__hash__": kind.__hash__})(value)
    return number
