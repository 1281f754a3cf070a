"""The disk in the file: its size and its partition table."""

from imagedrop.findings import error, warning

TOO_LARGE = error(
    "image.too_large",
    "The disk has {size} bytes; IMS accepts at most 1 TiB ({limit} bytes).",
    "Shrink the partitions and then the disk (`Resize-VHD`, or `virt-resize`), and drop it again.",
    "磁盘为 {size} 字节；IMS 最多支持 1 TiB（{limit} 字节）。",
    "请先缩小分区再缩小磁盘（`Resize-VHD` 或 `virt-resize`），然后重新投放。",
)
NOT_SECTORS = error(
    "image.not_sectors",
    "The disk has {size} bytes, which is not a multiple of 512. No disk has such a size: the file may be incomplete.",
    "Compare its size with the original: `ls -l {file}`. If they are equal: `qemu-img resize -f raw {file} +1M`.",
    "磁盘为 {size} 字节，不是 512 的倍数。磁盘不会有这样的大小，文件可能不完整。",
    "请与原文件比较大小：`ls -l {file}`。如果相同：`qemu-img resize -f raw {file} +1M`。",
)
NO_PARTITION_TABLE = error(
    "image.no_partition_table",
    "The disk has no partition table, so no Windows can start from it: the import would fail.",
    "Check that it is the right file (`qemu-img info {file}`) and not an empty disk. If it is a data disk, list it in "
    "`data_images` in the sidecar of the system disk.",
    "磁盘没有分区表，无法从中启动 Windows，导入会失败。",
    "请确认文件正确（`qemu-img info {file}`），且不是空白磁盘。如果是数据盘，请写入系统盘描述文件的 `data_images`。",
)
NO_PARTITIONS = error(
    "image.no_partitions",
    "The partition table of the disk ({table}) contains no partition, so no Windows can start from it.",
    "Check that it is the right file (`qemu-img info {file}`). If it is a data disk, list it in `data_images` in the sidecar of "
    "the system disk.",
    "磁盘的分区表（{table}）中没有任何分区，无法从中启动 Windows。",
    "请确认文件正确（`qemu-img info {file}`）。如果是数据盘，请写入系统盘描述文件的 `data_images`。",
)
BARE_VOLUME = error(
    "image.bare_volume",
    "The file is a single volume ({filesystem}), not a disk: it has no partition table, so Windows cannot start from it.",
    "Create the image of the whole disk, not of one partition: `disk2vhd * whole.vhdx`, or `dd if=/dev/sda of=disk.raw`. If it "
    "is a data disk, list it in `data_images` in the sidecar of the system disk.",
    "文件是单个卷（{filesystem}）而不是磁盘：没有分区表，无法从中启动 Windows。",
    "请制作整个磁盘的镜像，而不是单个分区：`disk2vhd * whole.vhdx`，或 `dd if=/dev/sda of=disk.raw`。"
    "如果是数据盘，请写入系统盘描述文件的 `data_images`。",
)
GPT_DAMAGED = error(
    "image.gpt_damaged",
    "The GPT partition table and its backup are both damaged: {why}. The disk would not start.",
    "Repair it on a raw copy: `qemu-img convert -O raw {file} disk.raw && sgdisk --verify disk.raw`, "
    "or check that the upload is complete.",
    "GPT 分区表及其备份均已损坏，磁盘无法启动。技术详情：{why}。",
    "请在 raw 副本上修复：`qemu-img convert -O raw {file} disk.raw && sgdisk --verify disk.raw`，或检查上传是否完整。",
)
GPT_BACKUP_USED = warning(
    "image.gpt_backup_used",
    "The first GPT header is damaged ({why}); the backup at the end of the disk was read instead.",
    "Repair it on a raw copy: `qemu-img convert -O raw {file} disk.raw && sgdisk --load-backup=<saved> disk.raw`, "
    "or in gdisk with the commands `r`, `b`, `w`.",
    "第一个 GPT 头已损坏，已改读磁盘末尾的备份。技术详情：{why}。",
    "请在 raw 副本上修复：`qemu-img convert -O raw {file} disk.raw`，再用 gdisk 的 `r`、`b`、`w` 命令恢复。",
)
PARTITION_TABLE_DAMAGED = error(
    "image.partition_table_damaged",
    "The partition table is inconsistent: {why}. Only the readable part of it is shown.",
    "Check it: `qemu-img convert -O raw {file} disk.raw && sfdisk --verify disk.raw`.",
    "分区表不一致，仅显示可读取的部分。技术详情：{why}。",
    "请检查：`qemu-img convert -O raw {file} disk.raw && sfdisk --verify disk.raw`。",
)
PARTITION_BEYOND_END = error(
    "image.partition_beyond_end",
    "A partition ends at byte {end}, but the disk has only {size} bytes: the file is incomplete, or the disk was shrunk too far.",
    "Check that the upload is complete (`ls -l {file}`), or enlarge the disk: `qemu-img resize {file} {end}`.",
    "某分区结束于第 {end} 字节，但磁盘只有 {size} 字节：文件不完整，或磁盘缩得过小。",
    "请检查上传是否完整（`ls -l {file}`），或扩大磁盘：`qemu-img resize {file} {end}`。",
)
PART_UNREAD = warning(
    "image.part_unread",
    "imagedrop cannot read the {what}: {why}.",
    "No action needed if the source Windows starts. Otherwise, run `bcdboot C:\\Windows /f UEFI` there and create the image "
    "again.",
    "imagedrop 无法读取镜像中的一个分区。技术详情：{what}：{why}。",
    "如果源 Windows 能正常启动，则无需处理；否则请在其中运行 `bcdboot C:\\Windows /f UEFI`，然后重新制作镜像。",
)
SECTORS_4K = warning(
    "image.sectors_4k",
    "The partition table uses sectors of 4096 bytes. Virtual disks usually have sectors of 512 bytes, and such a disk does not "
    "show these partitions.",
    "Install or restore Windows on a disk with 512-byte sectors (`New-VHD -LogicalSectorSizeBytes 512`).",
    "分区表使用 4096 字节的扇区。虚拟磁盘的扇区通常为 512 字节，无法识别这些分区。",
    "请将 Windows 安装或恢复到 512 字节扇区的磁盘上（`New-VHD -LogicalSectorSizeBytes 512`）。",
)
