"""How the disk starts."""

from imagedrop.findings import error, warning

FIRMWARE_DIFFERS = error(
    "firmware.differs",
    "`hw_firmware_type` is {said}, but the disk is set up to start with {found}: a server created from this image would not "
    "start.",
    "Set `hw_firmware_type` to {found} or leave it out.",
    "`hw_firmware_type` 为 {said}，但磁盘是按 {found} 启动方式制作的，使用该镜像创建的服务器将无法启动。",
    "请将 `hw_firmware_type` 改为 {found} 或删除该字段。",
)
ARM_NEEDS_UEFI = error(
    "firmware.arm_needs_uefi",
    "The image is for arm, which starts only with UEFI, but the disk is set up to start with BIOS.",
    "Check `architecture`. If it is arm, install the system with UEFI.",
    "镜像为 arm 架构，只能以 UEFI 启动，但磁盘是按 BIOS 启动方式制作的。",
    "请检查 `architecture`；如果确为 arm，请以 UEFI 方式安装系统。",
)
OS_WITHOUT_UEFI = error(
    "firmware.os_without_uefi",
    "IMS does not support {os_version} with UEFI.",
    "Install it with BIOS (MBR disk), or use Windows Server 2012 or later, or Windows 10.",
    "IMS 不支持以 UEFI 启动 {os_version}。",
    "请以 BIOS 方式（MBR 磁盘）安装，或使用 Windows Server 2012 及以上版本或 Windows 10。",
)
FIRMWARE_UNKNOWN = warning(
    "firmware.unknown",
    "The boot mode could not be read from the disk, and it is not set in the sidecar: IMS will assume BIOS.",
    "Set `hw_firmware_type` (bios or uefi).",
    "无法从磁盘识别启动方式，描述文件也未填写，IMS 将按 BIOS 处理。",
    "请填写 `hw_firmware_type`（bios 或 uefi）。",
)
OS_UNLISTED_UEFI = warning(
    "firmware.os_unlisted",
    "The disk is set up to start with UEFI, and {os_version} is not on IMS's list of systems that support UEFI. IMS does not "
    "document whether a server created from this image starts.",
    "Test it with one server first. With UEFI, IMS documents Windows Server 2012 to 2022 (Standard, Datacenter) and Windows 10, "
    "64 bit.",
    "磁盘是按 UEFI 启动方式制作的，而 {os_version} 不在 IMS 支持 UEFI 启动的系统列表中。使用该镜像创建的服务器能否启动，IMS 文档未说明。",
    "请先用一台服务器验证；IMS 文档列出支持 UEFI 的是 64 位 Windows Server 2012 至 2022（Standard、Datacenter）和 Windows 10。",
)
