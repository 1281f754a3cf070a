"""XML in OBS's shapes: written from nested tuples, read from hostile clients."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from imagedrop_local.obs.model import StoreError

NAMESPACE = "http://obs.myhwclouds.com/doc/2015-06-30/"
MAX_BODY = 2 << 20

# An element: its name and its text, or the elements in it.
Element: TypeAlias = "tuple[str, str | int | bool | Iterable[Element]]"


def write(root: str, content: str | Iterable[Element], namespace: str | None = NAMESPACE) -> bytes:
    """A document; a text of None-like emptiness makes an empty element."""
    spaced = f' xmlns="{namespace}"' if namespace else ""
    inner = _text(content) if isinstance(content, str) else "".join(_written(content))
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<{root}{spaced}>{inner}</{root}>'.encode()


def _written(elements: Iterable[Element]) -> Iterator[str]:
    for name, content in elements:
        if isinstance(content, bool):
            content = str(content).lower()  # noqa: PLW2901
        inner = _text(str(content)) if isinstance(content, str | int) else "".join(_written(content))
        yield f"<{name}>{inner}</{name}>"


def _text(value: str) -> str:
    """Keys may hold characters that XML 1.0 cannot: they are sent as references, as S3 sends them."""
    shown = escape(value)
    return shown if shown.isprintable() else "".join(c if c >= " " or c in "\t\n" else f"&#{ord(c)};" for c in shown)


def read(body: bytes, root: str) -> ElementTree.Element:
    """A document without its namespaces. Raises StoreError: MalformedXML; no DTD, so no entities."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise StoreError("MalformedXML", "a document type is not allowed")
    try:
        tree = ElementTree.fromstring(body)  # noqa: S314 - without a DTD nothing can be expanded
    except ElementTree.ParseError as error:
        raise StoreError("MalformedXML", f"the body is no XML: {error}") from None
    for element in tree.iter():
        element.tag = element.tag.rpartition("}")[2]
    if tree.tag != root:
        raise StoreError("MalformedXML", f"the body is a <{tree.tag}>, not a <{root}>")
    return tree
