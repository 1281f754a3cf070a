"""The disk inside: its size and its partition table."""

from imagedrop.findings import Kind

TOO_LARGE = Kind(
    "image.too_large",
    "error",
    "The disk is {size} bytes; IMS takes at most 1 TiB ({limit} bytes).",
    "Shrink the partitions and then the disk (`Resize-VHD`, or `virt-resize`), and drop it again.",
    "磁盘为 {size} 字节；IMS 最多支持 1 TiB（{limit} 字节）。",
    "请先缩小分区再缩小磁盘（`Resize-VHD` 或 `virt-resize`），然后重新投放。",
)
NOT_SECTORS = Kind(
    "image.not_sectors",
    "error",
    "The disk is {size} bytes, which is not a multiple of 512: no disk has such a size. It may be cut off.",
    "Compare its size with the original's: `ls -l {file}`. If they are equal: `qemu-img resize -f raw {file} +1M`.",
    "磁盘为 {size} 字节，不是 512 的倍数：不存在这样的磁盘，文件可能不完整。",
    "请与原文件比较大小：`ls -l {file}`。如果相同：`qemu-img resize -f raw {file} +1M`。",
)
NO_PARTITION_TABLE = Kind(
    "image.no_partition_table",
    "error",
    "The disk has no partition table, so there is no Windows that could start from it: the import would fail.",
    "See whether it is the right file (`qemu-img info {file}`) and not a blank disk. A data disk goes into `data_images` "
    "of its system's sidecar.",
    "磁盘没有分区表，其中没有可启动的 Windows，导入会失败。",
    "请确认文件是否正确（`qemu-img info {file}`），是否为空白磁盘。数据盘请写入系统盘描述文件的 `data_images`。",
)
NO_PARTITIONS = Kind(
    "image.no_partitions",
    "error",
    "The disk has a partition table ({table}) without a single partition, so there is no Windows that could start from it.",
    "See whether it is the right file (`qemu-img info {file}`). A data disk goes into `data_images` of its system's sidecar.",
    "磁盘的分区表（{table}）中没有任何分区，其中没有可启动的 Windows。",
    "请确认文件是否正确（`qemu-img info {file}`）。数据盘请写入系统盘描述文件的 `data_images`。",
)
BARE_VOLUME = Kind(
    "image.bare_volume",
    "error",
    "The file is one volume ({filesystem}) and not a disk: there is no partition table. No Windows starts from it.",
    "Make the image of the whole disk, not of a partition: `disk2vhd * whole.vhdx`, or `dd if=/dev/sda of=disk.raw`. A data "
    "disk goes into `data_images` of its system's sidecar.",
    "文件是单个卷（{filesystem}）而不是磁盘：没有分区表，无法从中启动 Windows。",
    "请制作整个磁盘的镜像，而不是单个分区：`disk2vhd * whole.vhdx`，或 `dd if=/dev/sda of=disk.raw`。"
    "数据盘请写入系统盘描述文件的 `data_images`。",
)
GPT_DAMAGED = Kind(
    "image.gpt_damaged",
    "error",
    "The GPT partition table is damaged, and so is its backup: {why}. The disk would not start.",
    "Repair it on a raw copy: `qemu-img convert -O raw {file} disk.raw && sgdisk --verify disk.raw`, "
    "or check whether the upload is whole.",
    "GPT 分区表及其备份均已损坏：{why}。磁盘无法启动。",
    "请在 raw 副本上修复：`qemu-img convert -O raw {file} disk.raw && sgdisk --verify disk.raw`，或检查上传是否完整。",
)
GPT_BACKUP_USED = Kind(
    "image.gpt_backup_used",
    "warning",
    "The first GPT header is damaged ({why}); the backup at the end of the disk was read instead.",
    "Repair it on a raw copy: `qemu-img convert -O raw {file} disk.raw && sgdisk --load-backup=<saved> disk.raw`, "
    "or in gdisk with the commands `r`, `b`, `w`.",
    "第一个 GPT 头已损坏（{why}）；已改读磁盘末尾的备份。",
    "请在 raw 副本上修复：`qemu-img convert -O raw {file} disk.raw`，再用 gdisk 的 `r`、`b`、`w` 命令恢复。",
)
PARTITION_TABLE_DAMAGED = Kind(
    "image.partition_table_damaged",
    "error",
    "The partition table is inconsistent: {why}. What could be read of it is shown.",
    "Look at it with `qemu-img convert -O raw {file} disk.raw && sfdisk --verify disk.raw`.",
    "分区表不一致：{why}。仅显示可读取的部分。",
    "请检查：`qemu-img convert -O raw {file} disk.raw && sfdisk --verify disk.raw`。",
)
PARTITION_BEYOND_END = Kind(
    "image.partition_beyond_end",
    "error",
    "A partition ends at byte {end}, but the disk has only {size}: the disk was cut off or shrunk too far.",
    "Check whether the upload is whole (`ls -l {file}`), or enlarge the disk: `qemu-img resize {file} {end}`.",
    "某分区结束于第 {end} 字节，但磁盘只有 {size} 字节：磁盘被截断或缩得过小。",
    "请检查上传是否完整（`ls -l {file}`），或扩大磁盘：`qemu-img resize {file} {end}`。",
)
PART_UNREAD = Kind(
    "image.part_unread",
    "warning",
    "The {what} could not be read: {why}.",
    "If the source Windows starts, only this reader is at a loss; else run `bcdboot C:\\Windows /f UEFI` there and make the "
    "image again.",
    "无法读取 {what}：{why}。",
    "如果源 Windows 能正常启动，则只是无法读取该分区；否则请在其中运行 `bcdboot C:\\Windows /f UEFI`，然后重新制作镜像。",
)
SECTORS_4K = Kind(
    "image.sectors_4k",
    "warning",
    "The partition table counts in sectors of 4096 bytes. A virtual disk with sectors of 512 bytes, the usual kind, "
    "does not show these partitions.",
    "Install or restore the Windows on a disk with 512-byte sectors (`New-VHD -LogicalSectorSizeBytes 512`).",
    "分区表以 4096 字节的扇区计数。通常的虚拟磁盘扇区为 512 字节，无法识别这些分区。",
    "请将 Windows 安装或恢复到 512 字节扇区的磁盘上（`New-VHD -LogicalSectorSizeBytes 512`）。",
)
