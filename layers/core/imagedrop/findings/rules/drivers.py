"""The VirtIO drivers that a server needs."""

from imagedrop.findings import error, info, warning

NO_DISK_UEFI = error(
    "drivers.disk_uefi",
    "No VirtIO disk driver starts at boot ({found}), and IMS cannot install one in an image that starts with UEFI: a "
    "server created from this image would stop with 0x7B (INACCESSIBLE_BOOT_DEVICE).",
    "In the source Windows, run `virtio-win-guest-tools.exe /install /quiet /norestart`, check that `sc qc viostor` shows "
    "BOOT_START, shut down, and create the image again.",
    "没有在引导时启动的 VirtIO 磁盘驱动（{found}），而 IMS 无法向 UEFI 启动的镜像注入驱动：使用该镜像创建的服务器会以 0x7B"
    "（INACCESSIBLE_BOOT_DEVICE）停止。",
    "请在源 Windows 中运行 `virtio-win-guest-tools.exe /install /quiet /norestart`，确认 `sc qc viostor` 显示 BOOT_START，"
    "关机后重新制作镜像。",
)
NO_DISK_FAST = error(
    "drivers.disk_fast",
    "No VirtIO disk driver starts at boot ({found}), and the fast channel does not install one: a server created from this "
    "image would stop with 0x7B (INACCESSIBLE_BOOT_DEVICE).",
    "In the source Windows, run `virtio-win-guest-tools.exe /install /quiet /norestart`, check that `sc qc viostor` shows "
    "BOOT_START, shut down, and create the image again. If the image starts with BIOS, you can remove `is_quick_import` instead.",
    "没有在引导时启动的 VirtIO 磁盘驱动（{found}），而快速通道不会注入驱动：使用该镜像创建的服务器会以 0x7B"
    "（INACCESSIBLE_BOOT_DEVICE）停止。",
    "请在源 Windows 中运行 `virtio-win-guest-tools.exe /install /quiet /norestart`，确认 `sc qc viostor` 显示 BOOT_START，"
    "关机后重新制作镜像；如果以 BIOS 启动，也可删除 `is_quick_import`。",
)
NO_DISK = error(
    "drivers.disk",
    "No VirtIO disk driver starts at boot ({found}), and IMS will not install one (`is_config` is false, or the system is not "
    "on its list): a server created from this image would stop with 0x7B (INACCESSIBLE_BOOT_DEVICE).",
    "Set `is_config` to true if the system is on IMS's list. Otherwise, in the source Windows, run "
    "`virtio-win-guest-tools.exe /install /quiet /norestart`, check that `sc qc viostor` shows BOOT_START, and create the image "
    "again.",
    "没有在引导时启动的 VirtIO 磁盘驱动（{found}），而 IMS 不会注入（`is_config` 为 false，或系统不在列表中）："
    "使用该镜像创建的服务器会以 0x7B（INACCESSIBLE_BOOT_DEVICE）停止。",
    "如果系统在 IMS 列表中，请将 `is_config` 设为 true；否则请在源 Windows 中运行 "
    "`virtio-win-guest-tools.exe /install /quiet /norestart`，确认 `sc qc viostor` 显示 BOOT_START，然后重新制作镜像。",
)
DISK_INJECTED = info(
    "drivers.injected",
    "No VirtIO disk driver starts at boot ({found}). IMS installs one during the import (`is_config` is true, and the image "
    "starts with BIOS).",
    "No action needed if the import succeeds and a first server starts. Group policies or antivirus software can block the "
    "installation; in that case, install the drivers in the source Windows.",
    "没有在引导时启动的 VirtIO 磁盘驱动（{found}）。IMS 会在导入时注入（`is_config` 为 true，且以 BIOS 启动）。",
    "如果导入成功且首台服务器能启动，则无需处理；组策略和杀毒软件可能妨碍注入，此时请在源 Windows 中安装驱动。",
)
NO_NETWORK = warning(
    "drivers.network",
    "The VirtIO network driver (netkvm) is {found}: a server created from this image has no network until the driver works.",
    "In the source Windows, run `virtio-win-guest-tools.exe /install /quiet /norestart`, and create the image again. Or install "
    "the driver on the server, through VNC in the console.",
    "VirtIO 网卡驱动 netkvm {found}：在该驱动正常工作之前，使用该镜像创建的服务器没有网络。",
    "请在源 Windows 中运行 `virtio-win-guest-tools.exe /install /quiet /norestart`，然后重新制作镜像；"
    "也可通过控制台的 VNC 在服务器中安装。",
)
