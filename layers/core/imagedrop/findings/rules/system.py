"""The system inside: sidecar and file, and what IMS takes."""

from imagedrop.findings import Kind

DIFFERS = Kind(
    "os.differs",
    "warning",
    "`{field}` is {said} in the sidecar, but the image itself says {found}. The image wins: {found} is registered.",
    "Correct `{field}` or leave it out, so that the two agree.",
    "描述文件中 `{field}` 为 {said}，但镜像自身为 {found}。以镜像为准，将注册为 {found}。",
    "请修正或删除 `{field}`，使两者一致。",
)
DIFFERS_FAST = Kind(
    "os.differs_fast",
    "error",
    "`{field}` is {said} in the sidecar, but the image itself says {found}. The fast channel does not look into the image, "
    "so IMS would believe the sidecar.",
    "Correct `{field}` or leave it out.",
    "描述文件中 `{field}` 为 {said}，但镜像自身为 {found}。快速通道不解析镜像，IMS 会以描述文件为准。",
    "请修正或删除 `{field}`。",
)
VERSION_NEEDED = Kind(
    "os.version_needed",
    "error",
    "The fast channel does not look into the image, so IMS must be told `os_version`, and the image does not say it.",
    'Give `os_version` exactly as IMS spells it, for example "Windows Server 2022 Datacenter 64bit".',
    "快速通道不解析镜像，必须告知 IMS `os_version`，而无法从镜像中得知。",
    '请按 IMS 的写法填写 `os_version`，例如 "Windows Server 2022 Datacenter 64bit"。',
)
WINDOWS_NOT_TAKEN = Kind(
    "os.windows_not_taken",
    "error",
    "The image holds Windows, and IMS in this region takes no Windows images.",
    "Drop it into a bucket of a region that does; ask the operator which one.",
    "镜像中是 Windows，而该区域的 IMS 不接受 Windows 镜像。",
    "请投放到支持 Windows 镜像的区域的桶中，具体请咨询运维人员。",
)
WINDOWS_ON_ARM = Kind(
    "os.windows_on_arm",
    "error",
    "This is a Windows for arm, and IMS knows none.",
    "Use an image of Windows for x86.",
    "这是 ARM 版 Windows，IMS 不支持。",
    "请使用 x86 版 Windows 镜像。",
)
LICENSE = Kind(
    "os.license",
    "error",
    "`license_type` is of Windows only, and this image holds {os_type}.",
    "Take `license_type` out.",
    "`license_type` 仅适用于 Windows，而该镜像是 {os_type}。",
    "请删除 `license_type`。",
)
WINDOWS_OVER_LINUX = Kind(
    "os.linux_inside",
    "error",
    "The sidecar says Windows (`{field}` is {said}), but the disk holds a Linux and no Windows: it is the wrong file or the "
    "wrong sidecar.",
    "Drop the image that is meant, or correct `os_type` and `os_version`.",
    "描述文件写的是 Windows（`{field}` 为 {said}），但磁盘上是 Linux，没有 Windows：镜像文件或描述文件有误。",
    "请投放正确的镜像，或修正 `os_type` 和 `os_version`。",
)
BITS_32 = Kind(
    "os.bits_32",
    "info",
    "This is a 32-bit Windows: it uses at most 4 GB of memory, so servers with more are wasted on it.",
    "Nothing to do if servers of up to 4 GB are enough; else install a 64-bit Windows.",
    "这是 32 位 Windows：最多使用 4 GB 内存，更大规格的服务器无法发挥作用。",
    "如果内存不超过 4 GB 的服务器已够用，则无需处理；否则请安装 64 位 Windows。",
)
