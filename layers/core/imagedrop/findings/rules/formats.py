"""The format and the fast channel."""

from imagedrop.findings import Kind

FORMAT_UNKNOWN = Kind(
    "format.unknown",
    "error",
    "The format of {file} is not known.",
    "Convert it to one that IMS takes, for example `qemu-img convert -O qcow2`.",
    "无法识别 {file} 的格式。",
    "请转换为 IMS 支持的格式，例如 `qemu-img convert -O qcow2`。",
)
VMDK_ORIGIN = Kind(
    "format.vmdk_origin",
    "info",
    "{file} is a VMDK of the kind that qemu-img, VirtualBox and others write too; IMS says that it takes those that VMware's "
    "tools exported.",
    "Nothing to do if VMware's tools wrote it; else make a qcow2 of it: `qemu-img convert -O qcow2 {file} image.qcow2`.",
    "{file} 是 qemu-img、VirtualBox 等也会生成的 VMDK；IMS 要求 VMDK 由 VMware 工具导出。",
    "如果由 VMware 工具导出，则无需处理；否则请转换为 qcow2：`qemu-img convert -O qcow2 {file} image.qcow2`。",
)
FAST_FORMAT = Kind(
    "fast.format",
    "error",
    "The fast channel takes raw with a bitmap file and zvhd2 only, and {file} is {format}.",
    "Take `{field}` out, or convert the file (`qemu-img convert -O raw`, then CreateMF.jar).",
    "快速通道只支持带位图文件的 raw 和 zvhd2，而 {file} 是 {format}。",
    "请删除 `{field}`，或转换文件（`qemu-img convert -O raw`，再用 CreateMF.jar）。",
)
NO_BITMAP = Kind(
    "fast.no_bitmap",
    "error",
    "On the fast channel a raw file needs its bitmap file, and {bitmap} is not there or empty.",
    "Make it (`java -jar CreateMF.jar {file} {bitmap}`) and put it beside the image; or take `{field}` out.",
    "快速通道的 raw 文件需要位图文件，但 {bitmap} 不存在或为空。",
    "请生成（`java -jar CreateMF.jar {file} {bitmap}`）并放在镜像旁；或删除 `{field}`。",
)
FAST_ENCRYPTED = Kind(
    "fast.encrypted",
    "warning",
    "Whether the fast channel encrypts with `cmk_id` is not documented.",
    "Check after the import that the image is encrypted, or import it without `is_quick_import`.",
    "快速通道是否支持用 `cmk_id` 加密，文档未说明。",
    "导入后请确认镜像已加密，或不使用 `is_quick_import` 导入。",
)
