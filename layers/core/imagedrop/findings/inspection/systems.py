"""Which operating system the disk contains: a Windows, several, another system, or none."""

from imagedrop.findings import error, warning

SEVERAL_WINDOWS = warning(
    "image.several_windows",
    "The disk contains more than one Windows. imagedrop describes the one at byte {first}; there is another at byte {others}. "
    "IMS prepares only one of them, and its documentation does not say which.",
    "Create an image with a single Windows: delete the partition of the other one (`diskpart`, `select partition <n>`, "
    "`delete partition`) and its boot entry (`bcdedit /enum`, `bcdedit /delete <id>`).",
    "磁盘上有多个 Windows。此处描述的是第 {first} 字节处的 Windows，第 {others} 字节处还有其他 Windows。IMS 只会配置其中一个，"
    "其文档未说明是哪一个。",
    "请制作只含一个 Windows 的镜像：删除其他 Windows 的分区（`diskpart`、`select partition <n>`、`delete partition`）"
    "及其启动项（`bcdedit /enum`、`bcdedit /delete <id>`）。",
)
NO_WINDOWS = error(
    "image.no_windows",
    "The disk has volumes, but none of them contains a Windows (no Windows\\System32\\config): the import would fail, or a "
    "server would not start.",
    "Drop the disk that contains C:\\Windows. To find it, run `Get-Partition -DriveLetter C | Get-Disk` in the source Windows.",
    "磁盘上有卷，但都没有 Windows（没有 Windows\\System32\\config）：导入会失败，或服务器无法启动。",
    "请投放包含 C:\\Windows 的磁盘；可在源 Windows 中运行 `Get-Partition -DriveLetter C | Get-Disk` 查看是哪一块。",
)
LINUX = warning(
    "image.linux",
    "The disk contains Linux, not Windows. imagedrop does not inspect Linux: drivers, network and cloud-init were not checked.",
    'If that is intended, set `"os_type": "Linux"` and `os_version` in the sidecar. Otherwise, drop the disk that contains '
    "C:\\Windows.",
    "磁盘上是 Linux 而不是 Windows。imagedrop 不检查 Linux 的内部：未检查驱动、网络和 cloud-init。",
    '如果确实如此，请在描述文件中填写 `"os_type": "Linux"` 和 `os_version`；否则请投放包含 C:\\Windows 的磁盘。',
)
DATA_DISK = error(
    "image.data_disk",
    "This appears to be a data disk: it has volumes, but no operating system and no boot files. The import as a system image "
    "would fail.",
    "Drop the disk that contains C:\\Windows, and list this file in `data_images` in its sidecar.",
    "这可能是数据盘：磁盘上有卷，但没有操作系统，也没有引导文件。作为系统盘镜像导入会失败。",
    "请投放包含 C:\\Windows 的磁盘，并将本文件写入其描述文件的 `data_images`。",
)
BLANK = error(
    "image.blank",
    "The disk is empty: nothing was ever written to it, or its partitions contain no volume. It cannot start.",
    "Check that it is the right file and that it was copied completely (`qemu-img map {file}` shows what it contains).",
    "磁盘是空的：从未写入任何内容，或分区中没有卷，无法启动。",
    "请确认文件正确且复制完整（`qemu-img map {file}` 可显示其中的内容）。",
)
WINDOWS_ON_DATA_DISK = warning(
    "image.windows_on_data_disk",
    "The data disk contains a Windows, on the volume at byte {start}. A server with this disk may start from the wrong one. If "
    "both disks have the same origin, they also have the same disk signature, and Windows takes one of them offline.",
    "Check that the system disk and the data disk are not swapped. If they are not, delete the old Windows from the data disk "
    "before you create the image.",
    "数据盘第 {start} 字节处的卷上有 Windows。挂载它的服务器可能从错误的磁盘启动；如果两块磁盘同源，其磁盘签名也相同，Windows 会使其中一块脱机。",
    "请确认系统盘与数据盘没有弄反；如果没有，请在制作镜像前从数据盘删除旧的 Windows。",
)
OS_UNLISTED = warning(
    "image.os_unlisted",
    "IMS has no `os_version` value for {product} (build {build}). The import may not recognise it, and IMS prepares only "
    "the systems on its list.",
    "Prepare the system yourself (VirtIO drivers, DHCP). If `os_version` is required, use the console's "
    "`Other Windows(64 bit)` or `Other Windows(32 bit)`.",
    "IMS 没有与 {product}（内部版本 {build}）对应的 `os_version` 取值，导入时可能无法识别；IMS 也只会自动配置列表中的系统。",
    "请自行完成配置（VirtIO 驱动、DHCP）；如果必须填写 `os_version`，请使用控制台的 `Other Windows(64 bit)` 或 "
    "`Other Windows(32 bit)`。",
)
ARCHITECTURES_DIFFER = warning(
    "image.architectures_differ",
    "The boot manager and Windows are for different processors: {one} and {other}. A boot manager can start only a Windows for "
    "its own processor.",
    "In the source Windows, write the boot files again: `bcdboot C:\\Windows /f ALL`, and create the image again.",
    "启动管理器与 Windows 适用于不同的处理器：{one} 和 {other}。启动管理器只能启动与其架构相同的 Windows。",
    "请在源 Windows 中重新写入引导文件：`bcdboot C:\\Windows /f ALL`，然后重新制作镜像。",
)
