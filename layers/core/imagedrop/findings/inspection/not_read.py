"""What the inspection could not read or does not support."""

from imagedrop.findings import error, info, warning

UNKNOWN_FEATURES = error(
    "image.unknown_features",
    "The image uses features that imagedrop does not know ({features}). A program that does not know them must not read the image.",
    "Convert it to an image without them: `qemu-img convert -O qcow2 {file} plain.qcow2`.",
    "镜像使用了 imagedrop 不支持的特性，按格式规范不得继续读取。技术详情：{features}。",
    "请转换为不使用这些特性的镜像：`qemu-img convert -O qcow2 {file} plain.qcow2`。",
)
UNSUPPORTED_VARIANT = error(
    "image.unsupported_variant",
    "This variant of {format} ({variant}) is not supported.",
    "Convert the original: `qemu-img convert -O qcow2 {file} plain.qcow2`.",
    "不支持 {format} 的这种变体。技术详情：{variant}。",
    "请转换原文件：`qemu-img convert -O qcow2 {file} plain.qcow2`。",
)
CLOSED_FORMAT = warning(
    "image.closed_format",
    "The layout of {format} files is not public, so neither the size nor the content was checked.",
    "Set `os_type`, `os_version`, `architecture`, `hw_firmware_type` and `min_disk` in the sidecar.",
    "{format} 的文件结构未公开，因此未检查其大小和内容。",
    "请在描述文件中填写 `os_type`、`os_version`、`architecture`、`hw_firmware_type` 和 `min_disk`。",
)
ZSTD_MISSING = warning(
    "image.zstd_missing",
    "The image is compressed with zstd, which this installation cannot decompress; the disk in it was not read.",
    "Operator: install the package backports.zstd. Owner: `qemu-img convert -c -O qcow2 {file} zlib.qcow2`.",
    "镜像使用 zstd 压缩，当前安装无法解压，未读取其中的磁盘。",
    "运维人员：请安装 backports.zstd。所有者：`qemu-img convert -c -O qcow2 {file} zlib.qcow2`。",
)
BUDGET = error(
    "image.budget",
    "The inspection was stopped: it needed more than {limit} {unit}. An intact image needs far less.",
    "Convert it again: `qemu-img convert -O qcow2 {file} clean.qcow2`. If that does not help, contact the operator.",
    "检查已停止：超过了上限（{limit} {unit}）。正常的镜像远低于该上限。",
    "请重新转换：`qemu-img convert -O qcow2 {file} clean.qcow2`；如果仍然出现，请联系运维人员。",
)
WINDOWS_UNREAD = warning(
    "image.windows_unread",
    "Part of the Windows in the image could not be read ({what}): {why}. Facts that depend on it are null and were not checked.",
    "Check the source Windows (`chkdsk C: /f`, `sfc /scannow`), shut it down with "
    "`shutdown /s /f /t 0`, and create the image again.",
    "镜像中 Windows 的部分内容无法读取，相关信息为空（null），未作检查。技术详情：{what}：{why}。",
    "请检查源 Windows（`chkdsk C: /f`、`sfc /scannow`），用 `shutdown /s /f /t 0` 关机后重新制作镜像。",
)
NOT_RECORDED = info(
    "image.not_recorded",
    "Windows has not recorded its {what}, so the value is null. Old versions and unfinished installations do not record it.",
    "No action needed if `winver` in the source Windows does not show it either. Otherwise, check that the image is complete.",
    "Windows 没有记录以下信息，其值为空（null）：{what}。较旧的版本和未完成的安装不记录这些信息。",
    "如果源 Windows 的 `winver` 也不显示，则无需处理；否则请检查镜像是否完整。",
)
HIVE_DIRTY = warning(
    "image.hive_dirty",
    "The registry hive {hive} was not written completely: its last changes are only in its log. The values shown were read "
    "without them and may be out of date. Windows applies them at the next start.",
    "In the source Windows, run `shutdown /s /f /t 0` (do not cut the power or take a snapshot while it runs), and create the "
    "image again.",
    "注册表配置单元 {hive} 未完整写入：最近的更改只在其日志中。所示信息不包含这些更改，可能已过时；Windows 会在下次启动时写入。",
    "请在源 Windows 中用 `shutdown /s /f /t 0` 关机（不要断电，也不要在运行时做快照），然后重新制作镜像。",
)
