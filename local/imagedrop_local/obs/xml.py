"""XML in OBS's format: written from nested tuples, parsed from untrusted clients."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TypeAlias
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from imagedrop_local.http import Response
from imagedrop_local.obs.model import StoreError

NAMESPACE = "http://obs.myhwclouds.com/doc/2015-06-30/"
MAX_BODY = 2 << 20

# An element: its name and its text, or the elements in it.
Element: TypeAlias = "tuple[str, str | int | bool | Iterable[Element]]"


def write(root: str, content: str | Iterable[Element], namespace: str | None = NAMESPACE) -> bytes:
    """An XML document."""
    attribute = f' xmlns="{namespace}"' if namespace else ""
    inner = _text(content) if isinstance(content, str) else "".join(_elements(content))
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<{root}{attribute}>{inner}</{root}>'.encode()


def response(root: str, content: str | Iterable[Element], headers: Mapping[str, str] | None = None) -> Response:
    return Response(200, write(root, content), {"Content-Type": "application/xml", **(headers or {})})


def seconds(when: datetime) -> str:
    """A time in whole seconds."""
    return when.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _elements(elements: Iterable[Element]) -> Iterator[str]:
    for name, content in elements:
        if isinstance(content, bool):
            content = str(content).lower()  # noqa: PLW2901
        inner = _text(str(content)) if isinstance(content, str | int) else "".join(_elements(content))
        yield f"<{name}>{inner}</{name}>"


def _text(value: str) -> str:
    """Characters of keys that XML 1.0 does not allow are written as references, as S3 does."""
    shown = escape(value)
    return shown if shown.isprintable() else "".join(c if c >= " " or c in "\t\n" else f"&#{ord(c)};" for c in shown)


def read(body: bytes, root: str) -> ElementTree.Element:
    """A document without its namespaces. Raises StoreError: MalformedXML; no DTD, so no entities."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise StoreError("MalformedXML", "a document type is not allowed")
    try:
        tree = ElementTree.fromstring(body)  # noqa: S314 - without a DTD there are no entities to expand
    except ElementTree.ParseError as error:
        raise StoreError("MalformedXML", f"the body is not XML: {error}") from None
    for element in tree.iter():
        element.tag = element.tag.rpartition("}")[2]
    if tree.tag != root:
        raise StoreError("MalformedXML", f"the body is a <{tree.tag}>, not a <{root}>")
    return tree
