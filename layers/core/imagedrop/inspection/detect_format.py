"""Which format a file is, by its first and its last bytes; the name only where these say nothing."""

from __future__ import annotations

from imagedrop.findings import inspection as kinds
from imagedrop.inspection import filesystems
from imagedrop.inspection.aws_chunked import chunk_length
from imagedrop.inspection.block_cache import BlockCache
from imagedrop.inspection.containers import container
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.errors import Unreadable
from imagedrop.inspection.findings_report import FindingsReport, quoted
from imagedrop.inspection.signatures import SIGNATURES, Signature

EXTENSIONS = {
    "vhd": "vhd",
    "avhd": "vhd",
    "vhdx": "vhdx",
    "avhdx": "vhdx",
    "vmdk": "vmdk",
    "qcow2": "qcow2",
    "qcow": "qcow",
    "qed": "qed",
    "vdi": "vdi",
    "raw": "raw",
    "dd": "raw",
    "zvhd": "zvhd",
    "zvhd2": "zvhd2",
}  # .img and .bin may be anything
LOOKED_AT = 64 * 1024  # where every signature lies
HEAD = 352 * 1024  # the header and, in most formats, the tables that come first
CLOSED = ("zvhd", "zvhd2")
RAW_NAMES = ("raw", "dd", "img", "bin")
DESCRIPTOR = b"# disk descriptorfile"


def detect_format(file: BlockCache, report: FindingsReport) -> Container:
    """The container, not opened yet. Raises Unreadable where the file is no image that IMS takes."""
    if not file.size:
        raise Unreadable(kinds.EMPTY_FILE)
    file.prefetch([(0, HEAD), (max(0, file.size - 512), 512)])
    head, tail = file.read(0, min(LOOKED_AT, file.size)), file.read(max(0, file.size - 512), min(512, file.size))
    if (length := chunk_length(file)) is not None:
        raise Unreadable(kinds.CHUNKED_UPLOAD, length=length)
    formats, other = _formats(head, tail), _other(head, tail)
    names = [*formats, *([_said(other)] if other else [])]
    if len(names) > 1:
        raise Unreadable(kinds.POLYGLOT, first=names[0], second=names[1])
    if other:
        raise _refusal(other, report)
    found = container(formats[0] if formats else _without_header(head, report))
    _compare_name(found.format, report)
    return found(file, report)


def _formats(head: bytes, tail: bytes) -> list[str]:
    """Those that the file claims to be; where each signature lies, the layout of its container says."""
    qcow, version = head.startswith(b"QFI\xfb"), head[4:8]
    claims = {
        "vhdx": head.startswith(b"vhdxfile"),
        "vmdk": head.startswith(b"KDMV"),
        "qcow": qcow and version == b"\0\0\0\1",
        "qcow2": qcow and version != b"\0\0\0\1",
        "qed": head.startswith(b"QED\0"),
        "vdi": head[64:68] == b"\x7f\x10\xda\xbe",
        "vhd": b"conectix" in (head[:8], tail[:8], tail[1:9]),
    }
    return [name for name, claimed in claims.items() if claimed]


def _other(head: bytes, tail: bytes) -> Signature | None:
    def matches(one: Signature) -> bool:
        where = tail[one.offset :] if one.offset < 0 else head[one.offset :]
        return where.startswith(one.magic)

    return next((one for one in SIGNATURES if matches(one)), None)


def _said(other: Signature) -> str:
    return other.name or "ISO"


def _refusal(other: Signature, report: FindingsReport) -> Unreadable:
    plain = report.file_name.removesuffix(other.ending) if other.ending else report.file_name
    if plain == report.file_name:
        plain = f"unpacked-{plain}"
    command = other.command.format(file=quoted(report.file_name), plain=quoted(plain))
    said = {"kind": other.name, "method": other.name, "command": command}
    return Unreadable(other.kind, **said, driver="luks", key_option="key-secret")


def _without_header(head: bytes, report: FindingsReport) -> str:
    """Nothing in the file says what it is: a text, raw, one of the closed formats, or no image at all."""
    if head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(DESCRIPTOR):
        return "vmdk descriptor"
    extension = _extension(report)
    if _like_a_disk(head):
        if extension == "vhd":
            report.add(kinds.TRUNCATED, why="it is named .vhd but does not end with the footer of a VHD")
        return "raw"
    if extension in CLOSED:
        return extension
    if extension in RAW_NAMES and not _is_text(head[:512]):
        return "raw"
    raise Unreadable(kinds.NOT_AN_IMAGE, start=repr(head[:24])[1:])


def _like_a_disk(head: bytes) -> bool:
    gpt = any(head[at : at + 8] == b"EFI PART" for at in (512, 4096))
    return gpt or head[510:512] == b"\x55\xaa" or filesystems.identify(head[: filesystems.LOOKED_AT]) is not None


def _is_text(start: bytes) -> bool:
    return bool(start) and all(32 <= byte < 127 or byte in b"\t\r\n" for byte in start)


def _extension(report: FindingsReport) -> str:
    return report.file_name.rpartition(".")[2].lower() if "." in report.file_name else ""


def _compare_name(found: str, report: FindingsReport) -> None:
    extension = _extension(report)
    said = EXTENSIONS.get(extension)
    if said is None or said == found or any(one.id == kinds.TRUNCATED.id for one in report.findings):
        return
    better = report.file_name[: -len(extension)] + found
    report.add(kinds.EXTENSION, extension=extension, format=found, better=quoted(better))
