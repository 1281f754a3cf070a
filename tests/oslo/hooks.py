"""Stores every image that oslo's tests inspect.

The tests pass images in four ways: a file name (from_file), an open file (InspectWrapper), bytes (eat_chunk), and
regions that are filled by hand before a check.
"""

from __future__ import annotations

import contextlib
import functools
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from oslo_utils.imageutils import format_inspector

from tests.oslo.faults import Fragment
from tests.oslo.image_store import ImageStore


class Hooks:
    """`fragments`: (test, format) -> regions filled by hand -> whether a check refused them."""

    def __init__(self, images: ImageStore) -> None:
        self.images = images
        self.fragments: dict[tuple[str, str], dict[Fragment, bool]] = {}
        self._fed: dict[format_inspector.FileInspector, bytearray] = {}
        self._streaming = False

    @contextlib.contextmanager
    def installed(self) -> Iterator[None]:
        hooks: list[tuple[type, str, Callable[..., Any]]] = [
            (format_inspector.InspectWrapper, "__init__", self._on_wrapper),
            (format_inspector.InspectWrapper, "read", self._on_stream),
            (format_inspector.InspectWrapper, "__next__", self._on_stream),
            (format_inspector.FileInspector, "from_file", self._on_file),
            (format_inspector.FileInspector, "eat_chunk", self._on_chunk),
            (format_inspector.FileInspector, "safety_check", self._on_check),
        ]
        for kind in format_inspector.ALL_FORMATS.values():
            hooks += [(kind, name, self._on_check) for name in vars(kind) if name.startswith("check_")]
        with contextlib.ExitStack() as stack:
            for owner, name, hook in hooks:
                stack.enter_context(_wrapped(owner, name, hook))
            yield

    def test_ended(self) -> None:
        """Stores the images that were passed as bytes: they are complete now."""
        for inspector, data in self._fed.items():
            self.images.add_bytes(bytes(data), inspector.NAME)
        self._fed.clear()

    def _on_file(self, call: Callable[..., Any], kind: type[format_inspector.FileInspector], filename: str) -> Any:
        self.images.add_file(Path(filename), kind.NAME)
        return self._on_stream(call, kind, filename)

    def _on_wrapper(self, call: Callable[..., Any], wrapper: Any, source: Any, *args: Any, **options: Any) -> None:
        call(wrapper, source, *args, **options)
        declared = args[0] if args else options.get("expected_format")
        if isinstance(source, io.BytesIO):
            self.images.add_bytes(source.getvalue(), declared)
        elif isinstance(name := getattr(source, "name", None), str):
            self.images.add_file(Path(name), declared)

    def _on_stream(self, call: Callable[..., Any], *args: Any) -> Any:
        with self._stream():
            return call(*args)

    def _on_chunk(self, call: Callable[..., Any], inspector: format_inspector.FileInspector, chunk: bytes) -> None:
        if not self._streaming:
            self._fed.setdefault(inspector, bytearray()).extend(chunk)
        call(inspector, chunk)

    def _on_check(self, call: Callable[..., Any], inspector: format_inspector.FileInspector) -> None:
        fragments, fragment = self.fragments.setdefault((self.images.test, inspector.NAME), {}), _by_hand(inspector)
        try:
            call(inspector)
        except (format_inspector.SafetyViolation, format_inspector.SafetyCheckFailed):
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


def _by_hand(inspector: format_inspector.FileInspector) -> Fragment:
    """The regions that were filled by hand; nothing where the inspector has read an image."""
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
