"""Decompression that cannot be made to fill the memory: every call has a most, and a short answer is an error."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.errors import Unreadable, malformed

if TYPE_CHECKING:
    from typing import Any

ZSTD_WINDOW_LOG = 23  # 8 MiB; qemu's clusters need 21


def inflate_raw(data: bytes, most: int) -> bytes:
    """A raw deflate stream (qcow, qcow2) of at most `most` bytes; what follows it is padding."""
    return _inflate(data, most, -zlib.MAX_WBITS)


def inflate(data: bytes, most: int) -> bytes:
    """A zlib stream (VMDK) of at most `most` bytes."""
    return _inflate(data, most, zlib.MAX_WBITS)


def _inflate(data: bytes, most: int, window: int) -> bytes:
    stream = zlib.decompressobj(window)
    try:
        unpacked = stream.decompress(data, most)
        surplus = b"" if stream.eof else stream.decompress(stream.unconsumed_tail, 1)
    except zlib.error as error:
        raise malformed("compressed data", str(error)) from None
    return _whole(unpacked, surplus, ended=stream.eof or len(unpacked) == most)


def unzstd(data: bytes, most: int) -> bytes:
    """A zstd frame (qcow2) of at most `most` bytes. Raises Unreadable where there is no zstd reader."""
    zstd = _zstd()
    stream = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG})
    try:
        unpacked = stream.decompress(data, most)
        surplus = b"" if stream.eof else stream.decompress(b"", 1)
    except (zstd.ZstdError, EOFError) as error:
        raise malformed("compressed data", str(error)) from None
    return _whole(unpacked, surplus, ended=stream.eof or len(unpacked) == most)


def _whole(unpacked: bytes, surplus: bytes, *, ended: bool) -> bytes:
    if surplus:
        raise malformed("compressed data", f"it unpacks to more than the {len(unpacked)} bytes that it stands for")
    if not ended:
        raise malformed("compressed data", "its stream does not end")
    return unpacked


def _zstd() -> Any:
    """Python 3.14's module, or its backport; loaded only when a file needs it."""
    for name in ("compression.zstd", "backports.zstd"):
        try:
            return __import__(name, fromlist=["ZstdDecompressor"])
        except ImportError:
            continue
    raise Unreadable(kinds.ZSTD_MISSING)
