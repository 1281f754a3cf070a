"""What the inspection has to say about the file itself: ids `image.*`.

Values: `file` is the image's bare name, quoted for a shell; sizes are bytes.
"""

from __future__ import annotations

from imagedrop.findings import Kind

# --- not a disk image, or not as it was made -------------------------------------------------------------------------

EMPTY_FILE = Kind(
    "image.empty_file",
    "error",
    "The file has no content (0 bytes), so there is nothing to register.",
    "Upload it again and compare its size with the original: `ls -l {file}`.",
    "文件没有内容（0 字节），无法注册。",
    "请重新上传，并与原文件比较大小：`ls -l {file}`。",
)
NOT_AN_IMAGE = Kind(
    "image.not_an_image",
    "error",
    "This is no disk image: there is no header of any format in it and no partition table. It begins with {start}.",
    "See what it is with `file {file}`, and drop a disk image "
    "(vhd, vhdx, vmdk, qcow2, qcow, qed, vdi, raw, zvhd or zvhd2).",
    "这不是磁盘镜像文件：其中没有任何格式的文件头，也没有分区表。文件开头为 {start}。",
    "用 `file {file}` 查看文件类型，并投放磁盘镜像（vhd、vhdx、vmdk、qcow2、qcow、qed、vdi、raw、zvhd 或 zvhd2）。",
)
OTHER_FORMAT = Kind(
    "image.other_format",
    "error",
    "The file has a format that IMS does not import: {kind}.",
    "Make one of the formats that IMS takes: `{command}`.",
    "IMS 不支持导入该文件的格式：{kind}。",
    "转换为 IMS 支持的格式：`{command}`。",
)
ISO = Kind(
    "image.iso",
    "error",
    "The file is an ISO: an installation medium, not the disk of an installed Windows.",
    "Install Windows from it into a virtual machine and drop that machine's disk; "
    "a disk to install to: `qemu-img create -f qcow2 windows.qcow2 40G`.",
    "文件是 ISO：这是安装介质，而不是已安装 Windows 的磁盘。",
    "用它在虚拟机中安装 Windows，再投放该虚拟机的磁盘；创建安装用磁盘：`qemu-img create -f qcow2 windows.qcow2 40G`。",
)
COMPRESSED_WRAPPER = Kind(
    "image.compressed_wrapper",
    "error",
    "The file is packed ({kind}). IMS does not unpack it, so the import would fail.",
    "Unpack it and drop the image inside: `{command}`.",
    "文件是打包文件（{kind}）。IMS 不会解包，导入会失败。",
    "请先解包，再投放其中的镜像：`{command}`。",
)
CHUNKED_UPLOAD = Kind(
    "image.chunked_upload",
    "error",
    "The uploading program's aws-chunked framing was stored as content: the file begins with a chunk length "
    "({length} bytes) instead of the image. Every byte after it is displaced.",
    "Upload the original again without it: `AWS_REQUEST_CHECKSUM_CALCULATION=when_required "
    "aws s3 cp {file} s3://<bucket>/ --endpoint-url <OBS endpoint>`, or with `imagedrop drop {file}`.",
    "上传程序的 aws-chunked 分块标记被当作内容保存：文件以块长度（{length} 字节）开头，而不是镜像，其后所有字节均已错位。",
    "请关闭该方式后重新上传原文件：`AWS_REQUEST_CHECKSUM_CALCULATION=when_required "
    "aws s3 cp {file} s3://<bucket>/ --endpoint-url <OBS endpoint>`，或使用 `imagedrop drop {file}`。",
)
POLYGLOT = Kind(
    "image.polyglot",
    "error",
    "The file is two things at once, {first} and {second}. Which disk IMS would see cannot be said.",
    "Decide which one is meant and write it anew: `qemu-img convert -f <format> -O qcow2 {file} clean.qcow2`.",
    "文件同时符合两种格式：{first} 和 {second}，无法判断 IMS 会识别成哪一种。",
    "请确定格式后重新生成：`qemu-img convert -f <format> -O qcow2 {file} clean.qcow2`。",
)
EXTENSION = Kind(
    "image.extension",
    "warning",
    "The name ends in .{extension}, but the content is {format}. The content is what counts.",
    "Rename it so that nobody is misled: `mv {file} {better}`.",
    "文件名以 .{extension} 结尾，但内容是 {format}。以内容为准。",
    "建议改名以免误解：`mv {file} {better}`。",
)

# --- damaged ---------------------------------------------------------------------------------------------------------

TRUNCATED = Kind(
    "image.truncated",
    "error",
    "The file is cut off: {why}. The import would fail or lose data.",
    "Compare sizes (here: {size} bytes): `ls -l {file}`. If the original is larger, upload it again; if it is as short, it "
    "is damaged itself, and the image must be made anew.",
    "文件不完整：{why}。导入会失败或丢失数据。",
    "请比较大小（当前 {size} 字节）：`ls -l {file}`。如果原文件更大，请重新上传；如果大小相同，则原文件本身已损坏，需重新制作镜像。",
)
SIZE_MISMATCH = Kind(
    "image.size_mismatch",
    "error",
    "The VHD footer says a disk of {expected} bytes, but the file holds {actual}: something was added to it.",
    "Write it anew: `qemu-img convert -f vpc -O vpc -o subformat=fixed,force_size=on {file} fixed.vhd`.",
    "VHD 尾部记录磁盘为 {expected} 字节，但文件包含 {actual} 字节：文件被附加了内容。",
    "请重新生成：`qemu-img convert -f vpc -O vpc -o subformat=fixed,force_size=on {file} fixed.vhd`。",
)
MALFORMED = Kind(
    "image.malformed",
    "error",
    "The {what} makes no sense: {why}. What depends on it was not read.",
    "Compare the checksum of the whole file with the original's: `sha256sum {file}`. If they are equal, write it anew: "
    "`qemu-img convert -O qcow2 {file} clean.qcow2`; where even that fails, the image must be made anew.",
    "{what} 无效：{why}。依赖于它的内容未读取。",
    "请与原文件比较校验和：`sha256sum {file}`。如果相同，请重新生成：`qemu-img convert -O qcow2 {file} clean.qcow2`；"
    "如果转换也失败，则需重新制作镜像。",
)
CHECKSUM = Kind(
    "image.checksum",
    "warning",
    "The checksum of the {what} is wrong; its copy was used or the fields were taken as they are.",
    "Compare the checksum of the whole file with the original's: `sha256sum {file}`.",
    "{what} 的校验和错误；已使用其副本，或按原样读取字段。",
    "请与原文件比较校验和：`sha256sum {file}`。",
)
MARKED_CORRUPT = Kind(
    "image.marked_corrupt",
    "error",
    "The image carries the mark of a damaged image: its writer found its own tables inconsistent.",
    "Repair it where it was made, then upload it again: `qemu-img check -r all {file}`.",
    "镜像带有损坏标记：写入程序发现其内部表不一致。",
    "请在源端修复后重新上传：`qemu-img check -r all {file}`。",
)
NOT_CLOSED = Kind(
    "image.not_closed",
    "warning",
    "The image was not closed properly when it was last written (a machine still ran, or crashed).",
    "Shut the machine down, write the file anew and upload that: `qemu-img convert -O qcow2 {file} clean.qcow2`.",
    "镜像上次写入后未正常关闭（虚拟机仍在运行或已崩溃）。",
    "请关闭虚拟机，重新生成后上传：`qemu-img convert -O qcow2 {file} clean.qcow2`。",
)
VHDX_LOG = Kind(
    "image.vhdx_log",
    "error",
    "The VHDX log is not empty: the last writes are not in place yet, so the disk in the file is not consistent.",
    "Shut the machine down and let the log be replayed: `Mount-VHD {file}; Dismount-VHD {file}`, "
    "or `qemu-img check -r all {file}`.",
    "VHDX 日志不为空：最后的写入尚未落盘，文件中的磁盘不一致。",
    "请关闭虚拟机并重放日志：`Mount-VHD {file}; Dismount-VHD {file}`，或 `qemu-img check -r all {file}`。",
)

# --- not whole by itself ---------------------------------------------------------------------------------------------

DIFFERENCING = Kind(
    "image.differencing",
    "error",
    "This is a differencing disk: it holds only what changed since its parent disk ({parent}), and IMS imports one file.",
    "Merge it with its parent: `Convert-VHD` (Hyper-V), `VBoxManage clonemedium` (VirtualBox), "
    "`vmkfstools -i` (VMware), or `qemu-img convert -O qcow2 {file} whole.qcow2`.",
    "这是差分磁盘：只包含相对父磁盘（{parent}）的变化，而 IMS 只导入单个文件。",
    "请与父磁盘合并：`Convert-VHD`（Hyper-V）、`VBoxManage clonemedium`（VirtualBox）、"
    "`vmkfstools -i`（VMware），或 `qemu-img convert -O qcow2 {file} whole.qcow2`。",
)
BACKING_FILE = Kind(
    "image.backing_file",
    "error",
    "The image is an overlay on the backing file {name}, which is not in it and is never opened.",
    "Where both are at hand, make one file of them: `qemu-img convert -O qcow2 {file} whole.qcow2`.",
    "镜像是后端文件 {name} 的叠加层；后端文件不在其中，也绝不会被打开。",
    "在两个文件都在的地方合并为一个：`qemu-img convert -O qcow2 {file} whole.qcow2`。",
)
DATA_FILE = Kind(
    "image.data_file",
    "error",
    "The content lies in another file ({name}), which is not in this one and is never opened.",
    "Where all of it is at hand, make one file of it: `qemu-img convert -O qcow2 {source} whole.qcow2`.",
    "内容位于另一个文件（{name}）中，不在此文件内，也绝不会被打开。",
    "请在所有文件齐全的地方合并为一个：`qemu-img convert -O qcow2 {source} whole.qcow2`。",
)
ENCRYPTED_CONTAINER = Kind(
    "image.encrypted_container",
    "error",
    "The container is encrypted ({method}). IMS cannot read it.",
    "With the passphrase in key.txt, write it without: `qemu-img convert --object secret,id=key,file=key.txt "
    "--image-opts driver={driver},file.filename={file},{key_option}=key -O qcow2 plain.qcow2`; "
    "IMS itself encrypts with the sidecar's `cmk_id`.",
    "容器已加密（{method}），IMS 无法读取。",
    "请将口令写入 key.txt，并转换为未加密的文件：`qemu-img convert --object secret,id=key,file=key.txt "
    "--image-opts driver={driver},file.filename={file},{key_option}=key -O qcow2 plain.qcow2`；"
    "IMS 可按描述文件的 `cmk_id` 自行加密。",
)

# --- beyond what is read ---------------------------------------------------------------------------------------------

UNKNOWN_FEATURES = Kind(
    "image.unknown_features",
    "error",
    "The image needs features that are not known ({features}); a reader that does not know them must refuse it.",
    "Write it without them: `qemu-img convert -O qcow2 {file} plain.qcow2`.",
    "镜像需要未知的特性（{features}）；不认识它们的程序必须拒绝。",
    "请去掉这些特性：`qemu-img convert -O qcow2 {file} plain.qcow2`。",
)
UNSUPPORTED_VARIANT = Kind(
    "image.unsupported_variant",
    "error",
    "This variant of {format} ({variant}) is not supported.",
    "Convert it where it was made: `qemu-img convert -O qcow2 {file} plain.qcow2`.",
    "不支持 {format} 的这种变体（{variant}）。",
    "请在源端转换：`qemu-img convert -O qcow2 {file} plain.qcow2`。",
)
CLOSED_FORMAT = Kind(
    "image.closed_format",
    "warning",
    "{format} is a closed format: its layout is not public, so neither its size nor what is in it was checked.",
    "State `os_type`, `os_version`, `architecture`, `hw_firmware_type` and `min_disk` in the sidecar yourself.",
    "{format} 是封闭格式：其结构未公开，因此未检查其大小和内容。",
    "请在描述文件中自行填写 `os_type`、`os_version`、`architecture`、`hw_firmware_type` 和 `min_disk`。",
)
ZSTD_MISSING = Kind(
    "image.zstd_missing",
    "warning",
    "The image is compressed with zstd, and this installation has no reader for it; the disk inside was not read.",
    "Operator: install the package backports.zstd. Owner: `qemu-img convert -c -O qcow2 {file} zlib.qcow2`.",
    "镜像使用 zstd 压缩，而当前安装没有对应的读取器；未读取其中的磁盘。",
    "运维人员：安装 backports.zstd。所有者：`qemu-img convert -c -O qcow2 {file} zlib.qcow2`。",
)
BUDGET = Kind(
    "image.budget",
    "error",
    "The inspection was stopped: it took more than {limit} {unit}. A sound image needs a small part of that.",
    "Write it anew: `qemu-img convert -O qcow2 {file} clean.qcow2`; if it happens again, tell the operator.",
    "检查已停止：超过 {limit} {unit}。正常的镜像只需其中一小部分。",
    "请重新生成：`qemu-img convert -O qcow2 {file} clean.qcow2`；若再次发生，请联系运维人员。",
)

# --- the disk inside -------------------------------------------------------------------------------------------------

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
SECTORS_4K = Kind(
    "image.sectors_4k",
    "warning",
    "The partition table counts in sectors of 4096 bytes. A virtual disk with sectors of 512 bytes, the usual kind, "
    "does not show these partitions.",
    "Install or restore the Windows on a disk with 512-byte sectors (`New-VHD -LogicalSectorSizeBytes 512`).",
    "分区表以 4096 字节的扇区计数。通常的虚拟磁盘扇区为 512 字节，无法识别这些分区。",
    "请将 Windows 安装或恢复到 512 字节扇区的磁盘上（`New-VHD -LogicalSectorSizeBytes 512`）。",
)
NO_ACTIVE_PARTITION = Kind(
    "image.no_active_partition",
    "warning",
    "No partition of the MBR is active, so no BIOS starts from this disk.",
    "If it is a system disk, mark the system partition in the source Windows: "
    "`diskpart`, then `select partition <n>` and `active`.",
    "MBR 中没有活动分区，BIOS 无法从该磁盘启动。",
    "如果是系统盘，请在源 Windows 中标记系统分区：`diskpart`，然后 `select partition <n>` 和 `active`。",
)
NO_ESP = Kind(
    "image.no_esp",
    "warning",
    "The disk has a GPT but no EFI system partition, so no UEFI starts Windows from it.",
    "If it is a system disk, make an EFI system partition in the source Windows (`diskpart`: "
    "`create partition efi size=100`), then run `bcdboot C:\\Windows /f UEFI`.",
    "磁盘使用 GPT，但没有 EFI 系统分区，UEFI 无法从中启动 Windows。",
    "如果是系统盘，请在源 Windows 中创建 EFI 系统分区（`diskpart`：`create partition efi size=100`），"
    "再运行 `bcdboot C:\\Windows /f UEFI`。",
)
NO_BOOT_MANAGER = Kind(
    "image.no_boot_manager",
    "warning",
    "The EFI system partition holds no boot manager (no bootmgfw.efi and no boot*.efi in EFI\\Boot).",
    "In the source Windows: `bcdboot C:\\Windows /f UEFI`, then make the image again.",
    "EFI 系统分区中没有启动管理器（没有 bootmgfw.efi，EFI\\Boot 中也没有 boot*.efi）。",
    "请在源 Windows 中运行 `bcdboot C:\\Windows /f UEFI`，然后重新制作镜像。",
)
WINDOWS_NOT_READ = Kind(
    "image.windows_not_read",
    "info",
    "This version does not read the Windows inside: product, drivers, hibernation and NTFS state are not checked.",
    "Nothing to do if they are known to be in order; else check them in the source Windows: `winver`, `shutdown /s /t 0` (no hibernation), `driverquery`.",
    "此版本不读取其中的 Windows：未检查产品、驱动、休眠和 NTFS 状态。",
    "如果已确认无误，则无需处理；否则请在源 Windows 中检查：`winver`、`shutdown /s /t 0`（不要休眠）、`driverquery`。",
)
