"""aws-chunked framing that was stored as content (OBS stores the chunks of a trailing-checksum upload verbatim).

<hex length>[;chunk-signature=...]\\r\\n <length bytes> \\r\\n ... 0[;...]\\r\\n [x-amz-checksum-...:...\\r\\n] \\r\\n
"""

from __future__ import annotations

from imagedrop.inspection.block_cache import BlockCache

LINE_MOST = 120
DIGITS = frozenset(b"0123456789abcdefABCDEF")


def chunk_length(file: BlockCache) -> int | None:
    """The length that the first chunk states; None where the file is not framed so."""
    line, found, _ = file.read(0, min(LINE_MOST, file.size)).partition(b"\r\n")
    digits, semicolon, extension = line.partition(b";")
    if not found or not 1 <= len(digits) <= 16 or not DIGITS.issuperset(digits):
        return None
    if semicolon and not extension.startswith(b"chunk-signature="):
        return None
    length = int(digits, 16)
    after = len(line) + 2 + length
    closed = after + 2 <= file.size and file.read(after, 2) == b"\r\n"
    return length if closed or _ends_framed(file) or semicolon else None


def _ends_framed(file: BlockCache) -> bool:
    end = file.read(max(0, file.size - 512), min(512, file.size))
    return end.endswith(b"\r\n\r\n") and (b"\r\n0\r\n" in end or b"\r\n0;chunk-signature=" in end)
