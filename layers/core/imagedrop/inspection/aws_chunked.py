"""aws-chunked framing that was stored as content (OBS stores the chunks of a trailing-checksum upload verbatim).

<hex length>[;chunk-signature=...]\\r\\n <length bytes> \\r\\n ... 0[;...]\\r\\n [x-amz-checksum-...:...\\r\\n] \\r\\n
"""

from __future__ import annotations

from imagedrop.inspection.block_cache import BlockCache

MAX_LINE = 120
DIGITS = frozenset(b"0123456789abcdefABCDEF")


def chunk_length(file: BlockCache) -> int | None:
    """The length that the first chunk states; None where the file is not framed."""
    line, end_of_line, _ = file.read(0, min(MAX_LINE, file.size)).partition(b"\r\n")
    digits, semicolon, extension = line.partition(b";")
    if not end_of_line or not 1 <= len(digits) <= 16 or not DIGITS.issuperset(digits):
        return None
    if semicolon and not extension.startswith(b"chunk-signature="):
        return None
    length = int(digits, 16)
    chunk_end = len(line) + 2 + length
    chunk_closed = chunk_end + 2 <= file.size and file.read(chunk_end, 2) == b"\r\n"
    return length if chunk_closed or _has_last_chunk(file) or semicolon else None


def _has_last_chunk(file: BlockCache) -> bool:
    end = file.read(max(0, file.size - 512), min(512, file.size))
    return end.endswith(b"\r\n\r\n") and (b"\r\n0\r\n" in end or b"\r\n0;chunk-signature=" in end)
