"""The size of the disk and of the file."""

from imagedrop.findings import error, info, warning

MIN_DISK_SMALL = error(
    "size.min_disk_small",
    "`{field}` is {said} GB, but the disk in {file} has {size} bytes and needs {needed} GB: the import would fail.",
    "Set `{field}` to {enough} or more, or leave it out.",
    "`{field}` 为 {said} GB，而 {file} 中的磁盘为 {size} 字节，至少需要 {needed} GB，否则导入会失败。",
    "请将 `{field}` 设为 {enough} 或更大，或删除该字段。",
)
VHD_ROUNDING = error(
    "size.vhd_rounding",
    "`{field}` is {said} GB, but the disk in {file} is {over} bytes larger. The program that created the VHD rounded its size "
    "up to whole cylinders, as qemu-img does. It needs {needed} GB; otherwise the import would fail.",
    "Set `{field}` to {enough} or leave it out, or create the VHD again with `-o force_size=on`.",
    "`{field}` 为 {said} GB，而 {file} 中的磁盘比它大 {over} 字节：制作 VHD 的程序将容量向上取整到整柱面（qemu-img 即如此）。"
    "需要 {needed} GB，否则导入会失败。",
    "请将 `{field}` 设为 {enough} 或删除该字段；也可用 `-o force_size=on` 重新生成 VHD。",
)
BELOW_FLOOR = error(
    "size.below_floor",
    "`min_disk` is {got} GB, but IMS requires system disks of at least {least} GB here: it would reject the image.",
    "Set `min_disk` to {least} or more, or leave it out. If the region does accept smaller disks, ask the operator to lower "
    "IMAGEDROP_MIN_DISK_FLOOR.",
    "`min_disk` 为 {got} GB，而此处的 IMS 要求系统盘至少 {least} GB，会拒绝注册。",
    "请将 `min_disk` 设为 {least} 或更大，或删除该字段。如果该区域允许更小的系统盘，请运维人员调低 IMAGEDROP_MIN_DISK_FLOOR。",
)
SMALL_WINDOWS_DISK = warning(
    "size.small_windows_disk",
    "`min_disk` is {said} GB. In some regions, IMS requires system disks of at least 40 GB and would reject this image.",
    "Set `min_disk` to 40 or more unless you know that the region accepts less.",
    "`min_disk` 为 {said} GB。部分区域的 IMS 要求系统盘至少 40 GB，可能会拒绝。",
    "除非确定该区域允许更小的值，请将 `min_disk` 设为 40 或更大。",
)
MIN_DISK_UNKNOWN = error(
    "size.min_disk_unknown",
    "The size of the disk in {file} could not be read, and IMS requires it.",
    "Set `{field}` (in GB).",
    "无法读取 {file} 中磁盘的大小，而 IMS 要求提供该值。",
    "请填写 `{field}`（单位 GB）。",
)
MIN_DISK_UNCHECKED = info(
    "size.min_disk_unchecked",
    "The size of the disk in {file} could not be read, so `{field}` ({said} GB) was not checked.",
    "No action needed if the disk is not larger than that. Otherwise, increase `{field}`.",
    "无法读取 {file} 中磁盘的大小，因此未检查 `{field}`（{said} GB）。",
    "如果磁盘不大于该值，则无需处理；否则请调大 `{field}`。",
)
DISK_TOO_LARGE = error(
    "size.disk_too_large",
    "The disk in {file} needs {needed} GB, but IMS accepts at most {most} GB for this kind of disk.",
    "Shrink the partitions and then the disk, and drop it again.",
    "{file} 中的磁盘需要 {needed} GB，而 IMS 对此类磁盘最多支持 {most} GB。",
    "请先缩小分区再缩小磁盘，然后重新投放。",
)
NEEDS_FAST_CHANNEL = error(
    "size.needs_fast_channel",
    "{file} has {size} bytes. IMS accepts files above 128 GB only on the fast channel, as zvhd2 or as raw with a bitmap file.",
    "Preferably reduce the file to 128 GB or less (qcow2 or dynamic VHD). Otherwise, convert it to zvhd2, or to raw with a "
    "bitmap file (CreateMF.jar), prepare the system yourself, and set `{field}` to true.",
    "{file} 为 {size} 字节。超过 128 GB 的文件只能通过快速通道导入，格式须为 zvhd2 或带位表文件的 raw。",
    "建议压缩到 128 GB 以下（qcow2 或动态 VHD）。否则请转换为 zvhd2，或转换为 raw 并用 CreateMF.jar 生成位表文件，"
    "自行完成系统配置，并将 `{field}` 设为 true。",
)
FAST_CHANNEL_AHEAD = info(
    "size.fast_channel_ahead",
    "{file} has {size} bytes. IMS accepts files above 128 GB only on the fast channel.",
    "Set `is_quick_import` to true in the sidecar. A raw file also needs its bitmap file beside it.",
    "{file} 为 {size} 字节。超过 128 GB 的文件只能通过快速通道导入。",
    "请在描述文件中将 `is_quick_import` 设为 true；raw 文件旁还需放置位表文件。",
)
GREY_ZONE = warning(
    "size.grey_zone",
    "{file} has {size} bytes, between 128 * 10^9 and 128 * 2^30. IMS does not document which of the two its limit of 128 GB is, "
    "so it may reject the file.",
    "If the import fails because of the size, reduce the file to 128,000,000,000 bytes or less, or use the fast channel.",
    "{file} 为 {size} 字节，介于 128 * 10^9 与 128 * 2^30 之间；IMS 的 128 GB 限制是哪一个，文档未说明，因此可能被拒绝。",
    "如果因大小导入失败，请压缩到 128,000,000,000 字节以下，或使用快速通道。",
)
FILE_OVER_1TB = error(
    "size.file_over_1tb",
    "{file} has {size} bytes, but IMS accepts no file above 1 TB.",
    "Shrink the disk or reduce the file (qcow2, dynamic VHD, zvhd2).",
    "{file} 为 {size} 字节，IMS 不支持超过 1 TB 的文件。",
    "请缩小磁盘或压缩文件（qcow2、动态 VHD、zvhd2）。",
)
