"""The volumes: encrypted, spread over several disks, or not shut down cleanly."""

from imagedrop.findings import error, info, warning

BITLOCKER = error(
    "image.bitlocker",
    "The volume at byte {start} is encrypted with BitLocker. Its keys stay on the source machine, so IMS cannot open it.",
    "In the source Windows, decrypt it (`manage-bde -off C:`), wait until `manage-bde -status` shows 0 %, "
    "shut down, and create the image again.",
    "第 {start} 字节处的卷使用 BitLocker 加密。密钥留在源机器上，IMS 无法打开该卷。",
    "请在源 Windows 中解密（`manage-bde -off C:`），待 `manage-bde -status` 显示 0% 后关机并重新制作镜像。",
)
DYNAMIC_DISK = warning(
    "image.dynamic_disk",
    "The disk is a Windows dynamic disk (LDM). If only one disk is imported, volumes that span several disks are lost.",
    "Convert it to a basic disk before you create the image (back up first; see `diskpart`, `convert basic`).",
    "磁盘为 Windows 动态磁盘（LDM）。只导入一块磁盘时，跨磁盘的卷会丢失。",
    "请在制作镜像前转换为基本磁盘（先备份；参见 `diskpart` 的 `convert basic`）。",
)
STORAGE_SPACES = warning(
    "image.storage_spaces",
    "The disk is part of a Storage Spaces pool. If only one disk is imported, the data in the pool is lost.",
    "Move the data to an ordinary volume and remove the disk from the pool: `Remove-PhysicalDisk`.",
    "磁盘属于存储空间（Storage Spaces）池。只导入一块磁盘时，池中的数据会丢失。",
    "请将数据移到普通卷，并将该磁盘移出存储池：`Remove-PhysicalDisk`。",
)
NTFS_DIRTY = warning(
    "image.ntfs_dirty",
    "The NTFS volume at byte {start} is marked dirty: it was not shut down cleanly. Windows checks it at the first start "
    "(chkdsk, which can take long), and IMS may not be able to install its drivers.",
    "In the source Windows, run `chkdsk C: /f` (with the letter of the volume), restart, run `shutdown /s /f /t 0`, and create "
    "the image again.",
    "第 {start} 字节处的 NTFS 卷带有“脏”标记：未正常关机。Windows 首次启动时会检查该卷（chkdsk，可能耗时较长），"
    "IMS 也可能无法注入驱动。",
    "请在源 Windows 中运行 `chkdsk C: /f`（使用该卷的盘符），重启后用 `shutdown /s /f /t 0` 关机，再重新制作镜像。",
)
HIBERNATED = error(
    "image.hibernated",
    "The Windows on the volume at byte {start} is hibernated, or was shut down with fast startup: hiberfil.sys contains a "
    "kernel session that cannot resume on other hardware. When it resumes, all changes to the volume are lost, so IMS cannot "
    "install its drivers.",
    "In the source Windows, run `powercfg /h off`, then `shutdown /s /f /t 0`, and create the image again.",
    "第 {start} 字节处的卷上的 Windows 处于休眠状态，或以快速启动方式关机：hiberfil.sys 中保存着内核会话，无法在其他硬件上恢复。"
    "会话恢复时，对该卷的更改会丢失，因此 IMS 无法注入驱动。",
    "请在源 Windows 中运行 `powercfg /h off`，再用 `shutdown /s /f /t 0` 关机，然后重新制作镜像。",
)
FAST_STARTUP = info(
    "image.fast_startup",
    "Fast startup is on (HiberbootEnabled is 1). This image was shut down completely, but the source Windows and every server "
    "created from this image hibernate their kernel at each normal shutdown.",
    "No action needed for this image. Before you create another one, turn fast startup off in the source Windows: "
    "`powercfg /h off`.",
    "快速启动已启用（HiberbootEnabled 为 1）。此镜像已完全关机，但源 Windows 和使用该镜像创建的服务器在每次普通关机时都会使内核休眠。",
    "此镜像无需处理；下次制作镜像前，请先在源 Windows 中关闭快速启动：`powercfg /h off`。",
)
