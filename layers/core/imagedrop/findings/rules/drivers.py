"""The VirtIO drivers that a server needs."""

from imagedrop.findings import Kind

NO_DISK_UEFI = Kind(
    "drivers.disk_uefi",
    "error",
    "No VirtIO disk driver starts with the Windows ({found}), and IMS cannot put one into an image that starts with UEFI: a "
    "server made from it would stop with 0x7B (INACCESSIBLE_BOOT_DEVICE).",
    "In the source Windows: `virtio-win-guest-tools.exe /install /quiet /norestart`, see that `sc qc viostor` says BOOT_START, "
    "shut down, and make the image again.",
    "没有随 Windows 启动的 VirtIO 磁盘驱动（{found}），而 IMS 无法向 UEFI 启动的镜像注入驱动：由此创建的服务器会以 0x7B"
    "（INACCESSIBLE_BOOT_DEVICE）停止。",
    "请在源 Windows 中运行 `virtio-win-guest-tools.exe /install /quiet /norestart`，确认 `sc qc viostor` 显示 BOOT_START，"
    "关机后重新制作镜像。",
)
NO_DISK_FAST = Kind(
    "drivers.disk_fast",
    "error",
    "No VirtIO disk driver starts with the Windows ({found}), and the fast channel puts none into it: a server made from it "
    "would stop with 0x7B (INACCESSIBLE_BOOT_DEVICE).",
    "In the source Windows: `virtio-win-guest-tools.exe /install /quiet /norestart`, see that `sc qc viostor` says BOOT_START, "
    "shut down, and make the image again. Or, where it starts with BIOS, take `is_quick_import` out.",
    "没有随 Windows 启动的 VirtIO 磁盘驱动（{found}），而快速通道不会注入驱动：由此创建的服务器会以 0x7B"
    "（INACCESSIBLE_BOOT_DEVICE）停止。",
    "请在源 Windows 中运行 `virtio-win-guest-tools.exe /install /quiet /norestart`，确认 `sc qc viostor` 显示 BOOT_START，"
    "关机后重新制作镜像；如果以 BIOS 启动，也可删除 `is_quick_import`。",
)
NO_DISK = Kind(
    "drivers.disk",
    "error",
    "No VirtIO disk driver starts with the Windows ({found}), and IMS is not to put one into it (`is_config` is false, or the "
    "system is not on its list): a server made from it would stop with 0x7B (INACCESSIBLE_BOOT_DEVICE).",
    "Set `is_config` to true if IMS lists the system; else, in the source Windows: "
    "`virtio-win-guest-tools.exe /install /quiet /norestart`, see that `sc qc viostor` says BOOT_START, and make the image again.",
    "没有随 Windows 启动的 VirtIO 磁盘驱动（{found}），而 IMS 不会注入（`is_config` 为 false，或系统不在列表中）："
    "由此创建的服务器会以 0x7B（INACCESSIBLE_BOOT_DEVICE）停止。",
    "如果系统在 IMS 列表中，请将 `is_config` 设为 true；否则请在源 Windows 中运行 "
    "`virtio-win-guest-tools.exe /install /quiet /norestart`，确认 `sc qc viostor` 显示 BOOT_START，然后重新制作镜像。",
)
DISK_INJECTED = Kind(
    "drivers.injected",
    "info",
    "No VirtIO disk driver starts with the Windows ({found}); IMS puts one into it (`is_config` is true, and it starts with "
    "BIOS).",
    "Nothing to do if the import succeeds and a first server starts; group policies and antivirus can keep IMS from it, and "
    "then the drivers must be installed in the source Windows.",
    "没有随 Windows 启动的 VirtIO 磁盘驱动（{found}）；IMS 会注入（`is_config` 为 true，且以 BIOS 启动）。",
    "如果导入成功且首台服务器能启动，则无需处理；组策略和杀毒软件可能妨碍注入，此时须在源 Windows 中安装驱动。",
)
NO_NETWORK = Kind(
    "drivers.network",
    "warning",
    "The VirtIO network driver is {found} (netkvm): a server made from it has no network until it is there.",
    "In the source Windows: `virtio-win-guest-tools.exe /install /quiet /norestart`, and make the image again. Else install it "
    "in the server, through the console's VNC.",
    "VirtIO 网卡驱动 netkvm 的状态为 {found}：在装好之前，由此创建的服务器没有网络。",
    "请在源 Windows 中运行 `virtio-win-guest-tools.exe /install /quiet /norestart`，然后重新制作镜像；"
    "否则请通过控制台的 VNC 在服务器中安装。",
)
