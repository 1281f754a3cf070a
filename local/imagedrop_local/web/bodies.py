"""Request bodies: of a known length, or in chunks."""

from __future__ import annotations

import tempfile
from typing import Any

from imagedrop_local.web.messages import CHUNK, Body


class BoundedBody:
    """A request body: never reads past its length; `drain` makes the connection usable again."""

    def __init__(self, raw: Body, length: int) -> None:
        self._raw, self._left = raw, length

    def read(self, size: int = -1) -> bytes:
        piece = self._raw.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(piece)
        return piece

    def drain(self, at_most: int = 64 << 20) -> bool:
        if self._left > at_most:
            return False
        while self._left:
            if not self.read(CHUNK):
                return False
        return True

    def close(self, but: object) -> None:
        """Frees the temporary file of a chunked body; `but` is the connection, which stays open."""
        if self._raw is not but and hasattr(self._raw, "close"):
            self._raw.close()


def parse_length(digits: str, base: int) -> int:
    if not digits.isascii() or not digits.isalnum():
        raise ValueError("bad length")
    return int(digits, base)


def decode_chunked(raw: Any) -> tuple[Body, int]:
    """Chunked transfer encoding, unpacked to a temporary file: its length must be known before it is routed."""
    whole = tempfile.SpooledTemporaryFile(max_size=8 << 20)  # noqa: SIM115 - handed on
    try:
        length = _unpack(raw, whole)
    except BaseException:
        whole.close()
        raise
    whole.seek(0)
    return whole, length


def _unpack(raw: Any, whole: Any) -> int:
    while left := parse_length(raw.readline(1024).split(b";")[0].strip().decode("latin-1"), 16):
        while left:
            piece = raw.read(min(left, CHUNK))
            if not piece:
                raise ConnectionError("the client went away in mid-body")
            whole.write(piece)
            left -= len(piece)
        raw.readline(1024)
    while raw.readline(65_537).strip():
        pass
    return int(whole.tell())
