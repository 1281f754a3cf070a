"""The format and the fast channel."""

from imagedrop.findings import error, info, warning

FORMAT_UNKNOWN = error(
    "format.unknown",
    "The format of {file} is unknown.",
    "Convert it to a format that IMS accepts, for example `qemu-img convert -O qcow2`.",
    "无法识别 {file} 的格式。",
    "请转换为 IMS 支持的格式，例如 `qemu-img convert -O qcow2`。",
)
VMDK_ORIGIN = info(
    "format.vmdk_origin",
    "{file} is a type of VMDK that qemu-img, VirtualBox and others write too. IMS documents that it accepts only VMDK files "
    "exported by VMware tools.",
    "No action needed if VMware tools exported it. Otherwise, convert it to qcow2: `qemu-img convert -O qcow2 {file} image.qcow2`.",
    "{file} 是 qemu-img、VirtualBox 等也会生成的 VMDK 类型；IMS 要求 VMDK 由 VMware 工具导出。",
    "如果由 VMware 工具导出，则无需处理；否则请转换为 qcow2：`qemu-img convert -O qcow2 {file} image.qcow2`。",
)
FAST_FORMAT = error(
    "fast.format",
    "The fast channel accepts only zvhd2, and raw with a bitmap file, but {file} is {format}.",
    "Remove `{field}`, or convert the file (`qemu-img convert -O raw`, then CreateMF.jar).",
    "快速通道只支持 zvhd2 和带位表文件的 raw，而 {file} 是 {format}。",
    "请删除 `{field}`，或转换文件（`qemu-img convert -O raw`，再用 CreateMF.jar 生成位表文件）。",
)
NO_BITMAP = error(
    "fast.no_bitmap",
    "On the fast channel, a raw file needs a bitmap file, but {bitmap} is missing or empty.",
    "Create it (`java -jar CreateMF.jar {file} {bitmap}`) and put it beside the image, or remove `{field}`.",
    "快速通道的 raw 文件需要位表文件，但 {bitmap} 不存在或为空。",
    "请生成位表文件（`java -jar CreateMF.jar {file} {bitmap}`）并放在镜像旁；或删除 `{field}`。",
)
FAST_ENCRYPTED = warning(
    "fast.encrypted",
    "IMS does not document whether the fast channel encrypts images with `cmk_id`.",
    "After the import, check that the image is encrypted, or import it without `is_quick_import`.",
    "快速通道是否支持用 `cmk_id` 加密，IMS 文档未说明。",
    "导入后请确认镜像已加密，或不使用 `is_quick_import` 导入。",
)
