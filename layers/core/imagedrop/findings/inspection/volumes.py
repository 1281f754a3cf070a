"""The volumes: encrypted, spread over disks, or not left as a volume that others may write to."""

from imagedrop.findings import Kind

BITLOCKER = Kind(
    "image.bitlocker",
    "error",
    "The volume at byte {start} is encrypted with BitLocker. Its keys stay with the old machine, and IMS cannot open it.",
    "In the source Windows, decrypt it (`manage-bde -off C:`), wait until `manage-bde -status` says 0 %, "
    "shut down, and make the image again.",
    "第 {start} 字节处的卷使用 BitLocker 加密。密钥留在原机器上，IMS 无法打开。",
    "请在源 Windows 中解密（`manage-bde -off C:`），待 `manage-bde -status` 显示 0% 后关机并重新制作镜像。",
)
DYNAMIC_DISK = Kind(
    "image.dynamic_disk",
    "warning",
    "The disk is a Windows dynamic disk (LDM). Volumes that span disks are lost when only one disk is imported.",
    "Convert it to a basic disk before the image is made (back up first; see `diskpart`, `convert basic`).",
    "磁盘为 Windows 动态磁盘（LDM）。只导入一块磁盘时，跨磁盘的卷会丢失。",
    "请在制作镜像前转换为基本磁盘（先备份；参见 `diskpart` 的 `convert basic`）。",
)
STORAGE_SPACES = Kind(
    "image.storage_spaces",
    "warning",
    "The disk is a part of a Storage Spaces pool. What lies in the pool is lost when only one disk is imported.",
    "Move the data to a plain volume and take the disk out of the pool: `Remove-PhysicalDisk`.",
    "磁盘属于存储空间（Storage Spaces）池。只导入一块磁盘时，池中的数据会丢失。",
    "请将数据移到普通卷，并将该磁盘移出存储池：`Remove-PhysicalDisk`。",
)
NTFS_DIRTY = Kind(
    "image.ntfs_dirty",
    "warning",
    "The NTFS volume at byte {start} is marked dirty: it was not shut down cleanly. Windows checks it at the first start "
    "(chkdsk, perhaps for long), and IMS may not be able to write its drivers into it.",
    "In the source Windows: `chkdsk C: /f` (with the volume's own letter), restart, then `shutdown /s /f /t 0`, and make the "
    "image again.",
    "第 {start} 字节处的 NTFS 卷带有“脏”标记：未正常关机。Windows 首次启动时会检查该卷（chkdsk，可能耗时较长），"
    "IMS 也可能无法向其中写入驱动。",
    "请在源 Windows 中运行 `chkdsk C: /f`（使用该卷的盘符），重启后用 `shutdown /s /f /t 0` 关机，再重新制作镜像。",
)
HIBERNATED = Kind(
    "image.hibernated",
    "error",
    "The Windows on the volume at byte {start} is hibernated, or was shut down with fast start-up: a session of its kernel "
    "lies in hiberfil.sys, which cannot go on on other hardware. Whatever is changed on the volume is lost when it goes on, "
    "so IMS cannot put its drivers into it.",
    "In the source Windows: `powercfg /h off`, then `shutdown /s /f /t 0`, and make the image again.",
    "第 {start} 字节处的卷上的 Windows 处于休眠状态，或以快速启动方式关机：内核会话保存在 hiberfil.sys 中，无法在其他硬件上继续。"
    "会话恢复时，对该卷的更改会丢失，因此 IMS 无法注入驱动。",
    "请在源 Windows 中运行 `powercfg /h off`，再用 `shutdown /s /f /t 0` 关机，然后重新制作镜像。",
)
FAST_STARTUP = Kind(
    "image.fast_startup",
    "info",
    "Fast start-up is on (HiberbootEnabled is 1): this time the Windows was shut down in full, but a server made from it "
    "hibernates its kernel at every ordinary shutdown, and so does the source.",
    "Nothing to do if the image is not made again; else turn it off in the source Windows first: `powercfg /h off`.",
    "快速启动已启用（HiberbootEnabled 为 1）：此次 Windows 已完全关机，但由此创建的服务器和源机器在每次普通关机时都会使内核休眠。",
    "如果不再重新制作镜像，则无需处理；否则请先在源 Windows 中关闭：`powercfg /h off`。",
)
