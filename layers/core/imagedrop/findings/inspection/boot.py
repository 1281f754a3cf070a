"""How the disk starts: partitions, boot files and the drivers that are needed at boot."""

from imagedrop.findings import error, info, warning

NO_ACTIVE_PARTITION = warning(
    "image.no_active_partition",
    "No partition in the MBR is active, so a BIOS cannot start from this disk.",
    "If this is a system disk, mark the system partition as active in the source Windows: "
    "`diskpart`, then `select partition <n>` and `active`.",
    "MBR 中没有活动分区，BIOS 无法从该磁盘启动。",
    "如果是系统盘，请在源 Windows 中将系统分区标记为活动分区：`diskpart`，然后 `select partition <n>` 和 `active`。",
)
NO_ESP = warning(
    "image.no_esp",
    "The disk has a GPT but no EFI system partition, so UEFI cannot start Windows from it.",
    "If this is a system disk, create an EFI system partition in the source Windows (`diskpart`: "
    "`create partition efi size=100`), then run `bcdboot C:\\Windows /f UEFI`.",
    "磁盘使用 GPT，但没有 EFI 系统分区，UEFI 无法从中启动 Windows。",
    "如果是系统盘，请在源 Windows 中创建 EFI 系统分区（`diskpart`：`create partition efi size=100`），"
    "再运行 `bcdboot C:\\Windows /f UEFI`。",
)
NO_BOOT_MANAGER = warning(
    "image.no_boot_manager",
    "The EFI system partition contains no boot manager (no bootmgfw.efi and no boot*.efi in EFI\\Boot).",
    "In the source Windows, run `bcdboot C:\\Windows /f UEFI`, then create the image again.",
    "EFI 系统分区中没有启动管理器（没有 bootmgfw.efi，EFI\\Boot 中也没有 boot*.efi）。",
    "请在源 Windows 中运行 `bcdboot C:\\Windows /f UEFI`，然后重新制作镜像。",
)
NO_BOOT_FILES = error(
    "image.no_boot_files",
    "The active partition, at byte {start}, contains no bootmgr: Windows boots from another disk. IMS requires the boot "
    "partition and the system partition on one disk; a server created from this image would not start.",
    "In the source Windows, put the boot files on the Windows disk: `bcdboot C:\\Windows /s C: /f BIOS`. Make C: active "
    "(`diskpart`, `select volume C`, `active`), restart without the other disk, and create the image again.",
    "活动分区（第 {start} 字节处）中没有 bootmgr：Windows 从另一块磁盘引导。IMS 要求引导分区和系统分区位于同一磁盘，"
    "使用该镜像创建的服务器将无法启动。",
    "请在源 Windows 中将引导文件放到 Windows 所在的磁盘：`bcdboot C:\\Windows /s C: /f BIOS`，将系统卷设为活动分区（`diskpart`、"
    "`select volume C`、`active`），移除另一块磁盘后重启，再重新制作镜像。",
)
WINDOWS_ELSEWHERE = error(
    "image.windows_elsewhere",
    "The partition at byte {start} contains Windows boot files, but Windows itself is on another disk. IMS requires the "
    "boot partition and the system partition on one disk; a server created from this image would not start.",
    "Drop the disk that contains C:\\Windows. If the boot files are only on this disk, first copy them to the Windows disk. "
    "In the source Windows: `bcdboot C:\\Windows /f ALL`.",
    "第 {start} 字节处的分区中有 Windows 的引导文件，但 Windows 位于另一块磁盘。IMS 要求引导分区和系统分区位于同一磁盘，"
    "使用该镜像创建的服务器将无法启动。",
    "请投放包含 C:\\Windows 的磁盘。如果引导文件只在本磁盘上，请先在源 Windows 中将其复制到 Windows 所在的磁盘："
    "`bcdboot C:\\Windows /f ALL`。",
)
DRIVER_FILE_MISSING = warning(
    "image.driver_file_missing",
    "The service {driver} is installed, but its file {file} is missing, so the device does not work. If it is the disk driver, "
    "Windows stops at boot with 0x7B (INACCESSIBLE_BOOT_DEVICE).",
    "Reinstall the driver in the source Windows (VirtIO: `virtio-win-guest-tools.exe /install /quiet /norestart`), or delete "
    "the service: `sc delete {driver}`.",
    "服务 {driver} 已安装，但缺少文件 {file}，相应设备无法工作。如果是磁盘驱动，Windows 启动时会以 0x7B"
    "（INACCESSIBLE_BOOT_DEVICE）停止。",
    "请在源 Windows 中重新安装驱动（VirtIO：`virtio-win-guest-tools.exe /install /quiet /norestart`），或删除该服务："
    "`sc delete {driver}`。",
)
DRIVER_START_OVERRIDDEN = warning(
    "image.driver_start_overridden",
    "The driver {driver} is set to start at boot, but its registry key StartOverride changes its start type to {start}. On a "
    "server, Windows may not find its disk (0x7B).",
    "In the source Windows, delete the override and create the image again: "
    "`reg delete HKLM\\SYSTEM\\CurrentControlSet\\Services\\{driver}\\StartOverride /f`.",
    "驱动 {driver} 应在引导时启动，但其注册表项 StartOverride 将启动类型改为{start}。服务器上的 Windows 可能找不到磁盘（0x7B）。",
    "请在源 Windows 中删除该注册表项并重新制作镜像："
    "`reg delete HKLM\\SYSTEM\\CurrentControlSet\\Services\\{driver}\\StartOverride /f`。",
)
DRIVER_NOT_INSTALLED = info(
    "image.driver_not_installed",
    "The driver file {file} exists, but there is no service {driver} to load it: the driver is not installed.",
    "No action needed if the driver is not used. Otherwise, install it in the source Windows (VirtIO: "
    "`virtio-win-guest-tools.exe /install /quiet /norestart`).",
    "驱动文件 {file} 存在，但没有加载它的服务 {driver}：驱动未安装。",
    "如果不使用该驱动，则无需处理；否则请在源 Windows 中安装（VirtIO：`virtio-win-guest-tools.exe /install /quiet /norestart`）。",
)
