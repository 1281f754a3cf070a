"""Request bodies: with a known length, or in chunks."""

from __future__ import annotations

import tempfile
from typing import Any

from imagedrop_local.web.messages import CHUNK, Body


class BoundedBody:
    """A request body: never reads past its length. `drain` reads the rest, so that the connection can be reused."""

    def __init__(self, raw: Body, length: int) -> None:
        self._raw, self._remaining = raw, length

    def read(self, size: int = -1) -> bytes:
        piece = self._raw.read(self._remaining if size < 0 else min(size, self._remaining))
        self._remaining -= len(piece)
        return piece

    def drain(self, at_most: int = 64 << 20) -> bool:
        if self._remaining > at_most:
            return False
        while self._remaining:
            if not self.read(CHUNK):
                return False
        return True

    def close(self, keep: object) -> None:
        """Closes the temporary file of a chunked body. `keep`: the connection, which stays open."""
        if self._raw is not keep and hasattr(self._raw, "close"):
            self._raw.close()


def parse_length(digits: str, base: int) -> int:
    if not digits.isascii() or not digits.isalnum():
        raise ValueError("bad length")
    return int(digits, base)


def decode_chunked(raw: Any) -> tuple[Body, int]:
    """Unpacks chunked transfer encoding into a temporary file: the handler needs the length before it reads."""
    whole = tempfile.SpooledTemporaryFile(max_size=8 << 20)  # noqa: SIM115 - the caller closes it
    try:
        length = _unpack(raw, whole)
    except BaseException:
        whole.close()
        raise
    whole.seek(0)
    return whole, length


def _unpack(raw: Any, whole: Any) -> int:
    while remaining := parse_length(raw.readline(1024).split(b";")[0].strip().decode("latin-1"), 16):
        while remaining:
            piece = raw.read(min(remaining, CHUNK))
            if not piece:
                raise ConnectionError("the client closed the connection within the body")
            whole.write(piece)
            remaining -= len(piece)
        raw.readline(1024)
    while raw.readline(65_537).strip():
        pass
    return int(whole.tell())
