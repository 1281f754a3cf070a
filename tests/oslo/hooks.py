"""Where oslo's tests hand an image to an inspector, the shelf is told.

They do it in four ways: a file's name (from_file), an open file (InspectWrapper), bytes (eat_chunk), and regions of a
file filled by hand, followed by a check.
"""

from __future__ import annotations

import contextlib
import functools
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from oslo_utils.imageutils import format_inspector as theirs

from tests.oslo.faults import Fragment
from tests.oslo.image_store import ImageStore


class Hooks:
    """`fragments`: the regions filled by hand, each with whether a check refused it, by test and format."""

    def __init__(self, shelf: ImageStore) -> None:
        self.shelf = shelf
        self.fragments: dict[tuple[str, str], dict[Fragment, bool]] = {}
        self._fed: dict[theirs.FileInspector, bytearray] = {}
        self._streaming = False

    @contextlib.contextmanager
    def installed(self) -> Iterator[None]:
        hooks: list[tuple[type, str, Callable[..., Any]]] = [
            (theirs.InspectWrapper, "__init__", self._on_wrapper),
            (theirs.InspectWrapper, "read", self._on_stream),
            (theirs.InspectWrapper, "__next__", self._on_stream),
            (theirs.FileInspector, "from_file", self._on_file),
            (theirs.FileInspector, "eat_chunk", self._on_chunk),
            (theirs.FileInspector, "safety_check", self._on_check),
        ]
        for kind in theirs.ALL_FORMATS.values():
            hooks += [(kind, name, self._on_check) for name in vars(kind) if name.startswith("check_")]
        with contextlib.ExitStack() as stack:
            for owner, name, hook in hooks:
                stack.enter_context(_wrapped(owner, name, hook))
            yield

    def test_ended(self) -> None:
        """What was fed as bytes is whole now."""
        for inspector, data in self._fed.items():
            self.shelf.keep_bytes(bytes(data), inspector.NAME)
        self._fed.clear()

    def _on_file(self, call: Callable[..., Any], kind: type[theirs.FileInspector], filename: str) -> Any:
        self.shelf.keep_file(Path(filename), kind.NAME)
        return self._on_stream(call, kind, filename)

    def _on_wrapper(self, call: Callable[..., Any], wrapper: Any, source: Any, *args: Any, **options: Any) -> None:
        call(wrapper, source, *args, **options)
        declared = args[0] if args else options.get("expected_format")
        if isinstance(source, io.BytesIO):
            self.shelf.keep_bytes(source.getvalue(), declared)
        elif isinstance(name := getattr(source, "name", None), str):
            self.shelf.keep_file(Path(name), declared)

    def _on_stream(self, call: Callable[..., Any], *args: Any) -> Any:
        with self._stream():
            return call(*args)

    def _on_chunk(self, call: Callable[..., Any], inspector: theirs.FileInspector, chunk: bytes) -> None:
        if not self._streaming:
            self._fed.setdefault(inspector, bytearray()).extend(chunk)
        call(inspector, chunk)

    def _on_check(self, call: Callable[..., Any], inspector: theirs.FileInspector) -> None:
        fragments, fragment = self.fragments.setdefault((self.shelf.test, inspector.NAME), {}), _by_hand(inspector)
        try:
            call(inspector)
        except (theirs.SafetyViolation, theirs.SafetyCheckFailed):
            fragments[fragment] = True
            raise
        finally:
            fragments.setdefault(fragment, False)

    @contextlib.contextmanager
    def _stream(self) -> Iterator[None]:
        before, self._streaming = self._streaming, True
        try:
            yield
        finally:
            self._streaming = before


def _by_hand(inspector: theirs.FileInspector) -> Fragment:
    """Nothing where the inspector has read something."""
    if inspector.actual_size:
        return ()
    regions = ((name, inspector.region(name)) for name in inspector.context_info)
    return tuple((name, bytes(region.data)) for name, region in regions if region.data)


def _wrapped(owner: type, name: str, hook: Callable[..., Any]) -> Any:
    call = vars(owner)[name]
    of_class = isinstance(call, classmethod)
    inner = call.__func__ if of_class else call
    outer = functools.wraps(inner)(lambda *args, **options: hook(inner, *args, **options))
    return mock.patch.object(owner, name, classmethod(outer) if of_class else outer)
