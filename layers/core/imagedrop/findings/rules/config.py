"""Automatic configuration by IMS (`is_config`)."""

from imagedrop.findings import info, warning

CONFIG_OFF_FAST = info(
    "config.off_fast",
    "IMS will not prepare the system (`is_config`): the fast channel does not change the image.",
    "No action needed if drivers, DHCP and so on are already set up in the image. Otherwise, remove `is_quick_import`.",
    "IMS 不会进行后台自动化配置（`is_config`）：快速通道不修改镜像。",
    "如果镜像中的驱动、DHCP 等已配置好，则无需处理；否则请删除 `is_quick_import`。",
)
CONFIG_OFF_UEFI = info(
    "config.off_uefi",
    "IMS will not prepare the system (`is_config`): it cannot install VirtIO drivers in an image that starts with UEFI, and "
    "none were found in this image.",
    "No action needed if the drivers are installed after all (you can then set `is_config` to true). Otherwise, install them "
    "before you create the image.",
    "IMS 不会进行后台自动化配置（`is_config`）：无法向 UEFI 启动的镜像注入 VirtIO 驱动，且未在镜像中发现该驱动。",
    "如果镜像中实际已有该驱动，则无需处理（可将 `is_config` 设为 true）；否则请在制作镜像前安装。",
)
CONFIG_OFF_OS = info(
    "config.off_os",
    "IMS will not prepare the system (`is_config`): it prepares only the systems on its list.",
    "No action needed if VirtIO drivers and DHCP are already set up. Otherwise, set them up and create the image again.",
    "IMS 不会进行后台自动化配置（`is_config`）：仅支持列表中的操作系统。",
    "如果系统已配置好 VirtIO 驱动和 DHCP，则无需处理；否则请自行配置后重新制作镜像。",
)
CONFIG_UEFI = warning(
    "config.uefi_drivers",
    "`is_config` is true, but IMS cannot install VirtIO drivers in an image that starts with UEFI, and none were found in this "
    "image: a server created from it may not start.",
    "Install the VirtIO drivers before you create the image.",
    "`is_config` 为 true，但 IMS 无法向 UEFI 启动的镜像注入 VirtIO 驱动，且未在镜像中发现该驱动，使用该镜像创建的服务器可能无法启动。",
    "请在制作镜像前安装 VirtIO 驱动。",
)
