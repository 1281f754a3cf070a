"""Damaged: cut off, inconsistent, or left open."""

from imagedrop.findings import Kind

TRUNCATED = Kind(
    "image.truncated",
    "error",
    "The file is cut off: {why}. The import would fail or lose data.",
    "Compare sizes (here: {size} bytes): `ls -l {file}`. If the original is larger, upload it again; if it is as short, it "
    "is damaged itself, and the image must be made anew.",
    "文件不完整：{why}。导入会失败或丢失数据。",
    "请比较大小（当前 {size} 字节）：`ls -l {file}`。如果原文件更大，请重新上传；如果大小相同，则原文件本身已损坏，需重新制作镜像。",
)
SIZE_MISMATCH = Kind(
    "image.size_mismatch",
    "error",
    "The VHD footer says a disk of {expected} bytes, but the file holds {actual}: something was added to it.",
    "Write it anew: `qemu-img convert -f vpc -O vpc -o subformat=fixed,force_size=on {file} fixed.vhd`.",
    "VHD 尾部记录磁盘为 {expected} 字节，但文件包含 {actual} 字节：文件被附加了内容。",
    "请重新生成：`qemu-img convert -f vpc -O vpc -o subformat=fixed,force_size=on {file} fixed.vhd`。",
)
MALFORMED = Kind(
    "image.malformed",
    "error",
    "The {what} makes no sense: {why}. What depends on it was not read.",
    "Compare the checksum of the whole file with the original's: `sha256sum {file}`. If they are equal, write it anew: "
    "`qemu-img convert -O qcow2 {file} clean.qcow2`; where even that fails, the image must be made anew.",
    "{what} 无效：{why}。依赖于它的内容未读取。",
    "请与原文件比较校验和：`sha256sum {file}`。如果相同，请重新生成：`qemu-img convert -O qcow2 {file} clean.qcow2`；"
    "如果转换也失败，则需重新制作镜像。",
)
CHECKSUM = Kind(
    "image.checksum",
    "warning",
    "The checksum of the {what} is wrong; its copy was used or the fields were taken as they are.",
    "Compare the checksum of the whole file with the original's: `sha256sum {file}`.",
    "{what} 的校验和错误；已使用其副本，或按原样读取字段。",
    "请与原文件比较校验和：`sha256sum {file}`。",
)
MARKED_CORRUPT = Kind(
    "image.marked_corrupt",
    "error",
    "The image carries the mark of a damaged image: its writer found its own tables inconsistent.",
    "Repair it where it was made, then upload it again: `qemu-img check -r all {file}`.",
    "镜像带有损坏标记：写入程序发现其内部表不一致。",
    "请在源端修复后重新上传：`qemu-img check -r all {file}`。",
)
NOT_CLOSED = Kind(
    "image.not_closed",
    "warning",
    "The image was not closed properly when it was last written (a machine still ran, or crashed).",
    "Shut the machine down, write the file anew and upload that: `qemu-img convert -O qcow2 {file} clean.qcow2`.",
    "镜像上次写入后未正常关闭（虚拟机仍在运行或已崩溃）。",
    "请关闭虚拟机，重新生成后上传：`qemu-img convert -O qcow2 {file} clean.qcow2`。",
)
VHDX_LOG = Kind(
    "image.vhdx_log",
    "error",
    "The VHDX log is not empty: the last writes are not in place yet, so the disk in the file is not consistent.",
    "Shut the machine down and let the log be replayed: `Mount-VHD {file}; Dismount-VHD {file}`, "
    "or `qemu-img check -r all {file}`.",
    "VHDX 日志不为空：最后的写入尚未落盘，文件中的磁盘不一致。",
    "请关闭虚拟机并重放日志：`Mount-VHD {file}; Dismount-VHD {file}`，或 `qemu-img check -r all {file}`。",
)
