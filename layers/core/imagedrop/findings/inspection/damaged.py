"""Damaged files: incomplete, inconsistent, or not closed."""

from imagedrop.findings import error, warning

TRUNCATED = error(
    "image.truncated",
    "The file is incomplete: {why}. The import would fail or lose data.",
    "Compare the size (here: {size} bytes) with the original: `ls -l {file}`. If the original is larger, upload it again. If "
    "the sizes are equal, the original is damaged too: create the image again.",
    "文件不完整，导入会失败或丢失数据。技术详情：{why}。",
    "请与原文件比较大小（当前 {size} 字节）：`ls -l {file}`。如果原文件更大，请重新上传；如果大小相同，则原文件本身已损坏，请重新制作镜像。",
)
SIZE_MISMATCH = error(
    "image.size_mismatch",
    "According to its footer, the VHD is a disk of {expected} bytes, but the file contains {actual}: something was added to it.",
    "Convert it again: `qemu-img convert -f vpc -O vpc -o subformat=fixed,force_size=on {file} fixed.vhd`.",
    "VHD 尾部记录的磁盘大小为 {expected} 字节，但文件包含 {actual} 字节：文件被附加了内容。",
    "请重新转换：`qemu-img convert -f vpc -O vpc -o subformat=fixed,force_size=on {file} fixed.vhd`。",
)
MALFORMED = error(
    "image.malformed",
    "The {what} is not valid: {why}. Everything that depends on it was not read.",
    "Compare the checksum of the whole file with that of the original: `sha256sum {file}`. If they are equal, convert it again: "
    "`qemu-img convert -O qcow2 {file} clean.qcow2`. If the conversion fails too, create the image again.",
    "镜像中有一处数据无效，依赖于它的内容未读取。技术详情：{what}：{why}。",
    "请与原文件比较校验和：`sha256sum {file}`。如果相同，请重新转换：`qemu-img convert -O qcow2 {file} clean.qcow2`；"
    "如果转换也失败，请重新制作镜像。",
)
CHECKSUM = warning(
    "image.checksum",
    "The checksum of the {what} is wrong. Its backup copy was used, or its values were used without the check.",
    "Compare the checksum of the whole file with that of the original: `sha256sum {file}`.",
    "镜像中有一处校验和错误；已使用其备份，或未经校验直接使用其内容。技术详情：{what}。",
    "请与原文件比较校验和：`sha256sum {file}`。",
)
MARKED_CORRUPT = error(
    "image.marked_corrupt",
    "The image is marked as damaged: the program that wrote it found its own tables inconsistent.",
    "Repair the original, then upload it again: `qemu-img check -r all {file}`.",
    "镜像带有损坏标记：写入该镜像的程序发现其内部表不一致。",
    "请修复原文件后重新上传：`qemu-img check -r all {file}`。",
)
NOT_CLOSED = warning(
    "image.not_closed",
    "The image was not closed properly when it was last written (the virtual machine was still running, or it crashed).",
    "Shut the virtual machine down, convert the file and upload the result: `qemu-img convert -O qcow2 {file} clean.qcow2`.",
    "镜像上次写入后未正常关闭（虚拟机仍在运行或已崩溃）。",
    "请关闭虚拟机，转换后重新上传：`qemu-img convert -O qcow2 {file} clean.qcow2`。",
)
VHDX_LOG = error(
    "image.vhdx_log",
    "The VHDX log is not empty: the last writes are only in the log, so the disk in the file is not consistent.",
    "Shut the virtual machine down and replay the log: `Mount-VHD {file}; Dismount-VHD {file}`, "
    "or `qemu-img check -r all {file}`.",
    "VHDX 日志不为空：最后的写入只在日志中，文件中的磁盘不一致。",
    "请关闭虚拟机并重放日志：`Mount-VHD {file}; Dismount-VHD {file}`，或 `qemu-img check -r all {file}`。",
)
