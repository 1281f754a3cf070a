"""Which format a file is, by its first and last bytes; by its name only where these do not tell."""

from __future__ import annotations

from shlex import quote

from imagedrop.findings import inspection as kinds
from imagedrop.inspection import filesystems
from imagedrop.inspection.aws_chunked import chunk_length
from imagedrop.inspection.block_cache import BlockCache
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.containers.qcow import Qcow
from imagedrop.inspection.containers.qcow2 import Qcow2
from imagedrop.inspection.containers.qed import Qed
from imagedrop.inspection.containers.raw import Raw, Zvhd, Zvhd2
from imagedrop.inspection.containers.vdi import Vdi
from imagedrop.inspection.containers.vhd import Vhd
from imagedrop.inspection.containers.vhdx import Vhdx
from imagedrop.inspection.containers.vmdk import Vmdk
from imagedrop.inspection.containers.vmdk_descriptor import DescriptorFile
from imagedrop.inspection.errors import Unreadable
from imagedrop.inspection.facts import Format
from imagedrop.inspection.findings_report import FindingsReport
from imagedrop.inspection.signatures import SIGNATURES, Signature

CONTAINERS: dict[Format, type[Container]] = {
    "vhd": Vhd,
    "vhdx": Vhdx,
    "vmdk": Vmdk,
    "qcow2": Qcow2,
    "qcow": Qcow,
    "qed": Qed,
    "vdi": Vdi,
}
EXTENSIONS: dict[str, Format] = {
    **{name: name for name in CONTAINERS},
    "avhd": "vhd",
    "avhdx": "vhdx",
    "raw": "raw",
    "dd": "raw",
    "zvhd": "zvhd",
    "zvhd2": "zvhd2",
}  # .img and .bin may be anything
SIGNATURE_BYTES = 64 * 1024  # every signature lies in the first so many bytes, or in the last 512
HEAD = 352 * 1024  # bytes: the header and, in most formats, the tables that come first
CLOSED = {"zvhd": Zvhd, "zvhd2": Zvhd2}
RAW_EXTENSIONS = ("raw", "dd", "img", "bin")
DESCRIPTOR = b"# disk descriptorfile"


def detect_format(file: BlockCache, report: FindingsReport) -> Container:
    """The container, not opened yet. Raises Unreadable where the file is no image that IMS takes."""
    if not file.size:
        raise Unreadable(kinds.EMPTY_FILE)
    end = max(0, file.size - 512)
    file.prefetch([(0, HEAD), (end, 512)])
    head, tail = file.read(0, min(SIGNATURE_BYTES, file.size)), file.read(end, min(512, file.size))
    if (length := chunk_length(file)) is not None:
        raise Unreadable(kinds.CHUNKED_UPLOAD, length=length)
    formats, other = _formats(head, tail), _other_signature(head, tail)
    names = [*formats, *([other.name or "ISO"] if other else [])]
    if len(names) > 1:
        raise Unreadable(kinds.POLYGLOT, first=names[0], second=names[1])
    if other:
        raise _refusal(other, report)
    container = CONTAINERS[formats[0]] if formats else _without_signature(head, report)
    _compare_extension(container.format, report)
    return container(file, report)


def _formats(head: bytes, tail: bytes) -> list[Format]:
    """Those whose signature the file has; the container's module gives the layout."""
    qcow, version = head.startswith(b"QFI\xfb"), head[4:8]
    signatures: dict[Format, bool] = {
        "vhdx": head.startswith(b"vhdxfile"),
        "vmdk": head.startswith(b"KDMV"),
        "qcow": qcow and version == b"\0\0\0\1",
        "qcow2": qcow and version != b"\0\0\0\1",
        "qed": head.startswith(b"QED\0"),
        "vdi": head[64:68] == b"\x7f\x10\xda\xbe",
        "vhd": b"conectix" in (head[:8], tail[:8], tail[1:9]),
    }
    return [name for name, present in signatures.items() if present]


def _other_signature(head: bytes, tail: bytes) -> Signature | None:
    def matches(signature: Signature) -> bool:
        return (tail if signature.offset < 0 else head)[signature.offset :].startswith(signature.magic)

    return next((signature for signature in SIGNATURES if matches(signature)), None)


def _refusal(other: Signature, report: FindingsReport) -> Unreadable:
    plain = report.file_name.removesuffix(other.extension)
    if plain == report.file_name:
        plain = f"unpacked-{plain}"
    command = other.command.format(file=quote(report.file_name), plain=quote(plain))
    values = {"kind": other.name, "method": other.name, "command": command}
    return Unreadable(other.kind, **values, driver="luks", key_option="key-secret")


def _without_signature(head: bytes, report: FindingsReport) -> type[Container]:
    """The file is a VMDK descriptor, raw, one of the closed formats, or no image at all."""
    if head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(DESCRIPTOR):
        return DescriptorFile
    extension = _extension(report)
    if _is_disk(head):
        if extension == "vhd":
            report.add(kinds.TRUNCATED, why="it is named .vhd but does not end with the footer of a VHD")
        return Raw
    if extension in CLOSED:
        return CLOSED[extension]
    if extension in RAW_EXTENSIONS and not _is_text(head[:512]):
        return Raw
    raise Unreadable(kinds.NOT_AN_IMAGE, start=repr(head[:24])[1:])


def _is_disk(head: bytes) -> bool:
    has_gpt = any(head[offset : offset + 8] == b"EFI PART" for offset in (512, 4096))
    return has_gpt or head[510:512] == b"\x55\xaa" or filesystems.identify(head[: filesystems.BOOT_BYTES]) is not None


def _is_text(start: bytes) -> bool:
    return bool(start) and all(32 <= byte < 127 or byte in b"\t\r\n" for byte in start)


def _extension(report: FindingsReport) -> str:
    return report.file_name.rpartition(".")[2].lower() if "." in report.file_name else ""


def _compare_extension(found: Format, report: FindingsReport) -> None:
    extension = _extension(report)
    expected = EXTENSIONS.get(extension)
    if expected in (None, found) or any(finding.id == kinds.TRUNCATED.id for finding in report.findings):
        return
    better = report.file_name[: -len(extension)] + found
    report.add(kinds.EXTENSION, extension=extension, format=found, better=quote(better))
