"""How it starts."""

from imagedrop.findings import Kind

FIRMWARE_DIFFERS = Kind(
    "firmware.differs",
    "error",
    "`hw_firmware_type` is {said}, but the disk is made to start with {found}: no server made from it would start.",
    "Set `hw_firmware_type` to {found} or leave it out.",
    "`hw_firmware_type` 为 {said}，但磁盘是按 {found} 启动方式制作的，由此创建的服务器将无法启动。",
    "请将 `hw_firmware_type` 改为 {found} 或删除。",
)
ARM_NEEDS_UEFI = Kind(
    "firmware.arm_needs_uefi",
    "error",
    "The image is for arm, which starts with UEFI only, but it is made to start with BIOS.",
    "Check `architecture`; for arm, install the system with UEFI.",
    "镜像为 arm 架构，只能用 UEFI 启动，但该磁盘是按 BIOS 启动方式制作的。",
    "请检查 `architecture`；arm 架构请以 UEFI 方式安装系统。",
)
OS_WITHOUT_UEFI = Kind(
    "firmware.os_without_uefi",
    "error",
    "IMS does not start {os_version} with UEFI.",
    "Install it with BIOS (MBR disk), or use Windows Server 2012 or later, or Windows 10.",
    "IMS 不支持以 UEFI 启动 {os_version}。",
    "请以 BIOS 方式（MBR 磁盘）安装，或使用 Windows Server 2012 及以上版本或 Windows 10。",
)
FIRMWARE_UNKNOWN = Kind(
    "firmware.unknown",
    "warning",
    "How the disk starts could not be read, and the sidecar does not say it: IMS will take it for BIOS.",
    "Give `hw_firmware_type` (bios or uefi).",
    "无法识别磁盘的启动方式，描述文件也未说明，IMS 将按 BIOS 处理。",
    "请填写 `hw_firmware_type`（bios 或 uefi）。",
)
OS_UNLISTED_UEFI = Kind(
    "firmware.os_unlisted",
    "warning",
    "The disk is made to start with UEFI, and {os_version} is not on IMS's list of systems that do: whether a server made "
    "from it starts is not documented.",
    "Try it with one server before it is relied on; what IMS documents with UEFI is Windows Server 2012 to 2022 (Standard, "
    "Datacenter) and Windows 10, 64 bit.",
    "磁盘是按 UEFI 启动方式制作的，而 {os_version} 不在 IMS 支持 UEFI 启动的系统列表中：由此创建的服务器能否启动，文档未说明。",
    "请先用一台服务器验证；IMS 文档列出支持 UEFI 的是 64 位 Windows Server 2012 至 2022（Standard、Datacenter）和 Windows 10。",
)
