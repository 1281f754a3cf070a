"""zlib, deflate and zstd with a maximum output size. Input that gives more, or does not end, raises Unreadable."""

from __future__ import annotations

import zlib
from typing import Any

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.errors import Unreadable, malformed

ZSTD_WINDOW_LOG = 23  # 8 MiB; qemu's clusters need 21


def inflate_raw(data: bytes, max_size: int) -> bytes:
    """A raw deflate stream (qcow, qcow2). Bytes after its end are padding."""
    return _inflate(data, max_size, -zlib.MAX_WBITS)


def inflate(data: bytes, max_size: int) -> bytes:
    """A zlib stream (VMDK)."""
    return _inflate(data, max_size, zlib.MAX_WBITS)


def _inflate(data: bytes, max_size: int, window: int) -> bytes:
    stream = zlib.decompressobj(window)
    try:
        unpacked = stream.decompress(data, max_size)
        surplus = b"" if stream.eof else stream.decompress(stream.unconsumed_tail, 1)
    except zlib.error as error:
        raise malformed("compressed data", str(error)) from None
    return _whole(unpacked, surplus, ended=stream.eof or len(unpacked) == max_size)


def unzstd(data: bytes, max_size: int) -> bytes:
    """A zstd frame (qcow2). Raises Unreadable where no zstd module is installed."""
    zstd = _zstd()
    stream = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG})
    try:
        unpacked = stream.decompress(data, max_size)
        surplus = b"" if stream.eof else stream.decompress(b"", 1)
    except (zstd.ZstdError, EOFError) as error:
        raise malformed("compressed data", str(error)) from None
    return _whole(unpacked, surplus, ended=stream.eof or len(unpacked) == max_size)


def _whole(unpacked: bytes, surplus: bytes, *, ended: bool) -> bytes:
    if surplus:
        raise malformed("compressed data", f"it decompresses to more than {len(unpacked)} bytes")
    if not ended:
        raise malformed("compressed data", "its stream does not end")
    return unpacked


def _zstd() -> Any:
    """The module of Python 3.14, or its backport; imported only when a file needs it."""
    for name in ("compression.zstd", "backports.zstd"):
        try:
            return __import__(name, fromlist=["ZstdDecompressor"])
        except ImportError:
            continue
    raise Unreadable(kinds.ZSTD_MISSING)
