"""Beyond what is read."""

from imagedrop.findings import Kind

UNKNOWN_FEATURES = Kind(
    "image.unknown_features",
    "error",
    "The image needs features that are not known ({features}); a reader that does not know them must refuse it.",
    "Write it without them: `qemu-img convert -O qcow2 {file} plain.qcow2`.",
    "镜像需要未知的特性（{features}）；不认识它们的程序必须拒绝。",
    "请去掉这些特性：`qemu-img convert -O qcow2 {file} plain.qcow2`。",
)
UNSUPPORTED_VARIANT = Kind(
    "image.unsupported_variant",
    "error",
    "This variant of {format} ({variant}) is not supported.",
    "Convert it where it was made: `qemu-img convert -O qcow2 {file} plain.qcow2`.",
    "不支持 {format} 的这种变体（{variant}）。",
    "请在源端转换：`qemu-img convert -O qcow2 {file} plain.qcow2`。",
)
CLOSED_FORMAT = Kind(
    "image.closed_format",
    "warning",
    "{format} is a closed format: its layout is not public, so neither its size nor what is in it was checked.",
    "State `os_type`, `os_version`, `architecture`, `hw_firmware_type` and `min_disk` in the sidecar yourself.",
    "{format} 是封闭格式：其结构未公开，因此未检查其大小和内容。",
    "请在描述文件中自行填写 `os_type`、`os_version`、`architecture`、`hw_firmware_type` 和 `min_disk`。",
)
ZSTD_MISSING = Kind(
    "image.zstd_missing",
    "warning",
    "The image is compressed with zstd, and this installation has no reader for it; the disk inside was not read.",
    "Operator: install the package backports.zstd. Owner: `qemu-img convert -c -O qcow2 {file} zlib.qcow2`.",
    "镜像使用 zstd 压缩，而当前安装没有对应的读取器；未读取其中的磁盘。",
    "运维人员：安装 backports.zstd。所有者：`qemu-img convert -c -O qcow2 {file} zlib.qcow2`。",
)
BUDGET = Kind(
    "image.budget",
    "error",
    "The inspection was stopped: it took more than {limit} {unit}. A sound image needs a small part of that.",
    "Write it anew: `qemu-img convert -O qcow2 {file} clean.qcow2`; if it happens again, tell the operator.",
    "检查已停止：超过 {limit} {unit}。正常的镜像只需其中一小部分。",
    "请重新生成：`qemu-img convert -O qcow2 {file} clean.qcow2`；若再次发生，请联系运维人员。",
)
WINDOWS_UNREAD = Kind(
    "image.windows_unread",
    "warning",
    "Of the Windows inside, the {what} could not be read: {why}. What it would tell is null and was not checked.",
    "See in the source Windows whether it is in order (`chkdsk C: /f`, `sfc /scannow`), shut it down with "
    "`shutdown /s /f /t 0`, and make the image again.",
    "无法读取镜像内 Windows 的 {what}：{why}。相关信息为空，未作检查。",
    "请在源 Windows 中检查是否正常（`chkdsk C: /f`、`sfc /scannow`），用 `shutdown /s /f /t 0` 关机后重新制作镜像。",
)
NOT_RECORDED = Kind(
    "image.not_recorded",
    "info",
    "This Windows does not record its {what}, as older or unfinished ones do not: it is null.",
    "Nothing to do if `winver` in the source Windows does not show it either; else check that the image is whole.",
    "该 Windows 没有记录 {what}（较旧或未安装完成的版本即如此）：该项为空。",
    "如果源 Windows 的 `winver` 也不显示该项，则无需处理；否则请检查镜像是否完整。",
)
HIVE_DIRTY = Kind(
    "image.hive_dirty",
    "warning",
    "The registry hive {hive} was not written out in full: its last changes are in its log only. What is shown was read "
    "without them and may be out of date; Windows puts them in at the next start.",
    "In the source Windows: `shutdown /s /f /t 0` (no power-off, no snapshot of a running machine), and make the image again.",
    "注册表配置单元 {hive} 未完整写入：最近的更改只在其日志中。所示内容未包含这些更改，可能已过时；Windows 会在下次启动时补入。",
    "请在源 Windows 中用 `shutdown /s /f /t 0` 关机（不要断电，也不要对运行中的机器做快照），然后重新制作镜像。",
)
