"""Findings of the rules: the sidecar against the file, and both against what IMS takes."""

from imagedrop.findings import Kind

# --- sizes -------------------------------------------------------------------------------------------------------

MIN_DISK_SMALL = Kind(
    "size.min_disk_small",
    "error",
    "`{field}` is {said} GB, but the disk in {file} has {size} bytes and needs {needed} GB: the import would fail.",
    "Set `{field}` to {enough} or more, or leave it out.",
    "`{field}` 为 {said} GB，而 {file} 中的磁盘有 {size} 字节，至少需要 {needed} GB，否则导入会失败。",
    "请将 `{field}` 设为 {enough} 或更大，或删除该字段。",
)
VHD_ROUNDING = Kind(
    "size.vhd_rounding",
    "error",
    "`{field}` is {said} GB, but the disk in {file} is {over} bytes larger than that: whoever made the VHD rounded it up "
    "to whole cylinders, as qemu-img does. It needs {needed} GB, or the import would fail.",
    "Set `{field}` to {enough} or leave it out; or make the VHD anew with `-o force_size=on`.",
    "`{field}` 为 {said} GB，而 {file} 中的磁盘比它大 {over} 字节：制作 VHD 时容量被向上取整到整柱面（qemu-img 即如此）。"
    "需要 {needed} GB，否则导入会失败。",
    "请将 `{field}` 设为 {enough} 或删除该字段；也可用 `-o force_size=on` 重新生成 VHD。",
)
BELOW_FLOOR = Kind(
    "size.below_floor",
    "error",
    "`min_disk` is {got} GB, and IMS takes no system disk below {least} GB here: it would refuse the registration.",
    "Set `min_disk` to {least} or more, or leave it out. Where the region does take smaller disks, the operator lowers "
    "IMAGEDROP_MIN_DISK_FLOOR.",
    "`min_disk` 为 {got} GB，而此处的 IMS 要求系统盘至少 {least} GB，否则会拒绝注册。",
    "请将 `min_disk` 设为 {least} 或更大，或删除该字段。如果该区域允许更小的系统盘，请运维人员调低 IMAGEDROP_MIN_DISK_FLOOR。",
)
SMALL_WINDOWS_DISK = Kind(
    "size.small_windows_disk",
    "warning",
    "`min_disk` is {said} GB. Some regions of IMS ask at least 40 GB of a system disk and would refuse this.",
    "Set `min_disk` to 40 or more unless you know that the region takes less.",
    "`min_disk` 为 {said} GB。部分区域的 IMS 要求系统盘至少 40 GB，可能会拒绝。",
    "除非确定该区域允许更小的值，请将 `min_disk` 设为 40 或更大。",
)
MIN_DISK_UNKNOWN = Kind(
    "size.min_disk_unknown",
    "error",
    "The size of the disk in {file} cannot be read, and IMS must be told how large the disk is to be.",
    "Give `{field}` in GB.",
    "无法读取 {file} 中磁盘的大小，而 IMS 必须知道磁盘容量。",
    "请填写 `{field}`（单位 GB）。",
)
MIN_DISK_UNCHECKED = Kind(
    "size.min_disk_unchecked",
    "info",
    "The size of the disk in {file} cannot be read, so `{field}` ({said} GB) is taken as given.",
    "Nothing to do if the disk is not larger; else raise `{field}`.",
    "无法读取 {file} 中磁盘的大小，`{field}`（{said} GB）按所填值使用。",
    "如果磁盘不大于该值，则无需处理；否则请调大 `{field}`。",
)
DISK_TOO_LARGE = Kind(
    "size.disk_too_large",
    "error",
    "The disk in {file} needs {needed} GB, and IMS takes disks of at most {most} GB here.",
    "Shrink the partitions and then the disk, and drop it again.",
    "{file} 中的磁盘需要 {needed} GB，IMS 在此最多支持 {most} GB。",
    "请先缩小分区再缩小磁盘，然后重新投放。",
)
NEEDS_FAST_CHANNEL = Kind(
    "size.needs_fast_channel",
    "error",
    "{file} is {size} bytes. IMS takes files above 128 GB by the fast channel only, which wants raw with a bitmap file, or "
    "zvhd2.",
    "Best: compact it below 128 GB (qcow2 or dynamic VHD). Else convert it to raw with its bitmap file (CreateMF.jar) or to "
    "zvhd2, prepare the system yourself, and set `{field}` to true.",
    "{file} 为 {size} 字节。超过 128 GB 的文件只能通过快速通道导入，且须为带位图文件的 raw 或 zvhd2。",
    "建议压缩到 128 GB 以下（qcow2 或动态 VHD）。否则请转换为 raw 并用 CreateMF.jar 生成位图文件，或转换为 zvhd2，"
    "自行完成系统配置，并将 `{field}` 设为 true。",
)
FAST_CHANNEL_AHEAD = Kind(
    "size.fast_channel_ahead",
    "info",
    "{file} is {size} bytes. IMS takes files above 128 GB by the fast channel only.",
    "Set `is_quick_import` to true in the sidecar; a raw file needs its bitmap file beside it.",
    "{file} 为 {size} 字节。超过 128 GB 的文件只能通过快速通道导入。",
    "请在描述文件中将 `is_quick_import` 设为 true；raw 文件旁还需放置位图文件。",
)
GREY_ZONE = Kind(
    "size.grey_zone",
    "warning",
    "{file} is {size} bytes, between 128 * 10^9 and 128 * 2^30: whether IMS's limit of 128 GB lets it through is not "
    "documented.",
    "If the import fails for its size, compact the file below 128,000,000,000 bytes or use the fast channel.",
    "{file} 为 {size} 字节，介于 128 * 10^9 与 128 * 2^30 之间；IMS 的 128 GB 限制如何计算，文档未说明。",
    "如果因大小导入失败，请压缩到 128,000,000,000 字节以下，或使用快速通道。",
)
FILE_OVER_1TB = Kind(
    "size.file_over_1tb",
    "error",
    "{file} is {size} bytes, and IMS takes no file above 1 TB.",
    "Shrink the disk or compact the file (qcow2, dynamic VHD, zvhd2).",
    "{file} 为 {size} 字节，IMS 不支持超过 1 TB 的文件。",
    "请缩小磁盘或压缩文件（qcow2、动态 VHD、zvhd2）。",
)

# --- the system inside -------------------------------------------------------------------------------------------

DIFFERS = Kind(
    "os.differs",
    "warning",
    "`{field}` is {said} in the sidecar, but the image itself says {found}. The image wins: {found} is registered.",
    "Correct `{field}` or leave it out, so that the two agree.",
    "描述文件中 `{field}` 为 {said}，但镜像自身为 {found}。以镜像为准，将注册为 {found}。",
    "请修正或删除 `{field}`，使两者一致。",
)
DIFFERS_FAST = Kind(
    "os.differs_fast",
    "error",
    "`{field}` is {said} in the sidecar, but the image itself says {found}. The fast channel does not look into the image, "
    "so IMS would believe the sidecar.",
    "Correct `{field}` or leave it out.",
    "描述文件中 `{field}` 为 {said}，但镜像自身为 {found}。快速通道不解析镜像，IMS 会以描述文件为准。",
    "请修正或删除 `{field}`。",
)
VERSION_NEEDED = Kind(
    "os.version_needed",
    "error",
    "The fast channel does not look into the image, so IMS must be told `os_version`, and the image does not say it.",
    'Give `os_version` exactly as IMS spells it, for example "Windows Server 2022 Datacenter 64bit".',
    "快速通道不解析镜像，必须告知 IMS `os_version`，而无法从镜像中得知。",
    '请按 IMS 的写法填写 `os_version`，例如 "Windows Server 2022 Datacenter 64bit"。',
)
WINDOWS_NOT_TAKEN = Kind(
    "os.windows_not_taken",
    "error",
    "The image holds Windows, and IMS in this region takes no Windows images.",
    "Drop it into a bucket of a region that does; ask the operator which one.",
    "镜像中是 Windows，而该区域的 IMS 不接受 Windows 镜像。",
    "请投放到支持 Windows 镜像的区域的桶中，具体请咨询运维人员。",
)
WINDOWS_ON_ARM = Kind(
    "os.windows_on_arm",
    "error",
    "This is a Windows for arm, and IMS knows none.",
    "Use an image of Windows for x86.",
    "这是 ARM 版 Windows，IMS 不支持。",
    "请使用 x86 版 Windows 镜像。",
)
LICENSE = Kind(
    "os.license",
    "error",
    "`license_type` is of Windows only, and this image holds {os_type}.",
    "Take `license_type` out.",
    "`license_type` 仅适用于 Windows，而该镜像是 {os_type}。",
    "请删除 `license_type`。",
)

# --- how it starts -----------------------------------------------------------------------------------------------

FIRMWARE_DIFFERS = Kind(
    "firmware.differs",
    "error",
    "`hw_firmware_type` is {said}, but the disk is made to start with {found}: no server made from it would start.",
    "Set `hw_firmware_type` to {found} or leave it out.",
    "`hw_firmware_type` 为 {said}，但磁盘是按 {found} 启动方式制作的，由此创建的服务器将无法启动。",
    "请将 `hw_firmware_type` 改为 {found} 或删除。",
)
ARM_NEEDS_UEFI = Kind(
    "firmware.arm_needs_uefi",
    "error",
    "The image is for arm, which starts with UEFI only, but it is made to start with BIOS.",
    "Check `architecture`; for arm, install the system with UEFI.",
    "镜像为 arm 架构，只能用 UEFI 启动，但该磁盘是按 BIOS 启动方式制作的。",
    "请检查 `architecture`；arm 架构请以 UEFI 方式安装系统。",
)
OS_WITHOUT_UEFI = Kind(
    "firmware.os_without_uefi",
    "error",
    "IMS does not start {os_version} with UEFI.",
    "Install it with BIOS (MBR disk), or use Windows Server 2012 or later, or Windows 10.",
    "IMS 不支持以 UEFI 启动 {os_version}。",
    "请以 BIOS 方式（MBR 磁盘）安装，或使用 Windows Server 2012 及以上版本或 Windows 10。",
)
FIRMWARE_UNKNOWN = Kind(
    "firmware.unknown",
    "warning",
    "How the disk starts could not be read, and the sidecar does not say it: IMS will take it for BIOS.",
    "Give `hw_firmware_type` (bios or uefi).",
    "无法识别磁盘的启动方式，描述文件也未说明，IMS 将按 BIOS 处理。",
    "请填写 `hw_firmware_type`（bios 或 uefi）。",
)

# --- format and fast channel -------------------------------------------------------------------------------------

FORMAT_UNKNOWN = Kind(
    "format.unknown",
    "error",
    "The format of {file} is not known.",
    "Convert it to one that IMS takes, for example `qemu-img convert -O qcow2`.",
    "无法识别 {file} 的格式。",
    "请转换为 IMS 支持的格式，例如 `qemu-img convert -O qcow2`。",
)
FAST_FORMAT = Kind(
    "fast.format",
    "error",
    "The fast channel takes raw with a bitmap file and zvhd2 only, and {file} is {format}.",
    "Take `{field}` out, or convert the file (`qemu-img convert -O raw`, then CreateMF.jar).",
    "快速通道只支持带位图文件的 raw 和 zvhd2，而 {file} 是 {format}。",
    "请删除 `{field}`，或转换文件（`qemu-img convert -O raw`，再用 CreateMF.jar）。",
)
NO_BITMAP = Kind(
    "fast.no_bitmap",
    "error",
    "On the fast channel a raw file needs its bitmap file, and {bitmap} is not there or empty.",
    "Make it (`java -jar CreateMF.jar {file} {bitmap}`) and put it beside the image; or take `{field}` out.",
    "快速通道的 raw 文件需要位图文件，但 {bitmap} 不存在或为空。",
    "请生成（`java -jar CreateMF.jar {file} {bitmap}`）并放在镜像旁；或删除 `{field}`。",
)
FAST_ENCRYPTED = Kind(
    "fast.encrypted",
    "warning",
    "Whether the fast channel encrypts with `cmk_id` is not documented.",
    "Check after the import that the image is encrypted, or import it without `is_quick_import`.",
    "快速通道是否支持用 `cmk_id` 加密，文档未说明。",
    "导入后请确认镜像已加密，或不使用 `is_quick_import` 导入。",
)

# --- automatic configuration -------------------------------------------------------------------------------------

CONFIG_OFF_FAST = Kind(
    "config.off_fast",
    "info",
    "IMS will not prepare the system (`is_config`): the fast channel changes nothing.",
    "Nothing to do if the image has its drivers, DHCP and so on ready; else take `is_quick_import` out.",
    "IMS 不会进行后台自动化配置（`is_config`）：快速通道不修改镜像。",
    "如果镜像中的驱动、DHCP 等已配置好，则无需处理；否则请删除 `is_quick_import`。",
)
CONFIG_OFF_UEFI = Kind(
    "config.off_uefi",
    "info",
    "IMS will not prepare the system (`is_config`): it cannot put VirtIO drivers into an image that starts with UEFI, and "
    "none were found in it.",
    "Nothing to do if they are in it all the same (then `is_config` can be set to true); else install them before the image "
    "is made.",
    "IMS 不会进行后台自动化配置（`is_config`）：无法向 UEFI 启动的镜像注入 VirtIO 驱动，且未在镜像中发现该驱动。",
    "如果镜像中实际已有该驱动，则无需处理（可将 `is_config` 设为 true）；否则请在制作镜像前安装。",
)
CONFIG_OFF_OS = Kind(
    "config.off_os",
    "info",
    "IMS will not prepare the system (`is_config`): it does so only for systems on its list.",
    "Nothing to do if the system has its VirtIO drivers and DHCP ready; else prepare it and make the image again.",
    "IMS 不会进行后台自动化配置（`is_config`）：仅支持列表中的操作系统。",
    "如果系统已配置好 VirtIO 驱动和 DHCP，则无需处理；否则请自行配置后重新制作镜像。",
)
CONFIG_UEFI = Kind(
    "config.uefi_drivers",
    "warning",
    "`is_config` is true, but IMS cannot put VirtIO drivers into an image that starts with UEFI, and none were found in it: "
    "a server made from it may not start.",
    "Install the VirtIO drivers before the image is made.",
    "`is_config` 为 true，但 IMS 无法向 UEFI 启动的镜像注入 VirtIO 驱动，且未在镜像中发现该驱动，由此创建的服务器可能无法启动。",
    "请在制作镜像前安装 VirtIO 驱动。",
)

# --- where it lies -----------------------------------------------------------------------------------------------

DECLARATIONS = Kind(
    "place.declarations",
    "error",
    "Operator: this installation has not accepted the two declarations that IMS asks for (镜像制作承诺书, 华为镜像免责声明).",
    "The operator reads them and sets IMAGEDROP_DECLARATIONS_ACCEPTED to true; then drop again or redrive.",
    "运维人员：本系统尚未接受 IMS 要求的两项声明（镜像制作承诺书、华为镜像免责声明）。",
    "请运维人员阅读后将 IMAGEDROP_DECLARATIONS_ACCEPTED 设为 true，然后重新投放或重新处理。",
)
BUCKET_CLASS = Kind(
    "place.bucket_class",
    "error",
    "Operator: the bucket's storage class is {found}, and IMS imports from Standard buckets only.",
    "The operator sets the bucket's default storage class to Standard; then upload the image again.",
    "运维人员：桶的存储类别为 {found}，IMS 只能从标准存储的桶导入。",
    "请运维人员将桶的默认存储类别改为标准存储，然后重新上传镜像。",
)
OBJECT_CLASS = Kind(
    "place.object_class",
    "error",
    "{file} lies in storage class {found}, and IMS imports from Standard only.",
    "Upload it again in the storage class Standard, or change the object's class in the console.",
    "{file} 的存储类别为 {found}，IMS 只能从标准存储导入。",
    "请以标准存储重新上传，或在控制台修改对象的存储类别。",
)
ENCRYPTED_OBJECT = Kind(
    "place.encrypted_object",
    "error",
    "{file} is encrypted by OBS with {found}; IMS reads objects that are not encrypted, or encrypted with SSE-KMS.",
    "Upload it again without encryption or with SSE-KMS.",
    "{file} 在 OBS 中以 {found} 加密；IMS 只能读取未加密或以 SSE-KMS 加密的对象。",
    "请不加密或以 SSE-KMS 加密重新上传。",
)
REGION = Kind(
    "place.region",
    "error",
    "`region` is {said}, but this installation registers images in {found}.",
    "Drop the image into the bucket of {said}'s installation, or take `region` out.",
    "`region` 为 {said}，但本系统在 {found} 注册镜像。",
    "请投放到 {said} 的桶，或删除 `region`。",
)
BUCKET_REGION = Kind(
    "place.bucket_region",
    "error",
    "Operator: the bucket lies in {found}, but images are registered in {said}: IMS imports from its own region only.",
    "The operator corrects IMAGEDROP_REGION or uses a bucket in {said}.",
    "运维人员：桶位于 {found}，而镜像注册在 {said}；IMS 只能从本区域的桶导入。",
    "请运维人员修正 IMAGEDROP_REGION，或使用 {said} 的桶。",
)
FILE_NAME = Kind(
    "place.file_name",
    "error",
    "IMS does not take a file of this name: {file}.",
    "Rename it: 1 to 128 letters, digits, `-`, `.` and `_`, no spaces. The sidecar's name changes with it.",
    "IMS 不接受这样的文件名：{file}。",
    "请更名：1 到 128 个字母、数字、`-`、`.` 或 `_`，不含空格。描述文件也要相应更名。",
)
FOLDER_NAME = Kind(
    "place.folder_name",
    "error",
    "IMS does not take a file from a folder of this name: {folder}.",
    "Use a folder without spaces, commas and control characters.",
    "IMS 不接受位于该文件夹中的文件：{folder}。",
    "请使用不含空格、逗号和控制字符的文件夹名。",
)
CHINESE_NAME = Kind(
    "place.chinese_name",
    "error",
    "`{field}` is {said}, and IMS in this region takes no Chinese characters in names.",
    "Use letters, digits, `-`, `.`, `_` and spaces.",
    "`{field}` 为 {said}，该区域的 IMS 不支持中文名称。",
    "请使用字母、数字、`-`、`.`、`_` 和空格。",
)

# --- whether it is the file that was meant -----------------------------------------------------------------------

OTHER_SIZE = Kind(
    "integrity.size",
    "error",
    "The sidecar describes a file of {said} bytes, but {file} has {found}: the upload is not whole, or an older file lies "
    "there.",
    "Upload the image again, or correct `size`.",
    "描述文件所述文件为 {said} 字节，但 {file} 有 {found} 字节：上传不完整，或仍是旧文件。",
    "请重新上传镜像，或修正 `size`。",
)
OTHER_ETAG = Kind(
    "integrity.etag",
    "error",
    "The sidecar describes a file with the ETag {said}, but {file} has {found}: another file lies there.",
    "Upload the image again, or correct `etag`.",
    "描述文件所述文件的 ETag 为 {said}，但 {file} 为 {found}：这是另一个文件。",
    "请重新上传镜像，或修正 `etag`。",
)

# --- data disks --------------------------------------------------------------------------------------------------

DATA_MISSING = Kind(
    "data.missing",
    "error",
    "The data disk {file} is not there.",
    "Put it into the image's own folder, or take it out of `data_images`.",
    "数据盘文件 {file} 不存在。",
    "请将其放入镜像所在的文件夹，或从 `data_images` 中删除。",
)
DATA_IS_OWN = Kind(
    "data.not_a_disk",
    "error",
    "`{field}` names {file}, which is the image itself, its sidecar, its result file or a bitmap file, and no data disk.",
    "Name the data disk's own file.",
    "`{field}` 指向 {file}，而它是镜像本身、描述文件、结果文件或位图文件，不能作为数据盘。",
    "请填写数据盘自己的文件名。",
)
