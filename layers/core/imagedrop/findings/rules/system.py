"""The operating system: what the sidecar and the image say, and what IMS accepts."""

from imagedrop.findings import error, info, warning

DIFFERS = warning(
    "os.differs",
    "`{field}` is {said} in the sidecar but {found} in the image. The image takes precedence: {found} is registered.",
    "Correct `{field}` or leave it out.",
    "描述文件中 `{field}` 为 {said}，但镜像中为 {found}。以镜像为准，将注册为 {found}。",
    "请修正或删除 `{field}`。",
)
DIFFERS_FAST = error(
    "os.differs_fast",
    "`{field}` is {said} in the sidecar but {found} in the image. On the fast channel, IMS does not read the image and would use "
    "the wrong value.",
    "Correct `{field}` or leave it out.",
    "描述文件中 `{field}` 为 {said}，但镜像中为 {found}。快速通道不解析镜像，IMS 会使用错误的值。",
    "请修正或删除 `{field}`。",
)
VERSION_NEEDED = error(
    "os.version_needed",
    "On the fast channel, IMS requires `os_version`, and it could not be read from the image.",
    'Set `os_version` exactly as IMS spells it, for example "Windows Server 2022 Datacenter 64bit".',
    "使用快速通道时，IMS 要求提供 `os_version`，而无法从镜像中读取。",
    '请按 IMS 的写法填写 `os_version`，例如 "Windows Server 2022 Datacenter 64bit"。',
)
WINDOWS_NOT_TAKEN = error(
    "os.windows_not_taken",
    "The image contains Windows, but IMS in this region does not accept Windows images.",
    "Drop it in a bucket in a region that does. Ask the operator which one.",
    "镜像中是 Windows，而该区域的 IMS 不接受 Windows 镜像。",
    "请投放到支持 Windows 镜像的区域的桶中，具体请咨询运维人员。",
)
WINDOWS_ON_ARM = error(
    "os.windows_on_arm",
    "The image contains Windows for arm, which IMS does not support.",
    "Use an image of Windows for x86.",
    "镜像中是 ARM 版 Windows，IMS 不支持。",
    "请使用 x86 版 Windows 镜像。",
)
LICENSE = error(
    "os.license",
    "`license_type` applies only to Windows, but this image contains {os_type}.",
    "Remove `license_type`.",
    "`license_type` 仅适用于 Windows，而该镜像是 {os_type}。",
    "请删除 `license_type`。",
)
WINDOWS_OVER_LINUX = error(
    "os.linux_inside",
    "According to the sidecar, the image is Windows (`{field}` is {said}), but the disk contains Linux and no Windows: the image "
    "file or the sidecar is wrong.",
    "Drop the right image, or correct `os_type` and `os_version`.",
    "描述文件写的是 Windows（`{field}` 为 {said}），但磁盘上是 Linux，没有 Windows：镜像文件或描述文件有误。",
    "请投放正确的镜像，或修正 `os_type` 和 `os_version`。",
)
BITS_32 = info(
    "os.bits_32",
    "The image contains a 32-bit Windows, which uses at most 4 GB of memory even on a larger server.",
    "No action needed if servers of up to 4 GB are enough. Otherwise, install a 64-bit Windows.",
    "镜像中是 32 位 Windows：最多使用 4 GB 内存，更大规格的服务器也是如此。",
    "如果内存不超过 4 GB 的服务器已够用，则无需处理；否则请安装 64 位 Windows。",
)
