"""Automatic configuration."""

from imagedrop.findings import Kind

CONFIG_OFF_FAST = Kind(
    "config.off_fast",
    "info",
    "IMS will not prepare the system (`is_config`): the fast channel changes nothing.",
    "Nothing to do if the image has its drivers, DHCP and so on ready; else take `is_quick_import` out.",
    "IMS 不会进行后台自动化配置（`is_config`）：快速通道不修改镜像。",
    "如果镜像中的驱动、DHCP 等已配置好，则无需处理；否则请删除 `is_quick_import`。",
)
CONFIG_OFF_UEFI = Kind(
    "config.off_uefi",
    "info",
    "IMS will not prepare the system (`is_config`): it cannot put VirtIO drivers into an image that starts with UEFI, and "
    "none were found in it.",
    "Nothing to do if they are in it all the same (then `is_config` can be set to true); else install them before the image "
    "is made.",
    "IMS 不会进行后台自动化配置（`is_config`）：无法向 UEFI 启动的镜像注入 VirtIO 驱动，且未在镜像中发现该驱动。",
    "如果镜像中实际已有该驱动，则无需处理（可将 `is_config` 设为 true）；否则请在制作镜像前安装。",
)
CONFIG_OFF_OS = Kind(
    "config.off_os",
    "info",
    "IMS will not prepare the system (`is_config`): it does so only for systems on its list.",
    "Nothing to do if the system has its VirtIO drivers and DHCP ready; else prepare it and make the image again.",
    "IMS 不会进行后台自动化配置（`is_config`）：仅支持列表中的操作系统。",
    "如果系统已配置好 VirtIO 驱动和 DHCP，则无需处理；否则请自行配置后重新制作镜像。",
)
CONFIG_UEFI = Kind(
    "config.uefi_drivers",
    "warning",
    "`is_config` is true, but IMS cannot put VirtIO drivers into an image that starts with UEFI, and none were found in it: "
    "a server made from it may not start.",
    "Install the VirtIO drivers before the image is made.",
    "`is_config` 为 true，但 IMS 无法向 UEFI 启动的镜像注入 VirtIO 驱动，且未在镜像中发现该驱动，由此创建的服务器可能无法启动。",
    "请在制作镜像前安装 VirtIO 驱动。",
)
