"""NTFS structures made by hand, valid or not as a test needs. Their layouts: imagedrop/inspection/ntfs/."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping

CLUSTER, RECORD, BLOCK = 4096, 1024, 4096
MFT_AT = 4  # cluster
SEQUENCE = b"\x07\0"
LAST, BELOW = 2, 1
DATA, LIST, FILE_NAME, INDEX_ROOT, INDEX_ALLOCATION, REPARSE = 0x80, 0x20, 0x30, 0x90, 0xA0, 0xC0


def boot(cluster: int = 8, record: int = 0xF6, index: int = 1, *, sector: int = 512, mft: int = MFT_AT) -> bytes:
    """`cluster`, `record`, `index`: their size fields as stored."""
    head = b"\xeb\x52\x90NTFS    " + struct.pack("<HB", sector, cluster)
    sizes = struct.pack("<QQQB3xB", 1 << 20, mft, 2, record, index)
    return (head.ljust(40, b"\0") + sizes).ljust(510, b"\0") + b"\x55\xaa"


def runs(pieces: Iterable[tuple[int, int | None]]) -> bytes:
    """(clusters, LCN or None) -> data runs, each number in as few bytes as possible."""
    out, before = b"", 0
    for count, at in pieces:
        length = count.to_bytes(count.bit_length() // 8 + 1, "little")
        offset = b""
        if at is not None:
            step, before = at - before, at
            offset = step.to_bytes((step ^ step >> 63).bit_length() // 8 + 1, "little", signed=True)
        out += bytes([len(offset) << 4 | len(length)]) + length + offset
    return out + b"\0"


def with_update_sequence(block: bytes, at: int) -> bytes:
    """`at`: offset of the update sequence."""
    out, count = bytearray(block), len(block) // 512
    struct.pack_into("<HH", out, 4, at, count + 1)
    out[at : at + 2] = SEQUENCE
    for number in range(1, count + 1):
        end = number * 512
        out[at + 2 * number : at + 2 * number + 2] = out[end - 2 : end]
        out[end - 2 : end] = SEQUENCE
    return bytes(out)


def resident(kind: int, content: bytes, name: str = "", flags: int = 0) -> bytes:
    named = name.encode("utf-16-le")
    at = 24 + -(-len(named) // 8) * 8
    length = -(-(at + len(content)) // 8) * 8
    head = struct.pack("<IIBBHHHIHH", kind, length, 0, len(name), 24, flags, 0, len(content), at, 0)
    return (head + named).ljust(at, b"\0") + content.ljust(length - at, b"\0")


def non_resident(
    kind: int, runs: bytes, size: int, name: str = "", *, first: int = 0, initialized: int | None = None,
    flags: int = 0, unit: int = 0,
) -> bytes:  # fmt: skip
    """`runs`: encoded; `first`: VCN; `unit`: log2 of the clusters in a compression unit."""
    named = name.encode("utf-16-le")
    at = 64 + -(-len(named) // 8) * 8
    length = -(-(at + len(runs)) // 8) * 8
    head = struct.pack("<IIBBHHHQQHHI", kind, length, 1, len(name), 64, flags, 0, first, 0, at, unit, 0)
    head += struct.pack("<QQQ", size, size, size if initialized is None else initialized)
    return (head + named).ljust(at, b"\0") + runs.ljust(length - at, b"\0")


def record(*attributes: bytes, flags: int = 1, sequence: int = 1, base: int = 0, size: int = RECORD) -> bytes:
    body = b"".join(attributes) + b"\xff\xff\xff\xff\0\0\0\0"
    head = struct.pack("<4sHHQHHHHIIQ", b"FILE", 0, 0, 0, sequence, 1, 56, flags, 56 + len(body), size, base)
    return with_update_sequence((head.ljust(56, b"\0") + body).ljust(size, b"\0"), 48)


def list_entry(kind: int, at: int, first: int = 0, name: str = "") -> bytes:
    """An entry of an attribute list. `at`: record; `first`: VCN."""
    named = name.encode("utf-16-le")
    length = -(-(26 + len(named)) // 8) * 8
    return (struct.pack("<IHBBQQH", kind, length, len(name), 26, first, at, 0) + named).ljust(length, b"\0")


def file_name(name: str, parent: int = 5) -> bytes:
    """The content of $FILE_NAME, and the key of an index."""
    named = name.encode("utf-16-le", "surrogatepass")
    return struct.pack("<Q", parent).ljust(64, b"\0") + bytes([len(named) // 2, 1]) + named


def entry(name: str | None, at: int = 0, below: int | None = None) -> bytes:
    """`name` None: the last entry of its node."""
    key = b"" if name is None else file_name(name)
    length = -(-(16 + len(key)) // 8) * 8 + (0 if below is None else 8)
    flags = (LAST if name is None else 0) | (0 if below is None else BELOW)
    head = struct.pack("<QHHI", at, length, len(key), flags)
    tail = b"" if below is None else struct.pack("<Q", below)
    return (head + key).ljust(length - len(tail), b"\0") + tail


def root(entries: bytes, block: int = BLOCK) -> bytes:
    """The content of $INDEX_ROOT."""
    head = struct.pack("<IIII", FILE_NAME, 1, block, 1)
    return head + struct.pack("<IIII", 16, 16 + len(entries), 16 + len(entries), 1) + entries


def block(entries: bytes, number: int, size: int = BLOCK) -> bytes:
    """A block of $INDEX_ALLOCATION."""
    first = -(-(18 + 2 * (size // 512)) // 8) * 8  # behind the update sequence
    head = struct.pack("<4sHHQQ", b"INDX", 0, 0, 0, number)
    head += struct.pack("<IIII", first, first + len(entries), size - 24, 0)
    return with_update_sequence((head.ljust(24 + first, b"\0") + entries).ljust(size, b"\0"), 40)


def volume_of(records: Mapping[int, bytes], clusters: Mapping[int, bytes] | None = None, sector: bytes = b"") -> bytes:
    """A volume with these MFT records and clusters, by number. $MFT is made unless it is given."""
    mft_clusters = -(-(max(records) + 1) * RECORD // CLUSTER)
    mft = record(non_resident(DATA, runs([(mft_clusters, MFT_AT)]), mft_clusters * CLUSTER))
    parts = {0: sector or boot()}
    parts |= {MFT_AT * CLUSTER + number * RECORD: data for number, data in ({0: mft} | dict(records)).items()}
    parts |= {at * CLUSTER: data for at, data in (clusters or {}).items()}
    out = bytearray(
        max(MFT_AT + mft_clusters, *[-(-(at + len(data)) // CLUSTER) for at, data in parts.items()]) * CLUSTER
    )
    for at, data in parts.items():
        out[at : at + len(data)] = data
    return bytes(out)
