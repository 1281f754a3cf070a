"""From bytes to a JSON document. Every error is a finding; the depth is limited before parsing."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from imagedrop.findings import Finding
from imagedrop.findings import sidecar as kinds
from imagedrop.sidecar import limits
from imagedrop.sidecar.pointer import Step, display_path, excerpt, is_encodable, pointer

# A string (closed or not), or a bracket. Possessive, so that hostile quotes take linear time only.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
_DIGITS = 40  # longer integers exceed every limit anyway; Python refuses to convert thousands of digits


class _Object(dict[str, Any]):
    """A JSON object that records duplicate keys."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        counts = Counter(key for key, _ in pairs) if len(pairs) > len(self) else {}
        self.duplicates = [key for key, count in counts.items() if count > 1]


def decode(body: bytes) -> tuple[str, list[Finding]]:
    """The text as far as it can be decoded, so that an encoding error hides no other errors.

    A UTF-8 byte order mark is skipped (RFC 8259, section 8.1, allows that): Windows PowerShell writes one.
    """
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if body.startswith(mark):
            return _utf16(body[2:], encoding)
    if len(body) >= 2 and 0 in body[:2] and body[:2] != b"\0\0":
        return _utf16(body, "utf-16-le" if body[1] == 0 else "utf-16-be")
    marked = body.startswith(b"\xef\xbb\xbf")
    plain = body[3:] if marked else body
    try:
        return plain.decode(), []
    except UnicodeDecodeError as error:
        line = plain.count(b"\n", 0, error.start) + 1
        finding = kinds.NOT_UTF8(offset=error.start + 3 * marked, line=line, byte=f"{plain[error.start]:02X}")
        return plain.decode(errors="replace"), [finding]


def _utf16(body: bytes, encoding: str) -> tuple[str, list[Finding]]:
    return body.decode(encoding, errors="replace"), [kinds.UTF16(encoding=encoding.upper()[:6])]


def parse(text: str) -> tuple[Any, list[Finding]]:
    """(document, findings). The document consists of plain dicts, lists and scalars. None with findings: not JSON; None
    without findings: `null`."""
    if too_deep := _too_deep(text):
        return None, [too_deep]
    try:
        document = json.loads(text, object_pairs_hook=_Object, parse_int=_whole)
    except json.JSONDecodeError as error:
        return None, [_not_json(text, error)]
    findings: list[Finding] = []
    return _plain(document, (), findings), findings


def _not_json(text: str, error: json.JSONDecodeError) -> Finding:
    near = text[error.pos : error.pos + 20].split("\n")[0]
    why = error.msg[:1].lower() + error.msg[1:]
    return kinds.NOT_JSON(
        line=error.lineno, column=error.colno, near=f"“{excerpt(near)}”" if near else "the end", why=why
    )


def _too_deep(text: str) -> Finding | None:
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if depth > limits.DEPTH:
            line = text.count("\n", 0, token.start()) + 1
            column = token.start() - text.rfind("\n", 0, token.start())
            return kinds.TOO_DEEP(most=limits.DEPTH, line=line, column=column)
    return None


def _whole(digits: str) -> int:
    return int(digits[:_DIGITS])


def _plain(value: Any, at: tuple[Step, ...], findings: list[Finding]) -> Any:
    if isinstance(value, list):
        return [_plain(item, (*at, position), findings) for position, item in enumerate(value)]
    if not isinstance(value, _Object):
        return value
    findings += [kinds.DUPLICATE(at=pointer((*at, key)), field=display_path((*at, key))) for key in value.duplicates]
    not_encodable = {key for key in value if not is_encodable(key)}
    findings += [kinds.HALF_CHARACTER(at=pointer(at), field=display_path((*at, key))) for key in not_encodable]
    return {key: _plain(item, (*at, key), findings) for key, item in value.items() if key not in not_encodable}
